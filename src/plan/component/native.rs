//! The native components together: what they leave in an image.
//!
//! An image has what its wheels and NIXL's plugins load, whatever the
//! framework. Headers and programs come along where a component has a folder
//! of its own; of those that share `/usr/local` only the libraries do.

use super::wheels::Wheels;
use super::{aws_sdk_cpp, ffmpeg, gdrcopy, gpu_memory_service, kvbm, libfabric, nixl, ucx};
use crate::check::Resolved;
use crate::diagnostic::Span;
use crate::plan::Step;
use crate::plan::action::{Action, EnvChange, Link, LinkedFile, Tree};
use crate::plan::builder::Builder;
use crate::spec::Component;

/// Where libraries are that have no folder of their own.
const SHARED: &str = "/usr/local/lib";

/// Wheels that come out of native components, and those of packages that are
/// built as they are.
pub(in crate::plan) fn wheels(builder: &mut Builder<'_>) -> Vec<Wheels> {
    let of = |name: &'static str, folder: &str, stage: Option<String>| {
        stage.map(|stage| Wheels {
            name,
            stage,
            folder: folder.to_owned(),
        })
    };
    [
        of("nixl", "/", nixl::wheel(builder)),
        of("nixl-meta", nixl::META_WHEEL, nixl::stage(builder)),
        of("kvbm", "/", kvbm::stage(builder)),
        of(
            "gpu-memory-service",
            "/",
            gpu_memory_service::stage(builder),
        ),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// Lays what the components leave over an image that runs.
pub(in crate::plan) fn links(builder: &mut Builder<'_>) -> Vec<Step> {
    let mut links = links_of(builder, shared);
    links.extend(builder.resolved.ffmpeg.as_ref().map(ffmpeg::link_sources));
    links
}

/// Lays FFmpeg alone over an image, which needs nothing of the others.
pub(in crate::plan) fn media_links(builder: &mut Builder<'_>) -> Vec<Step> {
    let mut links: Vec<Step> = media(builder, shared).into_iter().collect();
    links.extend(builder.resolved.ffmpeg.as_ref().map(ffmpeg::link_sources));
    links
}

/// Lays everything that the components leave over an image to compile in.
pub(in crate::plan) fn complete_links(builder: &mut Builder<'_>) -> Vec<Step> {
    links_of(builder, |_| whole("/usr/local"))
}

/// `shared` is what is taken of a component without a folder of its own, by the
/// patterns of its libraries.
fn links_of(builder: &mut Builder<'_>, shared: fn(&[&str]) -> LinkedFile) -> Vec<Step> {
    let mut links: Vec<Step> = Component::ALL
        .iter()
        .filter_map(|component| link_of(builder, *component, shared))
        .collect();
    links.extend(media(builder, shared));
    links
}

/// What a component leaves, if it is wanted.
fn link_of(
    builder: &mut Builder<'_>,
    component: Component,
    shared: fn(&[&str]) -> LinkedFile,
) -> Option<Step> {
    let resolved = builder.resolved;
    let (name, stage, files) = match component {
        Component::Gdrcopy => {
            let files = shared(gdrcopy::LIBRARIES);
            ("GDRCopy", gdrcopy::stage(builder), files)
        }
        Component::Ucx => ("UCX", ucx::stage(builder), whole(ucx::PREFIX)),
        Component::Libfabric => {
            let files = whole(libfabric::PREFIX);
            ("libfabric", libfabric::stage(builder), files)
        }
        Component::AwsSdkCpp => {
            let files = shared(aws_sdk_cpp::LIBRARIES);
            ("the AWS SDK for C++", aws_sdk_cpp::stage(builder), files)
        }
        Component::Nixl => {
            let files = whole(nixl::prefix(resolved));
            ("NIXL", nixl::stage(builder), files)
        }
    };
    let source = resolved.components.get(&component)?;
    let title = format!("add {name} {}", source.reference.value);
    Some(link(title, stage?, source.reference.span, files))
}

fn media(builder: &mut Builder<'_>, shared: fn(&[&str]) -> LinkedFile) -> Option<Step> {
    let stage = ffmpeg::stage(builder)?;
    let version = &builder.resolved.ffmpeg.as_ref()?.version;
    let title = format!("add FFmpeg {}", version.value);
    Some(link(title, stage, version.span, shared(ffmpeg::LIBRARIES)))
}

/// A folder of a component's own. Its name stays, and so its permissions do.
fn whole(prefix: &str) -> LinkedFile {
    LinkedFile::of_root(prefix, prefix)
}

/// Libraries out of the folder that components share.
fn shared(libraries: &[&str]) -> LinkedFile {
    LinkedFile {
        only: libraries.iter().map(|&name| name.to_owned()).collect(),
        ..LinkedFile::of_root(SHARED, SHARED)
    }
}

fn link(title: String, stage: String, place: Span, files: LinkedFile) -> Step {
    Step {
        title,
        component: Some(stage.clone()),
        places: vec![place],
        action: Action::Link(Link {
            tree: Tree::Stage(stage),
            files: vec![files],
        }),
    }
}

/// The variables under which they are found.
pub(in crate::plan) fn env(resolved: &Resolved) -> Vec<(String, EnvChange)> {
    if !has(resolved, Component::Nixl) {
        return Vec::new();
    }
    vec![
        EnvChange::set("NIXL_PREFIX", nixl::prefix(resolved)),
        EnvChange::set("NIXL_LIB_DIR", nixl::libraries(resolved)),
        EnvChange::set("NIXL_PLUGIN_DIR", nixl::plugins(resolved)),
    ]
}

/// Folders of their libraries, in the order in which they are looked into.
pub(in crate::plan) fn libraries(resolved: &Resolved) -> Vec<String> {
    let mut folders = Vec::new();
    if has(resolved, Component::Nixl) {
        folders.extend([nixl::libraries(resolved), nixl::plugins(resolved)]);
    }
    if has(resolved, Component::Ucx) {
        folders.extend(["lib", "lib/ucx"].map(|folder| format!("{}/{folder}", ucx::PREFIX)));
    }
    if has(resolved, Component::Libfabric) {
        folders.push(format!("{}/lib", libfabric::PREFIX));
    }
    let shares = [Component::Gdrcopy, Component::AwsSdkCpp];
    if resolved.ffmpeg.is_some() || shares.iter().any(|&one| has(resolved, one)) {
        folders.push(SHARED.to_owned());
    }
    folders
}

fn has(resolved: &Resolved, component: Component) -> bool {
    resolved.components.contains_key(&component)
}
