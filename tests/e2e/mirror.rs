//! A mirror of release hosts on the loopback: files and git repositories by
//! their paths.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr};
use std::path::Path;
use std::process::{Command, Stdio};

use sha2::{Digest, Sha256};

use crate::git_mirror::{Repositories, Repository};
use crate::http::{Response, Server};
use crate::python_index::bridge;

/// A mirror at work.
pub(crate) struct Mirror {
    server: Server,
}

impl Mirror {
    /// Serves these files by their paths, and nothing else.
    pub(crate) fn of(files: BTreeMap<String, Vec<u8>>) -> Self {
        Self::with(files, BTreeMap::new())
    }

    /// Serves git repositories as well. A path such as `/openucx/ucx` answers
    /// with and without `.git` at its end, as the hosts do.
    pub(crate) fn with(
        files: BTreeMap<String, Vec<u8>>,
        repositories: BTreeMap<String, Repository>,
    ) -> Self {
        Self::at(Ipv4Addr::LOCALHOST.into(), files, repositories)
    }

    /// Serves files where steps reach them from their containers.
    pub(crate) fn for_steps(files: BTreeMap<String, Vec<u8>>) -> Self {
        Self::at(bridge(), files, BTreeMap::new())
    }

    fn at(
        address: IpAddr,
        files: BTreeMap<String, Vec<u8>>,
        repositories: BTreeMap<String, Repository>,
    ) -> Self {
        let repositories = Repositories::of(repositories);
        let server = Server::at(address, move |request| {
            if let Some(file) = files.get(request.path()) {
                return Response::ok(file.as_slice());
            }
            repositories
                .answer(request)
                .unwrap_or_else(Response::not_found)
        });
        Self { server }
    }

    /// What stands in front of the paths.
    pub(crate) fn url(&self) -> String {
        self.server.url()
    }

    /// The paths that were asked for, in order.
    pub(crate) fn asked(&self) -> Vec<String> {
        self.server.asked()
    }
}

/// A `tar.gz` with one folder of programs that print what they are.
pub(crate) fn archive(folder: &str, programs: &[(&str, &str)]) -> Vec<u8> {
    let root = tempfile::tempdir().expect("a temporary folder");
    let inside = root.path().join(folder);
    std::fs::create_dir(&inside).expect("a folder");
    for (name, says) in programs {
        let script = format!("#!/bin/sh\necho '{says}'\n");
        std::fs::write(inside.join(name), script).expect("a written program");
    }
    packed(root.path(), folder)
}

/// A `tar.gz` of a folder inside another one, owned by somebody who exists in
/// no image.
pub(crate) fn packed(root: &Path, folder: &str) -> Vec<u8> {
    let tar = Command::new("tar")
        .args(["--owner=4711", "--group=4711", "--mode=0755", "-czf", "-"])
        .arg(folder)
        .current_dir(root)
        .stderr(Stdio::inherit())
        .output()
        .expect("tar runs");
    assert!(tar.status.success(), "tar failed");
    tar.stdout
}

/// The checksum of a file as a spec has it.
pub(crate) fn checksum(file: &[u8]) -> String {
    format!("sha256:{}", hex::encode(Sha256::digest(file)))
}
