//! TensorRT-LLM's runtime on a smaller image than the one that `PyTorch` is in,
//! with packages of NVIDIA's own repository.

use crate::apt_repository;
use crate::development::push;
use crate::engine::{Door, Engine, architecture, docker};
use crate::engines::{python, pytorch, wheels};
use crate::mirror::Mirror;
use crate::python_index::PythonIndex;
use crate::wheel::Wheel;

/// What NVIDIA's image of PyTorch has besides it: MPI, CUDA, libraries.
const BASE: &str = r"
RUN set -e; cuda=/usr/local/cuda-13.1; \
    mkdir -p /opt/hpcx/ompi/bin /opt/hpcx/ompi/lib /opt/hpcx/ucc/lib $cuda/bin $cuda/nvvm/bin; \
    touch /opt/hpcx/ompi/lib/libmpi.so.40 /opt/hpcx/ucc/lib/libucc.so.1; \
    ln -s libmpi.so.40 /opt/hpcx/ompi/lib/libmpi.so; \
    printf '#!/bin/sh\necho mpi\n' >/opt/hpcx/ompi/bin/mpirun; chmod 755 /opt/hpcx/ompi/bin/mpirun; \
    for target in x86_64-linux sbsa-linux; do \
        mkdir -p $cuda/targets/$target/include $cuda/targets/$target/lib/stubs; \
        cd $cuda/targets/$target; \
        touch include/cuda.h lib/libcudart.so.13 lib/libcupti.so.13 lib/libcusparseLt.so.0 lib/libcufft.so.12; \
    done; \
    ln -s targets/$(uname -m | sed s/aarch64/sbsa/)-linux/include $cuda/include; \
    ln -s targets/$(uname -m | sed s/aarch64/sbsa/)-linux/lib $cuda/lib64; \
    ln -s cuda-13.1 /usr/local/cuda; \
    for program in nvcc cudafe++ ptxas fatbinary cuobjdump nvdisasm; do \
        touch $cuda/bin/$program; chmod 755 $cuda/bin/$program; done; \
    touch $cuda/nvvm/bin/cicc /usr/local/lib/libnvpl.so.1; \
    ln -s libnvpl.so.1 /usr/local/lib/libnvpl.so
RUN apt-get update && apt-get install --yes --no-install-recommends libgomp1 libnuma1
";

/// What NVIDIA's image for runtimes has: an entrypoint, a list of its repository
/// with a key of its own, CUDA's libraries.
fn runtime(distribution: &str) -> String {
    let target = match distribution {
        "sbsa" => "sbsa-linux",
        _ => "x86_64-linux",
    };
    format!(
        "RUN mkdir -p /opt/nvidia /usr/local/cuda-13.1/targets/{target}/lib \
         && ln -s targets/{target}/lib /usr/local/cuda-13.1/lib64 \
         && ln -s cuda-13.1 /usr/local/cuda \
         && printf '#!/bin/sh\\nexec \"$@\"\\n' >/opt/nvidia/nvidia_entrypoint.sh \
         && chmod 755 /opt/nvidia/nvidia_entrypoint.sh \
         && echo 'deb [signed-by=/usr/share/keyrings/another.gpg] http://127.0.0.1:9/ /' \
         >/etc/apt/sources.list.d/cuda-ubuntu2404-{distribution}.list\n"
    )
}

#[test]
#[ignore = "installs compilers"]
fn a_runtime_takes_the_environment_over_with_mpi_tensorrt_and_the_compiler_of_cuda() {
    let engine = Engine::of_environment();
    let python = python(&engine);
    let (base, small) = (
        Engine::pushed("trtllm-base"),
        Engine::pushed("trtllm-small"),
    );
    let text = format!("FROM {}\n{BASE}", pytorch(&engine, &python));
    push(Engine::dockerfile(&text), &base);
    let distribution = match architecture() {
        "arm64" => "sbsa",
        _ => "x86_64",
    };
    let text = format!("FROM {}\n{}", engine.base(), runtime(distribution));
    push(Engine::dockerfile(&text), &small);
    let below = format!("/compute/cuda/repos/ubuntu2404/{distribution}");
    let made = "libcudnn9-cuda-13=/usr/lib/cudnn/libcudnn.so.9 \
                libnvshmem3-cuda-13=/usr/lib/nvshmem/13/libnvshmem_host.so.3";
    let mirror = Mirror::for_steps(apt_repository::signed(
        &engine,
        &below,
        "3bf863cc.pub",
        made,
    ));
    let mut packages = wheels();
    packages.extend([
        Wheel::new("ai-dynamo", "1.0.0").package("dynamo"),
        Wheel::new("ai-dynamo-runtime", "1.0.0").package("dynamo_runtime"),
        Wheel::new("cupy-cuda13x", "13.6.0").package("cupy"),
    ]);
    let index = PythonIndex::of(&packages);
    let tag = "e2e-trtllm-runtime";
    let spec = format!(
        "# syntax=nvidia/dynamo-frontend:1\n\
         framework: trtllm\n\
         dynamo: {{source: {{index: 1.0.0}}}}\n\
         images: {{base: {base}, runtime: {small}, uv: {uv}}}\n\
         toolchain: {{python: \"{python}\"}}\n\
         components: {{nats: false, etcd: false, gdrcopy: false, ucx: false, libfabric: false, nixl: false}}\n\
         features: {{kvbm: false, media_ffmpeg: false}}\n\
         mirrors:\n\
         \x20 https://developer.download.nvidia.com/: {mirror}/\n\
         \x20 https://download.pytorch.org/whl/cu130: {index}\n\
         build: {{python: {{index: \"{index}\"}}}}\n\
         trtllm: {{install: {{index: {{version: 1.3.0rc1, url: \"{index}\"}}}}}}\n",
        uv = engine.uv(),
        mirror = mirror.url(),
        index = index.url(),
    );
    let build = engine.build(&spec, Door::SyntaxLine).arg("--load");
    build
        .arg(&format!("--tag={tag}"))
        .run()
        .succeeds()
        .shows("add TensorRT")
        .shows("add the environment: tensorrt_llm");

    let run = |script: &str| docker(&["run", "--rm", tag, "bash", "-c", script]);
    assert_eq!(
        run(
            "python -c 'import sys, cupy, dynamo, tensorrt_llm, torch, triton; \
             print(sys.prefix, tensorrt_llm.__version__, torch.__version__, triton.__version__)'"
        ),
        "/opt/dynamo/venv 1.3.0rc1 2.10.0a0 3.5.1"
    );
    assert_eq!(run("id -un; pwd; mpirun"), "dynamo\n/workspace\nmpi");
    assert_eq!(
        run(
            "readlink /usr/local/cuda /opt/hpcx/ompi/lib/libmpi.so /usr/local/lib/libnvpl.so \
             /usr/local/tensorrt/lib/libnvinfer.so /usr/lib/*-linux-gnu/libnccl.so \
             /opt/dynamo/venv/lib/python*/site-packages/torch/lib/libtorch.so"
        ),
        "cuda-13.1\nlibmpi.so.40\nlibnvpl.so.1\nlibnvinfer.so.10\nlibnccl.so.2\nlibtorch.so.2"
    );
    run(
        "for file in bin/nvcc bin/cudafe++ bin/cuobjdump nvvm/bin/cicc include/cuda.h \
         lib64/libcudart.so.13 lib64/libcupti.so.13 lib64/libcusparseLt.so.0; do \
         test -e /usr/local/cuda/$file || { echo $file; exit 1; }; done; \
         test ! -e /usr/local/cuda/lib64/libcufft.so.12; \
         test -e /usr/lib/nvshmem/13/libnvshmem_host.so.3; ls /usr/lib/*-linux-gnu/libgomp.so.1",
    );
    assert_eq!(
        run(
            "find /opt/dynamo /workspace ! -user dynamo -o ! -group 0 -o ! -type l ! -perm -g=w | head"
        ),
        ""
    );
    assert_eq!(
        run(
            "stat -c '%U:%g %a %n' / /opt /opt/hpcx /usr/local /usr/local/lib /usr/local/tensorrt /usr/lib"
        ),
        "root:0 755 /\nroot:0 755 /opt\nroot:0 755 /opt/hpcx\nroot:0 755 /usr/local\n\
         root:0 755 /usr/local/lib\nroot:0 775 /usr/local/tensorrt\nroot:0 755 /usr/lib"
    );
    // The base's own list is back, and nothing of ours is left.
    let lists = run("cat /etc/apt/sources.list.d/cuda-*; ls /run");
    assert!(
        lists.contains("another.gpg") && !lists.contains("apt"),
        "{lists}"
    );
    // What it names is there.
    run(
        "for name in OPAL_PREFIX CUDA_HOME TRITON_PTXAS_PATH TRITON_CUDACRT_PATH; do \
         test -e \"${!name}\" || { echo $name; exit 1; }; done",
    );
    let config = "{{.Config.User}} {{.Config.Entrypoint}} {{.Config.Cmd}} {{.Config.WorkingDir}}";
    assert_eq!(
        docker(&["image", "inspect", "--format", config, tag]),
        "dynamo [/opt/nvidia/nvidia_entrypoint.sh] [] /workspace"
    );
}
