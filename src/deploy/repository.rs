//! Where images are named: the part of a reference that all images of one person,
//! or of one project, have in common.

use thiserror::Error;

use super::image_name::{ImageName, LATEST, REPOSITORY};
use crate::image::{Reference, ReferenceError};

/// The registry of names that say none.
const HUB: &str = "docker.io";

/// A repository of images.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repository(String);

/// A text that is no registry, or no repository.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum WrongRepository {
    /// No image can be named so.
    #[error("{0}")]
    Reference(#[from] ReferenceError),
    /// It is one image.
    #[error("`{0}` names one image, and {1} holds many")]
    OneImage(String, &'static str),
    /// It is in a registry already.
    #[error("`{0}` is in a registry already")]
    Registry(String),
}

impl Default for Repository {
    /// The images of this machine: `dynamo`.
    fn default() -> Self {
        Self(REPOSITORY.to_owned())
    }
}

impl Repository {
    /// One by its name.
    pub fn parse(name: &str) -> Result<Self, WrongRepository> {
        let reference = Reference::parse(name)?;
        if reference.tag().or(reference.digest()).is_some() {
            return Err(WrongRepository::OneImage(name.to_owned(), "a repository"));
        }
        Ok(Self(name.to_owned()))
    }

    /// The same in a registry, or in a folder of one.
    pub fn in_registry(&self, prefix: &str) -> Result<Self, WrongRepository> {
        if prefix.is_empty() {
            return Err(ReferenceError::Empty.into());
        }
        // What follows a colon is a port in a host, and a tag in all else.
        let is_tagged = prefix
            .rsplit_once('/')
            .is_some_and(|(_, last)| last.contains(':'));
        if is_tagged || prefix.contains('@') {
            return Err(WrongRepository::OneImage(prefix.to_owned(), "a registry"));
        }
        if Reference::parse(&self.0)?.domain() != HUB {
            return Err(WrongRepository::Registry(self.0.clone()));
        }
        let name = format!("{}/{}", prefix.trim_end_matches('/'), self.0);
        Reference::parse(&name)?;
        Ok(Self(name))
    }

    /// An image in it.
    pub fn image(&self, image: &ImageName, version: &str) -> String {
        format!("{}:{}", self.0, image.tag(version))
    }

    /// The image of the last build: `dynamo:latest-vllm-runtime`.
    pub fn latest(&self, image: &ImageName) -> String {
        self.image(image, LATEST)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spec::{Framework, Target};

    #[test]
    fn a_registry_is_a_host_and_folders_in_it() {
        let image = ImageName::new(Framework::Vllm, Target::Dev);
        for (prefix, full) in [
            (
                "registry.example.com",
                "registry.example.com/dynamo:v1-vllm-dev",
            ),
            (
                "registry.example.com/",
                "registry.example.com/dynamo:v1-vllm-dev",
            ),
            (
                "localhost:5000/a/b",
                "localhost:5000/a/b/dynamo:v1-vllm-dev",
            ),
            ("team", "team/dynamo:v1-vllm-dev"),
        ] {
            let repository = Repository::default().in_registry(prefix);
            let repository = repository.expect("a registry");
            assert_eq!(repository.image(&image, "v1"), full);
        }
        for wrong in [
            "",
            "https://a.b",
            "a.b/C",
            "a.b/c:1",
            "a b",
            "a.b/c@sha256:1",
            "/",
        ] {
            assert!(Repository::default().in_registry(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_repository_is_named_with_its_registry_or_put_into_one() {
        let image = ImageName::new(Framework::Vllm, Target::Runtime);
        for name in ["mine", "team/mine", "registry.example.com:5000/team/mine"] {
            let repository = Repository::parse(name).expect("a repository");
            assert_eq!(
                repository.latest(&image),
                format!("{name}:latest-vllm-runtime")
            );
        }
        let mine = Repository::parse("mine").expect("a repository");
        let there = mine.in_registry("a.b").expect("a registry");
        assert_eq!(there.image(&image, "v1"), "a.b/mine:v1-vllm-runtime");
        let twice = there.in_registry("c.d");
        assert_eq!(twice, Err(WrongRepository::Registry("a.b/mine".to_owned())));
        for wrong in [
            "",
            "Mine",
            "mine:1",
            "a b",
            "-mine",
            "mine@sha256:1",
            "mine/",
        ] {
            assert!(Repository::parse(wrong).is_err(), "{wrong}");
        }
    }
}
