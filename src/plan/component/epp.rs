//! The endpoint picker: a Go program that links Dynamo's C bindings.
//!
//! Four trees: the crates, the static library, the Go modules, the program. The
//! modules wait for nothing that Rust does.

use super::sccache::{self, Caller};
use super::wheels::{self, CARGO_HOME, CRATES, SOURCES, TARGET};
use super::{apt, compile, go, repository, rust};
use crate::check::Resolved;
use crate::diagnostic::Span;
use crate::plan::action::{Action, EnvChange, Mount, Run, Tree};
use crate::plan::builder::Builder;
use crate::plan::{Base, ImageSource, Stage, Step, cache, extend, script};
use crate::spec::ExtendedStage;

/// Where the step of the library leaves it.
const LIBRARY: &str = "/opt/epp-library";
/// Where the step of the program leaves it.
const PROGRAM: &str = "/opt/epp";
/// What Go's compiler leaves for the next compilation.
const GO_CACHE: &str = "/root/.cache/go-build";
/// The variables in which the program keeps what it is, as its releases named
/// them one after the other; a name it lacks is passed over.
const VERSION: [&str; 2] = ["GitVersion", "BuildRef"];
const COMMIT: [&str; 2] = ["GitCommit", "CommitSHA"];
/// The package that has them.
const VERSION_PACKAGE: &str = "sigs.k8s.io/gateway-api-inference-extension/version";

/// A tree with the program at `/epp`: that of an image, or the one that is built.
pub(in crate::plan) fn tree(builder: &mut Builder<'_>) -> Tree {
    match &builder.resolved.images.epp {
        Some(image) => Tree::Image(ImageSource::of(image)),
        None => Tree::Stage(program(builder)),
    }
}

/// The program, compiled.
pub(in crate::plan) fn program(builder: &mut Builder<'_>) -> String {
    let on = builder_stage(builder);
    let library = library(builder, &on);
    let module = builder.resolved.repository.epp.clone();
    let modules = go::modules(builder, "epp", &module, &on);
    builder.stage("epp_program", |builder| {
        let resolved = builder.resolved;
        let flags = version_flags(resolved);
        let program = format!("{PROGRAM}/epp");
        let args = [
            "build",
            "-trimpath",
            "-buildvcs=false",
            "-ldflags",
            &flags,
            "-o",
            &program,
            "./cmd/epp",
        ];
        let bind = |source: &str, scratch: bool, tree: Tree, target: String| Mount::Bind {
            tree,
            source: source.to_owned(),
            target,
            scratch,
        };
        let bindings = format!("{SOURCES}/{}", resolved.repository.epp_bindings);
        let sources = repository::paths(resolved, std::slice::from_ref(&module));
        let of_library = |folder: &str| {
            let tree = Tree::Stage(library.clone());
            bind(
                &format!("/{folder}"),
                false,
                tree,
                format!("{bindings}/{folder}"),
            )
        };
        let mut run = go::run(resolved, &args);
        run.env.extend([
            EnvChange::set("CGO_ENABLED", "1"),
            EnvChange::set("GOFLAGS", "-mod=readonly"),
            // Everything is there; what is missing is a mistake and no download.
            EnvChange::set("GOPROXY", "off"),
            EnvChange::set("GOCACHE", GO_CACHE),
        ]);
        run.mounts.extend([
            bind("/", true, Tree::Context(sources), SOURCES.to_owned()),
            of_library("include"),
            of_library("lib"),
            go::bind_modules(modules),
            cache::go_build(resolved, GO_CACHE),
        ]);
        run.cwd = format!("{SOURCES}/{module}");
        run.output = Some(PROGRAM.to_owned());
        stage(
            "epp_program",
            on,
            "compile the endpoint picker",
            go::places(resolved),
            run,
        )
    })
}

/// The image of the program, with what compiles it.
pub(in crate::plan) fn builder_stage(builder: &mut Builder<'_>) -> String {
    builder.stage("epp_builder", |builder| {
        let resolved = builder.resolved;
        let base = &resolved.images.epp_base;
        let packages = &resolved.packages.epp_builder;
        let install = apt::install(resolved, base, "install compilers", packages);
        let extra = extend::steps(builder, ExtendedStage::EppBuilder);
        Stage {
            name: "epp_builder".to_owned(),
            base: Base::of(base),
            steps: install.into_iter().chain(extra).collect(),
        }
    })
}

/// The C bindings as a static library, with their header.
fn library(builder: &mut Builder<'_>, on: &str) -> String {
    let crates = wheels::crates(builder, on);
    builder.stage("epp_library", |builder| {
        let resolved = builder.resolved;
        let library = script::targets::static_library(&resolved.repository.c_bindings, LIBRARY);
        let script = script::cargo::fresh(SOURCES, TARGET, library.args);
        let config = format!("{CARGO_HOME}/config.toml");
        let mut env = rust::env();
        env.extend([
            EnvChange::set("CARGO_HOME", CARGO_HOME),
            EnvChange::set("CARGO_TARGET_DIR", TARGET),
            EnvChange::set("CARGO_BUILD_JOBS", resolved.cargo_jobs.to_string()),
        ]);
        let mut run = Run {
            env,
            cwd: SOURCES.to_owned(),
            mounts: [
                wheels::sources(resolved, &resolved.repository.rust_sources, &[]),
                compile::bind_at(&crates, "/", CRATES),
                compile::bind_at(&crates, "/config.toml", &config),
                cache::cargo_target_of_epp(resolved, TARGET),
                library.mount,
                script.mount,
            ]
            .into_iter()
            .chain(rust::mounts(resolved))
            .collect(),
            output: Some(LIBRARY.to_owned()),
            ..Run::new(script.args)
        };
        sccache::apply(resolved, Caller::Cargo, &mut run);
        let title = "compile the library of the C bindings";
        let places = vec![resolved.dynamo.place(), resolved.target.span];
        stage("epp_library", on.to_owned(), title, places, run)
    })
}

/// What the linker writes into the program. Both values are of characters that
/// the linker's flags take as they are.
fn version_flags(resolved: &Resolved) -> String {
    let commit = resolved.commit.as_ref().map(|commit| commit.value.as_str());
    let set = |names: [&str; 2], value: Option<&str>| {
        let value = value.map(str::to_owned);
        names
            .map(|name| {
                let value = value.as_ref()?;
                Some(format!("-X {VERSION_PACKAGE}.{name}={value}"))
            })
            .into_iter()
            .flatten()
    };
    set(VERSION, resolved.version.as_deref())
        .chain(set(COMMIT, commit))
        .collect::<Vec<_>>()
        .join(" ")
}

fn stage(name: &str, on: String, title: &str, places: Vec<Span>, run: Run) -> Stage {
    Stage {
        name: name.to_owned(),
        base: Base::Stage(on),
        steps: vec![Step {
            title: title.to_owned(),
            component: Some("epp".to_owned()),
            places,
            action: Action::Run(run),
        }],
    }
}
