//! Mirrors: what a source becomes when the spec redirects its prefix.

use crate::diagnostic::{Code, Diagnostic, Diagnostics, Spanned};
use crate::image::Reference;
use crate::spec::{Mirrors, Prefix};

/// The rewrites of a spec.
pub(super) struct Rewrites<'s> {
    rules: &'s [(Spanned<Prefix>, Spanned<Prefix>)],
}

impl<'s> Rewrites<'s> {
    /// The rewrites of `mirrors`, none when the spec has none.
    pub(super) fn new(mirrors: Option<&'s Spanned<Mirrors>>) -> Self {
        Self {
            rules: mirrors.map_or(&[], |mirrors| &mirrors.value.0),
        }
    }

    /// The text with its longest matching prefix replaced. Applied once: a
    /// replacement is where the source is, not another name for it.
    fn rewrite(&self, text: &str) -> Option<(String, &'s Spanned<Prefix>)> {
        let (prefix, replacement) = self
            .rules
            .iter()
            .filter(|(prefix, _)| text.starts_with(prefix.value.as_str()))
            .max_by_key(|(prefix, _)| prefix.value.as_str().len())?;
        let rest = &text[prefix.value.as_str().len()..];
        Some((format!("{}{rest}", replacement.value), replacement))
    }

    /// Where a URL is. The flag says whether a mirror took its place.
    pub(super) fn url(&self, url: Spanned<String>) -> (Spanned<String>, bool) {
        match self.rewrite(&url.value) {
            Some((rewritten, by)) => (Spanned::new(rewritten, by.span), true),
            None => (url, false),
        }
    }

    /// Where an image is; reports a replacement that gives no reference.
    pub(super) fn image(
        &self,
        image: Spanned<Reference>,
        diagnostics: &mut Diagnostics,
    ) -> Spanned<Reference> {
        let Some((rewritten, by)) = self.rewrite(&image.value.to_string()) else {
            return image;
        };
        match Reference::parse(&rewritten) {
            Ok(reference) => image.map(|_| reference),
            Err(error) => {
                diagnostics.push(
                    Diagnostic::error(Code::InvalidValue, by.span, error.to_string())
                        .note("this mirror gives it")
                        .label(image.span, format!("for the image `{}`", image.value)),
                );
                image
            }
        }
    }
}
