//! What daemons of different ages can do.
//!
//! Owns tables of capabilities by the minor version that brought them. Longer
//! than most files because the tables are data. They are restated here rather than
//! taken from `buildkit-llb`, so that a change of those shows in a test.

use buildkit_proto::apicaps::ApiCap;

/// Capabilities of the calls.
const GATEWAY: &[(u32, &[&str])] = &[
    (
        3,
        &[
            "solve.base",
            "solve.inlinereturn",
            "resolveimage",
            "resolveimage.resolvemode",
            "readfile",
            "readdir",
            "statfile",
            "return",
            "returnmap",
        ],
    ),
    (4, &["importcaches"]),
    (
        7,
        &["frontend.inputs", "proto.refarray", "reference.output"],
    ),
    (
        8,
        &[
            "frontend.caps",
            "gateway.exec",
            "gateway.solve.evaluate",
            "gateway.solve.metadata",
        ],
    ),
    (
        10,
        &[
            "gateway.warnings",
            "gateway.exec.signals",
            "gateway.exec.extrahosts",
        ],
    ),
    (11, &["gateway.evaluate", "reference.attestations"]),
    (12, &["gateway.exec.secretenv"]),
    (13, &["source.metaresolver"]),
    (27, &["gateway.exec.filesystem"]),
    (
        28,
        &[
            "source.metaresolver.image.attestations",
            "source.metaresolver.http.checksumrequest",
        ],
    ),
];

/// Capabilities of the graph.
const LLB: &[(u32, &[&str])] = &[
    (
        3,
        &[
            "constraints",
            "exec.meta.base",
            "exec.meta.proxyenv",
            "exec.mount.bind",
            "exec.mount.cache",
            "exec.mount.cache.sharing",
            "exec.mount.secret",
            "exec.mount.selector",
            "exec.mount.tmpfs",
            "meta.description",
            "meta.exportcache",
            "meta.ignorecache",
            "platform",
            "soruce.http.uidgid",
            "source.buildop.llbfilename",
            "source.git",
            "source.git.fullurl",
            "source.git.keepgitdir",
            "source.http",
            "source.http.checksum",
            "source.http.perm",
            "source.image",
            "source.image.resolvemode",
            "source.local",
            "source.local.excludepatterns",
            "source.local.followpaths",
            "source.local.includepatterns",
            "source.local.sessionid",
            "source.local.sharedkeyhint",
            "source.local.unique",
        ],
    ),
    (4, &["exec.meta.network", "exec.mount.ssh"]),
    (5, &["exec.meta.security", "file.base"]),
    (
        7,
        &["exec.mount.bind.readwrite-nooutput", "file.rm.wildcard"],
    ),
    (
        8,
        &[
            "exec.cgroup",
            "exec.meta.security.devices.v1",
            "exec.meta.setsdefaultpath",
            "source.git.httpauth",
            "source.git.knownsshhosts",
            "source.git.mountsshsock",
        ],
    ),
    (
        9,
        &[
            "file.copy.includeexcludepatterns",
            "source.git.subdir",
            "source.local.differ",
        ],
    ),
    (
        10,
        &[
            "diffop",
            "exec.meta.cgroup.parent",
            "exec.meta.ulimit",
            "exec.mount.tmpfs.size",
            "exec.secretenv",
            "file.rm.nofollowsymlink",
            "mergeop",
        ],
    ),
    (
        11,
        &[
            "exporter.image.annotations",
            "exporter.image.attestations",
            "exporter.sourcedateepoch",
            "source.image.layerlimit",
            "source.ocilayout",
            "source.policy",
        ],
    ),
    (13, &["exec.mount.cache.content", "exporter.multiple"]),
    (14, &["file.copy.alwaysreplaceexistingdestpaths"]),
    (17, &["exec.validexitcode"]),
    (19, &["file.symlink.create"]),
    (20, &["exec.meta.cdi"]),
    (
        21,
        &[
            "exporter.session",
            "source.http.auth",
            "source.http.header",
            "source.local.metadatatransfer",
        ],
    ),
    (22, &["source.git.checksum"]),
    (24, &["source.git.skipsubmodules"]),
    (25, &["source.image.checksum"]),
    (
        26,
        &["file.copy.requiredpaths", "source.git.signatureverify"],
    ),
    (28, &["source.http.signatureverify", "source.imageblob"]),
    (29, &["source.git.mtime"]),
    (
        30,
        &[
            "source.git.bundle",
            "source.git.checkoutbundle",
            "source.git.fetchbycommit",
        ],
    ),
    (
        31,
        &[
            "exec.meta.linux.resources",
            "exec.meta.network.proxy",
            "passthroughop",
        ],
    ),
];

/// From which version on both directions carry 16 MiB.
const LARGE_MESSAGES: u32 = 14;

/// A version of `BuildKit`, with exceptions.
#[derive(Clone, Debug)]
pub struct Daemon {
    minor: u32,
    without: Vec<String>,
    disabled: Vec<(String, String)>,
}

impl Daemon {
    /// `BuildKit` 0.8, in Docker 20.10.
    pub fn v0_8() -> Self {
        Self::minor(8)
    }

    /// `BuildKit` 0.13, in Docker 26.
    pub fn v0_13() -> Self {
        Self::minor(13)
    }

    /// `BuildKit` 0.25, in Docker 28.5.
    pub fn v0_25() -> Self {
        Self::minor(25)
    }

    /// The newest.
    pub fn head() -> Self {
        Self::minor(u32::MAX)
    }

    fn minor(minor: u32) -> Self {
        Self {
            minor,
            without: Vec::new(),
            disabled: Vec::new(),
        }
    }

    pub(super) fn without(mut self, cap: &str) -> Self {
        self.without.push(cap.to_owned());
        self
    }

    pub(super) fn disabled(mut self, cap: &str, reason: &str) -> Self {
        self.disabled.push((cap.to_owned(), reason.to_owned()));
        self
    }

    pub(super) fn gateway_caps(&self) -> Vec<ApiCap> {
        self.caps(GATEWAY)
    }

    pub(super) fn llb_caps(&self) -> Vec<ApiCap> {
        self.caps(LLB)
    }

    pub(super) fn message_limit(&self) -> usize {
        if self.minor < LARGE_MESSAGES {
            4 << 20
        } else {
            16 << 20
        }
    }

    fn caps(&self, table: &[(u32, &[&str])]) -> Vec<ApiCap> {
        table
            .iter()
            .filter(|(minor, _)| *minor <= self.minor)
            .flat_map(|(_, caps)| *caps)
            .filter(|cap| !self.without.iter().any(|without| without == *cap))
            .map(|cap| self.state(cap))
            .collect()
    }

    fn state(&self, cap: &str) -> ApiCap {
        let reason = self.disabled.iter().find(|(disabled, _)| disabled == cap);
        ApiCap {
            id: cap.to_owned(),
            enabled: reason.is_none(),
            disabled_reason_msg: reason.map(|(_, text)| text.clone()).unwrap_or_default(),
            ..ApiCap::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use buildkit_llb::caps::introduced_in;

    use super::*;

    #[test]
    fn both_tables_of_the_graphs_capabilities_agree() {
        for (minor, caps) in LLB {
            for cap in *caps {
                assert_eq!(introduced_in(cap), Some(*minor), "{cap}");
            }
        }
    }
}
