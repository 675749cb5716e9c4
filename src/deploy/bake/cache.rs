//! Where caches of a matrix go, as they are given.

use thiserror::Error;

use crate::image::{Reference, ReferenceError};

/// What stands for the name of an image in the settings of a cache.
const NAME: &str = "{name}";

/// Where a cache is: a repository, which holds one for each image, or the settings
/// that buildx takes, in which `{name}` stands for the image's name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cache {
    /// A repository.
    Repository(String),
    /// `type=…` and what follows it.
    Settings(String),
}

/// A text that is no cache.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum WrongCache {
    /// No repository can be named so.
    #[error("{0}")]
    Reference(#[from] ReferenceError),
    /// A repository with a tag, which is given by us.
    #[error("`{0}` is one cache, and each image needs its own: leave the tag out")]
    OneCache(String),
    /// Settings without a type.
    #[error("`{0}` has no `type=`, such as `type=registry,ref=REPOSITORY:{NAME}`")]
    Untyped(String),
    /// Settings that are the same for every image.
    #[error(
        "`{0}` is one cache, and each image needs its own: put `{NAME}` where the name of the image belongs"
    )]
    Shared(String),
}

impl Cache {
    /// A repository or settings.
    pub fn parse(text: &str) -> Result<Self, WrongCache> {
        if !text.contains('=') {
            return Self::repository(text);
        }
        if !attributes(text).any(|(key, _)| key == "type") {
            return Err(WrongCache::Untyped(text.to_owned()));
        }
        Ok(Self::Settings(text.to_owned()))
    }

    /// A repository.
    pub fn repository(text: &str) -> Result<Self, WrongCache> {
        let text = text.trim_end_matches('/');
        let reference = Reference::parse(text)?;
        if reference.tag().or(reference.digest()).is_some() {
            return Err(WrongCache::OneCache(text.to_owned()));
        }
        Ok(Self::Repository(text.to_owned()))
    }

    /// The same, if a build can write to it beside others.
    pub fn writable(self) -> Result<Self, WrongCache> {
        match &self {
            Self::Settings(text) if !text.contains(NAME) && !is_inline(text) => {
                Err(WrongCache::Shared(text.clone()))
            }
            _ => Ok(self),
        }
    }

    /// Where the cache of an image is read.
    pub(super) fn from(&self, image: &str) -> String {
        match self {
            Self::Repository(name) => format!("type=registry,ref={name}:{image}"),
            Self::Settings(text) => text.replace(NAME, image),
        }
    }

    /// Where it is written: all steps, unless the settings say otherwise.
    pub(super) fn to(&self, image: &str) -> String {
        let place = self.from(image);
        let chosen = attributes(&place).any(|(key, _)| key == "mode");
        if chosen || is_inline(&place) {
            place
        } else {
            format!("{place},mode=max")
        }
    }
}

/// The settings of a cache by name.
fn attributes(text: &str) -> impl Iterator<Item = (&str, &str)> {
    let pairs = text.split(',').filter_map(|pair| pair.split_once('='));
    pairs.map(|(key, value)| (key.trim(), value.trim()))
}

/// Whether it is in the image itself, and so the image's own.
fn is_inline(text: &str) -> bool {
    attributes(text).any(|one| one == ("type", "inline"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cache_has_a_place_for_each_image() {
        let cache = Cache::parse("registry.example.com/cache").expect("a cache");
        assert_eq!(
            cache.from("a"),
            "type=registry,ref=registry.example.com/cache:a"
        );
        assert!(cache.to("a").ends_with("cache:a,mode=max"));
        let actions = Cache::parse("type=gha,scope={name}").expect("a cache");
        assert_eq!(actions.to("a"), "type=gha,scope=a,mode=max");
        let least = Cache::parse("type=gha,scope={name},mode=min").expect("a cache");
        assert_eq!(least.to("a"), "type=gha,scope=a,mode=min");
        let inline = Cache::parse("type=inline").expect("a cache");
        assert_eq!(
            inline.clone().writable().expect("its own").to("a"),
            "type=inline"
        );
        for shared in ["type=gha", "type=registry,ref=a.b/c:d"] {
            let shared = Cache::parse(shared).expect("a cache");
            assert!(matches!(shared.writable(), Err(WrongCache::Shared(_))));
        }
        for wrong in ["a.b/c:d", "ref=a", "A", ""] {
            assert!(Cache::parse(wrong).is_err(), "{wrong}");
        }
    }
}
