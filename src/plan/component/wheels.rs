//! Dynamo's wheels, compiled from the build context.
//!
//! Trees that depend on no more than they must: the crates on the manifests and
//! the lock files, the Rust wheel on the crates and the Rust sources, the pure
//! Python wheel on the Python sources alone. Packages of the repository that are
//! wheels of their own are files of their own, and no source of these.

use super::sccache::{self, Caller};
use super::{compile, ffmpeg, native, protoc, repository, rust, uv};
use crate::check::{Resolved, WheelBuilderPackages};
use crate::diagnostic::Span;
use crate::plan::action::{Action, ContextTree, EnvChange, Mount, Run, Tree};
use crate::plan::builder::Builder;
use crate::plan::stage::build_tools;
use crate::plan::{Base, Stage, Step, cache, script};

/// Where sources stand while they are built.
pub(super) const SOURCES: &str = "/workspace";
/// Where the crates stand; the same in the step that downloads them and in the
/// one that compiles, because their configuration names it.
pub(in crate::plan) const CRATES: &str = "/opt/cargo-vendor";
/// Cargo's home in steps; the toolchain's own is read-only there.
pub(super) const CARGO_HOME: &str = "/opt/cargo";
/// Where a step leaves its wheel.
const WHEELS: &str = "/opt/wheels";
/// The time in the list of crates that maturin puts into a wheel: the first that a
/// wheel can tell. Without it each compilation leaves another time and number there,
/// and so another wheel out of the same sources.
const WHEEL_TIME: &str = "315532800";
/// What compilers leave for the next compilation.
pub(in crate::plan) const TARGET: &str = "/opt/dynamo/target";
/// Where the build tools are.
pub(in crate::plan) const TOOLS: &str = "/opt/build/venv";

/// Wheels that a stage built.
#[derive(Debug, Clone)]
pub(in crate::plan) struct Wheels {
    /// What they are of.
    pub(in crate::plan) name: &'static str,
    /// The stage.
    pub(in crate::plan) stage: String,
    /// The folder of what it leaves.
    pub(in crate::plan) folder: String,
}

/// Every wheel that the image gets and that is not of an index.
pub(in crate::plan) fn all(builder: &mut Builder<'_>) -> Vec<Wheels> {
    let mut all = of_dynamo(builder);
    all.extend(native::wheels(builder));
    all
}

/// Those of Dynamo itself, where there is a repository.
pub(in crate::plan) fn of_dynamo(builder: &mut Builder<'_>) -> Vec<Wheels> {
    if !repository::exists(builder.resolved) {
        return Vec::new();
    }
    let tools = build_tools(builder);
    let of = |name: &'static str, stage: String| Wheels {
        name,
        stage,
        folder: "/".to_owned(),
    };
    vec![
        of("runtime", rust_wheel(builder, &tools)),
        of("dynamo", python_wheel(builder, &tools)),
    ]
}

/// The crates of the lock files, downloaded and unpacked.
pub(in crate::plan) fn crates(builder: &mut Builder<'_>, tools: &str) -> String {
    let base = Base::Stage(tools.to_owned());
    builder.stage("crates", |builder| {
        let resolved = builder.resolved;
        let manifests = Mount::Bind {
            tree: Tree::Context(ContextTree {
                only: resolved.repository.manifests.clone(),
                ..repository::paths(resolved, &resolved.repository.manifest_paths)
            }),
            source: "/".to_owned(),
            target: "/run/manifests".to_owned(),
            scratch: false,
        };
        let script = script::vendor("/run/manifests", CRATES);
        let run = Run {
            mounts: cache::cargo(resolved, CARGO_HOME)
                .into_iter()
                .chain(rust::mounts(resolved))
                .chain([manifests, script.mount])
                .collect(),
            network: true,
            output: Some(CRATES.to_owned()),
            ..compile(
                script.args,
                vec![
                    EnvChange::set("CARGO_NET_RETRY", resolved.transfer.retries.to_string()),
                    EnvChange::set("CARGO_HTTP_TIMEOUT", resolved.transfer.timeout.to_string()),
                ],
            )
        };
        stage(
            "crates",
            base,
            "download the crates of Cargo.lock",
            place(resolved),
            run,
        )
    })
}

/// What steps that compile crates bind.
pub(super) struct Needs {
    crates: String,
    protoc: Option<String>,
}

impl Needs {
    /// Plans the stages.
    pub(super) fn plan(builder: &mut Builder<'_>, tools: &str) -> Self {
        Self {
            crates: crates(builder, tools),
            protoc: protoc::stage(builder),
        }
    }
}

/// The Rust wheel.
pub(in crate::plan) fn rust_wheel(builder: &mut Builder<'_>, tools: &str) -> String {
    let base = Base::Stage(tools.to_owned());
    let needs = Needs::plan(builder, tools);
    let ffmpeg = ffmpeg::stage(builder);
    builder.stage("rust_wheel", |builder| {
        let resolved = builder.resolved;
        let repository = &resolved.repository;
        let others = [&repository.kvbm, &repository.gpu_memory_service].map(String::clone);
        let mut options = Vec::new();
        if ffmpeg.is_some() {
            // The image has the libraries, as the licence wants it.
            options = unrepaired(resolved);
            options.push("--features=media-ffmpeg".to_owned());
        }
        let sources = sources(resolved, &repository.rust_sources, &others);
        let mut run = maturin(resolved, &needs, &repository.bindings, sources, options);
        run.mounts.push(cache::cargo_target(resolved, TARGET));
        if let Some(ffmpeg) = &ffmpeg {
            ffmpeg::add(ffmpeg, &mut run);
        }
        sccache::apply(resolved, Caller::Cargo, &mut run);
        stage(
            "rust_wheel",
            base,
            "compile the Rust wheel",
            place(resolved),
            run,
        )
    })
}

/// Builds the wheel of a crate in a folder of the sources.
pub(super) fn maturin(
    resolved: &Resolved,
    needs: &Needs,
    folder: &str,
    sources: Mount,
    options: Vec<String>,
) -> Run {
    let args = [
        "maturin",
        "build",
        "--release",
        "--locked",
        "--offline",
        "--out",
        WHEELS,
    ];
    let args = args.map(str::to_owned).into_iter().chain(options);
    let script = script::cargo::fresh(SOURCES, TARGET, args);
    let config = format!("{CARGO_HOME}/config.toml");
    let mut run = Run {
        cwd: format!("{SOURCES}/{folder}"),
        mounts: [
            sources,
            compile::bind_at(&needs.crates, "/", CRATES),
            compile::bind_at(&needs.crates, "/config.toml", &config),
            script.mount,
        ]
        .into_iter()
        .chain(rust::mounts(resolved))
        .collect(),
        output: Some(WHEELS.to_owned()),
        ..compile(
            script.args,
            vec![
                EnvChange::set("CARGO_TARGET_DIR", TARGET),
                EnvChange::set("CARGO_BUILD_JOBS", resolved.cargo_jobs.to_string()),
                EnvChange::set("SOURCE_DATE_EPOCH", WHEEL_TIME),
            ],
        )
    };
    run.env.extend(compile::compilers(resolved));
    protoc::add(needs.protoc.as_deref(), &mut run);
    run
}

/// Options for a wheel whose libraries are the image's: none is packed into it.
/// What it may claim to run on follows from what it is built on.
pub(super) fn unrepaired(resolved: &Resolved) -> Vec<String> {
    let mut options = vec!["--auditwheel=skip".to_owned()];
    if let WheelBuilderPackages::Dnf(_) = resolved.packages.wheel_builder {
        options.push("--compatibility=manylinux_2_28".to_owned());
    }
    options
}

/// The pure Python wheel.
pub(in crate::plan) fn python_wheel(builder: &mut Builder<'_>, tools: &str) -> String {
    let base = Base::Stage(tools.to_owned());
    builder.stage("python_wheel", |builder| {
        let resolved = builder.resolved;
        let mut run = uv::run(resolved, build(WHEELS), None);
        SOURCES.clone_into(&mut run.cwd);
        let paths = &resolved.repository.python_sources;
        run.mounts.push(sources(resolved, paths, &[]));
        run.output = Some(WHEELS.to_owned());
        stage(
            "python_wheel",
            base,
            "build the Python wheel",
            place(resolved),
            run,
        )
    })
}

/// Builds the wheel of the folder it runs in, and leaves it in another.
pub(super) fn build(out: &str) -> impl Iterator<Item = String> {
    let args = [
        &uv::program(),
        "build",
        "--wheel",
        "--no-create-gitignore",
        "--python",
        &format!("{TOOLS}/bin/python"),
        "--out-dir",
        out,
    ];
    args.map(str::to_owned).into_iter()
}

/// A command of the compilers: no network, nothing kept but its output.
fn compile(args: Vec<String>, more: Vec<(String, EnvChange)>) -> Run {
    let mut env = rust::env();
    env.extend([
        EnvChange::set("CARGO_HOME", CARGO_HOME),
        EnvChange::programs(&[&format!("{TOOLS}/bin")]),
    ]);
    env.extend(more);
    Run {
        env,
        ..Run::new(args)
    }
}

/// Sources of the repository without some of them, with room for what build
/// scripts write beside them.
pub(super) fn sources(resolved: &Resolved, paths: &[String], without: &[String]) -> Mount {
    Mount::Bind {
        tree: Tree::Context(ContextTree {
            exclude: without.to_vec(),
            ..repository::paths(resolved, paths)
        }),
        source: "/".to_owned(),
        target: SOURCES.to_owned(),
        scratch: true,
    }
}

/// What chose to build them.
pub(in crate::plan) fn place(resolved: &Resolved) -> Vec<Span> {
    vec![resolved.dynamo.place()]
}

fn stage(name: &str, base: Base, title: &str, places: Vec<Span>, run: Run) -> Stage {
    let step = Step {
        title: title.to_owned(),
        component: Some("dynamo".to_owned()),
        places,
        action: Action::Run(run),
    };
    Stage {
        name: name.to_owned(),
        base,
        steps: vec![step],
    }
}
