//! The scalar types of the spec: text that is what it says it is.
//!
//! Each is a newtype that only its parser can make, so that what reaches a
//! step, a URL or the image config has been looked at once, at its place. Long
//! because most types are a few lines, and are read beside one another.

mod pattern;
mod value;

pub use value::{
    ArchitectureKey, ByteSize, Count, ExitStatus, FileMode, Flag, Id, Interval, TimeLimit,
};

use pattern::visible;

use super::decode::Scalar;
use super::grammar::{Grammar, Numbers};
use super::node::abbreviate;
use super::wrong::Wrong;
use crate::image::{self, Reference};

macro_rules! text_type {
    ($(#[doc = $doc:literal])+ $name:ident, $grammar:expr, |$text:ident| $valid:expr, $problem:literal $(, unless $refused:path)?) => {
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
            const GRAMMAR: Grammar = $grammar.problem($problem);

            fn parse($text: &str) -> Result<Self, Wrong> {
                $(if let Some(wrong) = $refused($text) {
                    return Err(wrong);
                })?
                if $valid {
                    Ok(Self($text.to_owned()))
                } else {
                    Err(Self::GRAMMAR.refusal($text))
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

// Below the macro, which they use.
mod image_test;
mod path;
mod requirement;

pub use image_test::{AccountName, CheckName, Library, PythonModule};
pub use path::{ContextPath, ImagePath, TreePath};
pub use requirement::Requirement;

/// A port as `docker run -p` publishes it.
fn is_published(text: &str) -> Option<Wrong> {
    let (_, own) = text.rsplit_once(':')?;
    own.parse::<image::Port>().ok()?;
    let shown = abbreviate(text);
    Some(Wrong::new(
        format!("`{shown}` is not a port such as `8000` or `4222/tcp`"),
        format!("write `{own}`; which port of the host it gets, `docker run -p {shown}` says"),
    ))
}

fn all(text: &str, allowed: impl Fn(char) -> bool) -> bool {
    !text.is_empty() && text.chars().all(allowed)
}

fn starts_alphanumeric(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphanumeric())
}

text_type! {
    /// Any text without a NUL, which no environment or argument can hold.
    Text,
    Grammar::new("text", r"^[^\x00]*$")
        .numbers(Numbers::All)
        .truth(), |text| !text.contains('\0'), "holds a NUL character"
}

text_type! {
    /// A version or tag, such as `1.0.0` or `v2.10.28`.
    Version,
    Grammar::new("a version", r"^[A-Za-z0-9][A-Za-z0-9._+!-]{0,127}$")
        .numbers(Numbers::Unsigned)
        .examples(&["1.0.0", "v2.10.28"]),
    |text| text.len() <= 128
        && starts_alphanumeric(text)
        && all(text, |c| c.is_ascii_alphanumeric() || ".-_+!".contains(c)),
    "is not a version (letters, digits and `.-_+!`, at most 128)"
}

text_type! {
    /// A Python release line, such as `3.12`.
    PythonVersion,
    Grammar::new("a Python version", r"^[0-9]+\.[0-9]+$")
        .numbers(Numbers::Unsigned)
        .examples(&["3.12"]),
    |text| text.split_once('.').is_some_and(|(major, minor)| {
        [major, minor].iter().all(|part| all(part, |c| c.is_ascii_digit()))
    }),
    "is not a Python version such as `3.12`"
}

text_type! {
    /// A CUDA release, such as `12.9`.
    CudaVersion,
    Grammar::new("a CUDA version", r"^[0-9]{1,3}\.[0-9]{1,3}$")
        .numbers(Numbers::Unsigned)
        .examples(&["12.9"]),
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
    Commit,
    Grammar::new("a git commit", r"^([0-9a-f]{40}|[0-9a-f]{64})$"),
    |text| matches!(text.len(), 40 | 64) && all(text, |c| matches!(c, '0'..='9' | 'a'..='f')),
    "is not a full git commit (40 or 64 hexadecimal digits)"
}

text_type! {
    /// The URL of a file or an index.
    Url,
    Grammar::new("a URL", concat!("^https?://", visible!(), "+$"))
        .refused(pattern::CREDENTIALS)
        .examples(&["https://example.com/file"]),
    |text| ["https://", "http://"].iter().any(|scheme| {
        text.strip_prefix(scheme).is_some_and(|rest| !rest.is_empty())
    }) && !text.contains(|c: char| c.is_whitespace() || c.is_control()),
    "is not a URL such as `https://example.com/file`",
    unless holds_credentials
}

text_type! {
    /// The URL of a git repository.
    GitUrl,
    Grammar::new("the URL of a git repository", pattern::GIT_URL)
        .refused(pattern::CREDENTIALS)
        .examples(&["https://github.com/ai-dynamo/dynamo"]),
    |text| (text.contains("://") || text.contains('@')) && !text.starts_with('-')
        && !text.contains(|c: char| c.is_whitespace() || c.is_control() || c == '#'),
    "is not the URL of a git repository such as `https://github.com/ai-dynamo/dynamo`",
    unless holds_credentials
}

text_type! {
    /// The name of a build context of the client, as in `--build-context NAME=DIR`.
    ContextName,
    Grammar::new("the name of a build context", r"^[a-z0-9][a-z0-9._-]*$")
        .numbers(Numbers::Unsigned),
    |text| starts_alphanumeric(text)
        && all(text, |c| c.is_ascii_lowercase() || c.is_ascii_digit() || "._-".contains(c)),
    "is not the name of a build context (lower case letters, digits and `._-`)"
}

text_type! {
    /// The id of a secret of the client, as in `--secret id=NAME`.
    SecretId,
    Grammar::new("the id of a secret", r"^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$")
        .numbers(Numbers::Unsigned),
    |text| text.len() <= 128 && starts_alphanumeric(text)
        && all(text, |c| c.is_ascii_alphanumeric() || "._-".contains(c)),
    "is not the id of a secret (letters, digits and `._-`)"
}

text_type! {
    /// A name that cloud services give: a bucket, a region.
    CloudName,
    Grammar::new("a name", r"^[A-Za-z0-9][A-Za-z0-9._/-]{0,127}$")
        .numbers(Numbers::Unsigned),
    |text| text.len() <= 128 && starts_alphanumeric(text)
        && all(text, |c| c.is_ascii_alphanumeric() || "._-/".contains(c)),
    "is not a name (letters, digits and `._-/`)"
}

text_type! {
    /// A port of the image, such as `8000` or `4222/tcp`.
    Port,
    Grammar::new("a port", pattern::PORT)
        .any_case()
        .numbers(Numbers::Whole(1, 65535))
        .examples(&["8000", "4222/tcp"]),
    |text| text.parse::<image::Port>().is_ok(),
    "is not a port such as `8000` or `4222/tcp`",
    unless is_published
}

text_type! {
    /// A signal by name or number.
    Signal,
    Grammar::new("a signal", pattern::SIGNAL)
        .any_case()
        .numbers(Numbers::Whole(1, 64))
        .examples(&["SIGTERM", "SIGINT"]),
    |text| text.parse::<image::StopSignal>().is_ok(),
    "is not a signal such as `SIGTERM`"
}

text_type! {
    /// GPU architectures in the spelling of PyTorch: `9.0;10.0+PTX`.
    ArchList,
    Grammar::new("a list of GPU architectures", r"^[A-Za-z0-9.;+ ][A-Za-z0-9.;+ -]*$")
        .numbers(Numbers::Unsigned)
        .examples(&["9.0;10.0+PTX"]),
    |text| all(text, |c| c.is_ascii_alphanumeric() || ".;+- ".contains(c)) && !text.starts_with('-'),
    "is not a list of GPU architectures such as `9.0;10.0`"
}

text_type! {
    /// A git commit or the like that names the source of a build.
    Revision,
    Grammar::new("a revision", r"^[A-Za-z0-9][A-Za-z0-9./_-]*$")
        .numbers(Numbers::Unsigned)
        .examples(&["main", "v1.0.0"]),
    |text| starts_alphanumeric(text)
        && all(text, |c| c.is_ascii_alphanumeric() || "./-_".contains(c)),
    "is not a git revision"
}

text_type! {
    /// The name of an account.
    UserName,
    Grammar::new("a user name", r"^[a-z_][a-z0-9_-]{0,31}$"),
    |text| text.len() <= 32
        && text.starts_with(|c: char| c.is_ascii_lowercase() || c == '_')
        && all(text, |c| c.is_ascii_lowercase() || c.is_ascii_digit() || "_-".contains(c)),
    "is not a user name (lower case letters, digits, `_` and `-`, at most 32)"
}

text_type! {
    /// The name of an environment variable.
    EnvName,
    Grammar::new("a variable name", r"^[A-Za-z_][A-Za-z0-9_]*$").examples(&["DYN_LOG"]),
    |text| !text.starts_with(|c: char| c.is_ascii_digit())
        && all(text, |c| c.is_ascii_alphanumeric() || c == '_'),
    "is not the name of an environment variable (letters, digits and `_`)"
}

text_type! {
    /// The name of a label.
    LabelName,
    Grammar::new("a label name", concat!("^", visible!("="), "+$"))
        .numbers(Numbers::All)
        .examples(&["org.opencontainers.image.vendor"]),
    |text| all(text, |c| !c.is_whitespace() && !c.is_control() && c != '='),
    "is not a label name (no blanks, no `=`)"
}

text_type! {
    /// A Debian package, with an optional version: `git` or `git=1:2.43.0-1`.
    AptPackage,
    Grammar::new("a Debian package", pattern::APT_PACKAGE)
        .numbers(Numbers::Unsigned)
        .examples(&["git", "git=1:2.43.0-1"]),
    |text| starts_alphanumeric(text)
        && all(text, |c| c.is_ascii_alphanumeric() || "+.-:=~".contains(c)),
    "is not the name of a Debian package, with `=version` or without",
    unless orders_apt
}

text_type! {
    /// What a step is called.
    StepName,
    Grammar::new("a name", pattern::STEP_NAME)
        .numbers(Numbers::All)
        .examples(&["debugging tools"]),
    |text| text.chars().count() <= 100 && !text.chars().any(char::is_control)
        && text.starts_with(|c: char| !c.is_whitespace()),
    "is not a name: a line of at most 100 characters"
}

text_type! {
    /// A package of AlmaLinux.
    DnfPackage,
    Grammar::new("a package of AlmaLinux", r"^[A-Za-z0-9][A-Za-z0-9+._:~^-]*$")
        .numbers(Numbers::Unsigned)
        .examples(&["gdb"]),
    |text| starts_alphanumeric(text)
        && all(text, |c| c.is_ascii_alphanumeric() || "+._:~^-".contains(c)),
    "is not the name of a package"
}

text_type! {
    /// The identity of a cache.
    CacheId,
    Grammar::new("the id of a cache", r"^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$")
        .numbers(Numbers::Unsigned),
    |text| text.len() <= 128 && starts_alphanumeric(text)
        && all(text, |c| c.is_ascii_alphanumeric() || "._-".contains(c)),
    "is not the id of a cache (letters, digits and `._-`)"
}

text_type! {
    /// A SHA-256 checksum.
    Sha256,
    Grammar::new("a sha256 checksum", r"^sha256:[0-9a-f]{64}$"),
    |text| text.strip_prefix("sha256:").is_some_and(|hex| {
        hex.len() == 64 && all(hex, |c| matches!(c, '0'..='9' | 'a'..='f'))
    }),
    "is not a checksum such as `sha256:` and 64 hexadecimal digits"
}

text_type! {
    /// The beginning of an image reference or of a URL.
    Prefix,
    Grammar::new("a prefix", concat!("^", visible!(), "+$"))
        .refused(pattern::CREDENTIALS)
        .numbers(Numbers::All)
        .examples(&["docker.io/", "https://github.com/"]),
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
pub(super) fn holds_credentials(text: &str) -> Option<Wrong> {
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
    const GRAMMAR: Grammar = Grammar::new("an image reference", pattern::IMAGE)
        .refused(pattern::IMAGE_ID)
        .numbers(Numbers::Unsigned)
        .problem("is not an image reference such as `ubuntu:24.04`")
        .examples(&["ubuntu:24.04", "registry.example:5000/team/base:1"]);

    fn parse(text: &str) -> Result<Self, Wrong> {
        Reference::parse(text)
            .map(Self)
            .map_err(|error| error.to_string().into())
    }
}
