//! What the request says about the graph and the spec does not.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::build_context::BuildContext;
use super::named_context::NamedContext;
use super::process::ProcessSettings;
use super::record::ResolveModeName;
use crate::image::Epoch;

/// Settings of one graph.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Put in front of the ids of cache mounts.
    pub cache_namespace: Option<String>,
    /// What the build context is.
    pub context: BuildContext,
    /// Folder of a context that is no directory of the client, in the place of its
    /// root.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub context_folder: String,
    /// Named contexts that are used, by the names the client gave, which may end
    /// in `::` and a platform.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub named_contexts: BTreeMap<String, NamedContext>,
    /// Whether names say the platform, because there are several.
    pub name_platform: bool,
    /// Whether the daemon copies where it should merge, and so makes one layer
    /// of what would be one for each tree.
    pub merge_copies: bool,
    /// Whether the daemon cannot compare a git checkout with the commit that is
    /// expected, so that it is asked for that commit instead.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub git_by_commit: bool,
    /// Stages whose steps ignore the cache.
    pub no_cache: NoCache,
    /// The time that stands for the time of the build.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source_date_epoch: Option<Epoch>,
    /// Whether images are pulled although the daemon has them.
    #[serde(with = "ResolveModeName")]
    pub resolve_mode: buildkit_llb::ResolveMode,
    /// What holds for every process.
    pub process: ProcessSettings,
}

/// Which stages ignore the cache.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NoCache {
    /// None.
    #[default]
    Off,
    /// All.
    All,
    /// Those with these names, in any case.
    Stages(Vec<String>),
}

impl NoCache {
    /// Whether the steps of a stage ignore the cache.
    pub fn covers(&self, stage: &str) -> bool {
        match self {
            Self::Off => false,
            Self::All => true,
            Self::Stages(stages) => stages.iter().any(|name| name.eq_ignore_ascii_case(stage)),
        }
    }
}
