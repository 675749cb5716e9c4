//! An image as those see it who run it.

use std::collections::{BTreeMap, BTreeSet};

use crate::catalog;
use crate::check::{Resolved, When};
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
    /// Servers that Dynamo uses and the image has, by their names in `components`.
    pub programs: BTreeSet<&'static str>,
    /// Versions of those servers, whether the image has them or not.
    pub pins: BTreeMap<&'static str, String>,
    /// Whether it begins with a program that the spec chose.
    pub entrypoint_of_spec: bool,
}

/// Servers that Dynamo uses, and the Debian packages they are in.
const SERVERS: [(&str, &str); 2] = [("nats", "nats-server"), ("etcd", "etcd-server")];

impl Built {
    /// What there is to know of a spec's image; none where the build leaves files
    /// and no image.
    pub fn of(resolved: &Resolved, image: &ImagePlan) -> Option<Self> {
        let name = ImageName::of(resolved);
        let is_reports = matches!(resolved.tests.when, When::Alone(_));
        if is_reports || name.target == Target::Wheels {
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
            programs: programs(resolved),
            pins: pins(resolved),
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

fn programs(resolved: &Resolved) -> BTreeSet<&'static str> {
    let downloaded = |name: &str| resolved.downloads.iter().any(|one| one.name == name);
    let packaged = |package: &str| {
        // A package may be written with its version: `nats-server=2.9.10-1`.
        let name = |text: &str| text.split('=').next() == Some(package);
        let mut all = resolved.extra_apt.iter();
        all.any(|one| name(one.value.as_str()))
    };
    let has = |(name, package): &(&str, &str)| downloaded(name) || packaged(package);
    let servers = SERVERS.iter().filter(|one| has(one));
    servers.map(|(name, _)| *name).collect()
}

fn pins(resolved: &Resolved) -> BTreeMap<&'static str, String> {
    let release = catalog::release(&resolved.release).ok();
    let pin = |name: &'static str| {
        let own = resolved.downloads.iter().find(|one| one.name == name);
        let own = own.map(|one| one.version.value.clone());
        let of_catalog = || {
            let downloads = &release?.common.content.downloads;
            Some(downloads.get(name)?.version.value.clone())
        };
        Some((name, own.or_else(of_catalog)?))
    };
    SERVERS.iter().filter_map(|(name, _)| pin(name)).collect()
}
