//! Images to develop in, on an image that has its packages in the Python of the
//! system: the environment is laid over them.

use crate::apt_repository;
use crate::engine::{Build, Door, Engine, architecture, docker};
use crate::mirror::Mirror;
use crate::python_index::PythonIndex;
use crate::wheel::{Wheel, zip};

/// What compiles wheels for CUDA, as far as it is used here: compilers in
/// AlmaLinux's folder, and its package manager, which has nothing to do.
pub(crate) fn wheel_builder(engine: &Engine) -> String {
    let name = Engine::pushed("wheel-builder");
    let text = format!(
        "FROM {}\n\
         RUN apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install --yes \
         --no-install-recommends build-essential python3-dev git\n\
         RUN folder=/opt/rh/gcc-toolset-14/root/usr/bin && mkdir -p $folder \
         && ln -s /usr/bin/gcc /usr/bin/g++ $folder/ \
         && printf '#!/bin/sh\\nexit 0\\n' >/usr/bin/dnf && chmod 755 /usr/bin/dnf\n",
        engine.base()
    );
    push(Engine::dockerfile(&text), &name);
    name
}

/// The release of protoc for this machine, by its path; nothing here calls it.
pub(crate) fn protoc() -> (String, Vec<u8>) {
    let machine = match architecture() {
        "arm64" => "aarch_64",
        _ => "x86_64",
    };
    let path = format!(
        "/protocolbuffers/protobuf/releases/download/v25.3/protoc-25.3-linux-{machine}.zip"
    );
    let files = [("bin/protoc".to_owned(), b"#!/bin/sh\n".to_vec())];
    (path, zip(&files))
}

pub(crate) fn push(build: Build, name: &str) {
    build
        .arg("--push")
        .arg(&format!("--tag={name}"))
        .run()
        .succeeds();
}

/// SGLang's image: its packages in the system's Python, and NVIDIA's entrypoint.
fn upstream(engine: &Engine, index: &PythonIndex) -> String {
    let name = Engine::pushed("sglang-dev");
    let text = format!(
        "FROM {} AS uv\n\
         FROM {}\n\
         RUN --mount=from=uv,target=/run/uv /run/uv/uv pip install --no-cache \
         --python=/usr/bin/python3 --break-system-packages --default-index={} \
         sglang==0.5.7\n\
         RUN mkdir -p /opt/nvidia && printf '#!/bin/sh\\nexec \"$@\"\\n' \
         >/opt/nvidia/nvidia_entrypoint.sh && chmod 755 /opt/nvidia/nvidia_entrypoint.sh\n",
        engine.uv(),
        engine.base(),
        index.url()
    );
    push(Engine::dockerfile(&text), &name);
    name
}

fn packages() -> PythonIndex {
    PythonIndex::of(&[
        Wheel::new("sglang", "0.5.7")
            .package("sglang")
            .requires("torch==2.9.1"),
        Wheel::new("torch", "2.9.1").package("torch"),
        Wheel::new("nvidia-nccl-cu12", "2.28.3").file("nvidia/nccl/__init__.py", ""),
        Wheel::new("nvidia-cudnn-cu12", "9.16.0.29").file("nvidia/cudnn/__init__.py", ""),
        Wheel::new("nvidia-cutlass-dsl", "4.3.5").file("cutlass_dsl/__init__.py", ""),
    ])
}

/// A spec of it; tools come from a mirror and Python packages from an index.
fn spec(engine: &Engine, mirror: &Mirror, index: &PythonIndex) -> String {
    let spec = engine
        .spec_of_context("target: dev\n")
        .replace(
            "framework: dynamo\ndevice: cpu\n",
            "framework: sglang\ncuda: \"12.9\"\n",
        )
        .replace(
            "components: {nats: false, etcd: false}",
            "components: {nats: false, etcd: false, gdrcopy: false, ucx: false, \
             libfabric: false, nixl: false}",
        );
    format!(
        "{spec}sglang: {{version: v0.5.7}}\n\
         features: {{gpu_memory_service: false, media_ffmpeg: false}}\n\
         mirrors:\n\
         \x20 https://developer.download.nvidia.com/: {url}/\n\
         \x20 https://github.com/: {url}/\n\
         build: {{python: {{index: {}}}}}\n",
        index.url(),
        url = mirror.url(),
    )
}

#[test]
#[ignore = "installs compilers and all tools"]
fn an_environment_over_the_packages_of_the_system_has_the_workspace_and_rust() {
    let engine = Engine::of_environment();
    let index = packages();
    let machine = architecture();
    let below = format!("/devtools/repos/ubuntu2404/{machine}");
    let made = "nsight-systems-2025.5.1=/usr/local/bin/nsys nvtop=/usr/bin/nvtop";
    let devtools = apt_repository::signed(&engine, &below, "nvidia.pub", made);
    let (path, protoc) = protoc();
    let mirror = Mirror::for_steps(devtools.into_iter().chain([(path, protoc)]).collect());
    let spec = spec(&engine, &mirror, &index);
    let images = [
        ("runtime", upstream(&engine, &index)),
        ("wheel_builder", wheel_builder(&engine)),
    ]
    .map(|(name, image)| format!("--build-arg=images.{name}={image}"));
    let build = |target: &str, tag: &str| {
        engine
            .build(&spec, Door::SyntaxLine)
            .workspace()
            .arg(&images[0])
            .arg(&images[1])
            .arg(&format!("--target={target}"))
            .arg("--load")
            .arg(&format!("--tag={tag}"))
    };
    build("dev", "e2e-sglang-dev").run().succeeds();
    build("local-dev", "e2e-sglang-local-dev")
        .arg("--build-arg=USER_UID=1234")
        .arg("--build-arg=USER_GID=5678")
        .run()
        .succeeds();

    let python = "import dynamo._core, dynamo.mocker, importlib.metadata as m, os, sglang, sys, torch; \
                  print(sys.prefix, os.environ['VIRTUAL_ENV'], dynamo.mocker.__file__, \
                  sglang.__file__.startswith('/usr/'), m.version('nvidia-nccl-cu12'))";
    for (tag, id) in [
        ("e2e-sglang-dev", "uid=0(root) gid=0(root) groups=0(root)"),
        (
            "e2e-sglang-local-dev",
            "uid=1234(dynamo) gid=5678(dynamo) groups=5678(dynamo),0(root)",
        ),
    ] {
        let run = |script: &str| docker(&["run", "--rm", tag, "bash", "-c", script]);
        let login = |script: &str| docker(&["run", "--rm", tag, "bash", "-lc", script]);
        assert_eq!(run("id"), id);
        for said in [
            run(&format!("python -c \"{python}\"")),
            login(&format!("python -c \"{python}\"")),
        ] {
            assert_eq!(
                said,
                "/opt/dynamo/venv /opt/dynamo/venv \
                 /workspace/components/src/dynamo/mocker/__init__.py True 2.28.3",
                "{tag}"
            );
        }
        let tools = "cargo --version && rustc --version && maturin --version && uv --version \
                     && git --version && nsys && nvtop && pytest --version";
        for said in [run(tools), login(tools)] {
            assert!(
                said.contains("cargo 1.") && said.contains("maturin 1."),
                "{said}"
            );
            assert!(said.ends_with("stand-in\nstand-in\npytest 8.4.2"), "{said}");
        }
        // Everything can be worked on: another package, the sources, a crate.
        run(
            "cd /workspace && echo >>components/src/dynamo/mocker/__init__.py \
             && uv pip install --quiet iniconfig==2.0.0 && python -c 'import iniconfig' \
             && cargo check --quiet --package dynamo-runtime && test -d target",
        );
        assert_eq!(
            run(
                "stat -c '%a %u:%g' /workspace /workspace/lib /opt/dynamo /opt/dynamo/venv /opt /usr/local"
            ),
            "775 1000:0\n775 1000:0\n775 1000:0\n775 1000:0\n755 0:0\n755 0:0"
        );
        assert!(
            run("ls /etc/apt/sources.list.d /run")
                .find("devtools")
                .is_none()
        );
    }
    let local =
        |script: &str| docker(&["run", "--rm", "e2e-sglang-local-dev", "bash", "-c", script]);
    assert_eq!(
        local("pwd; echo $HOME $CARGO_HOME; sudo id -u"),
        "/home/dynamo\n/home/dynamo /home/dynamo/.cargo\n0"
    );
}
