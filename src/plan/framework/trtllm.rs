//! TensorRT-LLM, in the `PyTorch` that NVIDIA's image has built for itself.
//!
//! The stage `framework` stands on that image and makes an environment with its
//! packages and TensorRT-LLM. `runtime` stands on a smaller one, takes the
//! environment over in layers, and with it what of the other image's system it
//! needs.
//!
//! `framework` works as root, because the installer of TensorRT does; the layers
//! get their owner when they are linked.

use super::{above_engine, commit, programs};
use crate::check::{Resolved, Trtllm, TrtllmInstall};
use crate::diagnostic::Span;
use crate::plan::action::{Action, EnvChange, Link, LinkedFile, Run, Tree};
use crate::plan::builder::Builder;
use crate::plan::component::account::{self, WORKSPACE, home};
use crate::plan::component::python::{self, VENV, values};
use crate::plan::component::{
    apt, apt_repository, cuda, efa, environment_layers, native, trtllm_wheel, uv,
};
use crate::plan::script::python::install;
use crate::plan::script::{Script, trtllm as scripts};
use crate::plan::{Base, ImageSource, Stage, Step, stage, title};
use crate::spec::Component;

/// Where CUDA is in every image of NVIDIA's.
const CUDA: &str = "/usr/local/cuda";
/// Where the installer puts TensorRT.
const TENSORRT: &str = "/usr/local/tensorrt";
/// Where the MPI is that `PyTorch` was built with.
const MPI: &str = "/opt/hpcx/ompi";
/// Triton's variables, and what they name below CUDA's folder.
const TRITON: [(&str, &str); 6] = [
    ("TRITON_PTXAS_PATH", "bin/ptxas"),
    ("TRITON_CUOBJDUMP_PATH", "bin/cuobjdump"),
    ("TRITON_NVDISASM_PATH", "bin/nvdisasm"),
    ("TRITON_CUDACRT_PATH", "include"),
    ("TRITON_CUDART_PATH", "include"),
    ("TRITON_CUPTI_PATH", "include"),
];

/// The stage `framework`, on NVIDIA's image of `PyTorch`.
pub(super) fn framework(builder: &mut Builder<'_>, trtllm: &Trtllm) -> Stage {
    let resolved = builder.resolved;
    let base = &resolved.images.base;
    let mut steps = Vec::new();
    steps.extend(apt::install(
        resolved,
        base,
        "install tools",
        &resolved.packages.framework,
    ));
    steps.push(environment(resolved, trtllm));
    steps.push(engine(builder, trtllm));
    steps.push(tensorrt(resolved, trtllm));
    Stage {
        name: "framework".to_owned(),
        base: Base::of(base),
        steps,
    }
}

/// The stage `runtime`, on its own base image.
pub(super) fn runtime(builder: &mut Builder<'_>, trtllm: &Trtllm) -> Stage {
    let framework = stage::framework(builder);
    let resolved = builder.resolved;
    let places = place(trtllm);
    let mut steps = vec![system(resolved)];
    steps.extend(account::steps(resolved));
    steps.extend(efa::install(resolved));
    steps.extend(cuda::link(
        resolved,
        &["cuobjdump", "nvdisasm"],
        &["libcupti*", "libcusparseLt*"],
    ));
    steps.push(libraries_of_base(resolved));
    steps.push(libraries_of_framework(resolved, &framework, &places));
    steps.extend(environment_layers::link(
        resolved,
        &framework,
        &trtllm.python.layers,
        &places,
    ));
    steps.extend(above_engine(builder));
    Stage {
        name: "runtime".to_owned(),
        base: Base::of(&resolved.images.runtime),
        steps,
    }
}

/// The variables of the image `framework`.
pub(super) fn framework_env() -> Vec<(String, EnvChange)> {
    let mut env = vec![
        EnvChange::set("VIRTUAL_ENV", VENV),
        EnvChange::programs(&[&format!("{VENV}/bin")]),
    ];
    env.extend(unconstrained());
    env
}

/// The variables of the images above.
pub(super) fn env(resolved: &Resolved) -> Vec<(String, EnvChange)> {
    let ucx = resolved.components.contains_key(&Component::Ucx);
    let path = ucx
        .then(|| "/usr/local/ucx/bin".to_owned())
        .into_iter()
        .chain([format!("{VENV}/bin"), format!("{MPI}/bin")])
        .chain(programs(resolved))
        .chain([format!("{CUDA}/bin"), format!("{CUDA}/nvvm/bin")])
        .collect();
    let mut env = vec![
        // What NVIDIA's shells begin with.
        EnvChange::set("ENV", "/etc/shinit_v2"),
        EnvChange::set("VIRTUAL_ENV", VENV),
        ("PATH".to_owned(), EnvChange::Prepend(path)),
        // UCC's collectives and Python's pickle do not go together.
        EnvChange::set("OMPI_MCA_coll_ucc_enable", "0"),
        EnvChange::set("CUDA_HOME", CUDA),
    ];
    env.extend(TRITON.map(|(name, path)| EnvChange::set(name, format!("{CUDA}/{path}"))));
    env.extend([
        EnvChange::set("HOME", home(resolved)),
        EnvChange::set("DYNAMO_HOME", WORKSPACE),
    ]);
    env.extend(native::env(resolved));
    env.push(EnvChange::set(
        "TENSORRT_LIB_DIR",
        tensorrt_libraries(resolved),
    ));
    env.extend(EnvChange::libraries(libraries(resolved)));
    env.extend([
        EnvChange::set("NVIDIA_DRIVER_CAPABILITIES", "video,compute,utility"),
        EnvChange::set("OPAL_PREFIX", MPI),
    ]);
    env.extend(commit(resolved));
    env
}

/// Folders of libraries, in the order in which they are looked into.
fn libraries(resolved: &Resolved) -> Vec<String> {
    let packages = format!("{VENV}/lib/python{}/site-packages", resolved.python.value);
    let nvshmem = resolved.cuda.as_ref().map(|cuda| {
        let release = cuda.value.as_str();
        let major = release.split('.').next().unwrap_or(release);
        format!("{}/nvshmem/{major}", system_libraries(resolved))
    });
    let mut folders = native::libraries(resolved);
    folders.push(format!("{MPI}/lib"));
    folders.extend(nvshmem);
    folders.extend([
        tensorrt_libraries(resolved),
        format!("{packages}/torch/lib"),
        format!("{packages}/torch_tensorrt/lib"),
        format!("{CUDA}/lib"),
        format!("{CUDA}/lib64"),
        // PyTorch opens UCC by its name.
        "/opt/hpcx/ucc/lib".to_owned(),
    ]);
    folders
}

fn tensorrt_libraries(resolved: &Resolved) -> String {
    format!("{TENSORRT}/targets/{}-linux-gnu/lib", resolved.machine())
}

fn system_libraries(resolved: &Resolved) -> String {
    format!("/usr/lib/{}-linux-gnu", resolved.machine())
}

/// The environment with the base's packages, and what TensorRT-LLM is installed
/// beside.
fn environment(resolved: &Resolved, trtllm: &Trtllm) -> Step {
    let line = &resolved.python.value;
    let needed = trtllm.python.requirements("framework");
    let args = [
        uv::program(),
        line.clone(),
        format!("/usr/local/lib/python{line}/dist-packages"),
        VENV.to_owned(),
    ];
    let script = scripts::environment(args.into_iter().chain(values(needed)));
    let title = format!(
        "make the Python {line} environment {VENV} with the base's packages and {}",
        title::list(&values(needed))
    );
    let places = [resolved.python.span, resolved.images.base.span]
        .into_iter()
        .chain(needed.iter().map(|one| one.span))
        .collect();
    let mut run = installer(resolved, script);
    run.env.push(EnvChange::set(
        "SITE_PACKAGES",
        trtllm.site_packages.join(" "),
    ));
    step(title, places, run)
}

/// TensorRT-LLM itself, with the one Triton it works with.
fn engine(builder: &mut Builder<'_>, trtllm: &Trtllm) -> Step {
    let bound = trtllm_wheel::mount(builder, trtllm);
    let resolved = builder.resolved;
    let triton = trtllm.python.requirements("triton");
    let mut places = place(trtllm);
    places.extend(triton.iter().map(|one| one.span));
    let index = match &trtllm.install {
        TrtllmInstall::Index { url } => {
            let option = python::indexes(std::slice::from_ref(url));
            [option, python::any_index()].concat()
        }
        TrtllmInstall::WheelDir(_) | TrtllmInstall::Image(_) | TrtllmInstall::Git(_) => Vec::new(),
    };
    let args = python::install(resolved, index.into_iter().chain(values(triton)));
    let (title, run) = if let Some(wheel) = bound {
        let script = scripts::wheel(trtllm_wheel::FOLDER, args);
        let mut run = installer(resolved, script);
        run.mounts.push(wheel);
        ("install the wheel of TensorRT-LLM".to_owned(), run)
    } else {
        let version = &trtllm.version.value;
        let args = args.into_iter().chain([format!("tensorrt-llm=={version}")]);
        let run = installer(resolved, install(args));
        (format!("install TensorRT-LLM {version}"), run)
    };
    step(title, places, run)
}

/// TensorRT, by the installer in TensorRT-LLM, which knows its release.
fn tensorrt(resolved: &Resolved, trtllm: &Trtllm) -> Step {
    let mut run = installer(resolved, scripts::tensorrt(VENV));
    run.env.extend([
        EnvChange::set("DEBIAN_FRONTEND", "noninteractive"),
        // The installer writes to the file that it names.
        EnvChange::set("ENV", "/etc/shinit_v2"),
        EnvChange::set("VIRTUAL_ENV", VENV),
        EnvChange::programs(&[&format!("{VENV}/bin")]),
    ]);
    step(
        "install the TensorRT of TensorRT-LLM".to_owned(),
        place(trtllm),
        run,
    )
}

/// Packages of the runtime, some of NVIDIA's repository.
fn system(resolved: &Resolved) -> Step {
    let packages = &resolved.packages.runtime;
    let names = values(packages);
    let script = scripts::system(names.iter().cloned());
    let mut run = apt::run(resolved, &resolved.images.runtime, script);
    let repository = resolved.packages.cuda_repository.as_ref();
    run.mounts
        .extend(repository.into_iter().flat_map(apt_repository::mounts));
    let places = packages.iter().map(|one| one.span);
    Step {
        title: format!("install system packages: {}", title::list(&names)),
        component: None,
        places: places.chain(repository.map(|one| one.url.span)).collect(),
        action: Action::Run(run),
    }
}

/// Libraries that `PyTorch` was built with, in the image that built it.
fn libraries_of_base(resolved: &Resolved) -> Step {
    let base = &resolved.images.base;
    Step {
        title: "add the libraries that PyTorch was built with".to_owned(),
        component: None,
        places: vec![base.span],
        action: Action::Link(Link {
            tree: Tree::Image(ImageSource::of(base)),
            files: vec![
                LinkedFile::of_root("/opt/hpcx", "/opt/hpcx"),
                some_of("/usr/local/lib", "lib*"),
                some_of(&system_libraries(resolved), "libnuma.so*"),
            ],
        }),
    }
}

/// What the installers of `framework` left outside the environment.
fn libraries_of_framework(resolved: &Resolved, framework: &str, places: &[Span]) -> Step {
    Step {
        title: "add TensorRT".to_owned(),
        component: Some("trtllm".to_owned()),
        places: places.to_vec(),
        action: Action::Link(Link {
            tree: Tree::Stage(framework.to_owned()),
            files: vec![
                LinkedFile::of_root(TENSORRT, TENSORRT),
                some_of(&system_libraries(resolved), "libgomp.so*"),
            ],
        }),
    }
}

fn some_of(folder: &str, pattern: &str) -> LinkedFile {
    LinkedFile {
        only: vec![pattern.to_owned()],
        ..LinkedFile::of_root(folder, folder)
    }
}

/// A command of root's that installs, whatever the base image would allow.
fn installer(resolved: &Resolved, script: Script) -> Run {
    let mut run = uv::run(resolved, script.args, None);
    run.mounts.push(script.mount);
    run.env.extend(unconstrained());
    run
}

/// The base image pins every package to what it was built with.
fn unconstrained() -> [(String, EnvChange); 2] {
    ["PIP_CONSTRAINT", "UV_CONSTRAINT"].map(|name| EnvChange::set(name, ""))
}

fn place(trtllm: &Trtllm) -> Vec<Span> {
    vec![match &trtllm.install {
        TrtllmInstall::Index { .. } => trtllm.version.span,
        TrtllmInstall::WheelDir(name) => name.span,
        TrtllmInstall::Image(image) => image.span,
        TrtllmInstall::Git(git) => git.reference.span,
    }]
}

fn step(title: String, places: Vec<Span>, run: Run) -> Step {
    Step {
        title,
        component: Some("trtllm".to_owned()),
        places,
        action: Action::Run(run),
    }
}
