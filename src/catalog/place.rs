//! Catalog values with their places, so that a finding can point at the
//! catalog's side of a clash.

use serde::{Deserialize, Deserializer};

use crate::diagnostic::{SourceId, Span, Spanned};

/// A value and the bytes of its file that hold it.
#[derive(Debug, Clone)]
pub struct At<T> {
    /// The value.
    pub value: T,
    start: usize,
    length: usize,
}

impl<T> At<T> {
    /// The place, once the file is one of the request's sources.
    pub fn span(&self, file: SourceId) -> Span {
        Span::new(file, self.start, self.start + self.length)
    }

    /// The value made into another, with its place.
    pub fn spanned<U>(&self, file: SourceId, make: impl FnOnce(&T) -> U) -> Spanned<U> {
        Spanned::new(make(&self.value), self.span(file))
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for At<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let spanned = serde_saphyr::Spanned::<T>::deserialize(deserializer)?;
        let span = spanned.defined.span();
        let index = |offset: u64| usize::try_from(offset).unwrap_or(usize::MAX);
        Ok(Self {
            start: index(span.byte_offset().unwrap_or(0)),
            length: index(span.byte_len().unwrap_or(0)),
            value: spanned.value,
        })
    }
}
