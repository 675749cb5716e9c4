//! An image as those see it who run it.

use crate::check::Resolved;
use crate::plan::{ImagePlan, home};
use crate::spec::{Device, Framework, Target};

use super::image_name::ImageName;

/// What of a spec's image matters to a container of it.
#[derive(Debug, Clone)]
pub struct Built {
    /// What it is called.
    pub name: ImageName,
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
}

impl Built {
    /// What there is to know of a spec's image; none where the build leaves files
    /// and no image.
    pub fn of(resolved: &Resolved, image: &ImagePlan) -> Option<Self> {
        let name = ImageName::of(resolved);
        if name.target == Target::Wheels {
            return None;
        }
        let developer = resolved.developer.as_ref();
        Some(Self {
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
