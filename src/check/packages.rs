//! Packages that the spec adds, against each other and against what the image has.
//!
//! Owns when two names are one. Versions are the installers' business.

use super::copied::stands_on;
use super::effects;
use super::extended::{ExtraPackages, ExtraWork};
use super::resolved::{Resolved, SystemPackages};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Span, Spanned};
use crate::spec::{AptPackage, ExtendedStage, Given, Requirement, Target};

/// Warns of packages that are added twice, and of those the image has anyway.
pub(super) fn report(given: &Given, resolved: &Resolved, diagnostics: &mut Diagnostics) {
    let counts = |key| effects::counts(key, resolved, given);
    let section = Section {
        stage: stage_of(resolved.target.value),
        apt: counts("packages.apt").then_some(&resolved.extra_apt),
        pip: counts("packages.pip").then_some(&resolved.extra_pip),
    };
    let extended = resolved.extend.iter().map(|one| one.stage.value);
    for stage in extended.chain([section.stage]) {
        let of_steps = || added(resolved, stage);
        let is_here = section.is_in(stage);
        let debian = of_steps().flat_map(|packages| &packages.apt);
        let debian = debian.chain(section.apt.filter(|_| is_here).into_iter().flatten());
        let debian = in_order(debian.map(|one| Named::of(one, AptPackage::as_str, apt_name)));
        twice(&debian, diagnostics);
        anyway(&debian, &resolved.packages, stage, diagnostics);
        let python = of_steps().flat_map(|packages| &packages.pip);
        let python = python.chain(section.pip.filter(|_| is_here).into_iter().flatten());
        // Of two with markers each may be for another machine.
        let python = python.filter(|one| !one.value.as_str().contains(';'));
        let python = in_order(python.map(|one| Named::of(one, Requirement::as_str, python_name)));
        twice(&python, diagnostics);
    }
}

/// As they stand in the spec, so that the second is the one further down.
fn in_order<'t>(packages: impl Iterator<Item = Named<'t>>) -> Vec<Named<'t>> {
    let mut all: Vec<Named<'t>> = packages.collect();
    all.sort_by_key(|one| one.span);
    all
}

/// What the section `packages` adds to the image.
struct Section<'a> {
    stage: ExtendedStage,
    apt: Option<&'a Vec<Spanned<AptPackage>>>,
    pip: Option<&'a Vec<Spanned<Requirement>>>,
}

impl Section<'_> {
    fn is_in(&self, stage: ExtendedStage) -> bool {
        self.stage == stage || stands_on(self.stage).contains(&stage)
    }
}

/// The stage of a target's image.
fn stage_of(target: Target) -> ExtendedStage {
    ExtendedStage::from_word(target.word()).unwrap_or(ExtendedStage::Runtime)
}

/// What steps add to a stage and to those that it stands on.
fn added(resolved: &Resolved, stage: ExtendedStage) -> impl Iterator<Item = &ExtraPackages> {
    let below = stands_on(stage).iter().copied();
    let steps = below
        .chain([stage])
        .flat_map(|one| resolved.extra_steps(one));
    steps.filter_map(|step| match &step.work {
        ExtraWork::Packages(packages) => Some(packages),
        ExtraWork::Copy(_) | ExtraWork::Run(_) => None,
    })
}

/// A package as it is written, and the name that it is known by.
struct Named<'t> {
    name: String,
    text: &'t str,
    span: Span,
}

impl<'t> Named<'t> {
    fn of<T>(package: &'t Spanned<T>, text: fn(&T) -> &str, name: impl Fn(&str) -> String) -> Self {
        let text = text(&package.value);
        Self {
            name: name(text),
            text,
            span: package.span,
        }
    }
}

fn twice(all: &[Named<'_>], diagnostics: &mut Diagnostics) {
    for (index, second) in all.iter().enumerate() {
        let same = |one: &&Named<'_>| one.name == second.name && one.span != second.span;
        let Some(first) = all[..index].iter().find(same) else {
            continue;
        };
        let message = format!("the package `{}` is added twice", second.name);
        let warning = Diagnostic::warning(Code::DuplicatePackage, second.span, message);
        let warning = warning.label(first.span, "first added here");
        diagnostics.push(if first.text == second.text {
            warning.help("remove one of the two")
        } else {
            warning.help(format!(
                "keep one of the two: `{}` or `{}`",
                first.text, second.text
            ))
        });
    }
}

/// Debian packages that the target has without being asked. One with a version is
/// there for the version.
fn anyway(
    added: &[Named<'_>],
    packages: &SystemPackages,
    stage: ExtendedStage,
    diagnostics: &mut Diagnostics,
) {
    let lists: [&[Spanned<String>]; 2] = match stage {
        ExtendedStage::Frontend => [&packages.frontend, &[]],
        ExtendedStage::Docs => [&packages.docs, &[]],
        ExtendedStage::Epp => [&packages.epp, &[]],
        ExtendedStage::EppBuilder => [&packages.epp_builder, &[]],
        ExtendedStage::Framework => [&packages.framework, &[]],
        ExtendedStage::Dev | ExtendedStage::LocalDev => [&packages.runtime, &packages.dev],
        ExtendedStage::Runtime | ExtendedStage::Test => [&packages.runtime, &[]],
        ExtendedStage::BuildTools | ExtendedStage::WheelBuilder | ExtendedStage::DynamoBase => {
            return;
        }
    };
    let installed = || lists.into_iter().flatten();
    for one in added.iter().filter(|one| !one.text.contains('=')) {
        let Some(known) = installed().find(|known| apt_name(&known.value) == one.name) else {
            continue;
        };
        let message = format!("the image has the package `{}` anyway", one.name);
        diagnostics.push(
            Diagnostic::warning(Code::DuplicatePackage, one.span, message)
                .label(known.span, "the catalog adds it")
                .help("remove it"),
        );
    }
}

/// The name of a Debian package, with its architecture if it has one.
fn apt_name(text: &str) -> String {
    text.split('=').next().unwrap_or(text).to_owned()
}

/// The name of a Python project as indexes compare it.
fn python_name(requirement: &str) -> String {
    let is_name = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    let end = requirement
        .find(|c| !is_name(c))
        .unwrap_or(requirement.len());
    let name = requirement[..end].to_ascii_lowercase();
    let parts: Vec<&str> = name
        .split(['-', '_', '.'])
        .filter(|part| !part.is_empty())
        .collect();
    parts.join("-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_a_project_are_one_name() {
        for text in [
            "Foo.Bar",
            "foo_bar==1",
            "foo--bar[x,y]>=2",
            "FOO-BAR ~= 1.0",
            "foo.bar @ https://x/y.whl",
        ] {
            assert_eq!(python_name(text), "foo-bar", "{text}");
        }
        assert_eq!(apt_name("git=1:2.43.0-1"), "git");
        assert_eq!(apt_name("libc6:i386"), "libc6:i386");
    }
}
