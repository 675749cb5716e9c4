//! What every step that compiles has: compilers, CUDA, sources, and a folder
//! for what it leaves.

use super::{sccache, wheels};
use crate::check::{Git, Resolved, WheelBuilderPackages};
use crate::diagnostic::Span;
use crate::plan::action::{Action, EnvChange, Link, LinkedFile, Mount, Run, Tree};
use crate::plan::component::repository;
use crate::plan::script::Script;
use crate::plan::{Base, ImageSource, Stage, Step};

/// The folder that a step of a native component leaves. Below it paths are
/// those of the image.
pub(super) const OUT: &str = "/opt/out";
/// Where a component's sources stand.
pub(super) const SOURCE: &str = "/opt/source";
/// Where components are bound whose prefix they share with others.
const NATIVE: &str = "/opt/native";
/// CUDA, in the base image and wherever it is bound.
pub(super) const CUDA: &str = "/usr/local/cuda";

/// How a component is built.
pub(super) struct Recipe {
    /// Its name, which is the stage's too.
    pub(super) name: &'static str,
    /// What the step does.
    pub(super) title: String,
    /// The values that made it so.
    pub(super) places: Vec<Span>,
    /// Who calls its compilers.
    pub(super) caller: sccache::Caller,
}

impl Recipe {
    /// A component of a git repository.
    pub(super) fn of(name: &'static str, title: &str, source: &Git) -> Self {
        let commit = source.commit.as_ref();
        Self {
            name,
            title: format!("build {title} {}", source.reference.value),
            places: [source.reference.span]
                .into_iter()
                .chain(commit.map(|commit| commit.span))
                .collect(),
            caller: sccache::Caller::Compiler,
        }
    }

    /// The stage, on the build tools.
    pub(super) fn stage(self, resolved: &Resolved, tools: String, mut run: Run) -> Stage {
        sccache::apply(resolved, self.caller, &mut run);
        let step = Step {
            title: self.title,
            component: Some(self.name.to_owned()),
            places: self.places,
            action: Action::Run(run),
        };
        Stage {
            name: self.name.to_owned(),
            base: Base::Stage(tools),
            steps: vec![step],
        }
    }
}

/// A script in the sources of a component, without network.
pub(super) fn run(resolved: &Resolved, source: Tree, folder: &str, script: Script) -> Run {
    Run {
        env: env(resolved),
        cwd: [SOURCE, folder].concat(),
        mounts: vec![sources(source), script.mount],
        output: Some(OUT.to_owned()),
        ..Run::new(script.args)
    }
}

/// A git repository as sources.
pub(super) fn git(source: &Git) -> Tree {
    Tree::Git(repository::git(source))
}

/// Sources, with room for what is written beside them.
pub(super) fn sources(tree: Tree) -> Mount {
    Mount::Bind {
        tree,
        source: "/".to_owned(),
        target: SOURCE.to_owned(),
        scratch: true,
    }
}

/// A folder of what a stage leaves, at the same path.
pub(super) fn bind(stage: &str, folder: &str) -> Mount {
    bind_at(stage, folder, folder)
}

/// A folder of what a stage leaves.
pub(super) fn bind_at(stage: &str, folder: &str, target: &str) -> Mount {
    Mount::Bind {
        tree: Tree::Stage(stage.to_owned()),
        source: folder.to_owned(),
        target: target.to_owned(),
        scratch: false,
    }
}

/// Where a component is bound whose prefix is `/usr/local`.
pub(super) fn prefix_of(component: &str) -> String {
    format!("{NATIVE}/{component}")
}

/// Binds a component whose prefix is `/usr/local`. Not there, because that
/// folder is the image's own.
pub(super) fn bind_prefix(component: &str) -> Mount {
    bind_at(component, "/usr/local", &prefix_of(component))
}

/// Where compilers and build tools are found.
pub(in crate::plan) fn env(resolved: &Resolved) -> Vec<(String, EnvChange)> {
    let mut env = vec![EnvChange::programs(&[&format!("{}/bin", wheels::TOOLS)])];
    env.extend(compilers(resolved));
    env
}

/// The compilers where they are not those of the distribution: AlmaLinux has
/// newer ones in a folder of their own.
pub(in crate::plan) fn compilers(resolved: &Resolved) -> Vec<(String, EnvChange)> {
    let Some(root) = toolset(resolved) else {
        return Vec::new();
    };
    let mut env = vec![
        EnvChange::programs(&[&format!("{root}/bin")]),
        EnvChange::set("CC", format!("{root}/bin/gcc")),
        EnvChange::set("CXX", format!("{root}/bin/g++")),
    ];
    env.extend(EnvChange::libraries(vec![format!("{root}/lib64")]));
    env
}

fn toolset(resolved: &Resolved) -> Option<String> {
    let WheelBuilderPackages::Dnf(packages) = &resolved.packages.wheel_builder else {
        return None;
    };
    packages.iter().find_map(|package| {
        let toolset = package.value.strip_suffix("-gcc")?;
        let number = toolset.strip_prefix("gcc-toolset-")?;
        Some(format!("/opt/rh/gcc-toolset-{number}/root/usr"))
    })
}

/// Whether there is CUDA to compile for.
pub(super) fn has_cuda(resolved: &Resolved) -> bool {
    resolved.cuda.is_some()
}

/// Makes CUDA available to a step, out of the base image and without a copy.
pub(super) fn add_cuda(resolved: &Resolved, run: &mut Run) {
    if !has_cuda(resolved) {
        return;
    }
    run.mounts.push(Mount::Bind {
        tree: Tree::Image(ImageSource::of(&resolved.images.base)),
        source: CUDA.to_owned(),
        target: CUDA.to_owned(),
        scratch: false,
    });
    run.env.extend(cuda_env(resolved));
}

/// Puts CUDA into an image to compile in. By its parts: the folder itself is a
/// symbolic link.
pub(in crate::plan) fn link_cuda(resolved: &Resolved) -> Option<Step> {
    let cuda = resolved.cuda.as_ref()?;
    let part = |part: &str| {
        let path = format!("{CUDA}/{part}");
        LinkedFile::of_root(path.clone(), path)
    };
    let parts = ["bin", "include", "lib64", "nvvm", "targets"];
    Some(Step {
        title: format!("add CUDA {}", cuda.value),
        component: Some("cuda".to_owned()),
        places: vec![cuda.span],
        action: Action::Link(Link {
            tree: Tree::Image(ImageSource::of(&resolved.images.base)),
            files: parts.map(part).to_vec(),
        }),
    })
}

/// The variables under which CUDA is found. The driver's library is the
/// computer's that runs the image; what is linked against meanwhile is a stub.
pub(in crate::plan) fn cuda_env(resolved: &Resolved) -> Vec<(String, EnvChange)> {
    if !has_cuda(resolved) {
        return Vec::new();
    }
    let stubs = format!("{CUDA}/lib64/stubs");
    vec![
        EnvChange::set("CUDA_PATH", CUDA),
        EnvChange::set("CUDA_HOME", CUDA),
        EnvChange::programs(&[&format!("{CUDA}/bin")]),
        (
            "LIBRARY_PATH".to_owned(),
            EnvChange::Prepend(vec![format!("{CUDA}/lib64"), stubs]),
        ),
    ]
}
