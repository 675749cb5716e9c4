//! TensorRT-LLM and SGLang on stand-ins of the images they are made on: the steps
//! are the real ones, the packages small.

use crate::engine::{Door, Engine, docker};
use crate::python_index::PythonIndex;
use crate::wheel::{Wheel, trtllm};

/// The catalog's Python, as the folder of the stand-in's packages has it.
pub(crate) fn python(engine: &Engine) -> String {
    let script = "import sys; print('%d.%d' % sys.version_info[:2])";
    docker(&["run", "--rm", engine.base(), "python3", "-c", script])
}

/// NVIDIA's image of PyTorch: packages that are in no index, one of them with a
/// symbolic link, and constraints that nothing could be installed under.
pub(crate) fn pytorch(engine: &Engine, python: &str) -> String {
    let name = Engine::pushed("pytorch");
    let base = engine.base();
    let packages = format!("/usr/local/lib/python{python}/dist-packages");
    let text = format!(
        "FROM {base}\n\
         RUN mkdir -p {packages}/torch/lib {packages}/torch-2.10.0a0.dist-info /etc/pip \
         && echo \"__version__ = '2.10.0a0'\" >{packages}/torch/__init__.py \
         && echo torch >{packages}/torch/lib/libtorch.so.2 \
         && ln -s libtorch.so.2 {packages}/torch/lib/libtorch.so \
         && printf 'Metadata-Version: 2.1\\nName: torch\\nVersion: 2.10.0a0\\n' \
         >{packages}/torch-2.10.0a0.dist-info/METADATA \
         && echo 'triton==0.0.1' >/etc/pip/constraint.txt\n\
         ENV PIP_CONSTRAINT=/etc/pip/constraint.txt UV_CONSTRAINT=/etc/pip/constraint.txt\n"
    );
    let push = [format!("--tag={name}"), "--push".to_owned()];
    let build = push.iter().fold(Engine::dockerfile(&text), |b, a| b.arg(a));
    build.run().succeeds();
    name
}

pub(crate) fn wheels() -> Vec<Wheel> {
    vec![
        trtllm().requires("torch>=2.9"),
        Wheel::new("triton", "3.5.1").package("triton"),
        Wheel::new("flashinfer-python", "0.6.1").package("flashinfer"),
        Wheel::new("cuda-python", "13.0.2").package("cuda"),
    ]
}

#[test]
fn trtllm_is_installed_beside_the_pytorch_of_the_base_image() {
    let engine = Engine::of_environment();
    let python = python(&engine);
    let base = pytorch(&engine, &python);
    let index = PythonIndex::of(&wheels());
    let wheel = wheels().remove(0);
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join(wheel.file_name()), wheel.bytes()).expect("a wheel");
    let named = format!("--build-context=trtllm_wheel={}", folder.path().display());
    for (way, install) in [
        ("wheel-dir", "{wheel_dir: trtllm_wheel}".to_owned()),
        (
            "index",
            format!("{{index: {{version: 1.3.0rc1, url: \"{}\"}}}}", index.url()),
        ),
    ] {
        let tag = format!("e2e-trtllm-{way}");
        let spec = format!(
            "# syntax=nvidia/dynamo-frontend:1\n\
             framework: trtllm\n\
             target: framework\n\
             dynamo: {{source: {{index: 1.0.0}}}}\n\
             images: {{base: {base}, uv: {}}}\n\
             toolchain: {{python: \"{python}\"}}\n\
             build: {{python: {{index: \"{}\"}}}}\n\
             trtllm: {{install: {install}}}\n",
            engine.uv(),
            index.url()
        );
        let build = engine.build(&spec, Door::SyntaxLine).arg("--load");
        let build = build.arg(&format!("--tag={tag}"));
        // The index is used in the second build, of which the first has a part.
        if way == "index" {
            build.run().succeeds();
        } else {
            build
                .arg(&named)
                .run()
                .succeeds()
                .shows("the base image has no flash_attn");
        }
        let run = |command: &[&str]| {
            let entry = ["run", "--rm", "--entrypoint=/usr/bin/env", &tag];
            docker(&[&entry, command].concat())
        };
        let versions = "import tensorrt_llm, torch, triton, importlib.metadata as m; \
                        print(tensorrt_llm.__version__, torch.__version__, triton.__version__, \
                        m.version('flashinfer-python'), torch.__file__.startswith('/opt/dynamo/venv/'))";
        assert_eq!(
            run(&["python", "-c", versions]),
            "1.3.0rc1 2.10.0a0 3.5.1 0.6.1 True",
            "{way}"
        );
        let look = "cd /opt/dynamo/venv/lib/python*/site-packages \
                    && readlink torch/lib/libtorch.so && cat /usr/local/tensorrt/lib/libnvinfer.so";
        assert_eq!(run(&["sh", "-c", look]), "libtorch.so.2\nstand-in", "{way}");
    }
}

/// SGLang's image: its packages in the Python of the system, and what conflicts.
fn upstream(engine: &Engine, index: &PythonIndex) -> String {
    let name = Engine::pushed("sglang");
    let text = format!(
        "FROM {} AS uv\n\
         FROM {}\n\
         RUN apt-get update && apt-get install --yes --no-install-recommends python3-blinker\n\
         RUN --mount=from=uv,target=/run/uv /run/uv/uv pip install --no-cache \
         --python=/usr/bin/python3 --break-system-packages --default-index={} \
         sglang==0.5.7 termplotlib==0.3.9\n",
        engine.uv(),
        engine.base(),
        index.url()
    );
    let push = [format!("--tag={name}"), "--push".to_owned()];
    let build = push.iter().fold(Engine::dockerfile(&text), |b, a| b.arg(a));
    build.run().succeeds();
    name
}

#[test]
fn sglang_stays_what_the_upstream_image_brought_and_its_libraries_are_forced() {
    let engine = Engine::of_environment();
    let python = python(&engine);
    let library = |name: &str, version: &str| Wheel::new(name, version);
    let index = PythonIndex::of(&[
        Wheel::new("sglang", "0.5.7")
            .package("sglang")
            .requires("torch==2.9.1"),
        Wheel::new("sglang", "0.5.9").package("sglang"),
        Wheel::new("torch", "2.9.1")
            .package("torch")
            .requires("nvidia-nccl-cu12==2.27.5"),
        Wheel::new("termplotlib", "0.3.9").package("termplotlib"),
        library("nvidia-nccl-cu12", "2.27.5").file("nvidia/nccl/__init__.py", ""),
        library("nvidia-nccl-cu12", "2.28.3").file("nvidia/nccl/__init__.py", ""),
        library("nvidia-cudnn-cu12", "9.16.0.29").file("nvidia/cudnn/__init__.py", ""),
        library("nvidia-cutlass-dsl", "4.3.5").file("cutlass_dsl/__init__.py", ""),
    ]);
    let tag = "e2e-sglang";
    let spec = format!(
        "# syntax=nvidia/dynamo-frontend:1\n\
         framework: sglang\n\
         cuda: \"12.9\"\n\
         dynamo: {{source: {{index: 1.0.0}}}}\n\
         images: {{runtime: {}, uv: {}}}\n\
         sglang: {{version: v0.5.7}}\n\
         toolchain: {{python: \"{python}\"}}\n\
         build: {{python: {{index: \"{}\"}}}}\n\
         components: {{nats: false, etcd: false, gdrcopy: false, ucx: false, libfabric: false, nixl: false}}\n\
         features: {{gpu_memory_service: false, media_ffmpeg: false}}\n\
         packages: {{pip: [torch]}}\n",
        upstream(&engine, &index),
        engine.uv(),
        index.url()
    );
    let build = engine.build(&spec, Door::SyntaxLine).arg("--load");
    build.arg(&format!("--tag={tag}")).run().succeeds();
    let run = |command: &[&str]| {
        let entry = ["run", "--rm", "--entrypoint=/usr/bin/env", tag];
        docker(&[&entry, command].concat())
    };
    let versions = "import importlib.metadata as m, dynamo.runtime, sglang, torch; \
                    print(*map(m.version, ['sglang', 'torch', 'nvidia-nccl-cu12', 'nvidia-cudnn-cu12']))";
    assert_eq!(
        run(&["python3", "-c", versions]),
        "0.5.7 2.9.1 2.28.3 9.16.0.29"
    );
    let look = "id -un; readlink /sgl-workspace/dynamo; \
                dpkg-query --show --showformat='${db:Status-Status}' python3-blinker 2>/dev/null || echo gone; \
                python3 -c 'import termplotlib' 2>/dev/null || echo gone; \
                echo $SGLANG_VERSION ${VIRTUAL_ENV:-none}; test -w $(python3 -c 'import sglang; print(sglang.__file__)') || echo kept";
    assert_eq!(
        run(&["sh", "-c", look]),
        "dynamo\n/workspace\ngone\ngone\nv0.5.7 none\nkept"
    );
}
