//! The servers that Dynamo uses, for whoever deploys it: which of them the image
//! has, and where the official images of the others are.

use std::collections::BTreeMap;

use super::defaults::Defaults;
use super::source::Download;
use crate::diagnostic::Spanned;
use crate::image::Reference;
use crate::spec::AptPackage;

/// A server.
struct Server {
    /// Its name in `components`.
    name: &'static str,
    /// The Debian package it is in.
    package: &'static str,
    /// The official image of a release.
    official: fn(&str) -> String,
}

const SERVERS: [Server; 2] = [
    Server {
        name: "nats",
        package: "nats-server",
        // With a shell to ask it how it is.
        official: |release| {
            let version = release.trim_start_matches('v');
            format!("docker.io/library/nats:{version}-alpine")
        },
    },
    Server {
        name: "etcd",
        package: "etcd-server",
        official: |release| format!("quay.io/coreos/etcd:{release}"),
    },
];

impl Defaults<'_> {
    /// The servers by their names, and the official image of each that the image
    /// of the spec does not have. A mirror of that is in use.
    pub(super) fn servers(
        &mut self,
        downloads: &[Download],
        apt: &[Spanned<AptPackage>],
    ) -> BTreeMap<&'static str, Option<Reference>> {
        let mut servers = BTreeMap::new();
        for server in &SERVERS {
            let downloaded = downloads.iter().any(|one| one.name == server.name);
            // A package may be written with its version: `nats-server=2.9.10-1`.
            let package = |one: &str| one.split('=').next() == Some(server.package);
            let has = downloaded || apt.iter().any(|one| package(one.value.as_str()));
            let official = (!has).then(|| self.official(server)).flatten();
            if has || official.is_some() {
                servers.insert(server.name, official);
            }
        }
        servers
    }

    /// The official image of the catalog's release, mirrors applied.
    fn official(&mut self, server: &Server) -> Option<Reference> {
        let pin = self.release.common.content.downloads.get(server.name)?;
        let version = pin.version.spanned(self.files.common, Clone::clone);
        let name = version.map(|version| (server.official)(&version));
        Some(self.reference(&name)?.value)
    }
}
