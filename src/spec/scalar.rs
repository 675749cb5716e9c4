//! The scalar types of the spec: text that is what it says it is.
//!
//! Each is a newtype that only its parser can make, so that what reaches a
//! step, a URL or the image config has been looked at once, at its place.

mod value;

pub use value::{ArchitectureKey, Count, Flag, Id, Interval};

use super::decode::{Scalar, Wrong};
use super::node::abbreviate;
use crate::image::{self, Reference};

macro_rules! text_type {
    ($(#[doc = $doc:literal])+ $name:ident, $what:literal, |$text:ident| $valid:expr, $problem:literal $(, unless $refused:path)?) => {
        $(#[doc = $doc])+
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
        pub struct $name(String);

        impl $name {
            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl Scalar for $name {
            const WHAT: &'static str = $what;

            fn parse($text: &str) -> Result<Self, Wrong> {
                $(if let Some(wrong) = $refused($text) {
                    return Err(wrong);
                })?
                if $valid {
                    Ok(Self($text.to_owned()))
                } else {
                    Err(format!("`{}` {}", abbreviate($text), $problem).into())
                }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

fn all(text: &str, allowed: impl Fn(char) -> bool) -> bool {
    !text.is_empty() && text.chars().all(allowed)
}

fn starts_alphanumeric(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphanumeric())
}

text_type! {
    /// Any text without a NUL, which no environment or argument can hold.
    Text, "text", |text| !text.contains('\0'), "holds a NUL character"
}

text_type! {
    /// A version or tag, such as `1.0.0` or `v2.10.28`.
    Version, "a version",
    |text| text.len() <= 128
        && starts_alphanumeric(text)
        && all(text, |c| c.is_ascii_alphanumeric() || ".-_+!".contains(c)),
    "is not a version (letters, digits and `.-_+!`, at most 128)"
}

text_type! {
    /// A Python release line, such as `3.12`.
    PythonVersion, "a Python version",
    |text| text.split_once('.').is_some_and(|(major, minor)| {
        [major, minor].iter().all(|part| all(part, |c| c.is_ascii_digit()))
    }),
    "is not a Python version such as `3.12`"
}

text_type! {
    /// A CUDA release, such as `12.9`.
    CudaVersion, "a CUDA version",
    |text| text.split_once('.').is_some_and(|(major, minor)| {
        [major, minor].iter().all(|part| part.len() < 4 && all(part, |c| c.is_ascii_digit()))
    }),
    "is not a CUDA version such as `12.9`"
}

impl CudaVersion {
    /// The major release: `12`.
    pub fn major(&self) -> &str {
        self.0.split('.').next().unwrap_or_default()
    }

    /// The version as wheels of PyTorch and their indexes spell it: `cu129`.
    pub fn wheel_tag(&self) -> String {
        format!("cu{}", self.0.replace('.', ""))
    }
}

text_type! {
    /// A full git commit hash.
    Commit, "a git commit",
    |text| matches!(text.len(), 40 | 64) && all(text, |c| matches!(c, '0'..='9' | 'a'..='f')),
    "is not a full git commit (40 or 64 hexadecimal digits)"
}

text_type! {
    /// The URL of a file or an index.
    Url, "a URL",
    |text| ["https://", "http://"].iter().any(|scheme| {
        text.strip_prefix(scheme).is_some_and(|rest| !rest.is_empty())
    }) && !text.contains(|c: char| c.is_whitespace() || c.is_control()),
    "is not a URL such as `https://example.com/file`",
    unless holds_credentials
}

text_type! {
    /// The URL of a git repository.
    GitUrl, "the URL of a git repository",
    |text| (text.contains("://") || text.contains('@')) && !text.starts_with('-')
        && !text.contains(|c: char| c.is_whitespace() || c.is_control() || c == '#'),
    "is not the URL of a git repository such as `https://github.com/ai-dynamo/dynamo`",
    unless holds_credentials
}

text_type! {
    /// The name of a build context of the client, as in `--build-context NAME=DIR`.
    ContextName, "the name of a build context",
    |text| starts_alphanumeric(text)
        && all(text, |c| c.is_ascii_lowercase() || c.is_ascii_digit() || "._-".contains(c)),
    "is not the name of a build context (lower case letters, digits and `._-`)"
}

text_type! {
    /// The id of a secret of the client, as in `--secret id=NAME`.
    SecretId, "the id of a secret",
    |text| text.len() <= 128 && starts_alphanumeric(text)
        && all(text, |c| c.is_ascii_alphanumeric() || "._-".contains(c)),
    "is not the id of a secret (letters, digits and `._-`)"
}

text_type! {
    /// A name that cloud services give: a bucket, a region.
    CloudName, "a name",
    |text| text.len() <= 128 && starts_alphanumeric(text)
        && all(text, |c| c.is_ascii_alphanumeric() || "._-/".contains(c)),
    "is not a name (letters, digits and `._-/`)"
}

text_type! {
    /// A port of the image, such as `8000` or `4222/tcp`.
    Port, "a port",
    |text| text.parse::<image::Port>().is_ok(),
    "is not a port such as `8000` or `4222/tcp`"
}

text_type! {
    /// A signal by name or number.
    Signal, "a signal",
    |text| text.parse::<image::StopSignal>().is_ok(),
    "is not a signal such as `SIGTERM`"
}

text_type! {
    /// GPU architectures in the spelling of PyTorch: `9.0;10.0+PTX`.
    ArchList, "a list of GPU architectures",
    |text| all(text, |c| c.is_ascii_alphanumeric() || ".;+- ".contains(c)) && !text.starts_with('-'),
    "is not a list of GPU architectures such as `9.0;10.0`"
}

text_type! {
    /// A git commit or the like that names the source of a build.
    Revision, "a revision",
    |text| starts_alphanumeric(text)
        && all(text, |c| c.is_ascii_alphanumeric() || "./-_".contains(c)),
    "is not a git revision"
}

text_type! {
    /// The name of an account.
    UserName, "a user name",
    |text| text.len() <= 32
        && text.starts_with(|c: char| c.is_ascii_lowercase() || c == '_')
        && all(text, |c| c.is_ascii_lowercase() || c.is_ascii_digit() || "_-".contains(c)),
    "is not a user name (lower case letters, digits, `_` and `-`, at most 32)"
}

text_type! {
    /// The name of an environment variable.
    EnvName, "a variable name",
    |text| !text.starts_with(|c: char| c.is_ascii_digit())
        && all(text, |c| c.is_ascii_alphanumeric() || c == '_'),
    "is not the name of an environment variable (letters, digits and `_`)"
}

text_type! {
    /// The name of a label.
    LabelName, "a label name",
    |text| all(text, |c| !c.is_whitespace() && !c.is_control() && c != '='),
    "is not a label name (no blanks, no `=`)"
}

text_type! {
    /// A Debian package, with an optional version: `git` or `git=1:2.43.0-1`.
    AptPackage, "a Debian package",
    |text| starts_alphanumeric(text)
        && all(text, |c| c.is_ascii_alphanumeric() || "+.-:=~".contains(c)),
    "is not the name of a Debian package, with `=version` or without",
    unless orders_apt
}

text_type! {
    /// A Python requirement, such as `httpx==0.28.1`. An option of the
    /// installer is not one.
    Requirement, "a Python requirement",
    |text| starts_alphanumeric(text) && !text.chars().any(char::is_control),
    "is not a Python requirement such as `httpx==0.28.1`",
    unless holds_credentials
}

text_type! {
    /// A path inside the build context.
    ContextPath, "a path in the build context",
    |text| !text.starts_with('/') && !text.is_empty() && !text.chars().any(char::is_control)
        && text.split('/').all(|part| !matches!(part, "" | "." | ".."))
        && !text.contains(['*', '?', '[', '\\']),
    "is not a relative path inside the build context, without wildcards"
}

text_type! {
    /// A SHA-256 checksum.
    Sha256, "a sha256 checksum",
    |text| text.strip_prefix("sha256:").is_some_and(|hex| {
        hex.len() == 64 && all(hex, |c| matches!(c, '0'..='9' | 'a'..='f'))
    }),
    "is not a checksum such as `sha256:` and 64 hexadecimal digits"
}

text_type! {
    /// The beginning of an image reference or of a URL.
    Prefix, "a prefix",
    |text| all(text, |c| !c.is_whitespace() && !c.is_control()),
    "is not the beginning of an image reference or of a URL",
    unless holds_credentials
}

/// A name that apt takes for an order: `curl-` removes, `curl+` installs. Names
/// such as `g++` and `libstdc++` are names.
fn orders_apt(text: &str) -> Option<Wrong> {
    let name = match text.strip_suffix('-') {
        Some(name) => name,
        None => text.strip_suffix('+').filter(|rest| !rest.ends_with('+'))?,
    };
    Some(Wrong::new(
        format!(
            "`{}` ends in a sign that apt takes for an order",
            abbreviate(text)
        ),
        match abbreviate(name) {
            name if name.is_empty() => "write the name of a package".to_owned(),
            name => format!("write `{name}`"),
        },
    ))
}

/// A URL that names an account, and maybe its password. What a spec says is
/// shown in titles, in the history of the image and in provenance, and so is the
/// message: it must not repeat the text. The user of ssh is no secret.
fn holds_credentials(text: &str) -> Option<Wrong> {
    let names_account = text.match_indices("://").any(|(at, mark)| {
        let rest = &text[at + mark.len()..];
        let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
        let account = authority.rsplit_once('@').map(|(account, _)| account);
        let is_ssh = text[..at].ends_with("ssh");
        account.is_some_and(|account| !is_ssh || account.contains(':'))
    });
    names_account.then(|| {
        Wrong::new(
            "a URL in a spec must not hold credentials",
            "remove what stands between `://` and `@`: it would be readable in the image",
        )
    })
}

/// An image reference, normalised.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImageName(pub Reference);

impl Scalar for ImageName {
    const WHAT: &'static str = "an image reference";

    fn parse(text: &str) -> Result<Self, Wrong> {
        Reference::parse(text)
            .map(Self)
            .map_err(|error| error.to_string().into())
    }
}
