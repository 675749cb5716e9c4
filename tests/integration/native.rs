//! Native components in plans and graphs: what waits for what, what each one
//! sees, and what a change leaves alone.
//!
//! One file although it is long: all of it looks at the same two plans with the
//! same few functions.

use std::collections::{BTreeMap, BTreeSet};

use buildkit_llb::{Definition, MarshalOptions, marshal};
use dynamo_frontend::emit::{self, Images, KnownImage, Settings};
use dynamo_frontend::pipeline::{self, Outcome};
use dynamo_frontend::plan::{Action, Base, ContextTree, Mount, Plan, Run, Stage, Tree};
use dynamo_frontend::spec::{Architecture, Component, Input};
use serde_json::Value;

/// Has every component and every feature.
const VLLM: &str = "framework: vllm\ndynamo: {source: context}\n";
/// Where there are none but those that are asked for.
const CPU: &str = "framework: dynamo\ndevice: cpu\ndynamo: {source: context}\n";
const SCCACHE: &str = "build: {sccache: {bucket: objects, region: us-west-2}}\n";
/// Stages that call a compiler.
const COMPILE: [&str; 10] = [
    "aws_sdk_cpp",
    "ffmpeg",
    "gdrcopy",
    "gpu_memory_service",
    "kvbm",
    "libfabric",
    "nixl",
    "nixl_wheel",
    "rust_wheel",
    "ucx",
];

#[track_caller]
fn outcome(spec: &str) -> Outcome {
    let build_args = BTreeMap::new();
    let input = Input {
        name: "dynamo.yaml",
        bytes: spec.as_bytes(),
        build_args: &build_args,
        target: None,
    };
    let outcome = pipeline::plan(input, &[Architecture::Amd64]).expect("a catalog");
    assert_eq!(outcome.plans.len(), 1, "a spec that can be built:\n{spec}");
    outcome
}

#[track_caller]
fn plan(spec: &str) -> Plan {
    outcome(spec).plans.remove(0)
}

fn runs(stage: &Stage) -> impl Iterator<Item = &Run> {
    stage.steps.iter().filter_map(|step| match &step.action {
        Action::Run(run) => Some(run),
        _ => None,
    })
}

#[track_caller]
fn stage<'p>(plan: &'p Plan, name: &str) -> &'p Stage {
    let found = plan.stages.iter().find(|stage| stage.name == name);
    found.unwrap_or_else(|| panic!("no stage `{name}`"))
}

fn names(plan: &Plan) -> BTreeSet<&str> {
    plan.stages
        .iter()
        .map(|stage| stage.name.as_str())
        .collect()
}

/// The stages that a stage waits for.
fn waits_for<'p>(plan: &'p Plan, name: &str) -> BTreeSet<&'p str> {
    let stage = stage(plan, name);
    let trees = stage.steps.iter().flat_map(|step| step.action.trees());
    let bound = trees.filter_map(|tree| match tree {
        Tree::Stage(name) => Some(name.as_str()),
        _ => None,
    });
    let base = match &stage.base {
        Base::Stage(name) => Some(name.as_str()),
        _ => None,
    };
    let direct: BTreeSet<&str> = bound.chain(base).collect();
    let further = direct.iter().flat_map(|name| waits_for(plan, name));
    further.chain(direct.iter().copied()).collect()
}

/// How many commands run one after another until a stage is there.
fn chain(plan: &Plan, name: &str) -> usize {
    let of_tree = |tree: &Tree| match tree {
        Tree::Stage(name) => chain(plan, name),
        _ => 0,
    };
    let stage = stage(plan, name);
    let mut length = match &stage.base {
        Base::Stage(name) => chain(plan, name),
        _ => 0,
    };
    for step in &stage.steps {
        let longest = step.action.trees().map(of_tree).max().unwrap_or_default();
        length = length.max(longest);
        length += usize::from(matches!(step.action, Action::Run(_)));
    }
    length
}

#[test]
fn each_component_waits_for_what_it_needs_and_for_nothing_else() {
    let plan = plan(VLLM);
    let sources = ["build_tools", "crates", "ffmpeg", "protoc"];
    let expected: [(&str, &[&str], usize); 12] = [
        ("protoc", &["build_tools"], 3),
        ("ffmpeg", &["build_tools"], 3),
        ("aws_sdk_cpp", &["build_tools"], 3),
        ("gpu_memory_service", &["build_tools"], 3),
        ("python_wheel", &["build_tools"], 3),
        ("rust_wheel", &sources, 4),
        ("gdrcopy", &["build_tools"], 3),
        ("ucx", &["build_tools", "gdrcopy"], 4),
        ("libfabric", &["build_tools", "gdrcopy"], 4),
        (
            "nixl",
            &["aws_sdk_cpp", "build_tools", "gdrcopy", "libfabric", "ucx"],
            5,
        ),
        (
            "nixl_wheel",
            &["aws_sdk_cpp", "build_tools", "gdrcopy", "libfabric", "ucx"],
            5,
        ),
        (
            "kvbm",
            &[
                "aws_sdk_cpp",
                "build_tools",
                "crates",
                "gdrcopy",
                "libfabric",
                "nixl",
                "protoc",
                "ucx",
            ],
            6,
        ),
    ];
    for component in Component::ALL {
        assert!(
            expected.iter().any(|(name, ..)| *name == component.word()),
            "say what `{component}` waits for"
        );
    }
    for (name, needs, length) in expected {
        let waits: Vec<&str> = waits_for(&plan, name).into_iter().collect();
        assert_eq!(waits, needs, "{name}");
        assert_eq!(chain(&plan, name), length, "{name}");
    }
}

#[test]
fn a_component_sees_its_sources_and_what_it_is_linked_against() {
    let plan = plan(VLLM);
    let bound = |name: &str| -> Vec<String> {
        let run = runs(stage(&plan, name)).next().expect("a command");
        let mounts = run.mounts.iter().filter_map(|mount| match mount {
            Mount::Bind {
                tree,
                target,
                scratch,
                ..
            } if !matches!(tree, Tree::Literal { .. }) => Some(format!(
                "{target}{}",
                if *scratch { " (scratch)" } else { "" }
            )),
            _ => None,
        });
        mounts.collect()
    };
    let source = "/opt/source (scratch)";
    let cuda = "/usr/local/cuda";
    assert_eq!(bound("gdrcopy"), [source, cuda]);
    assert_eq!(bound("ucx"), [source, cuda, "/opt/native/gdrcopy"]);
    assert_eq!(bound("libfabric"), [source, cuda, "/opt/native/gdrcopy"]);
    assert_eq!(bound("aws_sdk_cpp"), [source]);
    assert_eq!(bound("ffmpeg"), [source]);
    let nixl = [
        "/run/uv",
        source,
        cuda,
        "/usr/local/ucx",
        "/usr/local/libfabric",
        "/opt/native/aws_sdk_cpp",
    ];
    assert_eq!(bound("nixl"), nixl);
    assert_eq!(bound("nixl_wheel"), nixl);
    for name in ["gdrcopy", "ucx", "libfabric", "aws_sdk_cpp", "ffmpeg"] {
        assert!(runs(stage(&plan, name)).all(|run| !run.network), "{name}");
    }
}

/// The stages whose commands see a file of the build context.
fn readers<'p>(plan: &'p Plan, file: &str) -> Vec<&'p str> {
    let below = |path: &String| {
        let rest = file.strip_prefix(path.as_str());
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    let matches = |pattern: &String| {
        let name = pattern.strip_prefix("**").expect("a pattern of names");
        file.ends_with(name)
    };
    let sees = |tree: &Tree| match tree {
        Tree::Context(ContextTree {
            paths,
            only,
            exclude,
            ..
        }) => {
            paths.iter().any(below)
                && (only.is_empty() || only.iter().any(matches))
                && !exclude.iter().any(below)
        }
        _ => false,
    };
    let reads = |stage: &&Stage| {
        runs(stage).any(|run| {
            let mut mounts = run.mounts.iter();
            mounts.any(|mount| matches!(mount, Mount::Bind { tree, .. } if sees(tree)))
        })
    };
    let found = plan.stages.iter().filter(reads);
    found.map(|stage| stage.name.as_str()).collect()
}

#[test]
fn a_source_is_compiled_again_by_those_alone_that_compile_it() {
    let plan = plan(VLLM);
    for (file, expected) in [
        ("lib/runtime/src/lib.rs", &["rust_wheel", "kvbm"][..]),
        ("lib/bindings/kvbm/src/lib.rs", &["kvbm"]),
        ("lib/gpu_memory_service/server.py", &["gpu_memory_service"]),
        ("components/src/dynamo/a.py", &["python_wheel"]),
        ("lib/llm/Cargo.toml", &["crates", "rust_wheel", "kvbm"]),
        ("docs/guide.md", &[]),
    ] {
        assert_eq!(readers(&plan, file), expected, "{file}");
    }
}

#[test]
fn options_follow_from_the_device() {
    let spec = format!("{CPU}components: {{ucx: true, nixl: true}}\n");
    let cpu = plan(&spec);
    let arguments = |plan: &Plan, name: &str| -> Vec<String> {
        let run = runs(stage(plan, name)).next().expect("a command");
        run.args.clone()
    };
    let has = |arguments: &[String], option: &str| arguments.iter().any(|one| one == option);
    let ucx = arguments(&cpu, "ucx");
    assert!(has(&ucx, "--with-verbs") && has(&ucx, "--without-cuda"));
    assert!(!ucx.iter().any(|option| option.contains("gdrcopy")));
    assert!(has(&arguments(&cpu, "nixl"), "nixl-cpu"));
    let xpu = plan("framework: vllm\ndevice: xpu\ndynamo: {source: context}\n");
    assert!(has(&arguments(&xpu, "ucx"), "--with-ze"));
    let nixl = arguments(&xpu, "nixl");
    assert!(has(&nixl, "--prefix=/opt/intel/intel_nixl") && has(&nixl, "nixl-xpu"));
    let cuda = plan(VLLM);
    let ucx = arguments(&cuda, "ucx");
    assert!(has(&ucx, "--with-gdrcopy=/opt/native/gdrcopy") && has(&ucx, "--with-efa"));
    assert!(has(&arguments(&cuda, "nixl"), "nixl-cu12"));
    assert!(has(
        &arguments(&cuda, "nixl"),
        "--libdir=lib/x86_64-linux-gnu"
    ));
    assert!(has(
        &arguments(&cuda, "rust_wheel"),
        "--features=media-ffmpeg"
    ));
    assert!(!has(
        &arguments(&cpu, "rust_wheel"),
        "--features=media-ffmpeg"
    ));
}

/// Removes from a command what the compiler cache adds to it; says whether
/// there was something.
fn without_cache(run: &mut Value) -> bool {
    const ADDED: [&str; 3] = ["SCCACHE_", "AWS_", "CMAKE_"];
    let mut traces = false;
    run.as_object_mut().expect("a command").remove("secrets");
    let mounts = run["mounts"].as_array_mut().expect("mounts");
    mounts.retain(|mount| {
        let target = mount
            .pointer("/bind/target")
            .or(mount.pointer("/secret/target"));
        let target = target.and_then(Value::as_str).unwrap_or_default();
        !(target.starts_with("/run/sccache") || target == "/run/secrets/aws-token")
    });
    let env = run["env"].as_array_mut().expect("variables");
    env.retain_mut(|pair| {
        let name = pair[0].as_str().expect("a name").to_owned();
        let cached = name == "RUSTC_WRAPPER"
            || ADDED.iter().any(|start| name.starts_with(start)) && name != "CMAKE_PREFIX_PATH";
        traces |= cached;
        let value = pair[1]["set"].as_str().map(str::to_owned);
        if let Some(compiler) = value.and_then(|value| Some(value.split_once(' ')?.1.to_owned()))
            && (name == "CC" || name == "CXX")
        {
            pair[1]["set"] = compiler.clone().into();
            return compiler.starts_with('/');
        }
        !cached
    });
    env.sort_by_key(ToString::to_string);
    traces
}

#[test]
fn without_the_compiler_cache_a_plan_is_the_same_minus_its_traces() {
    for spec in [
        VLLM,
        &format!("{CPU}components: {{ucx: true, nixl: true}}\n"),
    ] {
        for credentials in ["", ", credentials: web_identity"] {
            let cache = SCCACHE.replace("}}", &format!("{credentials}}}}}"));
            let json = |spec: &str| serde_json::to_value(plan(spec)).expect("JSON");
            let (mut off, mut on) = (json(spec), json(&format!("{spec}{cache}")));
            let stages = off["stages"].as_array_mut().expect("stages");
            let cached = on["stages"].as_array_mut().expect("stages");
            assert_eq!(stages.len(), cached.len());
            for (off, on) in stages.iter_mut().zip(cached.iter_mut()) {
                let name = off["name"].as_str().expect("a name").to_owned();
                let steps = off["steps"].as_array_mut().expect("steps");
                let pairs = steps
                    .iter_mut()
                    .zip(on["steps"].as_array_mut().expect("steps"));
                for (off, on) in pairs {
                    let (Some(off), Some(on)) = (off.get_mut("run"), on.get_mut("run")) else {
                        continue;
                    };
                    assert!(!without_cache(off), "{name}");
                    let compiles = without_cache(on);
                    let listed = COMPILE.contains(&name.as_str());
                    assert_eq!(
                        compiles, listed,
                        "does `{name}` compile, and does COMPILE say so?"
                    );
                    if compiles {
                        assert_eq!(on["network"], true, "{name}");
                        on["network"] = off["network"].clone();
                    }
                }
            }
            for (off, on) in stages.iter().zip(cached.iter()) {
                assert_eq!(off, on);
            }
            assert_eq!(off["image"], on["image"]);
        }
    }
}

#[test]
fn a_server_beside_amazons_is_told_to_every_step_that_compiles() {
    let other = SCCACHE.replace("}}", ", endpoint: \"https://s3.example.com\"}}");
    let [own, other] = [SCCACHE, &other].map(|cache| plan(&format!("{VLLM}{cache}")));
    let endpoints = |plan: &Plan| {
        let runs = plan.stages.iter().flat_map(runs);
        let told = runs.filter(|run| run.env.iter().any(|(name, _)| name == "SCCACHE_ENDPOINT"));
        told.count()
    };
    assert_eq!(endpoints(&own), 0);
    assert!(endpoints(&other) >= COMPILE.len(), "{}", endpoints(&other));
}

#[test]
fn credentials_reach_the_steps_that_compile_and_no_other() {
    let pair = plan(&format!("{VLLM}{SCCACHE}"));
    for stage in &pair.stages {
        for run in runs(stage) {
            let ids: Vec<&str> = run.secrets.iter().map(|one| one.id.as_str()).collect();
            let compiles = COMPILE.contains(&stage.name.as_str());
            let expected: &[&str] = if compiles {
                &["aws-key-id", "aws-secret-id"]
            } else {
                &[]
            };
            let name = &stage.name;
            assert_eq!(
                ids, expected,
                "does `{name}` compile, and does COMPILE say so?"
            );
        }
    }
    let text = serde_json::to_string(&pair.image).expect("JSON");
    assert!(
        !text.contains("AWS_") && !text.contains("SCCACHE"),
        "{text}"
    );

    let identity = SCCACHE.replace("}}", ", credentials: web_identity}}");
    let plan = plan(&format!("{VLLM}{identity}"));
    let run = runs(stage(&plan, "ucx")).next().expect("a command");
    let file = run.mounts.iter().find_map(|mount| match mount {
        Mount::Secret { id, target, .. } => Some((id.as_str(), target.as_str())),
        _ => None,
    });
    assert_eq!(
        file,
        Some(("aws-web-identity-token", "/run/secrets/aws-token"))
    );
    let variable = &run.secrets[0];
    assert_eq!(
        (variable.id.as_str(), variable.name.as_str()),
        ("aws-role-arn", "AWS_ROLE_ARN")
    );
}

/// The graph of a spec: digests of its operations and their names.
fn graph(spec: &str) -> BTreeMap<String, String> {
    let outcome = outcome(spec);
    let plan = &outcome.plans[0];
    let mut images = Images::default();
    for image in plan.images() {
        let digest = format!("sha256:{}", "a".repeat(64));
        let pinned = image.reference.with_digest(&digest).expect("a digest");
        let known = KnownImage {
            pinned: pinned.to_string(),
            env: vec!["PATH=/usr/bin".to_owned()],
        };
        images.insert(&image.reference, known);
    }
    let emitted = emit::emit(plan, &images, &outcome.sources, &Settings::default());
    let options = MarshalOptions::new(Architecture::Amd64.platform()).session("S");
    let marshalled = marshal(&emitted.expect("a graph").output, &options).expect("bytes");
    let definition: Definition = marshalled.definition;
    let name = |digest: &String| {
        let metadata = definition.metadata(digest)?;
        metadata.description.get("llb.customname").cloned()
    };
    definition
        .digests()
        .map(|digest| {
            let name = name(&digest).unwrap_or_default();
            (digest, name)
        })
        .collect()
}

#[test]
fn what_is_left_out_takes_its_own_operations_along_and_changes_no_other_component() {
    let before = graph(VLLM);
    for (more, gone) in [
        ("features: {kvbm: false}\n", &["[kvbm "][..]),
        (
            "features: {gpu_memory_service: false}\n",
            &["[gpu_memory_service "],
        ),
        (
            // The block manager is linked against NIXL.
            "components: {nixl: false}\nfeatures: {kvbm: false}\n",
            &["[nixl ", "[nixl_wheel ", "[kvbm "],
        ),
        (
            "components: {aws_sdk_cpp: false}\n",
            &["[aws_sdk_cpp ", "[nixl ", "[nixl_wheel ", "[kvbm "],
        ),
        (
            "features: {media_ffmpeg: false}\n",
            &["[ffmpeg ", "[rust_wheel "],
        ),
    ] {
        let after = graph(&format!("{VLLM}{more}"));
        let lost: BTreeSet<&str> = before
            .iter()
            .filter(|(digest, _)| !after.contains_key(*digest))
            .map(|(_, name)| name.as_str())
            // The operation that ends a graph has no name.
            .filter(|name| !name.is_empty() && !name.starts_with("[internal]"))
            .collect();
        for name in &lost {
            let expected = gone.iter().any(|start| name.starts_with(start));
            let of_image = ["[runtime", "[framework"]
                .iter()
                .any(|one| name.starts_with(one));
            assert!(expected || of_image, "{more}: `{name}`");
        }
        for start in gone {
            assert!(
                lost.iter().any(|name| name.starts_with(start)),
                "{more}: {start}"
            );
        }
    }
}

#[test]
fn the_wheel_builder_has_everything_that_the_steps_bind() {
    let plan = plan(&format!("{VLLM}target: wheel_builder\n"));
    let all = names(&plan);
    for name in [
        "crates",
        "protoc",
        "gdrcopy",
        "ucx",
        "libfabric",
        "aws_sdk_cpp",
        "nixl",
        "ffmpeg",
    ] {
        assert!(all.contains(name), "{name}");
    }
    assert!(!all.contains("rust_wheel") && !all.contains("nixl_wheel"));
    let files = stage(&plan, "wheel_builder").steps.iter();
    let links: Vec<&str> = files
        .filter_map(|step| match &step.action {
            Action::Link(link) => Some(&link.files),
            _ => None,
        })
        .flatten()
        .map(|file| file.to.as_str())
        .collect();
    for path in [
        "/usr/local/cuda/bin",
        "/usr/local/bin/protoc",
        "/usr/local/ucx",
        "/opt/cargo-vendor",
    ] {
        assert!(links.contains(&path), "{path} in {links:?}");
    }
    let variable = |name: &str| plan.image.env.iter().any(|(known, _)| known == name);
    for name in [
        "CC",
        "CUDA_PATH",
        "PROTOC",
        "NIXL_PREFIX",
        "CARGO_HOME",
        "LD_LIBRARY_PATH",
    ] {
        assert!(variable(name), "{name}");
    }
}
