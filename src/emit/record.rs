//! What a build knew and its spec does not say, written down so that the same
//! graph can be made again without a daemon.

use std::collections::BTreeMap;

use buildkit_llb::{CapSet, ResolveMode};
use serde::{Deserialize, Serialize};

use super::{BuildContext, CONTEXT_NAME, Images, NamedContext, Settings};

/// Everything it takes besides the spec and the build arguments.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Record {
    /// What images were resolved to, by platform.
    pub images: BTreeMap<String, Images>,
    /// What the client asked for.
    pub settings: Settings,
    /// Capabilities that the daemon did not have.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lacking: Vec<String>,
}

impl Record {
    /// Key in the metadata of a result, and after `frontend.` in the file of
    /// `docker buildx build --metadata-file`.
    pub const KEY: &str = "dynamo.resolved";

    /// A build context that is the graph of another build, which is nowhere written
    /// down.
    pub fn unwritten(&self) -> Option<&str> {
        let Settings {
            context,
            named_contexts,
            ..
        } = &self.settings;
        if matches!(context, BuildContext::Input(_)) {
            return Some(CONTEXT_NAME);
        }
        let mut named = named_contexts.iter();
        let input = named.find(|(_, one)| matches!(one, NamedContext::Input { .. }));
        input.map(|(name, _)| name.as_str())
    }

    /// What a daemon lacks of all that is known.
    pub fn lacking(caps: &CapSet) -> Vec<String> {
        let all = CapSet::all();
        let lacking = all.enabled().filter(|cap| !caps.supports(cap));
        lacking.map(str::to_owned).collect()
    }

    /// What the daemon could do.
    pub fn caps(&self) -> CapSet {
        let lacking = self.lacking.iter();
        lacking.fold(CapSet::all(), |caps, cap| caps.without(cap))
    }
}

/// The mode by the name it has in a graph.
#[derive(Serialize, Deserialize)]
#[serde(remote = "ResolveMode", rename_all = "snake_case")]
pub(super) enum ResolveModeName {
    Default,
    ForcePull,
    PreferLocal,
}
