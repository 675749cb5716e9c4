//! Which framework, target, device, source and architecture go together.
//!
//! The matrix is the catalog's; this finds the row, or says which value has
//! none and what the legal ones are.

use crate::catalog::{Combination, DeviceNeeds, Release};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Span, Spanned};
use crate::spec::{Architecture, Device, Framework, Target};

/// What the spec chose, defaults filled in. What it chose and could not be read
/// is unknown, and nothing is said of it here.
pub(super) struct Choice {
    pub(super) framework: Option<Spanned<Framework>>,
    pub(super) target: Option<Spanned<Target>>,
    pub(super) device: Option<Spanned<Device>>,
    /// The word for where Dynamo comes from.
    pub(super) source: Option<Spanned<&'static str>>,
    pub(super) architecture: Architecture,
}

/// What the chosen framework needs on the chosen device, if the matrix has the
/// combination; reports every value that it has no row for.
pub(super) fn find<'r>(
    choice: &Choice,
    release: &'r Release,
    diagnostics: &mut Diagnostics,
) -> Option<&'r DeviceNeeds> {
    let framework = choice.framework.as_ref()?;
    let Some(file) = release.frameworks.get(&framework.value) else {
        let message = format!("`{}` cannot be built by this version", framework.value);
        report(framework.span, message, release, diagnostics);
        return None;
    };
    let mut rows = Rows {
        left: file.content.combinations.iter().collect(),
        so_far: format!("`{}`", framework.value),
        whole: true,
        release,
        diagnostics,
    };
    rows.narrow(
        choice.device.as_ref(),
        |row, device| row.device.value == *device,
        |so_far, device| format!("{so_far} cannot be built for the device `{device}`"),
        |so_far, device| format!("{so_far} for `{device}`"),
    );
    rows.narrow(
        choice.target.as_ref(),
        |row, target| row.targets.contains(target),
        |so_far, target| format!("{so_far} has no target `{target}`"),
        |so_far, target| format!("{so_far} with the target `{target}`"),
    );
    rows.narrow(
        choice.source.as_ref(),
        |row, source| row.sources.iter().any(|known| known == source),
        |so_far, source| format!("{so_far} cannot take Dynamo from `{source}`"),
        |so_far, source| format!("{so_far} and Dynamo from `{source}`"),
    );
    let device = choice.device.as_ref();
    let place = device.map_or(framework.span, |device| device.span);
    rows.narrow(
        Some(&Spanned::new(choice.architecture, place)),
        |row, architecture| row.architectures.contains(architecture),
        |so_far, architecture| format!("{so_far} does not exist for {architecture}"),
        |so_far, _| so_far.to_owned(),
    );
    let whole = rows.whole;
    file.content.devices.get(&device?.value).filter(|_| whole)
}

/// The rows of the matrix that are left, after some values have been looked at.
struct Rows<'r, 'd> {
    left: Vec<&'r Combination>,
    /// The values that the rows have in common, in the words of a message.
    so_far: String,
    /// Whether every value was known and had a row.
    whole: bool,
    release: &'r Release,
    diagnostics: &'d mut Diagnostics,
}

impl Rows<'_, '_> {
    /// Keeps the rows that have the value. When none has, that is reported, and
    /// the others are looked at as if it had not been given.
    fn narrow<T>(
        &mut self,
        value: Option<&Spanned<T>>,
        has: impl Fn(&Combination, &T) -> bool,
        lacks: impl Fn(&str, &T) -> String,
        with: impl Fn(&str, &T) -> String,
    ) {
        let Some(Spanned { value, span, .. }) = value else {
            self.whole = false;
            return;
        };
        let left: Vec<_> = self
            .left
            .iter()
            .copied()
            .filter(|row| has(row, value))
            .collect();
        if left.is_empty() {
            self.whole = false;
            let message = lacks(&self.so_far, value);
            report(*span, message, self.release, self.diagnostics);
            return;
        }
        self.left = left;
        self.so_far = with(&self.so_far, value);
    }
}

fn report(at: Span, message: String, release: &Release, diagnostics: &mut Diagnostics) {
    let mut unsupported = Diagnostic::error(Code::UnsupportedCombination, at, message);
    for (framework, file) in &release.frameworks {
        for row in &file.content.combinations {
            unsupported = unsupported.help(format!(
                "`framework: {framework}` with `device: {}` can be built as {} for {}, with `dynamo.source` {}",
                row.device.value,
                list(row.targets.iter().map(ToString::to_string)),
                list(row.architectures.iter().map(ToString::to_string)),
                list(row.sources.iter().cloned()),
            ));
        }
    }
    diagnostics.push(unsupported);
}

fn list(words: impl Iterator<Item = String>) -> String {
    words
        .map(|word| format!("`{word}`"))
        .collect::<Vec<_>>()
        .join(", ")
}
