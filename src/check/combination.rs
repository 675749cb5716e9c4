//! Which framework, target, device, source and architecture go together.
//!
//! The matrix is the catalog's; this finds the row, or says which value has
//! none and what the legal ones are.

use crate::catalog::{Combination, DeviceNeeds, Release};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Span, Spanned};
use crate::spec::{Architecture, Device, Framework, Target};

/// What the spec chose, defaults filled in.
pub(super) struct Choice {
    pub(super) framework: Spanned<Framework>,
    pub(super) target: Spanned<Target>,
    pub(super) device: Spanned<Device>,
    /// The word for where Dynamo comes from.
    pub(super) source: Spanned<&'static str>,
    pub(super) architecture: Architecture,
}

/// What the chosen framework needs on the chosen device, if the matrix has the
/// combination; reports the first value that it lacks.
pub(super) fn find<'r>(
    choice: &Choice,
    release: &'r Release,
    diagnostics: &mut Diagnostics,
) -> Option<&'r DeviceNeeds> {
    let framework = choice.framework.value;
    let Some(file) = release.frameworks.get(&framework) else {
        let message = format!(
            "the catalog `{}` does not have the framework `{framework}`",
            release.name
        );
        report(choice.framework.span, message, release, diagnostics);
        return None;
    };
    let (target, device, source) = (
        choice.target.value,
        choice.device.value,
        choice.source.value,
    );
    let mut rows: Vec<&Combination> = file.content.combinations.iter().collect();
    let mut narrow = |keep: &dyn Fn(&Combination) -> bool, at: Span, message: String| {
        rows.retain(|row| keep(row));
        let any = !rows.is_empty();
        if !any {
            report(at, message, release, diagnostics);
        }
        any
    };
    let found = narrow(
        &|row| row.device.value == device,
        choice.device.span,
        format!("`{framework}` cannot be built for the device `{device}`"),
    ) && narrow(
        &|row| row.targets.contains(&target),
        choice.target.span,
        format!("`{framework}` for `{device}` has no target `{target}`"),
    ) && narrow(
        &|row| row.sources.iter().any(|known| known == source),
        choice.source.span,
        format!("`{framework}` `{target}` for `{device}` cannot take Dynamo from `{source}`"),
    ) && narrow(
        &|row| row.architectures.contains(&choice.architecture),
        choice.device.span,
        format!(
            "`{framework}` `{target}` for `{device}` does not exist for {}",
            choice.architecture
        ),
    );
    file.content.devices.get(&device).filter(|_| found)
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
