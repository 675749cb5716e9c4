//! One image of a matrix.

use std::collections::BTreeSet;

use super::file::Recipe;
use super::matrix::Combination;
use crate::check::{Dynamo, Resolved};
use crate::deploy::image_name::{ImageName, LATEST};
use crate::spec::{Architecture, Spec};

/// The group that is built where none is named.
pub(super) const DEFAULT: &str = "default";
/// The group of what checks the images.
pub(super) const CHECKS: &str = "check";
/// The folder that files go to where a target leaves no image.
const FILES: &str = "wheels";

/// What a build of a matrix is.
#[derive(Debug, Clone)]
pub struct Entry {
    /// What the image is called.
    pub image: ImageName,
    /// What the matrix says of it.
    pub combination: Combination,
    /// The CUDA release that it computes on, if it does.
    pub cuda: Option<String>,
    /// What it is built for; none is what the builder runs on.
    pub platforms: Vec<Architecture>,
    /// What bake fills in.
    pub asks: Vec<Ask>,
    /// Whether it is recorded as the version of the matrix.
    pub(super) takes_version: bool,
    /// Whether it is recorded as built from the commit of the matrix.
    pub(super) takes_commit: bool,
    /// Whether something is checked of it.
    pub(super) is_checked: bool,
    /// Labels that the spec sets.
    pub(super) labels: BTreeSet<String>,
}

/// A value of who builds, which is no business of a file for everybody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Ask {
    /// The user id of who works in the image.
    Uid,
    /// The group id.
    Gid,
}

impl Ask {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Uid, Self::Gid];

    /// The key of the spec.
    pub fn key(self) -> &'static str {
        match self {
            Self::Uid => "user.uid",
            Self::Gid => "user.gid",
        }
    }

    /// By which option `id` tells it.
    pub fn option_of_id(self) -> &'static str {
        match self {
            Self::Uid => "-u",
            Self::Gid => "-g",
        }
    }

    /// The variable that bake takes it from.
    pub fn variable(self) -> &'static str {
        match self {
            Self::Uid => "USER_UID",
            Self::Gid => "USER_GID",
        }
    }
}

impl Entry {
    /// The entry of a spec with the values of a combination.
    pub fn new(
        combination: Combination,
        spec: &Spec,
        resolved: &Resolved,
        platforms: Vec<Architecture>,
        asks: Vec<Ask>,
    ) -> Self {
        // Other sources than those of the build context have versions and
        // commits of their own.
        let is_context = matches!(resolved.dynamo, Dynamo::Context { .. });
        let labels = resolved.labels.iter();
        let cuda = resolved.cuda.as_ref();
        Self {
            cuda: cuda.map(|cuda| cuda.value.as_str().to_owned()),
            image: ImageName::of(resolved),
            combination,
            platforms,
            asks,
            takes_version: is_context && !spec.given.has("dynamo.version"),
            takes_commit: is_context && !spec.given.has("dynamo.commit"),
            is_checked: resolved.target.value.is_image() && !resolved.tests.is_empty(),
            labels: labels.map(|(name, _)| name.value.to_string()).collect(),
        }
    }

    /// What bake calls it: no dot can be in that.
    pub fn name(&self) -> String {
        self.image.to_string().replace('.', "-")
    }

    /// What bake calls the build that checks it.
    pub(super) fn check_name(&self) -> String {
        format!("{}-check", self.name())
    }

    /// The groups of images that it is in.
    pub(super) fn groups(&self) -> [&str; 4] {
        let image = &self.image;
        [
            DEFAULT,
            image.framework.word(),
            image.target.word(),
            image.device.word(),
        ]
    }

    /// Whether a name of bake is that of its build, or of a group with it.
    pub(super) fn is_called(&self, name: &str) -> bool {
        name == self.name() || self.groups().contains(&name)
    }

    /// The same of the build that checks it.
    pub(super) fn is_checked_as(&self, name: &str) -> bool {
        self.is_checked && (name == CHECKS || name == self.check_name())
    }

    /// Whether it leaves an image, and not only files.
    pub(super) fn leaves_image(&self) -> bool {
        self.image.target.is_image()
    }

    /// Its images of the version, in each repository.
    pub fn versioned(&self, recipe: &Recipe) -> Vec<String> {
        self.named(recipe, &recipe.version.tag)
    }

    /// All its images.
    pub fn tags(&self, recipe: &Recipe) -> Vec<String> {
        let mut tags = self.versioned(recipe);
        if recipe.latest && recipe.version.tag != LATEST {
            tags.append(&mut self.named(recipe, LATEST));
        }
        tags
    }

    fn named(&self, recipe: &Recipe, version: &str) -> Vec<String> {
        if !self.leaves_image() {
            return Vec::new();
        }
        let repositories = recipe.repositories.iter();
        repositories
            .map(|repository| repository.image(&self.image, version))
            .collect()
    }

    /// Where the files of a target without an image go.
    pub(super) fn output(&self) -> Option<String> {
        (!self.leaves_image()).then(|| format!("type=local,dest={FILES}/{}", self.name()))
    }
}
