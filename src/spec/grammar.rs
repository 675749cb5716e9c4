//! How a scalar is written, for those who cannot ask its parser: editors.
//!
//! Stands next to the parser, type by type. `schema` says it in JSON Schema,
//! and its tests hold both against each other.

/// How the texts of a scalar type look.
#[derive(Debug, Clone, Copy)]
pub struct Grammar {
    /// What the scalar holds, with its article: `a version`.
    pub what: &'static str,
    /// A regular expression for every text that the parser takes, in what the
    /// dialects of editors and of this language have in common: no looking
    /// around, escapes of characters alone.
    pub pattern: &'static str,
    /// Whether the letters of the pattern, all of them literal, stand for
    /// themselves in any case.
    pub any_case: bool,
    /// One for those that match the first and are refused all the same.
    pub refused: Option<&'static str>,
    /// Which plain numbers of YAML are among the texts.
    pub numbers: Numbers,
    /// Whether the plain words `true` and `false` are. Quoted they are text
    /// like any other.
    pub truth: bool,
    /// What is wrong with other texts, to stand after one of them.
    pub problem: &'static str,
    /// Texts to begin with.
    pub examples: &'static [&'static str],
}

/// Plain numbers of YAML: what is `13.0` to us is the number 13 to an editor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Numbers {
    /// None.
    None,
    /// Whole numbers between these two.
    Whole(u32, u32),
    /// Numbers without a sign.
    Unsigned,
    /// All.
    All,
}

impl Grammar {
    /// Text of this pattern that is no number.
    pub const fn new(what: &'static str, pattern: &'static str) -> Self {
        Self {
            what,
            pattern,
            any_case: false,
            refused: None,
            numbers: Numbers::None,
            truth: false,
            problem: "",
            examples: &[],
        }
    }

    /// The same in any case.
    pub const fn any_case(self) -> Self {
        Self {
            any_case: true,
            ..self
        }
    }

    /// The same without what matches this pattern.
    pub const fn refused(self, pattern: &'static str) -> Self {
        Self {
            refused: Some(pattern),
            ..self
        }
    }

    /// The same with plain numbers.
    pub const fn numbers(self, numbers: Numbers) -> Self {
        Self { numbers, ..self }
    }

    /// The same with plain truth values.
    pub const fn truth(self) -> Self {
        Self {
            truth: true,
            ..self
        }
    }

    /// The same with what is wrong with other texts.
    pub const fn problem(self, problem: &'static str) -> Self {
        Self { problem, ..self }
    }

    /// The same with texts to begin with.
    pub const fn examples(self, examples: &'static [&'static str]) -> Self {
        Self { examples, ..self }
    }
}
