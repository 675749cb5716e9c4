//! Dynamo's wheels, compiled from the build context.
//!
//! Four trees that depend on no more than they must: the crates on the
//! manifests and the lock file, the Rust wheel on the crates and the Rust
//! sources, the pure Python wheel on the Python sources alone.

use super::{native, repository, rust, uv};
use crate::check::Resolved;
use crate::diagnostic::Span;
use crate::plan::action::{Action, ContextTree, EnvChange, Mount, Run, Tree};
use crate::plan::builder::Builder;
use crate::plan::stage::build_tools;
use crate::plan::{Base, Stage, Step, cache, script};

/// Where sources stand while they are built.
const SOURCES: &str = "/workspace";
/// Where the crates stand; the same in the step that downloads them and in the
/// one that compiles, because their configuration names it.
const CRATES: &str = "/opt/cargo-vendor";
/// Cargo's home in steps; the toolchain's own is read-only there.
const CARGO_HOME: &str = "/opt/cargo";
/// Where a step leaves its wheel.
const WHEELS: &str = "/opt/wheels";
/// What compilers leave for the next compilation.
const TARGET: &str = "/opt/dynamo/target";
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
    let mut all = Vec::new();
    if repository::exists(builder.resolved) {
        let tools = build_tools(builder);
        let of = |name: &'static str, stage: String| Wheels {
            name,
            stage,
            folder: "/".to_owned(),
        };
        all.push(of("runtime", rust_wheel(builder, &tools)));
        all.push(of("dynamo", python_wheel(builder, &tools)));
    }
    all.extend(native::wheels(builder));
    all
}

/// The crates of the lock file, downloaded and unpacked.
pub(in crate::plan) fn crates(builder: &mut Builder<'_>, tools: &str) -> String {
    let base = Base::Stage(tools.to_owned());
    builder.stage("crates", |builder| {
        let resolved = builder.resolved;
        let manifests = Mount::Bind {
            tree: Tree::Context(ContextTree {
                only: resolved.repository.manifests.clone(),
                ..repository::paths(resolved, &resolved.repository.rust_sources)
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
            ..compile(script.args, Vec::new())
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

/// The Rust wheel.
pub(in crate::plan) fn rust_wheel(builder: &mut Builder<'_>, tools: &str) -> String {
    let base = Base::Stage(tools.to_owned());
    let crates = crates(builder, tools);
    builder.stage("rust_wheel", |builder| {
        let resolved = builder.resolved;
        let bind = |source: &str, target: &str| Mount::Bind {
            tree: Tree::Stage(crates.clone()),
            source: source.to_owned(),
            target: target.to_owned(),
            scratch: false,
        };
        let args = [
            "maturin",
            "build",
            "--release",
            "--locked",
            "--offline",
            "--out",
            WHEELS,
        ];
        let run = Run {
            cwd: format!("{SOURCES}/{}", resolved.repository.bindings),
            mounts: [
                sources(resolved, &resolved.repository.rust_sources),
                bind("/", CRATES),
                bind("/config.toml", &format!("{CARGO_HOME}/config.toml")),
                cache::cargo_target(resolved, TARGET),
            ]
            .into_iter()
            .chain(rust::mounts(resolved))
            .collect(),
            output: Some(WHEELS.to_owned()),
            ..compile(
                args.map(str::to_owned).to_vec(),
                vec![
                    EnvChange::set("CARGO_TARGET_DIR", TARGET),
                    EnvChange::set("CARGO_BUILD_JOBS", resolved.cargo_jobs.to_string()),
                ],
            )
        };
        stage(
            "rust_wheel",
            base,
            "compile the Rust wheel",
            place(resolved),
            run,
        )
    })
}

/// The pure Python wheel.
pub(in crate::plan) fn python_wheel(builder: &mut Builder<'_>, tools: &str) -> String {
    let base = Base::Stage(tools.to_owned());
    builder.stage("python_wheel", |builder| {
        let resolved = builder.resolved;
        let args = [
            &uv::program(),
            "build",
            "--wheel",
            "--no-create-gitignore",
            "--python",
            &format!("{TOOLS}/bin/python"),
            "--out-dir",
            WHEELS,
        ];
        let mut run = uv::run(resolved, args.map(str::to_owned), None);
        SOURCES.clone_into(&mut run.cwd);
        run.mounts
            .push(sources(resolved, &resolved.repository.python_sources));
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

/// Sources of the context, with room for what build scripts write beside them.
fn sources(resolved: &Resolved, paths: &[String]) -> Mount {
    Mount::Bind {
        tree: Tree::Context(repository::paths(resolved, paths)),
        source: "/".to_owned(),
        target: SOURCES.to_owned(),
        scratch: true,
    }
}

fn place(resolved: &Resolved) -> Vec<Span> {
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
