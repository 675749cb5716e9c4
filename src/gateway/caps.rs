//! What the daemon can do, as it said in its answer to `Ping`.
//!
//! Owns the two lists, the lists that stand in for a daemon too old to send
//! them, and the sentence about something missing.

use std::collections::BTreeMap;

use buildkit_proto::apicaps::ApiCap;
use buildkit_proto::gateway::PongResponse;
use thiserror::Error;

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

/// Something the daemon cannot do.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum CapError {
    /// It does not know it.
    #[error(
        "requested experimental feature {cap} is not supported by build server, \
         please update {product}"
    )]
    Missing {
        /// The capability.
        cap: String,
        /// What the user calls the daemon.
        product: String,
    },
    /// It knows it and must not do it.
    #[error(
        "requested experimental feature {cap} has been disabled on the build server{}",
        if reason.is_empty() { String::new() } else { format!(": {reason}") }
    )]
    Disabled {
        /// The capability.
        cap: String,
        /// What the daemon says about it.
        reason: String,
    },
}

/// Everything a daemon can do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caps {
    /// Of the calls.
    pub gateway: CapSet,
    /// Of the graph.
    pub llb: CapSet,
}

/// One list of capabilities.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CapSet {
    /// By name, with the reason if it is off.
    states: BTreeMap<String, State>,
    product: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum State {
    Enabled,
    Disabled(String),
}

impl Caps {
    /// Reads the answer to `Ping`.
    pub fn from_pong(pong: &PongResponse, product: Option<&str>) -> Self {
        let product = product.unwrap_or("buildkit");
        Self {
            gateway: CapSet::new(&pong.frontend_api_caps, &DEFAULT_GATEWAY, product),
            llb: CapSet::new(&pong.llb_caps, &DEFAULT_LLB, product),
        }
    }
}

impl CapSet {
    fn new(sent: &[ApiCap], default: &[&str], product: &str) -> Self {
        let mut states: BTreeMap<_, _> = sent
            .iter()
            .map(|cap| (cap.id.clone(), State::of(cap)))
            .collect();
        // Daemons from before capabilities send nothing; none has nothing.
        if sent.is_empty() {
            states.extend(default.iter().map(|&cap| (cap.to_owned(), State::Enabled)));
        }
        Self {
            states,
            product: product.to_owned(),
        }
    }

    /// Whether the daemon can do this now.
    pub fn supports(&self, cap: &str) -> bool {
        self.states.get(cap) == Some(&State::Enabled)
    }

    /// An error that tells the user if the daemon cannot do this.
    pub fn require(&self, cap: &str) -> Result<(), CapError> {
        match self.states.get(cap) {
            Some(State::Enabled) => Ok(()),
            Some(State::Disabled(reason)) => Err(CapError::Disabled {
                cap: cap.to_owned(),
                reason: reason.clone(),
            }),
            None => Err(CapError::Missing {
                cap: cap.to_owned(),
                product: self.product.clone(),
            }),
        }
    }

    /// The names of all that is on, in order.
    pub fn enabled(&self) -> impl Iterator<Item = &str> {
        self.states
            .iter()
            .filter(|(_, state)| **state == State::Enabled)
            .map(|(cap, _)| cap.as_str())
    }
}

impl State {
    fn of(cap: &ApiCap) -> Self {
        if cap.enabled {
            Self::Enabled
        } else {
            Self::Disabled(cap.disabled_reason_msg.clone())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
            text(caps.gateway.require("new")),
            "requested experimental feature new is not supported by build server, \
             please update docker"
        );
        assert_eq!(
            text(caps.gateway.require("off")),
            "requested experimental feature off has been disabled on the build server: \
             by the admin"
        );
        assert_eq!(
            text(caps.llb.require("off")),
            "requested experimental feature off has been disabled on the build server"
        );
    }

    #[test]
    fn a_daemon_without_lists_has_the_first_ones() {
        let caps = Caps::from_pong(&PongResponse::default(), None);
        assert!(caps.gateway.supports("readfile") && !caps.gateway.supports(name::WARNINGS));
        assert!(caps.llb.supports("soruce.http.uidgid"));
        assert!(!caps.llb.supports("exec.mount.ssh") && !caps.llb.supports("exec.meta.network"));
        let error = caps.gateway.require(name::WARNINGS).expect_err("too old");
        assert!(error.to_string().ends_with("please update buildkit"));
    }
}
