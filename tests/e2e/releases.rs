//! What other projects release, as `cargo xtask releases` fetched it. Only tests
//! that are ignored otherwise may ask for it.

use std::fs;
use std::path::{Path, PathBuf};

use crate::engine::architecture;
use crate::git_mirror::Repository;
use crate::mirror::packed;

/// One release of a project.
pub(crate) struct Release {
    project: String,
    /// As in `1.13.1`.
    pub(crate) version: String,
    /// Its files: sources, or programs that run on the base image.
    pub(crate) folder: PathBuf,
}

impl Release {
    /// The one that was fetched: of `ucx`, `libfabric`, `nats-server` or `etcd`.
    #[track_caller]
    pub(crate) fn of(project: &str) -> Self {
        let releases =
            std::env::var_os("RELEASES").expect("RELEASES is not set: run `cargo xtask e2e --all`");
        let mut versions = fs::read_dir(Path::new(&releases).join(project)).expect("releases");
        let folder = versions
            .next()
            .expect("a version")
            .expect("a folder")
            .path();
        let version = folder.file_name().expect("a name");
        Self {
            project: project.to_owned(),
            version: version.to_string_lossy().into_owned(),
            folder,
        }
    }

    /// Its sources as the repository of the project has them, with the tag `v1.2.3`.
    pub(crate) fn repository(&self) -> Repository {
        Repository::of_folder(&self.folder, &format!("v{}", self.version))
    }

    /// Its programs as the archive that the project releases: path on the host
    /// of the releases, where `owner` has it, and content.
    pub(crate) fn archive(&self, owner: &str) -> (String, Vec<u8>) {
        let Self {
            project, version, ..
        } = self;
        let name = format!("{project}-v{version}-linux-{}", architecture());
        let root = tempfile::tempdir().expect("a temporary folder");
        let inside = root.path().join(&name);
        fs::create_dir(&inside).expect("a folder");
        for program in fs::read_dir(&self.folder).expect("programs") {
            let program = program.expect("an entry").path();
            let file = program.file_name().expect("a name");
            fs::copy(&program, inside.join(file)).expect("a copied program");
        }
        let path = format!("/{owner}/{project}/releases/download/v{version}/{name}.tar.gz");
        (path, packed(root.path(), &name))
    }
}
