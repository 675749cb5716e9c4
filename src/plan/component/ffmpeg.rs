//! FFmpeg's libraries, with what decodes and nothing else, for the feature
//! `media_ffmpeg`.

use super::compile::{self, OUT, Recipe};
use super::sccache::Caller;
use crate::check::SourceArchive;
use crate::plan::action::{Action, EnvChange, Link, LinkedFile, Run, Tree};
use crate::plan::builder::Builder;
use crate::plan::script::native as script;
use crate::plan::stage::build_tools;
use crate::plan::{Stage, Step};

/// The stage.
pub(super) const NAME: &str = "ffmpeg";
/// Its files among those of `/usr/local/lib`.
pub(super) const LIBRARIES: &[&str] = &[
    "libav*.so*",
    "libsw*.so*",
    "pkgconfig/libav*.pc",
    "pkgconfig/libsw*.pc",
];
/// Where an image has the sources, which its licence wants along.
const SOURCES: &str = "/usr/local/src/ffmpeg";

const OPTIONS: &[&str] = &[
    "--disable-gpl",
    "--disable-nonfree",
    "--disable-programs",
    "--disable-doc",
    "--disable-static",
    "--enable-shared",
    "--disable-x86asm",
    "--disable-postproc",
    "--disable-network",
    "--disable-encoders",
    "--disable-muxers",
    "--disable-bsfs",
    "--disable-devices",
    "--disable-libdrm",
];

/// Plans the stage, if the image has FFmpeg.
pub(super) fn stage(builder: &mut Builder<'_>) -> Option<String> {
    let archive = builder.resolved.ffmpeg.as_ref()?;
    let tools = build_tools(builder);
    Some(builder.stage(NAME, |builder| -> Stage {
        let resolved = builder.resolved;
        let script = script::ffmpeg(OUT, "/usr/local", OPTIONS);
        let run = compile::run(resolved, tree(archive), &folder(archive), script);
        let recipe = Recipe {
            name: NAME,
            title: format!("build FFmpeg {}", archive.version.value),
            places: vec![archive.version.span],
            caller: Caller::Compiler,
        };
        recipe.stage(resolved, tools, run)
    }))
}

/// Makes the libraries available to a step that compiles.
pub(super) fn add(stage: &str, run: &mut Run) {
    let prefix = compile::prefix_of(NAME);
    run.mounts.push(compile::bind_prefix(stage));
    let folders = |folder: &str| EnvChange::Prepend(vec![format!("{prefix}/{folder}")]);
    run.env.extend([
        ("PKG_CONFIG_PATH".to_owned(), folders("lib/pkgconfig")),
        ("LD_LIBRARY_PATH".to_owned(), folders("lib")),
    ]);
}

/// Lays the sources over an image.
pub(super) fn link_sources(archive: &SourceArchive) -> Step {
    Step {
        title: format!("add the sources of FFmpeg {}", archive.version.value),
        component: Some(NAME.to_owned()),
        places: vec![archive.version.span],
        action: Action::Link(Link {
            tree: tree(archive),
            files: vec![LinkedFile::of_root(folder(archive), SOURCES)],
        }),
    }
}

fn tree(archive: &SourceArchive) -> Tree {
    let checksum = archive.checksum.as_ref();
    Tree::Archive {
        url: archive.url.value.clone(),
        checksum: checksum.map(|checksum| checksum.value.clone()),
        key: archive.key.clone(),
        place: archive.url.span,
        of_catalog: archive.of_catalog,
    }
}

/// The folder in the archive.
fn folder(archive: &SourceArchive) -> String {
    format!("/ffmpeg-{}", archive.version.value)
}
