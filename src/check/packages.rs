//! Packages that the spec adds, against each other and against what the image has.
//!
//! Owns when two names are one. Versions are the installers' business.

use super::effects;
use super::resolved::Resolved;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Span, Spanned};
use crate::spec::{Given, Target};

/// Warns of packages that are added twice, and of those the image has anyway.
pub(super) fn report(given: &Given, resolved: &Resolved, diagnostics: &mut Diagnostics) {
    let counts = |key| effects::counts(key, resolved, given);
    if counts("packages.apt") {
        let all = resolved
            .extra_apt
            .iter()
            .map(|one| (one.value.as_str(), one.span));
        let named = all.map(|(text, span)| Named {
            name: apt_name(text).to_owned(),
            text,
            span,
        });
        let named: Vec<Named<'_>> = named.collect();
        twice(&named, diagnostics);
        anyway(&named, resolved, diagnostics);
    }
    if counts("packages.pip") {
        let all = resolved
            .extra_pip
            .iter()
            .map(|one| (one.value.as_str(), one.span));
        // Of two with markers each may be for another machine.
        let named = all.filter(|(text, _)| !text.contains(';'));
        let named = named.map(|(text, span)| Named {
            name: python_name(text),
            text,
            span,
        });
        twice(&named.collect::<Vec<_>>(), diagnostics);
    }
}

/// A package as it is written, and the name that it is known by.
struct Named<'t> {
    name: String,
    text: &'t str,
    span: Span,
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
fn anyway(added: &[Named<'_>], resolved: &Resolved, diagnostics: &mut Diagnostics) {
    let packages = &resolved.packages;
    let lists: [&[Spanned<String>]; 2] = match resolved.target.value {
        Target::Frontend => [&packages.frontend, &[]],
        Target::Docs => [&packages.docs, &[]],
        Target::Epp => [&packages.epp, &[]],
        Target::Dev | Target::LocalDev => [&packages.runtime, &packages.dev],
        _ => [&packages.runtime, &[]],
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
fn apt_name(text: &str) -> &str {
    text.split('=').next().unwrap_or(text)
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
