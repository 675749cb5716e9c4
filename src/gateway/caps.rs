//! What the daemon can do, as it said in its answer to `Ping`.
//!
//! Owns the two lists, the lists that stand in for a daemon too old to send
//! them, and the sentence about something missing.

use buildkit_llb::CapSet;
use buildkit_proto::apicaps::ApiCap;
use buildkit_proto::gateway::PongResponse;

/// The gateway's capability names that this crate asks about.
pub mod name {
    /// References as messages rather than as ids.
    pub const REF_ARRAY: &str = "proto.refarray";
    /// Building at once in `Solve`.
    pub const SOLVE_EVALUATE: &str = "gateway.solve.evaluate";
    /// Building at once by a call of its own.
    pub const EVALUATE: &str = "gateway.evaluate";
    /// Showing warnings.
    pub const WARNINGS: &str = "gateway.warnings";
    /// Asking about any source.
    pub const SOURCE_META: &str = "source.metaresolver";
    /// Inputs of the frontend.
    pub const INPUTS: &str = "frontend.inputs";
    /// Attestations of a result.
    pub const ATTESTATIONS: &str = "reference.attestations";
    /// Containers outside of the graph.
    pub const EXEC: &str = "gateway.exec";
    /// Cache imports in `Solve`.
    pub const IMPORT_CACHES: &str = "importcaches";
}

/// What a daemon has of the gateway if it sends no list.
const DEFAULT_GATEWAY: [&str; 4] = [
    "solve.base",
    "solve.inlinereturn",
    "resolveimage",
    "readfile",
];

/// What a daemon has of LLB if it sends no list.
const DEFAULT_LLB: [&str; 29] = [
    "source.image",
    "source.local",
    "source.local.unique",
    "source.local.sessionid",
    "source.local.includepatterns",
    "source.local.followpaths",
    "source.local.excludepatterns",
    "source.local.sharedkeyhint",
    "source.git",
    "source.git.keepgitdir",
    "source.git.fullurl",
    "source.http",
    "source.http.checksum",
    "source.http.perm",
    // The transposed letters are the name.
    "soruce.http.uidgid",
    "source.buildop.llbfilename",
    "exec.meta.base",
    "exec.meta.proxyenv",
    "exec.mount.bind",
    "exec.mount.cache",
    "exec.mount.cache.sharing",
    "exec.mount.selector",
    "exec.mount.tmpfs",
    "exec.mount.secret",
    "constraints",
    "platform",
    "meta.ignorecache",
    "meta.description",
    "meta.exportcache",
];

/// Everything a daemon can do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caps {
    /// Of the calls.
    pub gateway: CapSet,
    /// Of the graph.
    pub llb: CapSet,
}

impl Caps {
    /// Reads the answer to `Ping`.
    pub fn from_pong(pong: &PongResponse, product: Option<&str>) -> Self {
        let product = product.unwrap_or("buildkit");
        Self {
            gateway: set(&pong.frontend_api_caps, &DEFAULT_GATEWAY, product),
            llb: set(&pong.llb_caps, &DEFAULT_LLB, product),
        }
    }
}

/// One list of the answer. Daemons from before capabilities send an empty one.
fn set(sent: &[ApiCap], default: &[&str], product: &str) -> CapSet {
    let offered = match sent {
        [] => CapSet::of_ids(default.iter().copied()),
        sent => CapSet::from_ping(sent),
    };
    offered.product(product)
}

#[cfg(test)]
mod tests {
    use super::*;
    use buildkit_llb::CapError;

    fn cap(id: &str, enabled: bool, reason: &str) -> ApiCap {
        ApiCap {
            id: id.to_owned(),
            enabled,
            disabled_reason_msg: reason.to_owned(),
            ..ApiCap::default()
        }
    }

    #[test]
    fn what_is_missing_or_off_is_said_in_a_sentence() {
        let pong = PongResponse {
            frontend_api_caps: vec![cap("on", true, ""), cap("off", false, "by the admin")],
            llb_caps: vec![cap("off", false, "")],
            ..PongResponse::default()
        };
        let caps = Caps::from_pong(&pong, Some("docker"));
        assert!(caps.gateway.supports("on") && !caps.gateway.supports("off"));
        assert_eq!(caps.gateway.enabled().collect::<Vec<_>>(), ["on"]);
        let text = |result: Result<(), CapError>| result.expect_err("unsupported").to_string();
        assert_eq!(
            text(caps.gateway.check("new")),
            "requested experimental feature new is not supported by build server, \
             please update docker"
        );
        assert_eq!(
            text(caps.gateway.check("off")),
            "requested experimental feature off has been disabled on the build server: \
             by the admin"
        );
        assert_eq!(
            text(caps.llb.check("off")),
            "requested experimental feature off has been disabled on the build server"
        );
    }

    #[test]
    fn a_daemon_without_lists_has_the_first_ones() {
        let caps = Caps::from_pong(&PongResponse::default(), None);
        assert!(caps.gateway.supports("readfile") && !caps.gateway.supports(name::WARNINGS));
        assert!(caps.llb.supports("soruce.http.uidgid"));
        assert!(!caps.llb.supports("exec.mount.ssh") && !caps.llb.supports("exec.meta.network"));
        let error = caps.gateway.check(name::WARNINGS).expect_err("too old");
        assert!(error.to_string().ends_with("please update buildkit"));
    }
}
