//! vLLM's images for cpu and cuda, out of stand-ins: a repository of vLLM's that
//! installs in a second, wheels with the names of its largest packages, the
//! Dynamo repository's, a base with the folders and links of CUDA. Everything else
//! is real: the packages of the system, what compiles Dynamo, uv, git.

use std::collections::BTreeMap;

use crate::engine::{Door, Engine, docker, fixture};
use crate::git_mirror::Repository;
use crate::mirror::{Mirror, packed};
use crate::python_index::PythonIndex;
use crate::turn::Alone;
use crate::wheel::{Wheel, vllm};

/// As much of vLLM's repository as its build goes through: the version comes from
/// git or from who asks for the build, and the device is in the wheel.
const REPOSITORY: [(&str, &str); 5] = [
    (
        "requirements/cpu-build.txt",
        "setuptools==80.9.0\nwheel==0.45.1\n",
    ),
    ("requirements/cpu.txt", "torch==2.9.1\n"),
    (
        "pyproject.toml",
        "[build-system]\nrequires = [\"nothing-of-this-name\"]\nbuild-backend = \"setuptools.build_meta\"\n",
    ),
    (
        "setup.py",
        "import os\nfrom setuptools import setup\n\
         told = {name: value for name, value in os.environ.items() if name.startswith('VLLM_')}\n\
         open('vllm/told.py', 'w').write(f'TOLD = {told!r}')\n\
         setup(name='vllm', version=os.environ['SETUPTOOLS_SCM_PRETEND_VERSION'], packages=['vllm'])\n",
    ),
    ("vllm/__init__.py", ""),
];

#[test]
#[ignore = "installs compilers"]
fn an_environment_compiled_elsewhere_serves_as_the_account() {
    let _alone = Alone::wait();
    let engine = Engine::of_environment();
    let index = PythonIndex::of(&vllm());
    let repository = Repository::of_files(&REPOSITORY, "v0.16.0");
    let mirror = Mirror::with(
        BTreeMap::new(),
        BTreeMap::from([("/vllm-project/vllm".to_owned(), repository)]),
    );
    let tag = "e2e-vllm";
    let build = |file: (&str, &str)| {
        engine
            .build(
                engine.spec_of_vllm(&mirror.url(), &index.url()),
                Door::SyntaxLine,
            )
            .workspace()
            .file(file.0, file.1)
            .arg("--load")
            .arg(&format!("--tag={tag}"))
    };
    build(("examples/a.py", "first"))
        .run()
        .succeeds()
        .shows("compile vLLM 0.16.0 for cpu")
        .shows("add the environment: torch");

    let run = |script: &str| docker(&["run", "--rm", tag, "bash", "-c", script]);
    let python = |code: &str| docker(&["run", "--rm", tag, "python", "-c", code]);
    assert_eq!(
        python(
            "import importlib.metadata as m, sys, vllm.told, torch, triton, dynamo._core; \
             print(sys.prefix, m.version('vllm'), torch.__version__, \
             sorted(vllm.told.TOLD))"
        ),
        "/opt/dynamo/venv 0.16.0 2.9.1 ['VLLM_CPU_AMXBF16', 'VLLM_CPU_AVX512', \
         'VLLM_CPU_AVX512BF16', 'VLLM_CPU_AVX512VNNI', 'VLLM_TARGET_DEVICE']"
    );
    // What the repository requires, and its benchmarks.
    assert_eq!(
        python("import distro, dynamo_sweep; print(distro.__version__)"),
        "1.9.0"
    );
    // Everybody's folders are root's, and the account's are the group's to write.
    assert_eq!(
        run(
            "stat -c '%U:%g %a %n' / /opt /usr/local /opt/dynamo /opt/dynamo/venv \
             /opt/dynamo/venv/lib/python*/site-packages/torch /opt/vllm /workspace \
             /workspace/examples /workspace/LICENSE | sed s/python3.*site/python*site/"
        ),
        "root:0 755 /\n\
         root:0 755 /opt\n\
         root:0 755 /usr/local\n\
         dynamo:0 775 /opt/dynamo\n\
         dynamo:0 775 /opt/dynamo/venv\n\
         dynamo:0 775 /opt/dynamo/venv/lib/python*site-packages/torch\n\
         dynamo:0 755 /opt/vllm\n\
         dynamo:0 775 /workspace\n\
         dynamo:0 775 /workspace/examples\n\
         dynamo:0 664 /workspace/LICENSE"
    );
    assert_eq!(
        run("find /opt/dynamo /opt/vllm /workspace ! -user dynamo | head"),
        ""
    );
    assert_eq!(
        run("find /opt/dynamo /workspace ! -type l ! -perm -g=w | head"),
        "",
        "all is the group's to write"
    );
    // Links stay links: the environment's Python is the image's own.
    assert!(run("readlink /opt/dynamo/venv/bin/python").starts_with("/usr/bin/python3"));
    assert!(run("cat /workspace/ATTRIBUTIONS.md").len() > 1);
    assert!(run("bash -ic true 2>/dev/null").contains("Stand-in for Dynamo"));
    let config = docker(&[
        "image",
        "inspect",
        "--format",
        "{{.Config.User}} {{.Config.WorkingDir}} {{.Config.Cmd}} {{len .RootFS.Layers}}",
        tag,
    ]);
    assert!(
        config.starts_with("dynamo /workspace [/bin/bash] "),
        "{config}"
    );

    // A changed example is a changed layer and no process.
    let again = build(("examples/a.py", "second")).run().succeeds();
    for (name, end) in again.steps() {
        let ran = !name.contains("add the workspace") && end != "CACHED";
        assert!(!ran, "`{name}` ran again:\n{}", again.progress);
    }
    assert_eq!(run("cat /workspace/examples/a.py"), "second");

    // What holds for every image of the target.
    build(("examples/a.py", "second"))
        .arg("--target=check-image")
        .run()
        .succeeds()
        .shows("ok: the Python package `vllm` is 0.16.0")
        .shows("6 checks of the image passed");
}

/// What a base of NVIDIA's has, as far as paths go, and a Debian package of theirs.
const CUDA: &str = r"
RUN set -e; cuda=/usr/local/cuda-12.9; package=cuda-command-line-tools-12-9; \
    for target in x86_64-linux sbsa-linux; do \
        mkdir -p $cuda/targets/$target/include $cuda/targets/$target/lib/stubs; \
        cd $cuda/targets/$target; \
        touch include/cuda.h lib/stubs/libcuda.so lib/libcudart.so.12.9 lib/libcublas.so.12 lib/libcufft.so.11; \
        ln -s libcudart.so.12.9 lib/libcudart.so; ln -s libcublas.so.12 lib/libcublas.so; \
    done; \
    ln -s targets/$(uname -m | sed s/aarch64/sbsa/)-linux/include $cuda/include; \
    ln -s targets/$(uname -m | sed s/aarch64/sbsa/)-linux/lib $cuda/lib64; \
    ln -s cuda-12.9 /usr/local/cuda; \
    mkdir -p $cuda/bin $cuda/nvvm/bin; \
    for program in nvcc cudafe++ ptxas fatbinary nsys; do touch $cuda/bin/$program; done; \
    chmod 755 $cuda/bin/*; touch $cuda/nvvm/bin/cicc; \
    mkdir -p /tmp/package/DEBIAN /opt/packages; cd /opt/packages; \
    printf 'Package: %s\nVersion: 1\nArchitecture: all\nMaintainer: Nobody <nobody@example.org>\nDescription: stand-in\n' \
        $package >/tmp/package/DEBIAN/control; \
    dpkg-deb --build /tmp/package $package.deb; \
    { cat /tmp/package/DEBIAN/control; echo Filename: ./$package.deb; \
      echo Size: $(stat -c %s $package.deb); echo SHA256: $(sha256sum $package.deb | cut -c1-64); } >Packages; \
    echo 'deb [trusted=yes] file:/opt/packages ./' >/etc/apt/sources.list.d/stand-in.list
";

/// The installers of kernels in vLLM's repository.
const INSTALLERS: [(&str, &str); 2] = [
    (
        "tools/install_deepgemm.sh",
        "set -e\nuv pip install deep-gemm==2.1.0\n\
         echo \"$@ $TORCH_CUDA_ARCH_LIST $MAX_JOBS $CUDA_HOME\" >/opt/vllm/told\n",
    ),
    (
        "tools/ep_kernels/install_python_libraries.sh",
        "set -e\npython -c 'import torch'\nmkdir -p ep_kernels_workspace/nvshmem/lib\n\
         touch ep_kernels_workspace/nvshmem/lib/libnvshmem_host.so.3\n",
    ),
];

#[test]
#[ignore = "installs compilers"]
fn a_cuda_image_has_the_compiler_the_kernels_and_efa() {
    let engine = Engine::of_environment();
    let base = Engine::pushed("cuda");
    Engine::dockerfile(&format!("FROM {}\n{CUDA}", engine.base()))
        .arg("--push")
        .arg(&format!("--tag={base}"))
        .run()
        .succeeds();
    let mut wheels = vllm();
    wheels.extend([
        Wheel::new("lmcache", "0.3.13").package("lmcache"),
        Wheel::new("deep-gemm", "2.1.0").package("deep_gemm"),
        Wheel::new("ai-dynamo", "1.0.0").package("dynamo"),
        Wheel::new("ai-dynamo-runtime", "1.0.0").package("dynamo_runtime"),
    ]);
    let index = PythonIndex::of(&wheels);
    let efa = packed(&fixture("efa-installer"), "aws-efa-installer");
    let mirror = Mirror::with(
        BTreeMap::from([("/aws-efa-installer-1.45.1.tar.gz".to_owned(), efa)]),
        BTreeMap::from([(
            "/vllm-project/vllm".to_owned(),
            Repository::of_files(&INSTALLERS, "v0.15.1"),
        )]),
    );
    let tag = "e2e-vllm-cuda";
    let spec = engine.spec_of_vllm_for_cuda(&base, &mirror.url(), &index.url());
    engine
        .build(&spec, Door::SyntaxLine)
        .arg("--load")
        .arg(&format!("--tag={tag}"))
        .run()
        .succeeds()
        .shows("compile the kernels of DeepGEMM")
        .shows("install EFA 1.45.1");

    let entry = ["run", "--rm", "--entrypoint=bash", tag, "-c"];
    let run = |script: &str| docker(&[&entry[..], &[script]].concat());
    assert_eq!(
        run("cat /opt/vllm/told"),
        "--cuda-version 12.9 9.0;10.0 10 /usr/local/cuda"
    );
    // Each package of a layer of its own is there once, with what it imports.
    assert_eq!(
        run(
            "python -c 'import vllm, torch, triton, nvidia.nccl, flashinfer_cubin, \
             flashinfer_jit_cache, deep_gemm, dynamo; print(torch.__version__)'"
        ),
        "2.9.1"
    );
    assert_eq!(
        run("find /opt/dynamo /opt/vllm ! -user dynamo -o ! -group 0 | head"),
        ""
    );
    assert_eq!(
        run("stat -c '%U:%g %a' /opt /opt/vllm /opt/vllm/tools/ep_kernels/ep_kernels_workspace"),
        "root:0 755\ndynamo:0 755\ndynamo:0 775"
    );
    // The folder of CUDA stays the link it is, and so do its links.
    assert_eq!(
        run(
            "readlink /usr/local/cuda /usr/local/cuda/lib64/libcublas.so /usr/local/cuda/lib64/libcudart.so"
        ),
        "cuda-12.9\nlibcublas.so.12\nlibcudart.so.12.9"
    );
    run(
        "test -x /usr/local/cuda/bin/cudafe++ && test -f /usr/local/cuda/include/cuda.h && \
         test -f /usr/local/cuda/nvvm/bin/cicc && test -f /usr/local/cuda/lib64/stubs/libcuda.so",
    );
    assert_eq!(
        run("echo $EFA_VERSION && cat /opt/amazon/efa/arguments"),
        "1.45.1\n--yes\n--skip-kmod\n--skip-limit-conf\n--no-verify"
    );
    run("test ! -e /opt/amazon/aws-ofi-nccl");
    let libraries = run("echo $LD_LIBRARY_PATH");
    assert!(
        libraries.contains("/opt/vllm/tools/ep_kernels/ep_kernels_workspace/nvshmem/lib"),
        "{libraries}"
    );
    assert_eq!(
        docker(&[
            "image",
            "inspect",
            "--format",
            "{{.Config.User}} {{.Config.Entrypoint}}",
            tag
        ]),
        "dynamo [/opt/nvidia/nvidia_entrypoint.sh]"
    );
}
