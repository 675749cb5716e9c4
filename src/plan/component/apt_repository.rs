//! A repository of Debian packages that one step uses and no image keeps.

use crate::check::AptRepository;
use crate::plan::action::{Mount, Tree};

/// Where steps find the key. Its name says that it is text, as apt wants to know.
const KEY: &str = "/run/apt/repository.asc";

/// Makes apt know the repository, by a list that is there during the step alone.
///
/// NVIDIA's images name the list after the end of the repository's URL. A base
/// that brings the list already has another key in it, which apt refuses to see
/// twice, so ours stands in its place.
pub(in crate::plan) fn mounts(repository: &AptRepository) -> [Mount; 2] {
    let url = repository.url.value.trim_end_matches('/');
    let mut end = url.rsplit('/');
    let architecture = end.next().unwrap_or_default();
    let distribution = end.next().unwrap_or_default();
    let bind = |tree: Tree, source: &str, target: String| Mount::Bind {
        tree,
        source: source.to_owned(),
        target,
        scratch: false,
    };
    let list = Tree::Literal {
        path: "/repository.list".to_owned(),
        content: format!("deb [signed-by={KEY}] {url} /\n"),
    };
    let key = Tree::Download {
        url: repository.key.value.clone(),
        checksum: None,
        key: String::new(),
        name: "repository.asc".to_owned(),
        place: repository.key.span,
        of_catalog: true,
    };
    [
        bind(
            list,
            "/repository.list",
            format!("/etc/apt/sources.list.d/cuda-{distribution}-{architecture}.list"),
        ),
        bind(key, "/repository.asc", KEY.to_owned()),
    ]
}
