//! The names of the rules.
//!
//! A name is stable: users put it into `# check=skip=…` and look it up on the
//! rule's page. It is written the way BuildKit writes its own rule names.
//! What is to be known of a rule without running it stands here: its summary, how
//! bad its findings are, and `experimental` where it is off unless asked for.

use super::Severity;

macro_rules! codes {
    ($($(#[doc = $doc:literal])+ $name:ident => $severity:ident $($experimental:ident)?,)+) => {
        /// The rule behind a diagnostic.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Code {
            $($(#[doc = $doc])+ $name,)+
        }

        impl Code {
            /// Every rule, in the order of this file.
            pub const ALL: &'static [Self] = &[$(Self::$name,)+];

            /// The stable name.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$name => stringify!($name),)+ }
            }

            /// One sentence on what the rule finds.
            pub const fn summary(self) -> &'static str {
                match self { $(Self::$name => concat!($($doc,)+).trim_ascii(),)+ }
            }

            /// How bad its findings are, those apart that say something else of
            /// themselves.
            pub const fn severity(self) -> Severity {
                match self { $(Self::$name => Severity::$severity,)+ }
            }

            /// Whether it is off unless the user switches it on.
            pub const fn is_experimental(self) -> bool {
                match self { $(Self::$name => codes!(@experimental $($experimental)?),)+ }
            }

            /// The address of the rule's page.
            pub fn url(self) -> &'static str {
                match self {
                    $(Self::$name => concat!(
                        env!("CARGO_PKG_REPOSITORY"),
                        "/blob/main/docs/rules/",
                        stringify!($name),
                        ".md",
                    ),)+
                }
            }

            /// The rule's page, in Markdown; its form is told in
            /// `docs/rules/README.md`.
            pub fn page(self) -> &'static str {
                match self {
                    $(Self::$name => include_str!(concat!(
                        env!("CARGO_MANIFEST_DIR"),
                        "/docs/rules/",
                        stringify!($name),
                        ".md",
                    )),)+
                }
            }
        }
    };
    (@experimental) => { false };
    (@experimental experimental) => { true };
}

codes! {
    /// The text is not UTF-8, not YAML, or larger than the limits allow.
    InvalidYaml => Error,
    /// A key that the spec does not have.
    UnknownKey => Error,
    /// The same key twice in one mapping.
    DuplicateKey => Error,
    /// A value of another type than the key takes.
    WrongType => Error,
    /// A value of the right type that the key does not allow.
    InvalidValue => Error,
    /// Something that must be given and is not.
    MissingValue => Error,
    /// A file or folder that the spec names and that is not there.
    MissingFile => Error,
    /// Values that are each right but exclude each other.
    ConflictingValues => Error,
    /// Two ways to get the same thing.
    ConflictingInstall => Error,
    /// A component that is left out and that something else needs.
    MissingComponent => Error,
    /// A combination of framework, target, device and CUDA release that the catalog does not have.
    UnsupportedCombination => Error,
    /// Something that the catalog does not have for the platform.
    UnsupportedPlatform => Error,
    /// An account of the image that is root.
    RootUser => Error,
    /// A build argument that names no key of the spec.
    UnknownBuildArg => Warning,
    /// A catalog release that this frontend does not carry.
    UnknownCatalog => Error,
    /// A mirror that no source of the build is behind.
    UnusedMirror => Warning,
    /// A value that changes nothing about what is built.
    WithoutEffect => Warning,
    /// An older spelling of a word.
    DeprecatedAlias => Warning,
    /// A value of the image or of the build that looks like a secret.
    SecretInConfig => Warning,
    /// The name of a variable where nothing replaces it.
    LiteralVariable => Warning,
    /// A `PATH` that takes the place of the one that the image has.
    ReplacedPath => Warning,
    /// An image that is given without a tag, or with one that moves, and without a digest.
    UnpinnedImage => Warning,
    /// A branch of a repository that is given without the commit that it must be at.
    FloatingRef => Warning,
    /// Checksums that do not fit the architectures they are given for.
    ChecksumArchitecture => Warning,
    /// A package that is added twice, or that the image has anyway.
    DuplicatePackage => Warning,
    /// The ids of a developer in an image that is for everybody.
    UidWithoutLocalDev => Warning,
    /// More layers than an image should have.
    LayerBudget => Warning,
    /// A source that is fetched without a checksum or commit to hold it against.
    UnverifiedSource => Warning,
    /// Steps that are added to a stage which the target does not need.
    UnreachableExtend => Warning,
    /// A cache or a secret of a step that hides something the step needs.
    ShadowedCache => Warning,
    /// An image of the build that is given without a digest.
    ImageWithoutDigest => Warning experimental,
    /// A setting of the rules that names no option or no rule.
    InvalidCheck => Error,
    /// A stage that the spec or an option names and the build does not have.
    UnknownStage => Warning,
    /// Something that was asked for and the daemon cannot do.
    UnsupportedByDaemon => Warning,
    /// Instructions of an image for builds on it, none of which is run.
    IgnoredInstructions => Warning,
}

impl Code {
    /// Whether the user can silence it: what stops a build stays.
    pub const fn can_be_skipped(self) -> bool {
        !matches!(self.severity(), Severity::Error)
    }
}

impl std::fmt::Display for Code {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}
