//! Names in checks of the built image: of the checks, and of what they look at.

use super::{EnvName, UserName, all, starts_alphanumeric};
use crate::spec::decode::Scalar;
use crate::spec::grammar::{Grammar, Numbers};
use crate::spec::node::abbreviate;
use crate::spec::wrong::Wrong;

text_type! {
    /// An account or a group, by name or number.
    AccountName,
    Grammar::new("a name or a number", r"^([a-z_][a-z0-9_-]{0,31}|0|[1-9][0-9]{0,9})$")
        .numbers(Numbers::Unsigned)
        .examples(&["dynamo", "0"]),
    |text| UserName::parse(text).is_ok()
        || (all(text, |c| c.is_ascii_digit()) && text.len() <= 10
            && (text == "0" || !text.starts_with('0'))),
    "is neither the name of an account nor its number"
}

text_type! {
    /// What a check of the image is called: also the name of its report.
    CheckName,
    Grammar::new("the name of a check", r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")
        .numbers(Numbers::Unsigned),
    |text| text.len() <= 64 && starts_alphanumeric(text)
        && all(text, |c| c.is_ascii_alphanumeric() || "._-".contains(c)),
    "is not the name of a check (letters, digits and `._-`, at most 64)"
}

text_type! {
    /// A Python module by its dotted name.
    PythonModule,
    Grammar::new("a Python module", r"^[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)*$")
        .examples(&["dynamo.runtime"]),
    |text| text.split('.').all(|part| EnvName::parse(part).is_ok()),
    "is not the name of a Python module such as `dynamo.runtime`",
    unless written_as_another
}

/// A module as a statement, a file or a distribution has it.
fn written_as_another(text: &str) -> Option<Wrong> {
    let path = text.strip_prefix("import ").unwrap_or(text);
    let path = path.strip_suffix(".py").unwrap_or(path);
    let name = path.trim_matches('/').replace('/', ".").replace('-', "_");
    let is_module = |name: &str| name.split('.').all(|part| EnvName::parse(part).is_ok());
    (name != text && is_module(&name)).then(|| {
        let shown = abbreviate(text);
        let message =
            format!("`{shown}` is not the name of a Python module such as `dynamo.runtime`");
        Wrong::new(message, format!("write `{}`", abbreviate(&name)))
    })
}

text_type! {
    /// A shared library, by name or absolute path.
    Library,
    Grammar::new("a shared library", r"^/?[A-Za-z0-9_][A-Za-z0-9_.+/-]*$")
        .examples(&["libnixl.so", "/opt/tools/lib/libtool.so.1"]),
    |text| {
        let rest = text.strip_prefix('/').unwrap_or(text);
        rest.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_')
            && all(rest, |c| c.is_ascii_alphanumeric() || "_.+/-".contains(c))
    },
    "is not the name of a shared library such as `libnixl.so`"
}
