//! Keys that cannot change what is built: the target does not have what they are
//! about.
//!
//! A table and not code at each key: a row names keys and says when they count.
//! Most of the file is the table.

use super::engine::{Engine, TrtllmInstall, VllmInstall};
use super::resolved::{Dynamo, Resolved};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::spec::{Device, Given, Target};

/// Keys that count only sometimes.
struct Row {
    /// Their dotted paths.
    keys: &'static [&'static str],
    /// Whether they count.
    count: fn(&Resolved, &Given) -> bool,
    /// When they do, in the words of a message.
    when: &'static str,
}

/// Sections come before what is inside of them.
const ROWS: &[Row] = &[
    Row {
        keys: &["vllm", "sglang", "trtllm"],
        count: |resolved, _| has_engine(resolved),
        when: "the target has no engine",
    },
    Row {
        keys: &[
            "vllm.flashinfer",
            "vllm.deepgemm",
            "vllm.torch_cuda_arch_list",
        ],
        count: |resolved, _| resolved.cuda.is_some(),
        when: "it is about kernels for the device `cuda`",
    },
    Row {
        keys: &["vllm.checksum"],
        count: |resolved, _| match &resolved.engine {
            Engine::Vllm(vllm) => matches!(vllm.install, VllmInstall::Wheel { .. }),
            _ => false,
        },
        when: "here vLLM is not installed from a wheel of its GitHub release",
    },
    Row {
        keys: &["images.trtllm_wheel"],
        count: |resolved, given| match &resolved.engine {
            Engine::Trtllm(trtllm) => {
                let chosen = given.has("trtllm.install");
                has_engine(resolved) && matches!(trtllm.install, TrtllmInstall::Image(_)) && !chosen
            }
            _ => false,
        },
        when: "TensorRT-LLM is not taken from this image",
    },
    Row {
        keys: &["toolchain.max_jobs"],
        count: |resolved, _| {
            let compiled = match &resolved.engine {
                Engine::Vllm(_) => true,
                Engine::Trtllm(trtllm) => matches!(trtllm.install, TrtllmInstall::Git(_)),
                Engine::Dynamo | Engine::Sglang(_) => false,
            };
            compiled && has_engine(resolved)
        },
        when: "no engine is compiled",
    },
    Row {
        keys: &["images.runtime"],
        count: |resolved, _| serves(resolved),
        when: "the target does not stand on it",
    },
    Row {
        keys: &["images.base"],
        count: |resolved, _| !is(resolved, &[Target::Epp, Target::Docs]),
        when: "the target does not stand on it",
    },
    Row {
        keys: &["images.frontend", "images.epp"],
        count: |resolved, _| is(resolved, &[Target::Frontend]),
        when: "only the target `frontend` uses it",
    },
    Row {
        keys: &["images.docs"],
        count: |resolved, _| is(resolved, &[Target::Docs]),
        when: "only the target `docs` uses it",
    },
    Row {
        keys: &["images.epp_base", "images.go", "toolchain.go"],
        count: |resolved, _| builds_picker(resolved),
        when: "no endpoint picker is built",
    },
    Row {
        keys: &["images.rust", "toolchain.rust"],
        count: |resolved, _| {
            const HAVE: [Target; 4] = [
                Target::DynamoBase,
                Target::WheelBuilder,
                Target::Dev,
                Target::LocalDev,
            ];
            is(resolved, &HAVE) || compiles(resolved) || builds_picker(resolved)
        },
        when: "the target has no Rust, and nothing is compiled with it",
    },
    Row {
        keys: &["toolchain.cargo_jobs"],
        count: |resolved, _| {
            let kept = is(resolved, &[Target::WheelBuilder]);
            kept || compiles(resolved) || builds_picker(resolved)
        },
        when: "no crate is compiled",
    },
    Row {
        keys: &["toolchain.protoc"],
        count: |resolved, _| is(resolved, &[Target::WheelBuilder]) || compiles(resolved),
        when: "no wheel of Dynamo is compiled",
    },
    Row {
        keys: &["images.wheel_builder", "toolchain.maturin"],
        count: |resolved, _| builds(resolved),
        when: "no component and no wheel is built",
    },
    Row {
        keys: &["toolchain.meson"],
        count: |resolved, _| {
            let native = !resolved.components.is_empty() || resolved.ffmpeg.is_some();
            native && builds(resolved)
        },
        when: "no native component is built",
    },
    Row {
        keys: &["toolchain.python"],
        count: |resolved, _| !is(resolved, &[Target::DynamoBase, Target::Epp]),
        when: "the target has no Python of its own",
    },
    Row {
        keys: &["components.nats", "components.etcd"],
        count: |resolved, _| serves(resolved) || is(resolved, &[Target::DynamoBase]),
        when: "the target does not have it",
    },
    Row {
        keys: &[
            "components.gdrcopy",
            "components.ucx",
            "components.libfabric",
            "components.aws_sdk_cpp",
            "components.nixl",
        ],
        count: |resolved, _| builds(resolved),
        when: "the target has no native components",
    },
    Row {
        keys: &["components.ffmpeg"],
        count: |resolved, _| resolved.ffmpeg.is_some() && builds(resolved),
        when: "the image does not have the feature `media_ffmpeg`",
    },
    Row {
        keys: &["components.efa"],
        count: |resolved, _| resolved.efa.is_some(),
        when: "the image has no EFA layer: add `efa: true`",
    },
    Row {
        keys: &["components.nsight_systems"],
        count: |resolved, _| {
            let cuda = resolved.device.value == Device::Cuda;
            cuda && is(resolved, &[Target::Dev, Target::LocalDev])
        },
        when: "only development images on `cuda` have it",
    },
    Row {
        keys: &["components.uv", "build.python"],
        count: |resolved, _| !is(resolved, &[Target::Epp]),
        when: "the target has no Python packages",
    },
    Row {
        keys: &["features.media_ffmpeg"],
        count: |resolved, _| builds(resolved),
        when: "the target does not have it",
    },
    Row {
        keys: &["features.kvbm"],
        count: |resolved, _| has_wheels(resolved),
        when: "the target does not have it",
    },
    Row {
        keys: &["features.gpu_memory_service"],
        count: |resolved, _| has_wheels(resolved) && from_sources(resolved),
        when: "it is built from Dynamo's sources, of which the target has nothing",
    },
    Row {
        keys: &["features.modelexpress"],
        count: |resolved, _| serves(resolved),
        when: "the target does not have it",
    },
    Row {
        keys: &["user"],
        count: |resolved, _| serves(resolved) || is(resolved, &[Target::Frontend, Target::Docs]),
        when: "the target has no account of its own",
    },
    Row {
        keys: &["packages.apt"],
        count: |resolved, _| {
            serves(resolved) || is(resolved, &[Target::Frontend, Target::Docs, Target::Epp])
        },
        when: "nothing is added to this target",
    },
    Row {
        keys: &["packages.pip", "packages.requirements"],
        count: |resolved, _| serves(resolved) || is(resolved, &[Target::Frontend, Target::Docs]),
        when: "nothing is added to the Python of this target",
    },
    Row {
        keys: &["build.sccache"],
        count: |resolved, _| builds(resolved) || builds_picker(resolved),
        when: "nothing is compiled",
    },
    Row {
        keys: &[
            "env",
            "labels",
            "entrypoint",
            "cmd",
            "expose",
            "healthcheck",
            "stop_signal",
            "dynamo.commit",
            "dynamo.version",
        ],
        count: |resolved, _| !is(resolved, &[Target::Wheels]),
        when: "the target `wheels` is files and no image",
    },
];

/// The sections that only one engine has.
const ENGINES: [&str; 3] = ["vllm", "sglang", "trtllm"];

/// Whether a key, if it is given, changes anything.
pub(super) fn counts(key: &str, resolved: &Resolved, given: &Given) -> bool {
    let section = key.split('.').next().unwrap_or(key);
    let foreign = ENGINES.contains(&section) && section != resolved.framework.value.word();
    let mut rows = ROWS
        .iter()
        .filter(|row| row.keys.iter().any(|one| is_inside(key, one)));
    !foreign && rows.all(|row| (row.count)(resolved, given))
}

/// Whether a key is a section or inside of it.
fn is_inside(key: &str, section: &str) -> bool {
    let rest = key.strip_prefix(section);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

/// Warns of every key that is given and does not count.
pub(super) fn report(given: &Given, resolved: &Resolved, diagnostics: &mut Diagnostics) {
    let mut reported: Vec<&str> = Vec::new();
    // A section of another engine is reported as such.
    reported.extend(
        ENGINES
            .iter()
            .filter(|name| **name != resolved.framework.value.word()),
    );
    for row in ROWS.iter().filter(|row| !(row.count)(resolved, given)) {
        for key in row.keys {
            let inside = |section: &&str| is_inside(key, section);
            let Some(place) = given.place(key).filter(|_| !reported.iter().any(inside)) else {
                continue;
            };
            let message = format!("`{key}` has no effect: {}", row.when);
            let help = format!("remove it; the target is `{}`", resolved.target.value);
            diagnostics.push(Diagnostic::warning(Code::WithoutEffect, place, message).help(help));
            reported.push(key);
        }
    }
}

fn is(resolved: &Resolved, targets: &[Target]) -> bool {
    targets.contains(&resolved.target.value)
}

/// Whether the target stands on `runtime`.
fn serves(resolved: &Resolved) -> bool {
    const ON_RUNTIME: [Target; 4] = [Target::Runtime, Target::Test, Target::Dev, Target::LocalDev];
    is(resolved, &ON_RUNTIME)
}

/// Whether the target has the engine.
fn has_engine(resolved: &Resolved) -> bool {
    serves(resolved) || is(resolved, &[Target::Framework])
}

/// Whether there are sources of Dynamo.
fn from_sources(resolved: &Resolved) -> bool {
    !matches!(resolved.dynamo, Dynamo::Index { .. })
}

/// Whether native components or wheels are built for the target.
fn builds(resolved: &Resolved) -> bool {
    const ALONE: [Target; 4] = [
        Target::DynamoBase,
        Target::Framework,
        Target::Epp,
        Target::Docs,
    ];
    !is(resolved, &ALONE)
}

/// Whether the target has every wheel, and not Dynamo's own alone.
fn has_wheels(resolved: &Resolved) -> bool {
    serves(resolved) || is(resolved, &[Target::Wheels])
}

/// Whether Dynamo's wheels are compiled.
fn compiles(resolved: &Resolved) -> bool {
    from_sources(resolved) && (has_wheels(resolved) || is(resolved, &[Target::Frontend]))
}

/// Whether the endpoint picker is compiled.
fn builds_picker(resolved: &Resolved) -> bool {
    let built = is(resolved, &[Target::Frontend]) && resolved.images.epp.is_none();
    built || is(resolved, &[Target::Epp])
}
