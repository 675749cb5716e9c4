//! Values that texts of the catalog name in braces: `{python}`, `{cuda_dash}`.
//!
//! Computed here and nowhere else, so that no version is ever cut up by a shell.

use std::collections::BTreeMap;

use crate::diagnostic::{Span, Spanned};
use crate::spec::{Architecture, CudaVersion};

use super::resolved::machine;

/// Values by name, each with the place it was chosen at, if it was.
#[derive(Debug, Clone, Default)]
pub(super) struct Placeholders(BTreeMap<String, (String, Option<Span>)>);

impl Placeholders {
    /// Those that every build has.
    pub(super) fn new(
        architecture: Architecture,
        python: &Spanned<String>,
        cuda: Option<&Spanned<CudaVersion>>,
    ) -> Self {
        let mut all = Self::default();
        all.0.insert(
            "machine".to_owned(),
            (machine(architecture).to_owned(), None),
        );
        all.add("python", python);
        if let Some(cuda) = cuda {
            let mut of_cuda = |name: &str, value: String| {
                all.add(name, &Spanned::new(value, cuda.span));
            };
            of_cuda("cuda_major", cuda.value.major().to_owned());
            of_cuda("cuda_dash", cuda.value.as_str().replace('.', "-"));
            of_cuda("cuda_wheel", cuda.value.wheel_tag());
        }
        all
    }

    /// Adds a version; a leading `v` is git's and not the version's.
    pub(super) fn add(&mut self, name: &str, value: &Spanned<String>) {
        let number = value.value.strip_prefix('v').unwrap_or(&value.value);
        self.0
            .insert(name.to_owned(), (number.to_owned(), Some(value.span)));
    }

    /// The text with every name replaced. Its place is where the first value
    /// that it names was chosen, or else its own.
    pub(super) fn fill(&self, text: &str, own: Span) -> Spanned<String> {
        let mut filled = text.to_owned();
        let mut place = None;
        for (name, (value, span)) in &self.0 {
            let braced = format!("{{{name}}}");
            if filled.contains(&braced) {
                filled = filled.replace(&braced, value);
                place = place.or(*span);
            }
        }
        Spanned::new(filled, place.unwrap_or(own))
    }
}
