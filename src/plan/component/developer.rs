//! What makes an image one to develop in: tools, packages, the workspace, the
//! environment's variables, and the person who works in it.

use super::account::{DYNAMO_HOME, WORKSPACE, home, owner};
use super::python::{self, VENV};
use super::{apt, native, nsight, repository, rust, uv};
use crate::check::{Developer, Engine, Resolved};
use crate::plan::action::{Action, ContextTree, EnvChange, FileAction, Mount, Run, Tree};
use crate::plan::{Step, script, title};
use crate::spec::{Device, Target};

/// Where the package of the benchmarks is bound.
const PACKAGES: &str = "/run/packages";

/// Installs the tools. On CUDA all of them in one step with Nsight Systems, and
/// without the repository of CUDA that such images have: nothing of it is
/// wanted here, and its failures are no business of this step.
pub(in crate::plan) fn tools(resolved: &Resolved) -> Option<Step> {
    const TITLE: &str = "install development tools";
    let base = &resolved.images.runtime;
    let packages = &resolved.packages.dev;
    if resolved.device.value != Device::Cuda {
        return apt::install(resolved, base, TITLE, packages);
    }
    let nsight = resolved.nsight_systems.as_ref();
    let names: Vec<String> = nsight
        .map(nsight::package)
        .into_iter()
        .chain(packages.iter().map(|package| package.value.clone()))
        .collect();
    let script = script::targets::apt_without_cuda(names.iter().cloned());
    let mut run = apt::run(resolved, base, script);
    run.mounts
        .extend(nsight.map(nsight::mounts).into_iter().flatten());
    Some(Step {
        title: format!("{TITLE}: {}", title::list(&names)),
        component: None,
        places: nsight
            .map(|nsight| nsight.version.span)
            .into_iter()
            .chain(packages.iter().map(|package| package.span))
            .collect(),
        action: Action::Run(run),
    })
}

/// Installs what Dynamo, its benchmarks and its tests require, and the tools that
/// build wheels, all at once so that none moves what another asked for.
pub(in crate::plan) fn requirements(resolved: &Resolved) -> Step {
    let repository = &resolved.repository;
    let files = [&repository.requirements, &repository.test_requirements];
    let files: Vec<String> = files.into_iter().flatten().cloned().collect();
    let tools = resolved.python_tools.iter().map(|tool| tool.value.clone());
    let benchmarks = format!("{PACKAGES}/{}", repository.benchmarks);
    let more: Vec<String> = tools
        .chain([benchmarks])
        .chain(indexes(&resolved.engine))
        .collect();
    let mut step = python::repository_requirements(resolved, &files, &more);
    if let Action::Run(run) = &mut step.action {
        let benchmarks = std::slice::from_ref(&repository.benchmarks);
        run.mounts.push(sources(resolved, benchmarks, PACKAGES));
    }
    Step {
        title: format!("{}, {} and tools", step.title, repository.benchmarks),
        ..step
    }
}

/// Where the builds of PyTorch are that the engine was made for.
fn indexes(engine: &Engine) -> Vec<String> {
    let indexes = engine
        .python()
        .map_or(&[][..], |python| python.indexes("runtime"));
    let mut options = python::indexes(indexes);
    if !indexes.is_empty() {
        options.extend(python::any_index());
    }
    options
}

/// Makes the environment use the sources in the workspace. Needs only what
/// describes them, so that a change of a source installs nothing anew.
///
/// `SGLang`'s image has its packages in the system's Python. The environment is
/// made here then, over those packages and without a copy of them, so that every
/// development image has one at the same place.
pub(in crate::plan) fn editable(resolved: &Resolved) -> Step {
    let sources = sources(resolved, &resolved.repository.python_sources, WORKSPACE);
    let workspace = ["--no-deps", "--editable", WORKSPACE];
    let script = match resolved.engine {
        Engine::Sglang(_) => {
            let program = uv::program();
            let environment = [program.as_str(), "/usr/bin/python3", VENV];
            let args = environment.into_iter().chain(workspace);
            script::targets::environment_over_system(args.map(str::to_owned))
        }
        Engine::Dynamo | Engine::Vllm(_) | Engine::Trtllm(_) => {
            script::python::install(python::install(resolved, workspace.map(str::to_owned)))
        }
    };
    let mut run = uv::run(
        resolved,
        script.args,
        Some((owner(resolved), home(resolved))),
    );
    DYNAMO_HOME.clone_into(&mut run.cwd);
    run.mounts.extend([script.mount, sources]);
    Step {
        title: "install the workspace, editable".to_owned(),
        component: None,
        places: vec![resolved.dynamo.place()],
        action: Action::Run(run),
    }
}

/// Sources that the account builds, which writes beside them.
fn sources(resolved: &Resolved, paths: &[String], target: &str) -> Mount {
    Mount::Bind {
        tree: Tree::Context(ContextTree {
            owner: Some(owner(resolved)),
            ..repository::paths(resolved, paths)
        }),
        source: "/".to_owned(),
        target: target.to_owned(),
        scratch: true,
    }
}

/// Makes login shells find the environment and the toolchain.
pub(in crate::plan) fn profile(resolved: &Resolved) -> Step {
    let file = FileAction::File {
        path: "/etc/profile.d/50-framework-paths.sh".to_owned(),
        mode: 0o755,
        content: format!(
            "# Login shells begin with a PATH of their own.\nexport PATH={VENV}/bin:{}:$PATH\n",
            rust::PROGRAMS,
        ),
    };
    Step {
        title: "let login shells find Python and Rust".to_owned(),
        component: None,
        places: vec![resolved.target.span],
        action: Action::Files(vec![file]),
    }
}

/// Gives the account the person's ids, root's rights by `sudo`, group 0, and a
/// folder for the shell's history that a volume can be mounted at.
pub(in crate::plan) fn ids(resolved: &Resolved, developer: &Developer) -> Step {
    let (uid, gid) = (developer.uid.value, developer.gid.value);
    let name = &resolved.user.name.value;
    let script = script::developer(name, uid, gid);
    let run = Run {
        mounts: vec![script.mount],
        ..Run::new(script.args)
    };
    Step {
        title: format!("make {name} {uid}:{gid}"),
        component: None,
        places: vec![developer.uid.span, developer.gid.span],
        action: Action::Run(run),
    }
}

/// The variables that development images have besides those of their runtime.
///
/// The toolchain stays where it is, open to the account's group, which the
/// person of a `local-dev` image is in: in a home of their own it would be in
/// the image a second time. Crates and programs they install are theirs.
pub(in crate::plan) fn env(resolved: &Resolved) -> Vec<(String, EnvChange)> {
    let mut env = rust::env();
    if let Engine::Sglang(_) = resolved.engine {
        env.extend(native::env(resolved));
        env.push(EnvChange::programs(&[&format!("{VENV}/bin")]));
    }
    if resolved.device.value == Device::Cuda {
        env.extend(CUDA.map(|(name, value)| EnvChange::set(name, value)));
    }
    env.extend([
        EnvChange::set("DYNAMO_HOME", WORKSPACE),
        EnvChange::set("WORKSPACE_DIR", WORKSPACE),
        EnvChange::set("CARGO_TARGET_DIR", format!("{WORKSPACE}/target")),
        EnvChange::set("VIRTUAL_ENV", VENV),
    ]);
    if resolved.target.value == Target::LocalDev {
        let cargo = format!("{}/.cargo", home(resolved));
        env.push(EnvChange::programs(&[&format!("{cargo}/bin")]));
        env.push(EnvChange::set("CARGO_HOME", cargo));
        env.push(EnvChange::set("HOME", home(resolved)));
    } else {
        // The user is root here.
        env.push(EnvChange::set("HOME", "/root"));
    }
    env
}

/// Where compilers and Triton find CUDA, and what the driver offers.
const CUDA: [(&str, &str); 10] = [
    ("CUDA_HOME", "/usr/local/cuda"),
    ("CPATH", "/usr/local/cuda/include"),
    ("CUDA_DEVICE_ORDER", "PCI_BUS_ID"),
    ("TRITON_CUPTI_PATH", "/usr/local/cuda/include"),
    ("TRITON_CUDACRT_PATH", "/usr/local/cuda/include"),
    ("TRITON_CUDART_PATH", "/usr/local/cuda/include"),
    ("TRITON_CUOBJDUMP_PATH", "/usr/local/cuda/bin/cuobjdump"),
    ("TRITON_NVDISASM_PATH", "/usr/local/cuda/bin/nvdisasm"),
    ("TRITON_PTXAS_PATH", "/usr/local/cuda/bin/ptxas"),
    ("NVIDIA_DRIVER_CAPABILITIES", "video,compute,utility"),
];
