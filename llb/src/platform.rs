//! Platforms: operating system, processor, and their variants, spelt and normalised
//! as containerd does.

use std::fmt;
use std::str::FromStr;

use buildkit_proto::pb;

/// An operating system on a processor.
///
/// ```
/// use buildkit_llb::Platform;
///
/// let platform = Platform::parse("linux/arm64/v8").unwrap();
/// assert_eq!(platform.to_string(), "linux/arm64/v8");
/// assert_eq!(platform.normalized().to_string(), "linux/arm64");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Platform {
    /// The operating system, as Go names it.
    pub os: String,
    /// The processor, as Go names it.
    pub architecture: String,
    /// The variant of the processor, such as `v7`; may be empty.
    pub variant: String,
    /// The version of the operating system, used for Windows; may be empty.
    pub os_version: String,
    /// Features of the operating system; mostly none.
    pub os_features: Vec<String>,
}

/// Text that is no platform.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PlatformError {
    /// A wildcard, which stands for no single platform.
    #[error("`{0}`: wildcards are not supported")]
    Wildcard(String),
    /// Too many parts.
    #[error("`{0}` is not `os/architecture/variant`")]
    TooManyParts(String),
    /// A part that is empty or has characters that none has.
    #[error("`{0}`: `{1}` is no part of a platform")]
    InvalidPart(String, String),
    /// A single word that is neither.
    #[error("`{0}` is neither an operating system nor an architecture that is known")]
    Unknown(String),
}

const OPERATING_SYSTEMS: [&str; 18] = [
    "aix",
    "android",
    "darwin",
    "dragonfly",
    "freebsd",
    "hurd",
    "illumos",
    "ios",
    "js",
    "linux",
    "nacl",
    "netbsd",
    "openbsd",
    "plan9",
    "solaris",
    "windows",
    "wasip1",
    "zos",
];

const ARCHITECTURES: [&str; 25] = [
    "386",
    "amd64",
    "amd64p32",
    "arm",
    "armbe",
    "arm64",
    "arm64be",
    "ppc64",
    "ppc64le",
    "loong64",
    "mips",
    "mipsle",
    "mips64",
    "mips64le",
    "mips64p32",
    "mips64p32le",
    "ppc",
    "riscv",
    "riscv64",
    "s390",
    "s390x",
    "sparc",
    "sparc64",
    "wasm",
    "alpha",
];

impl Default for Platform {
    /// `linux/amd64`.
    fn default() -> Self {
        Self::new("linux", "amd64")
    }
}

impl Platform {
    /// An operating system on a processor, spelt as Go does.
    pub fn new(os: impl Into<String>, architecture: impl Into<String>) -> Self {
        Self {
            os: os.into(),
            architecture: architecture.into(),
            variant: String::new(),
            os_version: String::new(),
            os_features: Vec::new(),
        }
    }

    /// Reads `os`, `architecture`, `os/architecture` or `os/architecture/variant`, the
    /// system with an optional version and features, `windows(10.0.17763)`.
    ///
    /// A lone architecture is one of Linux. A lone system gets the architecture of
    /// [`default`](Self::default), not that of the machine this runs on.
    pub fn parse(text: &str) -> Result<Self, PlatformError> {
        Self::parse_on(text, &Self::default())
    }

    /// [`parse`](Self::parse), where a lone system gets the architecture of `host`.
    pub fn parse_on(text: &str, host: &Self) -> Result<Self, PlatformError> {
        if text.contains('*') {
            return Err(PlatformError::Wildcard(text.to_owned()));
        }
        let (system, rest) = text
            .split_once('/')
            .map_or((text, None), |(os, rest)| (os, Some(rest)));
        let processor: Vec<&str> = rest.into_iter().flat_map(|rest| rest.split('/')).collect();
        if processor.len() > 2 {
            return Err(PlatformError::TooManyParts(text.to_owned()));
        }
        let invalid = |part: &str| PlatformError::InvalidPart(text.to_owned(), part.to_owned());
        let (os, os_version, os_features) = parse_system(system).ok_or_else(|| invalid(system))?;
        if let Some(part) = processor.iter().find(|part| !is_word(part)) {
            return Err(invalid(part));
        }
        let (os, architecture, variant) = match processor.as_slice() {
            [] => parse_single(os, host, text)?,
            [architecture] => {
                let (architecture, variant) = normalize_architecture(architecture, "");
                // Kept as it was written; `normalized` is what adds it.
                let variant = if variant == "v7" {
                    String::new()
                } else {
                    variant
                };
                (normalize_os(os), architecture, variant)
            }
            [architecture, variant, ..] => {
                let (architecture, variant) = parse_variant(architecture, variant);
                (normalize_os(os), architecture, variant)
            }
        };
        Ok(Self {
            os,
            architecture,
            variant,
            os_version,
            os_features,
        })
    }

    /// The one spelling that all spellings of a platform share.
    #[must_use]
    pub fn normalized(&self) -> Self {
        let (architecture, variant) = normalize_architecture(&self.architecture, &self.variant);
        let mut os_features = self.os_features.clone();
        os_features.sort();
        os_features.dedup();
        Self {
            os: normalize_os(&self.os),
            architecture,
            variant,
            os_version: self.os_version.clone(),
            os_features,
        }
    }

    /// `os/architecture/variant`, without what is empty.
    pub fn format(&self) -> String {
        self.join(&self.os)
    }

    /// [`format`](Self::format) with version and features of the system,
    /// `windows(10.0.17763)/amd64`: the id that results are keyed by.
    pub fn format_all(&self) -> String {
        let mut system = self.os_version.clone();
        for feature in &self.os_features {
            system.push('+');
            system.push_str(feature);
        }
        match system.as_str() {
            "" => self.format(),
            system => self.join(&format!("{}({system})", self.os)),
        }
    }

    fn join(&self, system: &str) -> String {
        let parts = [system, &self.architecture, &self.variant];
        let parts: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
        parts.join("/")
    }

    /// The platform as it goes over the wire.
    pub fn to_pb(&self) -> pb::Platform {
        pb::Platform {
            architecture: self.architecture.clone(),
            os: self.os.clone(),
            variant: self.variant.clone(),
            os_version: self.os_version.clone(),
            os_features: self.os_features.clone(),
        }
    }
}

impl From<&pb::Platform> for Platform {
    fn from(platform: &pb::Platform) -> Self {
        Self {
            os: platform.os.clone(),
            architecture: platform.architecture.clone(),
            variant: platform.variant.clone(),
            os_version: platform.os_version.clone(),
            os_features: platform.os_features.clone(),
        }
    }
}

impl fmt::Display for Platform {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.format())
    }
}

impl FromStr for Platform {
    type Err = PlatformError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

/// Letters, digits, and what versions are made of.
fn is_word(text: &str) -> bool {
    let known = |c: char| c.is_ascii_alphanumeric() || ['_', '.', '-'].contains(&c);
    !text.is_empty() && text.chars().all(known)
}

/// `os`, `os(version)` or `os(version+feature+feature)`.
fn parse_system(text: &str) -> Option<(&str, String, Vec<String>)> {
    let Some((os, rest)) = text.split_once('(') else {
        return is_word(text).then(|| (text, String::new(), Vec::new()));
    };
    let mut inside = rest.strip_suffix(')')?.split('+');
    let version = inside.next()?;
    let features: Vec<String> = inside.map(str::to_owned).collect();
    let valid = is_word(os)
        && (version.is_empty() || is_word(version))
        && features.iter().all(|feature| is_word(feature));
    valid.then(|| (os, version.to_owned(), features))
}

/// A single word is a system if it is known as one, else an architecture of Linux.
fn parse_single(
    word: &str,
    host: &Platform,
    text: &str,
) -> Result<(String, String, String), PlatformError> {
    let os = normalize_os(word);
    if OPERATING_SYSTEMS.contains(&os.as_str()) {
        return Ok((os, host.architecture.clone(), host.variant.clone()));
    }
    let (architecture, variant) = normalize_architecture(word, "");
    if ARCHITECTURES.contains(&architecture.as_str()) {
        let variant = if variant == "v7" {
            String::new()
        } else {
            variant
        };
        return Ok(("linux".to_owned(), architecture, variant));
    }
    Err(PlatformError::Unknown(text.to_owned()))
}

/// An explicit variant stays, apart from its spelling: `v8` of arm64 is the default
/// and goes only when normalising.
fn parse_variant(architecture: &str, variant: &str) -> (String, String) {
    let (normal, normal_variant) = normalize_architecture(architecture, variant);
    if normal == "arm64" && normal_variant.is_empty() {
        return (normal, "v8".to_owned());
    }
    (normal, normal_variant)
}

fn normalize_os(os: &str) -> String {
    match os.to_lowercase().as_str() {
        "" => "linux".to_owned(),
        "macos" => "darwin".to_owned(),
        os => os.to_owned(),
    }
}

fn normalize_architecture(architecture: &str, variant: &str) -> (String, String) {
    let (architecture, variant) = (architecture.to_lowercase(), variant.to_lowercase());
    let (architecture, variant) = match (architecture.as_str(), variant.as_str()) {
        ("i386", _) => ("386", ""),
        ("x86_64" | "x86-64" | "amd64", "v1") => ("amd64", ""),
        ("x86_64" | "x86-64" | "amd64", variant) => ("amd64", variant),
        ("aarch64" | "arm64", "8" | "v8" | "v8.0") => ("arm64", ""),
        ("aarch64" | "arm64", "9" | "9.0" | "v9.0") => ("arm64", "v9"),
        ("aarch64" | "arm64", variant) => ("arm64", variant),
        ("armhf", _) | ("arm", "" | "7") => ("arm", "v7"),
        ("armel", _) | ("arm", "6") => ("arm", "v6"),
        ("arm", "5") => ("arm", "v5"),
        ("arm", "8") => ("arm", "v8"),
        (architecture, variant) => (architecture, variant),
    };
    (architecture.to_owned(), variant.to_owned())
}

#[cfg(test)]
mod tests;
