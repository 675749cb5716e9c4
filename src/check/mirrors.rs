//! Mirrors: what a source becomes when the spec redirects its prefix.

use std::cell::Cell;

use crate::diagnostic::{Code, Diagnostic, Diagnostics, Spanned};
use crate::image::Reference;
use crate::spec::{Mirrors, Prefix};

/// The rewrites of a spec.
pub(super) struct Rewrites<'s> {
    rules: Vec<Rule<'s>>,
}

/// One line of `mirrors`.
struct Rule<'s> {
    prefix: &'s Spanned<Prefix>,
    /// The prefix, and for images what it is short for.
    spellings: Vec<String>,
    replacement: &'s Spanned<Prefix>,
    used: Cell<bool>,
    /// Whether it gave something that is no reference, and that was reported.
    reported: Cell<bool>,
}

impl<'s> Rewrites<'s> {
    /// The rewrites of `mirrors`, none when the spec has none.
    pub(super) fn new(mirrors: Option<&'s Spanned<Mirrors>>) -> Self {
        let rules = mirrors.map_or(&[][..], |mirrors| &mirrors.value.0);
        let rule = |(prefix, replacement): &'s (Spanned<Prefix>, Spanned<Prefix>)| Rule {
            prefix,
            spellings: spellings(prefix.value.as_str()),
            replacement,
            used: Cell::new(false),
            reported: Cell::new(false),
        };
        Self {
            rules: rules.iter().map(rule).collect(),
        }
    }

    /// The text with its longest matching prefix replaced. Applied once: a
    /// replacement is where the source is, not another name for it.
    fn rewrite(&self, text: &str) -> Option<(String, &Rule<'s>)> {
        let matching = self.rules.iter().filter_map(|rule| {
            let rests = rule.spellings.iter().filter_map(|one| rest(text, one));
            Some((rests.min_by_key(|rest| rest.len())?, rule))
        });
        let (rest, rule) = matching.min_by_key(|(rest, _)| rest.len())?;
        rule.used.set(true);
        Some((format!("{}{rest}", rule.replacement.value), rule))
    }

    /// Warns about mirrors that nothing was behind.
    pub(super) fn report_unused(&self, diagnostics: &mut Diagnostics) {
        for rule in self.rules.iter().filter(|rule| !rule.used.get()) {
            let message = format!(
                "no source of this build begins with `{}`",
                rule.prefix.value
            );
            diagnostics.push(
                Diagnostic::warning(Code::UnusedMirror, rule.prefix.span, message)
                    .help("see the sources with `dynamo-frontend plan`, or remove the mirror"),
            );
        }
    }

    /// Where a URL is. The flag says whether a mirror took its place.
    pub(super) fn url(&self, url: Spanned<String>) -> (Spanned<String>, bool) {
        match self.rewrite(&url.value) {
            Some((rewritten, by)) => (Spanned::new(rewritten, by.replacement.span), true),
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
                // Wrong once is wrong for every image behind it.
                if !by.reported.replace(true) {
                    let place = by.replacement.span;
                    diagnostics.push(
                        Diagnostic::error(Code::InvalidValue, place, error.to_string())
                            .note("this mirror gives it")
                            .label(image.span, format!("for the image `{}`", image.value)),
                    );
                }
                image
            }
        }
    }
}

/// What follows a prefix, when the prefix ends where a part of the text does:
/// `quay.io/team` is no prefix of `quay.io/teamwork/image`.
fn rest<'t>(text: &'t str, prefix: &str) -> Option<&'t str> {
    const BOUNDARIES: [char; 3] = ['/', ':', '@'];
    let rest = text.strip_prefix(prefix)?;
    let ends = rest.is_empty() || rest.starts_with(BOUNDARIES) || prefix.ends_with(BOUNDARIES);
    ends.then_some(rest)
}

/// A prefix as it is written and, when it can be that of an image, in the full
/// form that images have here.
fn spellings(prefix: &str) -> Vec<String> {
    const HUB: &str = "docker.io/";
    let mut all = vec![prefix.to_owned()];
    if prefix.contains("://") {
        return all;
    }
    let first = prefix.split('/').next().unwrap_or_default();
    let host = first.split(':').next().unwrap_or_default();
    let on_hub = prefix.strip_prefix("index.docker.io/");
    let on_hub = on_hub.or_else(|| prefix.strip_prefix(HUB));
    let name = match on_hub {
        Some(name) => name,
        None if host.contains('.') || host == "localhost" => return all,
        None => prefix,
    };
    all.push(format!("{HUB}{name}"));
    if !name.is_empty() && !name.contains('/') {
        all.push(format!("{HUB}library/{name}"));
    }
    all
}
