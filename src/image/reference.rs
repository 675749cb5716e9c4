//! Image references: `[domain/]path[:tag][@digest]`.
//!
//! Owns parsing and normalising by the rules that Docker and `BuildKit` use, so
//! that `alpine` here is the same image as `alpine` there. It must not resolve
//! anything: a tag stays a tag until `gateway` has asked the daemon.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

mod grammar;
#[cfg(test)]
mod tests;

/// Where a name without a domain lives.
const DEFAULT_DOMAIN: &str = "docker.io";
/// An older name of the same place.
const LEGACY_DOMAIN: &str = "index.docker.io";
/// Where a name without a namespace lives in the default domain.
const OFFICIAL: &str = "library/";
/// The tag of a reference that names none.
const DEFAULT_TAG: &str = "latest";
/// Longest repository path that registries take.
const PATH_LIMIT: usize = 255;
/// How much of a wrong reference an error repeats.
const SHOWN: usize = 100;

/// A text that is no image reference.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ReferenceError {
    /// There is nothing.
    #[error("the image reference is empty")]
    Empty,
    /// A digest stands alone.
    #[error("the image reference has no name before the digest `{0}`")]
    Nameless(String),
    /// A URL was given.
    #[error("invalid image reference `{0}`: it must not begin with a URL scheme")]
    Scheme(String),
    /// The name has capitals.
    #[error("invalid image reference `{0}`: the repository name must be lowercase")]
    Uppercase(String),
    /// The name could be the id of an image.
    #[error("invalid image reference `{0}`: a name of 64 hexadecimal characters is an image id")]
    Identifier(String),
    /// The domain is no host name.
    #[error("invalid image reference `{0}`: `{1}` is not a registry host")]
    Domain(String, String),
    /// The path has a character or a shape that is not allowed.
    #[error("invalid image reference `{0}`: `{1}` is not a repository name")]
    Path(String, String),
    /// The path is too long.
    #[error(
        "invalid image reference `{0}`: the repository name is longer than {PATH_LIMIT} characters"
    )]
    TooLong(String),
    /// What follows the colon is no tag.
    #[error("invalid image reference `{0}`: `{1}` is not a tag")]
    Tag(String, String),
    /// What follows the `@` is no digest.
    #[error(
        "invalid image reference `{0}`: `{1}` is not a digest such as `sha256:` and 64 hexadecimal digits"
    )]
    Digest(String, String),
}

/// A normalised image reference: the domain is always there.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Reference {
    domain: String,
    path: String,
    tag: Option<String>,
    digest: Option<String>,
}

impl Reference {
    /// Reads a reference in its short or full form.
    pub fn parse(text: &str) -> Result<Self, ReferenceError> {
        if text.is_empty() {
            return Err(ReferenceError::Empty);
        }
        if grammar::is_identifier(text) {
            return Err(ReferenceError::Identifier(shown(text)));
        }
        if text.contains("://") {
            return Err(ReferenceError::Scheme(shown(text)));
        }
        if let Some(digest) = text.strip_prefix('@') {
            return Err(ReferenceError::Nameless(shown(digest)));
        }
        let (domain, remainder) = split_domain(text);
        if !grammar::is_domain(domain) {
            return Err(ReferenceError::Domain(shown(text), shown(domain)));
        }
        let (name, digest) = cut(&remainder, '@');
        let (path, tag) = cut(name, ':');
        if path.chars().any(char::is_uppercase) {
            return Err(ReferenceError::Uppercase(shown(text)));
        }
        if !grammar::is_path(path) {
            return Err(ReferenceError::Path(shown(text), shown(path)));
        }
        if path.len() > PATH_LIMIT {
            return Err(ReferenceError::TooLong(shown(text)));
        }
        if let Some(tag) = tag.filter(|tag| !grammar::is_tag(tag)) {
            return Err(ReferenceError::Tag(shown(text), shown(tag)));
        }
        if let Some(digest) = digest.filter(|digest| !grammar::is_digest(digest)) {
            return Err(ReferenceError::Digest(shown(text), shown(digest)));
        }
        Ok(Self {
            domain: domain.to_owned(),
            path: path.to_owned(),
            tag: tag.map(str::to_owned),
            digest: digest.map(str::to_owned),
        })
    }

    /// The registry host, with its port if it has one.
    pub fn domain(&self) -> &str {
        &self.domain
    }

    /// The repository inside the registry.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The tag, if one was given.
    pub fn tag(&self) -> Option<&str> {
        self.tag.as_deref()
    }

    /// The digest, if one was given.
    pub fn digest(&self) -> Option<&str> {
        self.digest.as_deref()
    }

    /// Domain and path, without tag and digest.
    pub fn name(&self) -> String {
        format!("{}/{}", self.domain, self.path)
    }

    /// The same with the tag `latest` if there is neither tag nor digest.
    pub fn with_default_tag(&self) -> Self {
        let mut reference = self.clone();
        if reference.tag.is_none() && reference.digest.is_none() {
            reference.tag = Some(DEFAULT_TAG.to_owned());
        }
        reference
    }

    /// The same pinned to `digest`, in place of a digest it may have.
    pub fn with_digest(&self, digest: &str) -> Result<Self, ReferenceError> {
        if !grammar::is_digest(digest) {
            return Err(ReferenceError::Digest(
                shown(&self.to_string()),
                shown(digest),
            ));
        }
        Ok(Self {
            digest: Some(digest.to_owned()),
            ..self.clone()
        })
    }

    /// The short form that a person would type.
    pub fn familiar(&self) -> String {
        let mut text = self.familiar_name();
        self.push_suffix(&mut text);
        text
    }

    /// The name under which a named context replaces this image: the short form
    /// without the tag `latest`.
    pub fn context_name(&self) -> String {
        let text = self.familiar();
        match text.strip_suffix(":latest") {
            Some(name) => name.to_owned(),
            None => text,
        }
    }

    fn familiar_name(&self) -> String {
        if self.domain != DEFAULT_DOMAIN {
            return self.name();
        }
        match self.path.strip_prefix(OFFICIAL) {
            Some(name) if !name.contains('/') => name.to_owned(),
            _ => self.path.clone(),
        }
    }

    fn push_suffix(&self, text: &mut String) {
        for (mark, part) in [(':', &self.tag), ('@', &self.digest)] {
            if let Some(part) = part {
                text.push(mark);
                text.push_str(part);
            }
        }
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = self.name();
        self.push_suffix(&mut text);
        formatter.write_str(&text)
    }
}

impl FromStr for Reference {
    type Err = ReferenceError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

/// The first component is a domain if it cannot be a namespace: it has a dot, a
/// colon or a capital, or is `localhost`.
fn split_domain(text: &str) -> (&str, String) {
    let (domain, remainder) = match text.split_once('/') {
        Some((LEGACY_DOMAIN, rest)) => (DEFAULT_DOMAIN, rest),
        Some((first, rest)) if names_host(first) => (first, rest),
        _ => (DEFAULT_DOMAIN, text),
    };
    if domain == DEFAULT_DOMAIN && !remainder.contains('/') {
        return (domain, format!("{OFFICIAL}{remainder}"));
    }
    (domain, remainder.to_owned())
}

fn names_host(component: &str) -> bool {
    component == "localhost"
        || component.contains(['.', ':'])
        || component.chars().any(char::is_uppercase)
}

fn cut(text: &str, mark: char) -> (&str, Option<&str>) {
    match text.split_once(mark) {
        Some((head, tail)) => (head, Some(tail)),
        None => (text, None),
    }
}

fn shown(text: &str) -> String {
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
