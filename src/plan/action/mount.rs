//! What a command sees besides the root filesystem: caches, other trees,
//! secrets.

use serde::Serialize;

use super::{Owner, Tree, octal};
use crate::diagnostic::Span;

/// Something a command sees besides the root filesystem.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Mount {
    /// A folder that outlives the build.
    Cache(CacheMount),
    /// Another tree.
    Bind {
        /// The tree.
        tree: Tree,
        /// Path in the tree.
        source: String,
        /// Path in the root filesystem.
        target: String,
        /// Whether the command may write to it; what it writes is thrown away.
        scratch: bool,
    },
    /// A secret of the client as a file. No plan and no graph holds its value.
    Secret {
        /// The name under which the client has it.
        id: String,
        /// Path in the root filesystem.
        target: String,
        /// Permission bits.
        #[serde(serialize_with = "octal")]
        mode: u32,
        /// Owner of the file; root when absent.
        #[serde(skip_serializing_if = "Option::is_none")]
        owner: Option<Owner>,
        /// Whether the command runs although the client does not have it.
        optional: bool,
        /// Where it is asked for.
        #[serde(skip)]
        place: Span,
    },
}

/// A secret of the client as an environment variable of one command.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SecretVariable {
    /// The name under which the client has it.
    pub id: String,
    /// The variable.
    pub name: String,
    /// Whether the command runs although the client does not have it.
    pub optional: bool,
    /// Where it is asked for.
    #[serde(skip)]
    pub place: Span,
}

/// A folder that outlives the build. Made only by the module `cache`.
#[derive(Debug, Clone, Serialize)]
pub struct CacheMount {
    /// Identity: mounts with the same id share their content.
    pub id: String,
    /// Path in the root filesystem.
    pub target: String,
    /// Who may use it at once.
    pub sharing: Sharing,
    /// Owner of the folder; root when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner: Option<Owner>,
}

/// Who may use a cache mount at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Sharing {
    /// Everybody.
    Shared,
    /// One at a time: whoever comes meanwhile gets another folder.
    Private,
    /// One at a time: whoever comes meanwhile waits.
    Locked,
}
