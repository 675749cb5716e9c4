//! Nsight Systems, from NVIDIA's repository of developer tools.
//!
//! The repository is there for one step: its list and its key are mounted, and
//! no image knows of it afterwards.

use crate::check::Nsight;
use crate::plan::action::{Mount, Tree};

/// Where the key is in a step. apt tells the kind of a key by the ending.
const KEY: &str = "/run/dynamo/nvidia-devtools.asc";
/// Where the list is, for the script to find.
const LIST: &str = "/run/dynamo/nvidia-devtools.list";

/// The Debian package.
pub(in crate::plan) fn package(nsight: &Nsight) -> String {
    format!("nsight-systems-{}", nsight.version.value)
}

/// The repository, in the step that has these.
pub(in crate::plan) fn mounts(nsight: &Nsight) -> [Mount; 2] {
    let repository = &nsight.repository;
    let bind = |tree: Tree, source: &str, target: &str| Mount::Bind {
        tree,
        source: source.to_owned(),
        target: target.to_owned(),
        scratch: false,
    };
    let list = Tree::Literal {
        path: "/nvidia-devtools.list".to_owned(),
        content: format!("deb [signed-by={KEY}] {} /\n", repository.url.value),
    };
    let key = Tree::Download {
        url: repository.key.value.clone(),
        // Who serves the repository also serves the key.
        checksum: None,
        key: String::new(),
        name: "nvidia-devtools.asc".to_owned(),
        place: repository.key.span,
        of_catalog: true,
    };
    [
        bind(list, "/nvidia-devtools.list", LIST),
        bind(key, "/nvidia-devtools.asc", KEY),
    ]
}
