//! Places in texts: which source, which bytes.
//!
//! Owns the coordinates that every value read from a text keeps for the rest
//! of its life. Must not know what the texts mean.

/// Which text a span points into; an index into [`super::Sources`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SourceId(pub(crate) u32);

/// A half-open byte range of one source text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// The text.
    pub source: SourceId,
    /// First byte.
    pub start: u32,
    /// One past the last byte; equal to `start` for a place between bytes.
    pub end: u32,
}

impl Span {
    /// A span over `start..end` of `source`. Offsets beyond 4 GiB saturate:
    /// texts are capped long before.
    pub fn new(source: SourceId, start: usize, end: usize) -> Self {
        let clamp = |offset| u32::try_from(offset).unwrap_or(u32::MAX);
        Self {
            source,
            start: clamp(start),
            end: clamp(end),
        }
    }

    /// The smallest span that covers both, or `self` when the sources differ.
    pub fn to(self, other: Self) -> Self {
        if self.source != other.source {
            return self;
        }
        Self {
            start: self.start.min(other.start),
            end: self.end.max(other.end),
            ..self
        }
    }

    /// Whether a place is inside of this one.
    pub fn holds(self, other: Self) -> bool {
        self.source == other.source && self.start <= other.start && other.end <= self.end
    }
}

/// A value together with the place it was written at.
///
/// For a value reached through a YAML alias, `span` is the alias and `defined`
/// the anchored text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spanned<T> {
    /// The value.
    pub value: T,
    /// Where it is used.
    pub span: Span,
    /// Where it is spelled out, when that is another place.
    pub defined: Option<Span>,
}

impl<T> Spanned<T> {
    /// A value written at `span`.
    pub fn new(value: T, span: Span) -> Self {
        Self {
            value,
            span,
            defined: None,
        }
    }

    /// The same place, another value.
    pub fn map<U>(self, f: impl FnOnce(T) -> U) -> Spanned<U> {
        Spanned {
            value: f(self.value),
            span: self.span,
            defined: self.defined,
        }
    }

    /// The same place, a borrowed value.
    pub fn as_ref(&self) -> Spanned<&T> {
        Spanned {
            value: &self.value,
            span: self.span,
            defined: self.defined,
        }
    }
}
