//! The names of the rules.
//!
//! A name is stable: users put it into `# check=skip=…` and look it up on the
//! rule's page. It is written the way BuildKit writes its own rule names.

macro_rules! codes {
    ($($(#[doc = $doc:literal])+ $name:ident,)+) => {
        /// The rule behind a diagnostic.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Code {
            $($(#[doc = $doc])+ $name,)+
        }

        impl Code {
            /// Every rule, in the order of this file.
            pub const ALL: &'static [Self] = &[$(Self::$name,)+];

            /// The stable name.
            pub fn name(self) -> &'static str {
                match self { $(Self::$name => stringify!($name),)+ }
            }

            /// One sentence on what the rule finds.
            pub fn summary(self) -> &'static str {
                match self { $(Self::$name => concat!($($doc,)+).trim_ascii(),)+ }
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
}

codes! {
    /// The text is not UTF-8, not YAML, or larger than the limits allow.
    InvalidYaml,
    /// A key that the spec does not have.
    UnknownKey,
    /// The same key twice in one mapping.
    DuplicateKey,
    /// A value of another type than the key takes.
    WrongType,
    /// A value of the right type that the key does not allow.
    InvalidValue,
    /// Something that must be given and is not.
    MissingValue,
    /// Values that are each right but exclude each other.
    ConflictingValues,
    /// A combination of framework, target, device and platform that the catalog does not have.
    UnsupportedCombination,
    /// A build argument that names no key of the spec.
    UnknownBuildArg,
    /// A catalog release that this frontend does not carry.
    UnknownCatalog,
    /// A mirror that no source of the build is behind.
    UnusedMirror,
    /// A value that changes nothing about what is built.
    WithoutEffect,
    /// A source that is fetched without a checksum or commit to hold it against.
    UnverifiedSource,
    /// Steps that are added to a stage which the target does not need.
    UnreachableExtend,
    /// A cache of a step that hides something the step needs.
    ShadowedCache,
    /// A setting of the rules that names no option or no rule.
    InvalidCheck,
    /// A stage that the spec or an option names and the build does not have.
    UnknownStage,
    /// Something that was asked for and the daemon cannot do.
    UnsupportedByDaemon,
    /// Instructions of an image for builds on it, none of which is run.
    IgnoredInstructions,
}

impl std::fmt::Display for Code {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}
