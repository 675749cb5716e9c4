//! Go: bound into the steps that use it, and the modules it compiles.

use crate::check::Resolved;
use crate::diagnostic::Span;
use crate::plan::action::{Action, ContextTree, EnvChange, Mount, Run, Tree};
use crate::plan::builder::Builder;
use crate::plan::component::repository;
use crate::plan::{Base, ImageSource, Stage, Step};

/// Where Go is, in its official image and in steps.
const ROOT: &str = "/usr/local/go";
/// The program.
const PROGRAM: &str = "/usr/local/go/bin/go";
/// Where the modules are.
const MODULES: &str = "/opt/go-modules";

/// A command of Go's, with the toolchain in reach. The toolchain is the one of
/// the spec, whatever `go.mod` would download.
pub(in crate::plan) fn run(resolved: &Resolved, args: &[&str]) -> Run {
    let toolchain = Mount::Bind {
        tree: Tree::Image(ImageSource::of(&resolved.go.image)),
        source: ROOT.to_owned(),
        target: ROOT.to_owned(),
        scratch: false,
    };
    Run {
        env: vec![
            EnvChange::programs(&[&format!("{ROOT}/bin")]),
            EnvChange::set("GOTOOLCHAIN", "local"),
            EnvChange::set("GOMODCACHE", MODULES),
        ],
        mounts: vec![toolchain],
        ..Run::new(
            [&[PROGRAM], args]
                .concat()
                .into_iter()
                .map(str::to_owned)
                .collect(),
        )
    }
}

/// What chose a step that runs Go, and the Go it runs.
pub(in crate::plan) fn places(resolved: &Resolved) -> Vec<Span> {
    vec![
        resolved.dynamo.place(),
        resolved.target.span,
        resolved.go.image.span,
    ]
}

/// Downloads the modules that the module `name` in the folder `module` of the
/// repository requires. Depends on its two files that say so, and on no source.
/// Where from is for the base image and Go to say, by `GOPROXY`.
pub(in crate::plan) fn modules(
    builder: &mut Builder<'_>,
    name: &str,
    module: &str,
    on: &str,
) -> String {
    let base = Base::Stage(on.to_owned());
    builder.stage(&format!("{name}_modules"), |builder| {
        let resolved = builder.resolved;
        let files = ["go.mod", "go.sum"].map(|file| format!("{module}/{file}"));
        let files = Mount::Bind {
            tree: Tree::Context(ContextTree {
                // A module that requires none has no sums.
                lenient: true,
                ..repository::paths(resolved, &files)
            }),
            source: format!("/{module}"),
            target: "/run/module".to_owned(),
            scratch: true,
        };
        let mut run = Run {
            cwd: "/run/module".to_owned(),
            network: true,
            output: Some(MODULES.to_owned()),
            ..run(resolved, &["mod", "download"])
        };
        run.mounts.push(files);
        Stage {
            name: format!("{name}_modules"),
            base,
            steps: vec![Step {
                title: "download the Go modules of go.mod".to_owned(),
                component: Some(name.to_owned()),
                places: places(resolved),
                action: Action::Run(run),
            }],
        }
    })
}

/// The modules that a stage of [`modules`] left, for a step that compiles
/// without network. Go locks the folder, so what it writes is thrown away.
pub(in crate::plan) fn bind_modules(stage: String) -> Mount {
    Mount::Bind {
        tree: Tree::Stage(stage),
        source: "/".to_owned(),
        target: MODULES.to_owned(),
        scratch: true,
    }
}
