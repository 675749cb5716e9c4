//! vLLM.
//!
//! The stage `framework` makes the environment with compilers at hand; `runtime`
//! takes it over in layers and adds Dynamo. Both work as the numbers of the
//! account, so that nothing changes its owner later.

mod environment;

use super::{above_engine, commit, programs};
use crate::check::{Resolved, Vllm, VllmInstall};
use crate::plan::action::{Action, EnvChange, Link, LinkedFile, Tree};
use crate::plan::builder::Builder;
use crate::plan::component::account::{self, DYNAMO_HOME, home, owner};
use crate::plan::component::python::VENV;
use crate::plan::component::{apt, cuda, efa, environment_layers, native, repository};
use crate::plan::{Base, Stage, Step, stage};
use crate::spec::{Component, Device};

/// Where images have vLLM's repository.
const REPOSITORY: &str = "/opt/vllm";
/// Where the installer of the kernels leaves NVSHMEM: what it compiles, and what
/// later releases of vLLM download.
const NVSHMEM: [&str; 2] = [
    "/opt/vllm/tools/ep_kernels/ep_kernels_workspace/nvshmem_install/lib",
    "/opt/vllm/tools/ep_kernels/ep_kernels_workspace/nvshmem/lib",
];

/// The stage `framework`, on the base image.
pub(super) fn framework(resolved: &Resolved, vllm: &Vllm) -> Stage {
    let base = &resolved.images.base;
    let packages = &resolved.packages.framework;
    let mut steps = Vec::new();
    steps.extend(apt::install(resolved, base, "install compilers", packages));
    steps.push(environment::folder(resolved));
    steps.push(environment::make(resolved, vllm));
    steps.push(environment::engine(resolved, vllm));
    steps.extend(environment::flashinfer(resolved, vllm));
    let sources = checkout(resolved, vllm);
    steps.push(link_repository(resolved, vllm, sources));
    steps.extend(environment::kernels(resolved, vllm));
    Stage {
        name: "framework".to_owned(),
        base: Base::of(base),
        steps,
    }
}

/// The stage `runtime`, on its own base image.
pub(super) fn runtime(builder: &mut Builder<'_>, vllm: &Vllm) -> Stage {
    let framework = stage::framework(builder);
    let resolved = builder.resolved;
    let base = &resolved.images.runtime;
    let places = [vllm.source.reference.span];
    let mut steps = Vec::new();
    steps.extend(apt::install(
        resolved,
        base,
        "install system packages",
        &resolved.packages.runtime,
    ));
    steps.extend(account::steps(resolved));
    steps.extend(efa::install(resolved));
    steps.extend(cuda::link(resolved, &[], &[]));
    steps.extend(environment_layers::link(
        resolved,
        &framework,
        &vllm.python.layers,
        &places,
    ));
    steps.push(link_repository(resolved, vllm, Tree::Stage(framework)));
    steps.extend(above_engine(builder));
    Stage {
        name: "runtime".to_owned(),
        base: Base::of(base),
        steps,
    }
}

/// The variables of the image `framework`.
pub(super) fn framework_env(resolved: &Resolved) -> Vec<(String, EnvChange)> {
    let mut env = vec![
        EnvChange::set("VIRTUAL_ENV", VENV),
        EnvChange::programs(&[&format!("{VENV}/bin")]),
    ];
    env.extend(compilers(resolved));
    if resolved.device.value == Device::Cuda {
        env.extend(EnvChange::libraries(NVSHMEM.map(str::to_owned).to_vec()));
    }
    env
}

/// The variables of the images above.
pub(super) fn env(resolved: &Resolved) -> Vec<(String, EnvChange)> {
    let device = resolved.device.value;
    let mut path: Vec<String> = [format!("{VENV}/bin")]
        .into_iter()
        .chain(programs(resolved))
        .collect();
    let mut libraries = native::libraries(resolved);
    if device == Device::Cuda {
        path.push("/usr/local/cuda/nvvm/bin".to_owned());
        libraries.splice(..0, NVSHMEM.map(str::to_owned));
    }
    if resolved.components.contains_key(&Component::Ucx) {
        path.push("/usr/local/ucx/bin".to_owned());
    }
    let mut env = vec![
        EnvChange::set("DYNAMO_HOME", DYNAMO_HOME),
        EnvChange::set("VIRTUAL_ENV", VENV),
        ("PATH".to_owned(), EnvChange::Prepend(path)),
    ];
    if device == Device::Cuda {
        env.extend([
            // CUDA's numbers of devices are NVML's.
            EnvChange::set("CUDA_DEVICE_ORDER", "PCI_BUS_ID"),
            // Kernels that are compiled at run time find CUDA's headers.
            EnvChange::set("CPATH", "/usr/local/cuda/include"),
        ]);
    }
    env.extend([
        EnvChange::set("PYTHON_VERSION", &resolved.python.value),
        EnvChange::set("HOME", home(resolved)),
    ]);
    env.extend(native::env(resolved));
    env.extend(EnvChange::libraries(libraries));
    if device == Device::Cuda {
        env.push(EnvChange::set(
            "NVIDIA_DRIVER_CAPABILITIES",
            "video,compute,utility",
        ));
    }
    env.extend(commit(resolved));
    match device {
        Device::Cuda => env.push(EnvChange::set("VLLM_USE_FLASHINFER_SAMPLER", "1")),
        Device::Xpu => env.push(spawn()),
        Device::Cpu => {}
    }
    env
}

/// Workers are started anew: a device of Intel's cannot be used in a fork.
fn spawn() -> (String, EnvChange) {
    EnvChange::set("VLLM_WORKER_MULTIPROC_METHOD", "spawn")
}

/// vLLM's repository in the image: a checkout, or what a stage has of it.
fn link_repository(resolved: &Resolved, vllm: &Vllm, tree: Tree) -> Step {
    let folder = LinkedFile {
        owner: owner(resolved),
        ..LinkedFile::of_root(REPOSITORY, REPOSITORY)
    };
    Step {
        title: format!("add vLLM's repository at {}", vllm.source.reference.value),
        component: None,
        places: vec![vllm.source.reference.span, vllm.source.url.span],
        action: Action::Link(Link {
            tree,
            files: vec![folder],
        }),
    }
}

/// The repository as the account's, where images have it.
fn checkout(resolved: &Resolved, vllm: &Vllm) -> Tree {
    // Without a release in the reference, a build asks git for the version.
    let compiled = matches!(vllm.install, VllmInstall::Source);
    let keep_git = compiled && released(vllm).is_none();
    repository::owned(&vllm.source, keep_git, owner(resolved), REPOSITORY)
}

/// The version, when the reference is a release and no branch or commit.
fn released(vllm: &Vllm) -> Option<&str> {
    let version = vllm.version.value.as_str();
    let number = version.starts_with(|c: char| c.is_ascii_digit()) && version.contains('.');
    number.then_some(version)
}

/// What compilers are told, in steps and in the image they are in.
fn compilers(resolved: &Resolved) -> Vec<(String, EnvChange)> {
    let mut env = vec![EnvChange::set("MAX_JOBS", resolved.max_jobs.to_string())];
    if resolved.device.value == Device::Cuda {
        env.push(EnvChange::set("CUDA_HOME", "/usr/local/cuda"));
    }
    env
}
