//! vLLM's environment: the steps that fill it.
//!
//! Few and in the order in which they change: what is installed by one is not
//! installed again because of the next.

use super::{REPOSITORY, checkout, compilers, released, spawn};
use crate::check::{Resolved, Vllm, VllmInstall};
use crate::diagnostic::Span;
use crate::plan::action::{Action, EnvChange, FileAction, Mount, Run, Tree};
use crate::plan::component::account::{DYNAMO_HOME, owner};
use crate::plan::component::python::{self, VENV};
use crate::plan::component::uv;
use crate::plan::script::python::install;
use crate::plan::script::{Script, vllm as script};
use crate::plan::{Step, title};
use crate::spec::Device;

/// Where the repository is bound while it is compiled.
const SOURCES: &str = "/run/vllm";
/// Where the wheel of a release is bound.
const WHEEL: &str = "/run/wheel";
/// The indexes that uv knows by short names.
const PYTORCH: &str = "https://download.pytorch.org/whl";
/// The indexes of `PyTorch` have other packages too, not in every version.
const BEST_MATCH: [&str; 2] = ["--index-strategy", "unsafe-best-match"];

/// The folder in which the environment is made, the account's.
pub(super) fn folder(resolved: &Resolved) -> Step {
    let folder = FileAction::Folder {
        path: DYNAMO_HOME.to_owned(),
        mode: 0o775,
        owner: Some(owner(resolved)),
    };
    Step {
        title: format!("make {DYNAMO_HOME}"),
        component: None,
        places: vec![resolved.user.uid.span, resolved.user.gid.span],
        action: Action::Files(vec![folder]),
    }
}

/// The environment, with `LMCache` where it can be had. Before vLLM, whose own
/// requirements then have the last word.
pub(super) fn make(resolved: &Resolved, vllm: &Vllm) -> Step {
    let lmcache = vllm.python.requirements("lmcache");
    let mut args = vec![
        uv::program(),
        resolved.python.value.clone(),
        VENV.to_owned(),
    ];
    let mut places = vec![resolved.python.span];
    let mut title = format!(
        "make the Python {} environment {VENV}",
        resolved.python.value
    );
    if !lmcache.is_empty() {
        args.extend(torch(vllm));
        args.extend(lmcache.iter().map(|one| one.value.clone()));
        places.extend(lmcache.iter().map(|one| one.span));
        title.push_str(" with LMCache");
    }
    let script = script::environment(args);
    if lmcache.is_empty() {
        of_vllm(python::local(resolved, title, places, script))
    } else {
        step(resolved, title, places, script)
    }
}

/// vLLM itself.
pub(super) fn engine(resolved: &Resolved, vllm: &Vllm) -> Step {
    let number = &vllm.version;
    let needed = vllm.python.requirements("framework");
    match &vllm.install {
        VllmInstall::Index { .. } => {
            let what = needed.iter().map(|one| one.value.clone());
            let args = python::install(resolved, torch(vllm).into_iter().chain(what));
            let places = std::iter::once(number.span)
                .chain(needed.iter().map(|one| one.span))
                .collect();
            let title = format!("install vLLM {}", number.value);
            step(resolved, title, places, install(args))
        }
        VllmInstall::Wheel { file, .. } => {
            let url = &file.url.value;
            // A web server may write the plus sign of a version otherwise.
            let name = url.rsplit('/').next().unwrap_or(url).replace("%2B", "+");
            let what = format!("{WHEEL}/{name}[{}]", file.extras);
            let args = python::install(resolved, torch(vllm).into_iter().chain([what]));
            let places = [
                Some(number.span),
                file.checksum.as_ref().map(|sum| sum.span),
            ];
            let title = format!("install the wheel of vLLM {}", number.value);
            let places = places.into_iter().flatten().collect();
            let mut made = step(resolved, title, places, install(args));
            if let Action::Run(run) = &mut made.action {
                run.mounts.push(Mount::Bind {
                    tree: Tree::Download {
                        url: url.clone(),
                        checksum: file.checksum.as_ref().map(|sum| sum.value.clone()),
                        key: "vllm.wheel".to_owned(),
                        name,
                        place: file.url.span,
                        of_catalog: file.of_catalog,
                    },
                    source: "/".to_owned(),
                    target: WHEEL.to_owned(),
                    scratch: false,
                });
            }
            made
        }
        VllmInstall::Source => from_source(resolved, vllm),
    }
}

/// vLLM compiled for a device without wheels.
fn from_source(resolved: &Resolved, vllm: &Vllm) -> Step {
    let mut args = vec![
        uv::program(),
        format!("{VENV}/bin/python"),
        released(vllm).unwrap_or_default().to_owned(),
    ];
    args.extend(python::indexes(vllm.python.indexes("framework")));
    args.extend(BEST_MATCH.map(str::to_owned));
    let files = vllm.python.files("framework").iter();
    args.extend(files.flat_map(|file| ["-r".to_owned(), format!("{SOURCES}/{file}")]));
    let title = format!(
        "compile vLLM {} for {}",
        vllm.version.value, resolved.device.value
    );
    let places = vec![vllm.source.reference.span, resolved.device.span];
    let mut made = step(resolved, title, places, script::source(args));
    if let Action::Run(run) = &mut made.action {
        run.mounts.push(Mount::Bind {
            tree: checkout(resolved, vllm),
            source: REPOSITORY.to_owned(),
            target: SOURCES.to_owned(),
            // Builds write beside the sources.
            scratch: true,
        });
        SOURCES.clone_into(&mut run.cwd);
        run.env.extend(compilers(resolved));
        run.env.push(EnvChange::set(
            "VLLM_TARGET_DEVICE",
            resolved.device.value.to_string(),
        ));
        match resolved.device.value {
            // Instructions of the processors it is for, whatever compiles it.
            Device::Cpu => run.env.extend(
                ["AVX512", "AVX512BF16", "AVX512VNNI", "AMXBF16"]
                    .map(|set| EnvChange::set(&format!("VLLM_CPU_{set}"), "1")),
            ),
            Device::Xpu => run.env.push(spawn()),
            Device::Cuda => {}
        }
    }
    made
}

/// The kernels of `FlashInfer`, compiled by its project.
pub(super) fn flashinfer(resolved: &Resolved, vllm: &Vllm) -> Option<Step> {
    let wanted = vllm.python.requirements("flashinfer");
    if wanted.is_empty() {
        return None;
    }
    let names: Vec<String> = wanted.iter().map(|one| one.value.clone()).collect();
    let title = format!("install {}", title::list(&names));
    let indexes = python::indexes(vllm.python.indexes("flashinfer"));
    let args = python::install(resolved, indexes.into_iter().chain(names));
    let places = wanted.iter().map(|one| one.span).collect();
    Some(step(resolved, title, places, install(args)))
}

/// `DeepGEMM` and the kernels of expert parallelism, compiled by the installers of
/// vLLM's repository. On CUDA alone.
pub(super) fn kernels(resolved: &Resolved, vllm: &Vllm) -> Option<Step> {
    let cuda = resolved.cuda.as_ref()?;
    let mut places = vec![vllm.source.reference.span];
    let mut args = [REPOSITORY, "--cuda-version", &cuda.value.to_string()]
        .map(str::to_owned)
        .to_vec();
    if let Some(reference) = &vllm.deepgemm {
        args.extend(["--ref".to_owned(), reference.value.clone()]);
        places.push(reference.span);
    }
    places.extend(vllm.arch_list.as_ref().map(|list| list.span));
    let title = "compile the kernels of DeepGEMM and of expert parallelism".to_owned();
    let mut made = step(resolved, title, places, script::kernels(args));
    if let Action::Run(run) = &mut made.action {
        run.env.extend(compilers(resolved));
        let list = vllm.arch_list.as_ref();
        run.env
            .extend(list.map(|list| EnvChange::set("TORCH_CUDA_ARCH_LIST", &list.value)));
    }
    Some(made)
}

/// The options that choose the build of `PyTorch`. uv knows the indexes by short
/// names, and with those takes nothing but `PyTorch` from there; of mirrors it does
/// not know.
fn torch(vllm: &Vllm) -> Vec<String> {
    let (VllmInstall::Index { torch_backend } | VllmInstall::Wheel { torch_backend, .. }) =
        &vllm.install
    else {
        return Vec::new();
    };
    let known = format!("{PYTORCH}/{torch_backend}");
    let indexes = vllm.python.indexes("torch");
    if indexes.iter().all(|index| index.value == known) {
        return vec!["--torch-backend".to_owned(), torch_backend.clone()];
    }
    let mut options = python::indexes(indexes);
    options.extend(BEST_MATCH.map(str::to_owned));
    options
}

/// A step that changes the environment, whose programs it finds first.
fn step(resolved: &Resolved, title: String, places: Vec<Span>, script: Script) -> Step {
    of_vllm(python::step(resolved, title, places, script, None))
}

fn of_vllm(mut made: Step) -> Step {
    if let Action::Run(run) = &mut made.action {
        no_account(run);
        run.env.push(EnvChange::set("VIRTUAL_ENV", VENV));
        run.env
            .push(EnvChange::programs(&[&format!("{VENV}/bin"), uv::FOLDER]));
    }
    Step {
        component: Some("vllm".to_owned()),
        ..made
    }
}

/// There is no account yet, so its home can be written to only where the cache is.
fn no_account(run: &mut Run) {
    let cache = run.mounts.iter().find_map(|mount| match mount {
        Mount::Cache(cache) => Some(cache.target.clone()),
        Mount::Bind { .. } | Mount::Secret { .. } => None,
    });
    if let (Some(cache), Some((_, home))) =
        (cache, run.env.iter_mut().find(|(name, _)| name == "HOME"))
    {
        *home = EnvChange::Set(cache);
    }
}
