//! An image as those see it who run it.

use std::collections::BTreeMap;

use super::image_name::ImageName;
use super::needs::Needs;
use super::repository::Repository;
use crate::check::{Resolved, When};
use crate::image::Reference;
use crate::plan::{Plan, home};
use crate::spec::{Device, Framework};

/// What of a spec's image matters to a container of it.
#[derive(Debug, Clone)]
pub struct Built {
    /// What tells it apart from others.
    pub name: ImageName,
    /// What it is called, in full.
    pub image: String,
    /// What its build cannot do without, besides the spec.
    pub needs: Needs,
    /// The version of Dynamo in it, where the spec says one.
    pub dynamo_version: Option<String>,
    /// The account that it starts as, by name or `uid:gid`; `root` where it does.
    pub user: String,
    /// The home of that account.
    pub home: String,
    /// Where it starts.
    pub working_dir: String,
    /// Uid and gid of the person whose image it is, for `local-dev`.
    pub developer: Option<(u32, u32)>,
    /// The package of the Python bindings, by its path in the sources.
    pub bindings: String,
    /// Servers that Dynamo uses, by their names in `components`, and the official
    /// image of each that this one does not have.
    pub servers: BTreeMap<&'static str, Option<String>>,
    /// Whether it begins with a program that the spec chose.
    pub entrypoint_of_spec: bool,
}

impl Built {
    /// What there is to know of a spec's image in a repository; none where the build
    /// leaves files and no image.
    pub fn of(resolved: &Resolved, plan: &Plan, repository: &Repository) -> Option<Self> {
        let image = &plan.image;
        let name = ImageName::of(resolved);
        let is_reports = matches!(resolved.tests.when, When::Alone(_));
        if is_reports || !name.target.is_image() {
            return None;
        }
        let developer = resolved.developer.as_ref();
        let server = |(name, image): (&&'static str, &Option<Reference>)| {
            (*name, image.as_ref().map(ToString::to_string))
        };
        Some(Self {
            image: repository.latest(&name),
            needs: Needs::of(plan),
            dynamo_version: resolved.version.clone(),
            home: match image.user.as_str() {
                "root" => "/root".to_owned(),
                // An account by number alone is in no list of accounts.
                user if user.contains(':') => "/".to_owned(),
                _ => home(resolved),
            },
            user: image.user.clone(),
            working_dir: image.working_dir.clone(),
            bindings: resolved.repository.bindings.clone(),
            servers: resolved.servers.iter().map(server).collect(),
            entrypoint_of_spec: resolved.entrypoint.is_some(),
            developer: developer.map(|one| (one.uid.value, one.gid.value)),
            name,
        })
    }

    /// The framework.
    pub fn framework(&self) -> Framework {
        self.name.framework
    }

    /// What it computes on.
    pub fn device(&self) -> Device {
        self.name.device
    }
}
