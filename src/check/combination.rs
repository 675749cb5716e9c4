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
    /// Keys that were not given.
    pub(super) defaults: Vec<&'static str>,
}

impl Choice {
    /// What to write in place of a default that cannot be.
    fn default_help(&self, key: &str, value: &str, other: Option<String>) -> Option<String> {
        self.defaults.contains(&key).then_some(())?;
        let other = other?;
        Some(format!(
            "`{key}` is not given and `{value}` is the default: write `{key}: {other}`"
        ))
    }
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
        let other = release.frameworks.keys().next().map(ToString::to_string);
        let help = choice.default_help("framework", framework.value.word(), other);
        report(framework.span, message, help, release, diagnostics);
        return None;
    };
    let mut rows = Rows {
        left: file.content.combinations.iter().collect(),
        so_far: format!("`{}`", framework.value),
        whole: true,
        choice,
        release,
        diagnostics,
    };
    rows.narrow(
        ("device", choice.device.as_ref()),
        |row| Some(row.device.value.to_string()),
        |row, device| row.device.value == *device,
        |so_far, device| format!("{so_far} cannot be built for the device `{device}`"),
        |so_far, device| format!("{so_far} for `{device}`"),
    );
    rows.narrow(
        ("target", choice.target.as_ref()),
        |row| row.targets.first().map(ToString::to_string),
        |row, target| row.targets.contains(target),
        |so_far, target| format!("{so_far} has no target `{target}`"),
        |so_far, target| format!("{so_far} with the target `{target}`"),
    );
    rows.narrow(
        ("dynamo.source", choice.source.as_ref()),
        |_| None,
        |row, source| row.sources.iter().any(|known| known == source),
        |so_far, source| format!("{so_far} cannot take Dynamo from `{source}`"),
        |so_far, source| format!("{so_far} and Dynamo from `{source}`"),
    );
    let device = choice.device.as_ref();
    let place = device.map_or(framework.span, |device| device.span);
    rows.narrow(
        ("platform", Some(&Spanned::new(choice.architecture, place))),
        |_| None,
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
    choice: &'d Choice,
    release: &'r Release,
    diagnostics: &'d mut Diagnostics,
}

impl Rows<'_, '_> {
    /// Keeps the rows that have the value. When none has, that is reported, and
    /// the others are looked at as if it had not been given.
    fn narrow<T: ToString>(
        &mut self,
        (key, value): (&str, Option<&Spanned<T>>),
        example: impl Fn(&Combination) -> Option<String>,
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
            let other = self.left.first().and_then(|row| example(row));
            let help = self.choice.default_help(key, &value.to_string(), other);
            report(*span, message, help, self.release, self.diagnostics);
            return;
        }
        self.left = left;
        self.so_far = with(&self.so_far, value);
    }
}

fn report(
    at: Span,
    message: String,
    help: Option<String>,
    release: &Release,
    diagnostics: &mut Diagnostics,
) {
    let mut unsupported = Diagnostic::error(Code::UnsupportedCombination, at, message);
    unsupported.help.extend(help);
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
