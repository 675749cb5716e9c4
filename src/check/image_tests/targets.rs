//! Which targets a check is for, and what their images do not have.

use super::{Testing, list};
use crate::diagnostic::{Code, Diagnostic, Span, Spanned};
use crate::spec::{Account, ImageCheck, List, Target};

/// Targets whose images have no Python.
const WITHOUT_PYTHON: [Target; 3] = [Target::Epp, Target::DynamoBase, Target::WheelBuilder];

impl Testing<'_> {
    /// Whether a check is for other targets than the one that is built. Of one that
    /// is wrong nobody knows.
    pub(super) fn is_of_others(&self, check: &Spanned<ImageCheck>) -> bool {
        let given = check.value.targets.as_ref();
        let is_here = |one: &Spanned<Target>| one.value == self.target;
        given.is_some_and(|given| !given.value.iter().any(is_here))
            && !self.has_error_in(check.span)
    }

    /// Reports targets that are named twice or have no image, and that none is named.
    pub(super) fn targets(&mut self, name: &Spanned<String>, given: &Spanned<List<Target>>) {
        if given.value.is_empty() && !self.has_error_in(given.span) {
            let message = format!("the check `{}` is for no target", name.value);
            let nothing = Diagnostic::error(Code::MissingValue, given.span, message);
            self.diagnostics
                .push(nothing.help("name one, such as `[runtime]`, or remove `targets`"));
        }
        for (index, one) in given.value.iter().enumerate() {
            let mut earlier = given.value[..index].iter();
            if let Some(first) = earlier.find(|first| first.value == one.value) {
                let message = format!("the target `{}` is there twice", one.value);
                let again = Diagnostic::error(Code::ConflictingValues, one.span, message)
                    .label(first.span, "first given here")
                    .help("remove one of the two");
                self.diagnostics.push(again);
            } else if !one.value.is_image() {
                self.without_image(one, given.value.iter().all(|one| !one.value.is_image()));
            }
        }
    }

    /// Warns of a target that leaves no image.
    fn without_image(&mut self, target: &Spanned<Target>, is_never: bool) {
        let message = format!(
            "`{}` changes nothing: it is files alone, and no image",
            target.value
        );
        let help = if is_never {
            "name a target that is an image, such as `runtime`, or remove the check"
        } else {
            "remove it"
        };
        let warning = Diagnostic::warning(Code::WithoutEffect, target.span, message);
        self.diagnostics.push(warning.help(help));
    }

    /// Reports what the images that a check is for cannot be asked.
    pub(super) fn without(&mut self, keys: &ImageCheck) {
        if let Some(imports) = &keys.imports {
            let lacks = |target| WITHOUT_PYTHON.contains(&target);
            self.lacking(
                keys,
                ("imports", imports.span),
                lacks,
                "Python to import with",
            );
        }
        let run_as = keys.run_as.as_ref();
        if let Some(run_as) = run_as.filter(|one| one.value == Account::Dynamo) {
            let lacks = |target: Target| !target.has_account();
            self.lacking(keys, ("run_as", run_as.span), lacks, "account of its own");
        }
    }

    /// Reports a key that needs what some of the images do not have: of those that the
    /// check names, whatever is built, and of what is built where it names none.
    fn lacking(
        &mut self,
        keys: &ImageCheck,
        (key, place): (&str, Span),
        lacks: impl Fn(Target) -> bool,
        what: &str,
    ) {
        let lacks = |target: Target| target.is_image() && lacks(target);
        let wrong = |target: Target| {
            let message = format!("the image of `{target}` has no {what}");
            Diagnostic::error(Code::ConflictingValues, place, message)
        };
        if keys.targets.is_none() && lacks(self.target) {
            let help = format!(
                "remove `{key}`, or name the targets that the check is for: `targets: [runtime]`"
            );
            self.diagnostics.push(wrong(self.target).help(help));
        }
        for one in list(keys.targets.as_ref()).filter(|one| lacks(one.value)) {
            let wrong = wrong(one.value).label(one.span, "the check is for it");
            let help = format!("remove `{key}`, or `{}` from `targets`", one.value);
            self.diagnostics.push(wrong.help(help));
        }
    }
}
