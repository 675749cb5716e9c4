//! Release archives whose files go into the image as they are: NATS, etcd.

use crate::check::Download;
use crate::plan::Step;
use crate::plan::action::{Action, Link, LinkedFile, Tree};

/// Lays the archive's files over the image.
pub(in crate::plan) fn link(download: &Download) -> Step {
    let checksum = download.checksum.as_ref();
    let tree = Tree::Archive {
        url: download.url.value.clone(),
        checksum: checksum.map(|checksum| checksum.value.clone()),
        key: download.key.clone(),
        place: download.url.span,
        of_catalog: download.of_catalog,
    };
    let file = |(from, to): &(String, String)| LinkedFile::of_root(format!("/{from}"), to);
    Step {
        title: format!("add {} {}", download.name, download.version.value),
        component: Some(download.name.clone()),
        places: [download.version.span]
            .into_iter()
            .chain(checksum.map(|sum| sum.span))
            .collect(),
        action: Action::Link(Link {
            tree,
            files: download.install.iter().map(file).collect(),
        }),
    }
}
