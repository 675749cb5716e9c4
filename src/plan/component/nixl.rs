//! NIXL: moves KV caches between nodes. Its libraries, and its wheel.
//!
//! Two stages that need the same and not each other, so that they run side by
//! side.

use super::compile::{self, CUDA, OUT, Recipe};
use super::{aws_sdk_cpp, libfabric, ucx, uv, wheels};
use crate::check::{Git, Resolved};
use crate::plan::action::{EnvChange, Run};
use crate::plan::builder::Builder;
use crate::plan::script::{Script, native as script};
use crate::plan::stage::build_tools;
use crate::spec::{Component, Device};

/// The stage of the libraries.
pub(super) const NAME: &str = "nixl";
/// The stage of the wheel.
const WHEEL: &str = "nixl_wheel";
/// The folder, in what the stage leaves, of the wheel `nixl`, which imports the
/// one for the device.
pub(super) const META_WHEEL: &str = "/wheels";

/// What both stages build on.
struct Needs {
    tools: String,
    ucx: Option<String>,
    libfabric: Option<String>,
    aws_sdk_cpp: Option<String>,
}

impl Needs {
    fn plan(builder: &mut Builder<'_>) -> Self {
        Self {
            tools: build_tools(builder),
            ucx: ucx::stage(builder),
            libfabric: libfabric::stage(builder),
            aws_sdk_cpp: aws_sdk_cpp::stage(builder),
        }
    }
}

/// Where it is installed.
pub(super) fn prefix(resolved: &Resolved) -> &'static str {
    match resolved.device.value {
        Device::Xpu => "/opt/intel/intel_nixl",
        Device::Cuda | Device::Cpu => "/opt/nvidia/nvda_nixl",
    }
}

/// The folder of its libraries.
pub(super) fn libraries(resolved: &Resolved) -> String {
    format!("{}/{}", prefix(resolved), library_folder(resolved))
}

/// The folder of its plugins.
pub(super) fn plugins(resolved: &Resolved) -> String {
    format!("{}/plugins", libraries(resolved))
}

fn library_folder(resolved: &Resolved) -> String {
    format!("lib/{}-linux-gnu", resolved.machine())
}

/// Plans the stage of the libraries, if the component is wanted.
pub(super) fn stage(builder: &mut Builder<'_>) -> Option<String> {
    let source = builder.resolved.components.get(&Component::Nixl)?;
    let needs = Needs::plan(builder);
    Some(builder.stage(NAME, |builder| {
        let resolved = builder.resolved;
        let mut all = vec![
            format!("--prefix={}", prefix(resolved)),
            format!("--libdir={}", library_folder(resolved)),
            "--buildtype=release".to_owned(),
            "-Dinstall_headers=true".to_owned(),
        ];
        all.extend(options(resolved, &needs));
        let script = script::nixl(OUT, META_WHEEL, &name(resolved), all);
        let run = run(resolved, source, &needs, script);
        Recipe::of(NAME, "NIXL", source).stage(resolved, needs.tools, run)
    }))
}

/// Plans the stage of the wheel, if the component is wanted.
pub(super) fn wheel(builder: &mut Builder<'_>) -> Option<String> {
    let source = builder.resolved.components.get(&Component::Nixl)?;
    let needs = Needs::plan(builder);
    Some(builder.stage(WHEEL, |builder| {
        let resolved = builder.resolved;
        let settings = options(resolved, &needs);
        let settings = settings
            .iter()
            .map(|option| format!("--config-setting=setup-args={option}"));
        let command = wheels::build(OUT).chain(settings).collect();
        let script = script::nixl_wheel(&name(resolved), command);
        let run = run(resolved, source, &needs, script);
        let title = format!("the wheel {} of NIXL", name(resolved));
        Recipe {
            name: WHEEL,
            ..Recipe::of(NAME, &title, source)
        }
        .stage(resolved, needs.tools, run)
    }))
}

/// The name of the wheel says what it computes on.
fn name(resolved: &Resolved) -> String {
    match (resolved.device.value, &resolved.cuda) {
        (Device::Cuda, Some(cuda)) => format!("nixl-cu{}", cuda.value.major()),
        (Device::Cuda | Device::Cpu, _) => "nixl-cpu".to_owned(),
        (Device::Xpu, _) => "nixl-xpu".to_owned(),
    }
}

/// Where its build finds what it needs.
fn options(resolved: &Resolved, needs: &Needs) -> Vec<String> {
    let mut options = Vec::new();
    if needs.ucx.is_some() {
        options.push(format!("-Ducx_path={}", ucx::PREFIX));
    }
    if needs.libfabric.is_some() {
        options.push(format!("-Dlibfabric_path={}", libfabric::PREFIX));
    }
    if compile::has_cuda(resolved) {
        options.extend([
            format!("-Dcudapath_inc={CUDA}/include"),
            format!("-Dcudapath_lib={CUDA}/lib64"),
            format!("-Dcudapath_stub={CUDA}/lib64/stubs"),
        ]);
    }
    options
}

/// A step of its build. It has a network, because the build fetches what the
/// repository does not hold, and uv's settings, because it calls uv.
fn run(resolved: &Resolved, source: &Git, needs: &Needs, script: Script) -> Run {
    let mut run = uv::run(resolved, script.args, None);
    run.env.extend(compile::env(resolved));
    run.env.push(EnvChange::programs(&[uv::FOLDER]));
    compile::SOURCE.clone_into(&mut run.cwd);
    run.output = Some(OUT.to_owned());
    run.mounts
        .extend([compile::sources(compile::git(source)), script.mount]);
    compile::add_cuda(resolved, &mut run);
    let mut libraries = Vec::new();
    if let Some(ucx) = &needs.ucx {
        run.mounts.push(compile::bind(ucx, ucx::PREFIX));
        libraries.push(format!("{}/lib", ucx::PREFIX));
    }
    if let Some(libfabric) = &needs.libfabric {
        run.mounts.push(compile::bind(libfabric, libfabric::PREFIX));
        libraries.push(format!("{}/lib", libfabric::PREFIX));
    }
    if let Some(aws) = &needs.aws_sdk_cpp {
        let prefix = compile::prefix_of(aws_sdk_cpp::NAME);
        run.mounts.push(compile::bind_prefix(aws));
        libraries.push(format!("{prefix}/lib"));
        run.env.push(EnvChange::set("CMAKE_PREFIX_PATH", prefix));
    }
    run.env.extend(EnvChange::libraries(libraries));
    run
}
