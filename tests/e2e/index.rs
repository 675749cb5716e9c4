//! The Python index of stand-ins, as a step of a build meets it.

use crate::engine::{Engine, docker};
use crate::python_index::PythonIndex;
use crate::wheel::vllm;

#[test]
fn a_step_installs_stand_ins_and_everything_else_from_one_index() {
    let engine = Engine::of_environment();
    let index = PythonIndex::of(&vllm());
    let tag = "e2e-index";
    Engine::dockerfile(&format!(
        "FROM {} AS uv\n\
         FROM {}\n\
         COPY --from=uv /uv /usr/local/bin/\n\
         RUN uv venv /venv && uv pip install --no-cache --python=/venv/bin/python \
         --default-index={} vllm[flashinfer]==0.15.1 iniconfig==2.0.0\n",
        engine.uv(),
        engine.base(),
        index.url()
    ))
    .arg("--load")
    .arg(&format!("--tag={tag}"))
    .run()
    .succeeds();
    let python = |code: &str| docker(&["run", "--rm", tag, "/venv/bin/python", "-c", code]);
    assert_eq!(
        python(
            "import importlib.metadata as m, iniconfig, torch, triton, vllm; \
             print(vllm.__version__, torch.__version__, triton.__version__, m.version('nvidia-nccl-cu12'))"
        ),
        "0.15.1 2.9.1 3.5.1 2.27.5"
    );
    let folders = "cd /venv/lib/python*/site-packages && ls -d */ | grep -v -e dist-info -e _virtualenv -e pycache";
    assert_eq!(
        docker(&["run", "--rm", tag, "sh", "-c", folders]),
        "flashinfer_cubin/\nflashinfer_jit_cache/\niniconfig/\nnvidia/\ntorch/\ntriton/\nvllm/"
    );
    let asked = index.asked();
    for path in [
        "/simple/vllm/",
        "/simple/nvidia-nccl-cu12/",
        "/simple/iniconfig/",
    ] {
        assert!(asked.iter().any(|one| one == path), "{path}: {asked:?}");
    }
}
