//! The stand-ins in `tests/fixtures`, each built by itself with the tools of the
//! project it stands in for: when one of these fails, no frontend is at fault.

use std::collections::BTreeMap;

use crate::engine::{Engine, docker, fixture};
use crate::go;
use crate::mirror::{Mirror, packed};
use crate::python_index::PythonIndex;
use crate::wheel::trtllm;

/// A stage with uv on an image, and the rest of a Dockerfile.
fn with_uv(engine: &Engine, image: &str, rest: &str) -> String {
    let uv = engine.uv();
    format!("FROM {uv} AS uv\nFROM {image}\nCOPY --from=uv /uv /usr/local/bin/\n{rest}")
}

fn python(tag: &str, code: &str) -> String {
    docker(&["run", "--rm", tag, "/venv/bin/python", "-c", code])
}

#[test]
#[ignore = "compiles a wheel from crates"]
fn every_wheel_of_the_dynamo_stand_in_installs_and_imports() {
    let engine = Engine::of_environment();
    let tag = "e2e-stand-in-dynamo";
    let steps = "ENV CARGO_TARGET_DIR=/target NIXL_PREFIX=/opt/nvidia/nvda_nixl\n\
                 COPY . /source\n\
                 RUN uv venv --quiet /venv \
                 && for one in lib/bindings/kvbm lib/gpu_memory_service benchmarks; do \
                 uv build --quiet --wheel --out-dir=/dist /source/$one || exit 1; done \
                 && uv pip install --quiet --python=/venv/bin/python /dist/*.whl \
                 && uv pip install --quiet --python=/venv/bin/python --group=/source/pyproject.toml:docs\n";
    Engine::dockerfile(&with_uv(&engine, engine.rust(), steps))
        .workspace()
        .arg("--load")
        .arg(&format!("--tag={tag}"))
        .run()
        .succeeds();
    let kvbm = "import kvbm; \
                print(kvbm.__version__, kvbm.keeper('a.b.c'), kvbm.nccl, kvbm.nixl_prefix())";
    assert_eq!(
        python(tag, kvbm),
        "1.2.3+standin b False /opt/nvidia/nvda_nixl"
    );
    let pure = "import dynamo_sweep, gpu_memory_service, markdown; \
                print(dynamo_sweep.concurrencies(4), gpu_memory_service.rounded(1))";
    assert_eq!(python(tag, pure), "[1, 2, 4] 2097152");
}

#[test]
#[ignore = "installs a compiler"]
fn nixl_builds_on_ucx_and_its_wheels_find_each_other() {
    let engine = Engine::of_environment();
    let tag = "e2e-stand-in-nixl";
    let steps = "RUN apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install --yes \
                 --no-install-recommends g++ libucx-dev ninja-build pkg-config python3-dev\n\
                 COPY . /source\n\
                 WORKDIR /source\n\
                 RUN uv venv --quiet /venv && . /venv/bin/activate \
                 && uv pip install --quiet meson pybind11 tomlkit \
                 && ./contrib/tomlutil.py --wheel-name nixl-cpu pyproject.toml \
                 && meson setup build --prefix=/opt/nixl --libdir=lib -Ducx_path=/usr \
                 && ninja -C build install \
                 && uv build --quiet --wheel --out-dir=/dist \
                 && uv pip install --quiet /dist/nixl_cpu-*.whl \
                 build/src/bindings/python/nixl-meta/nixl-*.whl\n\
                 WORKDIR /\n";
    Engine::dockerfile(&with_uv(&engine, engine.base(), steps))
        .fixture("nixl")
        .arg("--load")
        .arg(&format!("--tag={tag}"))
        .run()
        .succeeds();
    let nixl = "import nixl; print(nixl.version(), nixl.backend_version('UCX') > '1.')";
    assert_eq!(python(tag, nixl), "0.9.0 True");
    let installed = "cd /opt/nixl && find . -name '*nixl*.h' -o -name 'lib*.so' | sort";
    assert_eq!(
        docker(&["run", "--rm", tag, "sh", "-c", installed]),
        "./include/nixl.h\n./lib/libnixl.so\n./lib/plugins/libplugin_UCX.so"
    );
}

#[test]
fn installers_run_out_of_an_archive_and_out_of_a_wheel() {
    let engine = Engine::of_environment();
    let tag = "e2e-stand-in-installers";
    let efa = packed(&fixture("efa-installer"), "aws-efa-installer");
    let path = "/aws-efa-installer-1.45.1.tar.gz";
    let mirror = Mirror::of(BTreeMap::from([(path.to_owned(), efa)]));
    let index = PythonIndex::of(&[trtllm()]);
    let steps = format!(
        "ADD {}{path} /tmp/efa.tar.gz\n\
         RUN tar -xf /tmp/efa.tar.gz -C /tmp \
         && cd /tmp/aws-efa-installer && ./efa_installer.sh -y --skip-kmod --no-verify\n\
         RUN uv venv --quiet /venv && uv pip install --quiet --no-cache \
         --python=/venv/bin/python --default-index={} --prerelease=allow tensorrt-llm==1.3.0rc1 \
         && bash \"$(find /venv -name install_tensorrt.sh)\"\n",
        mirror.url(),
        index.url()
    );
    Engine::dockerfile(&with_uv(&engine, engine.base(), &steps))
        .arg("--load")
        .arg(&format!("--tag={tag}"))
        .run()
        .succeeds();
    let look = "tr '\\n' ' ' </opt/amazon/efa/arguments; /opt/amazon/efa/bin/fi_info; \
                cat /usr/local/tensorrt/lib/libnvinfer.so";
    assert_eq!(
        docker(&["run", "--rm", tag, "sh", "-c", look]),
        "-y --skip-kmod --no-verify stand-in 1.45.1\nstand-in"
    );
    let version = "import tensorrt_llm; print(tensorrt_llm.__version__)";
    assert_eq!(python(tag, version), "1.3.0rc1");
}

#[test]
#[ignore = "installs a compiler"]
fn the_endpoint_picker_links_the_rust_workspace() {
    let engine = Engine::of_environment();
    let tag = "e2e-stand-in-epp";
    let (rust, base) = (engine.rust(), engine.base());
    let proxy = go::PROXY;
    let build = Engine::dockerfile(&format!(
        "FROM {rust} AS rust\n\
         COPY . /source\n\
         RUN cd /source && cargo build --quiet --locked --release --target-dir=/target \
         --package=libdynamo_llm\n\
         FROM {base} AS go\n\
         RUN apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install --yes \
         --no-install-recommends gcc golang-go libc6-dev\n\
         COPY deploy/inference-gateway/epp /source\n\
         COPY --from=rust /target/release/libdynamo_llm_capi.a \
         /source/pkg/plugins/dynamo_kv_scorer/lib/\n\
         COPY lib/bindings/c/include/nvidia/dynamo_llm/llm_engine.h \
         /source/pkg/plugins/dynamo_kv_scorer/include/\n\
         COPY go-proxy /opt/go-proxy\n\
         RUN cd /source && CGO_ENABLED=1 GOFLAGS=-mod=readonly {proxy} go build -ldflags=\
         '-X sigs.k8s.io/gateway-api-inference-extension/version.BuildRef=v1' -o /epp ./cmd/epp\n\
         FROM {base}\n\
         COPY --from=go /epp /epp\n\
         ENTRYPOINT [\"/epp\"]\n"
    ));
    go::with_modules(build)
        .workspace()
        .arg("--load")
        .arg(&format!("--tag={tag}"))
        .run()
        .succeeds();
    assert_eq!(
        docker(&["run", "--rm", tag, "a.b.c", "a"]),
        "epp v1 unknown\na.b.c true\na false"
    );
}
