//! The HTTP frontend with the endpoint picker, on an image without CUDA.

use std::collections::BTreeMap;

use crate::engine::{Door, Engine, docker, unique};
use crate::epp;
use crate::mirror::Mirror;
use crate::python_index::PythonIndex;
use crate::wheel::Wheel;

/// What an image is configured with.
fn inspect(tag: &str) -> String {
    let what = "{{.Config.User}} {{.Config.Entrypoint}} {{.Config.Cmd}} {{.Config.WorkingDir}}";
    docker(&["image", "inspect", "--format", what, tag])
}

/// Runs a command in an image that has an entrypoint.
fn run(tag: &str, command: &[&str]) -> String {
    docker(&[&["run", "--rm", "--entrypoint=/usr/bin/env", tag], command].concat())
}

#[test]
fn the_frontend_is_compiled_with_its_endpoint_picker() {
    let engine = Engine::of_environment();
    let tag = "e2e-frontend";
    let base = engine.base();
    // A commit that nothing was compiled of before.
    let commit = format!("{:016x}", unique());
    let spec = format!("target: frontend\nexpose: [8000]\ndynamo: {{commit: \"{commit}\"}}\n");
    epp::build_of(&engine, &spec)
        .arg(&format!("--build-arg=images.frontend={base}"))
        .arg("--load")
        .arg(&format!("--tag={tag}"))
        .run()
        .succeeds()
        .shows("compile the endpoint picker")
        .hides("cuda");
    assert_eq!(inspect(tag), "dynamo [/epp] [/bin/bash] /");
    // The entrypoint: what is given to it are its arguments.
    assert_eq!(
        docker(&["run", "--rm", tag, "a.b.c"]),
        format!("epp unknown {commit}\na.b.c true")
    );
    let help = run(tag, &["python", "-m", "dynamo.frontend", "--help"]);
    assert!(help.contains("--http-port"), "{help}");
    let imports = "import sys, dynamo._core, dynamo_sweep, distro; print(sys.prefix)";
    assert_eq!(run(tag, &["python", "-c", imports]), "/opt/dynamo/venv");
    let look = "id -un; pwd; ls /workspace | tr '\\n' ' '; echo; \
                stat -c '%U:%g %a %n' / /epp /opt /opt/dynamo /opt/dynamo/venv /workspace \
                /workspace/* /workspace/examples/a.py; \
                find /workspace /opt/dynamo ! -user dynamo -o ! -group 0 | head; \
                uv --version | cut -d' ' -f1; git lfs version | cut -d/ -f1";
    assert_eq!(
        run(tag, &["sh", "-c", look]),
        "dynamo\n/\n\
         ATTRIBUTIONS.md LICENSE benchmarks components deploy examples recipes tests \n\
         root:0 755 /\n\
         root:0 755 /epp\n\
         root:0 755 /opt\n\
         dynamo:0 775 /opt/dynamo\n\
         dynamo:0 775 /opt/dynamo/venv\n\
         dynamo:0 775 /workspace\n\
         dynamo:0 664 /workspace/ATTRIBUTIONS.md\n\
         dynamo:0 664 /workspace/LICENSE\n\
         dynamo:0 775 /workspace/benchmarks\n\
         dynamo:0 775 /workspace/components\n\
         dynamo:0 775 /workspace/deploy\n\
         dynamo:0 775 /workspace/examples\n\
         dynamo:0 775 /workspace/recipes\n\
         dynamo:0 775 /workspace/tests\n\
         dynamo:0 775 /workspace/examples/a.py\n\
         uv\ngit-lfs"
    );
    let screen = run(tag, &["bash", "-ic", "true"]);
    assert!(screen.contains("Dynamo's frontend"), "{screen}");
}

/// An endpoint picker that was released before.
fn released() -> String {
    let name = Engine::pushed("epp-release");
    Engine::dockerfile("FROM scratch\nCOPY epp /epp\n")
        .file("epp", "#!/bin/sh\necho released \"$@\"\n")
        .arg("--push")
        .arg(&format!("--tag={name}"))
        .run()
        .succeeds();
    name
}

#[test]
fn the_frontend_for_cuda_is_released_packages_without_an_image_of_cuda() {
    let engine = Engine::of_environment();
    let index = PythonIndex::of(&[
        Wheel::new("ai-dynamo", "1.0.0").package("dynamo"),
        Wheel::new("ai-dynamo-runtime", "1.0.0").package("dynamo_runtime"),
        Wheel::new("nixl-cu12", "0.9.0").package("nixl_cu12"),
    ]);
    let mirror = Mirror::of(BTreeMap::new());
    let tag = "e2e-frontend-cuda";
    let spec = engine.spec("").replace("device: cpu", "device: cuda");
    // Neither `images.base` nor anything of NVIDIA's can be had.
    let spec = spec.replace("{base:", "{frontend:");
    let spec = format!(
        "{spec}target: frontend\n\
         mirrors: {{nvcr.io/: \"{}/\"}}\n\
         build: {{python: {{index: \"{}\"}}}}\n",
        mirror.url().trim_start_matches("http://"),
        index.url()
    );
    engine
        .build(&spec, Door::SyntaxLine)
        .arg(&format!("--build-arg=images.epp={}", released()))
        .arg("--load")
        .arg(&format!("--tag={tag}"))
        .run()
        .succeeds();
    assert_eq!(mirror.asked(), [] as [String; 0]);
    assert_eq!(docker(&["run", "--rm", tag, "one"]), "released one");
    let imports = "import dynamo, nixl_cu12; print(dynamo.__version__, nixl_cu12.__version__)";
    assert_eq!(run(tag, &["python", "-c", imports]), "1.0.0 0.9.0");
    assert_eq!(run(tag, &["stat", "-c", "%a %u:%g", "/epp"]), "755 0:0");
}
