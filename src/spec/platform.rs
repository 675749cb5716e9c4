//! Which platforms are built for, by the names that clients give them.
//!
//! Owns which of them images exist for; how a platform is spelt is
//! `buildkit_llb`'s.

use buildkit_llb::{Platform, PlatformError};
use thiserror::Error;

use super::vocabulary::Architecture;
use crate::diagnostic::nearest;

/// A platform that nothing is built for.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum WrongPlatform {
    /// A text that is no platform.
    #[error("failed to parse platform: {source}")]
    Unreadable {
        /// The text.
        text: String,
        /// What is wrong with it.
        source: PlatformError,
    },
    /// A platform without images.
    #[error("images exist for linux/amd64 and linux/arm64, not for `{0}`")]
    NoImages(String),
}

impl WrongPlatform {
    /// What to do about it.
    pub fn help(&self) -> String {
        let (Self::Unreadable { text, .. } | Self::NoImages(text)) = self;
        let known = Platform::parse(text).ok().and_then(|platform| {
            let is_linux = platform.os == "linux";
            Architecture::from_word(&platform.architecture).filter(|_| is_linux)
        });
        let known = known.map(|architecture| architecture.platform().to_string());
        if let Some(plain) = known {
            return format!("images for `{plain}` run on all its variants: `--platform {plain}`");
        }
        match nearest(text, ["linux/amd64", "linux/arm64"]) {
            Some(near) => format!("did you mean `{near}`?"),
            None => "name one of them with `--platform`, as in `--platform linux/amd64`".to_owned(),
        }
    }
}

impl Architecture {
    /// The platform of its images.
    pub fn platform(self) -> Platform {
        Platform::new("linux", self.word())
    }

    /// The architecture that a platform means, in any of its spellings; `host` is
    /// where an operating system alone is taken to run.
    ///
    /// A variant that is not the default is refused: images are for every
    /// processor of their architecture, and one that claimed a variant would
    /// not start on the others.
    pub fn of_platform(text: &str, host: &Platform) -> Result<Self, WrongPlatform> {
        let platform = Platform::parse_on(text, host).map_err(|source| {
            let text = text.to_owned();
            WrongPlatform::Unreadable { text, source }
        })?;
        let platform = platform.normalized();
        Self::from_word(&platform.architecture)
            .filter(|known| platform == known.platform())
            .ok_or_else(|| WrongPlatform::NoImages(platform.format_all()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Result<&'static str, String> {
        let host = Platform::new("linux", "arm64");
        let architecture = Architecture::of_platform(text, &host);
        let architecture = architecture.map_err(|error| format!("{error}; {}", error.help()))?;
        Ok(architecture.word())
    }

    #[test]
    fn case_18_every_spelling_of_a_platform_means_its_architecture() {
        for (text, word) in [
            ("linux/amd64", "amd64"),
            ("linux/amd64/v1", "amd64"),
            ("linux/x86_64", "amd64"),
            ("linux/x86-64", "amd64"),
            ("Linux/AMD64", "amd64"),
            ("amd64", "amd64"),
            ("linux/arm64", "arm64"),
            ("linux/arm64/v8", "arm64"),
            ("linux/arm64/8", "arm64"),
            ("linux/aarch64", "arm64"),
            ("LINUX/ARM64/V8", "arm64"),
            ("arm64", "arm64"),
            ("linux", "arm64"),
        ] {
            assert_eq!(of(text), Ok(word), "{text}");
        }
    }

    #[test]
    fn case_19_what_no_image_is_for_is_refused_with_what_there_is() {
        let refused = [
            "foo/bar/baz/qux",
            "",
            "linux/",
            "linux/*",
            "linux/amd46",
            "linux/arm",
            "linux/amd64/v3",
            "linux/arm64/v9",
            "linux(+feature)/amd64",
            "windows(10.0.17763)/amd64",
            "macos/arm64",
            "linux/riscv64",
        ];
        let said = refused.map(|text| of(text).expect_err(text));
        insta::assert_snapshot!(said.join("\n"));
    }
}
