//! A matrix: the file that the command line writes, built by the real bake.

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::Value;
use tempfile::TempDir;

use crate::engine::{Engine, architecture, copy, docker, fixture, text, unique};
use crate::other_engine::{CONTAINERD, OtherEngine};
use crate::turn::Turn;

/// What no two runs of a step leave the same.
const RANDOM: &str = "/proc/sys/kernel/random/uuid";

/// A checkout with a spec, and the name of a registry that nothing else has; empty
/// is this machine.
struct Checkout {
    folder: TempDir,
    registry: String,
}

impl Checkout {
    fn new(spec: &str) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        fs::write(folder.path().join("dynamo.yaml"), spec).expect("a written spec");
        let registry = format!("e2e-bake-{:x}", unique());
        Self { folder, registry }
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Commits all of it, and tags the commit. Gives the commit.
    fn commit(&self, tag: &str) -> String {
        self.git(&["init", "--quiet"]);
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--message=all"]);
        self.git(&["tag", tag]);
        let remote = "https://user:password@git.example/team/dynamo.git";
        self.git(&["remote", "add", "origin", remote]);
        self.git(&["rev-parse", "HEAD"])
    }

    #[track_caller]
    fn git(&self, arguments: &[&str]) -> String {
        let output = Command::new("git")
            .args(["-c", "user.name=a", "-c", "user.email=a@example.com"])
            .args(["-c", "commit.gpgsign=false", "-c", "tag.gpgsign=false"])
            .args(arguments)
            .current_dir(self.path())
            .output()
            .expect("git runs");
        assert!(output.status.success(), "{arguments:?}: {}", text(&output));
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    }

    /// Writes the file of a matrix, with the frontend under test. Gives what is
    /// said of it.
    #[track_caller]
    fn write(&self, engine: &Engine, arguments: &[&str]) -> String {
        let registry = format!("--registry={}", self.registry);
        let registry = Some(registry).filter(|_| !self.registry.is_empty());
        let output = Command::new(env!("CARGO_BIN_EXE_dynamo-frontend"))
            .arg("bake")
            .args(registry)
            .arg(format!("--build-arg=BUILDKIT_SYNTAX={}", engine.frontend()))
            .args(arguments)
            .current_dir(self.path())
            .output()
            .expect("runs");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{said}");
        fs::write(self.path().join("docker-bake.json"), output.stdout).expect("a written file");
        said
    }

    fn bake(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new("docker");
        command.args(["buildx", "bake", "--progress=plain"]);
        command.args(arguments).current_dir(self.path());
        command
    }

    fn image(&self, tag: &str) -> String {
        format!("{}/dynamo:{tag}", self.registry)
    }
}

#[track_caller]
fn succeeds(mut command: Command) -> Output {
    let _turn = Turn::wait();
    let output = command.output().expect("docker runs");
    assert!(output.status.success(), "{}", text(&output));
    output
}

/// Makes the library of a checkout another one each time it is compiled, and one that
/// no other build has compiled.
pub(crate) fn compile_randomly(checkout: &Path) {
    let source = checkout.join("lib/bindings/python/rust/lib.rs");
    let version = "module.add(\"__version__\"";
    let random = format!("module.add(\"__random__\", include_str!(\"{RANDOM}\").trim())?;");
    let library = fs::read_to_string(&source).expect("a source");
    let library = library.replace(version, &format!("{random}\n        {version}"));
    fs::write(&source, library + &format!("// {}\n", unique())).expect("a written source");
}

/// What the library in an image was made with.
#[track_caller]
pub(crate) fn compiled(image: &str) -> String {
    let script = "import dynamo._core; print(dynamo._core.__random__)";
    docker(&["run", "--rm", image, "python", "-c", script])
}

/// Whether the Rust library of a wheel has these bytes in it, as Python in an
/// image sees it.
fn wheel_has(image: &str, wheel: &Path, bytes: &str) -> bool {
    let script = "import sys, io, zipfile\n\
        wheel = zipfile.ZipFile(io.BytesIO(sys.stdin.buffer.read()))\n\
        libraries = [one for one in wheel.namelist() if one.endswith('.so')]\n\
        print([sys.argv[1].encode() in wheel.read(one) for one in libraries])\n";
    let output = Command::new("docker")
        .args(["run", "--rm", "--interactive", image])
        .args(["python", "-c", script, bytes])
        .stdin(Stdio::from(fs::File::open(wheel).expect("a wheel")))
        .output()
        .expect("docker runs");
    assert!(output.status.success(), "{}", text(&output));
    String::from_utf8_lossy(&output.stdout).trim() == "[True]"
}

/// The layers of an image, from its base up.
fn layers(image: &str) -> Vec<String> {
    let layers = docker(&[
        "image",
        "inspect",
        "--format={{json .RootFS.Layers}}",
        image,
    ]);
    serde_json::from_str(&layers).expect("JSON")
}

#[test]
fn three_images_of_one_file_have_their_names_and_share_their_steps() {
    let engine = Engine::of_environment();
    // An account of its own keeps the steps out of the cache of other builds. The
    // wheels have none, and that is no mistake.
    let spec = engine.spec_of_context(&format!(
        "check: {{skip: [WithoutEffect]}}\nuser: {{name: u{:x}}}\n",
        unique()
    ));
    let mut checkout = Checkout::new(&spec);
    copy(&fixture("dynamo"), checkout.path());
    compile_randomly(checkout.path());
    let commit = checkout.commit("v9.8.7");

    let said = checkout.write(&engine, &["--target", "wheels,runtime,test"]);
    assert!(said.contains("version v9.8.7: the tag `v9.8.7`"), "{said}");
    succeeds(checkout.bake(&["--check"]));
    succeeds(checkout.bake(&["--load"]));

    // The checks stand on the images that were just built.
    let checked = text(&succeeds(checkout.bake(&["check"])));
    for target in ["runtime", "test"] {
        let check = format!("[dynamo-{target}-cpu-check check-image]");
        assert!(checked.contains(&check), "no `{check}` in:\n{checked}");
    }

    let runtime = checkout.image("v9.8.7-dynamo-runtime-cpu");
    let test = checkout.image("latest-dynamo-test-cpu");
    // Packages, account, umask, environment: files that are made once have one time.
    let shared = 4 + layers(engine.base()).len();
    assert_eq!(layers(&runtime)[..shared], layers(&test)[..shared]);
    assert_eq!(compiled(&runtime), compiled(&test));
    let wheels = fs::read_dir(checkout.path().join("wheels/dynamo-wheels-cpu"));
    let mut wheels = wheels
        .expect("wheels")
        .map(|one| one.expect("an entry").path());
    let is_rust = |path: &std::path::PathBuf| path.to_string_lossy().contains("ai_dynamo_runtime");
    let wheel = wheels.find(is_rust).expect("the Rust wheel");
    assert!(wheel_has(&runtime, &wheel, &compiled(&runtime)));

    let labels = docker(&[
        "image",
        "inspect",
        "--format={{json .Config.Labels}}",
        &test,
    ]);
    let labels: Value = serde_json::from_str(&labels).expect("JSON");
    let label = |name: &str| labels[format!("org.opencontainers.image.{name}")].clone();
    assert_eq!(label("version"), "9.8.7");
    assert_eq!(label("revision"), commit);
    assert_eq!(label("source"), "https://git.example/team/dynamo");
    let time = checkout.git(&["show", "--no-patch", "--format=%ct"]);
    let time = dynamo_frontend::image::Epoch::parse(&time).expect("a time");
    assert_eq!(label("created"), time.to_string());

    let mut images = ["v9.8.7", "latest"]
        .map(|version| ["runtime", "test"].map(|target| format!("{version}-dynamo-{target}-cpu")))
        .concat()
        .iter()
        .map(|tag| checkout.image(tag))
        .collect::<Vec<String>>();

    // What this machine has is not built again, unless it leaves files.
    let (own, other) = match architecture() {
        "arm64" => ("linux/arm64", "linux/amd64"),
        _ => ("linux/amd64", "linux/arm64"),
    };
    let local = format!("dynamo:v{:x}-dynamo-runtime-cpu", unique());
    docker(&["tag", &runtime, &local]);
    let version = local.split([':', '-']).nth(1).expect("a version");
    checkout.registry.clear();
    let version = format!("--tag-version={version}");
    let arguments = ["--target=wheels,runtime,test", "--skip-existing", &version];
    let said = checkout.write(&engine, &arguments);
    let left_out = format!("left out dynamo-runtime-cpu: there is `{local}`");
    assert!(said.contains(&left_out), "{said}");
    let printed = succeeds(checkout.bake(&["--print"]));
    let printed: Value = serde_json::from_slice(&printed.stdout).expect("JSON");
    let left = serde_json::json!(["dynamo-test-cpu", "dynamo-wheels-cpu"]);
    assert_eq!(printed["group"]["default"]["targets"], left);

    // Nor what a registry has, for the platforms that it is wanted for.
    let registry = std::env::var("REGISTRY").expect("REGISTRY is set by `cargo xtask e2e`");
    let pushed = format!("{registry}/e2e/{local}");
    docker(&["tag", &runtime, &pushed]);
    docker(&["push", "--quiet", &pushed]);
    checkout.registry = format!("{registry}/e2e");
    let arguments = ["--target=runtime", "--skip-existing", &version];
    for (platforms, is_there) in [(own, true), ("linux/amd64,linux/arm64", false)] {
        let platform = format!("--platform={platforms}");
        let said = checkout.write(&engine, &[&arguments[..], &[&platform]].concat());
        let line = if is_there {
            format!("left out dynamo-runtime-cpu: there is `{pushed}`")
        } else {
            format!("`{pushed}` is not there for `{other}` and is built")
        };
        assert!(said.contains(&line), "no `{line}` in:\n{said}");
    }
    images.extend([local, pushed]);
    for image in images {
        docker(&["image", "rm", &image]);
    }
}

#[test]
fn a_check_runs_on_the_images_of_its_targets_and_of_no_other() {
    let engine = Engine::of_environment();
    // Scripts that no other build has run.
    let spec = engine.spec(&format!(
        "tests:
  gate: true
  builtin: false
  checks:
    serves: {{targets: [runtime], command: '! command -v cargo # {0:x}'}}
    compiles: {{targets: [dynamo_base], command: 'cargo --version # {0:x}'}}
",
        unique()
    ));
    let checkout = Checkout::new(&spec);
    checkout.commit("v1.0.0");
    let rust = format!("--build-arg=images.rust={}", engine.rust());
    let said = checkout.write(&engine, &["--target=runtime,dynamo_base", &rust]);
    assert!(!said.contains("WithoutEffect"), "{said}");
    let gated = text(&succeeds(
        checkout.bake(&["--set=*.output=type=cacheonly", "default"]),
    ));
    let checked = text(&succeeds(checkout.bake(&["check"])));
    for (progress, suffix) in [(gated, ""), (checked, "-check")] {
        for (target, check, other) in [
            ("runtime", "serves", "compiles"),
            ("dynamo_base", "compiles", "serves"),
        ] {
            let step = |name| format!("[dynamo-{target}-cpu{suffix} check-image] {name}\n");
            let is_there = [check, other].map(|name| progress.contains(&step(name)));
            assert_eq!(is_there, [true, false], "of {target} in:\n{progress}");
        }
    }
}

#[test]
fn an_image_for_the_one_who_builds_takes_the_ids_from_variables() {
    let engine = Engine::of_environment();
    let checkout = Checkout::new(&engine.spec_of_context(""));
    checkout.commit("v1.0.0");
    let said = checkout.write(&engine, &["--target", "local-dev"]);
    assert!(said.contains("USER_UID=$(id -u)"), "{said}");
    let printed = |command: &mut Command| -> Value {
        let output = command.output().expect("docker runs");
        serde_json::from_slice(&output.stdout).expect("JSON")
    };
    let mut print = checkout.bake(&["--print"]);
    let given = printed(print.env("USER_UID", "1234").env("USER_GID", "5678"));
    let arguments = &given["target"]["dynamo-local-dev-cpu"]["args"];
    assert_eq!(arguments["user.uid"], "1234");
    assert_eq!(arguments["user.gid"], "5678");
    // Without them, the build says what it needs.
    let unset = |mut command: Command| {
        command.env_remove("USER_UID").env_remove("USER_GID");
        command.output().expect("docker runs")
    };
    let checked = unset(checkout.bake(&["--check"]));
    assert!(!checked.status.success());
    assert!(
        text(&checked).contains("needs the uid and gid"),
        "{}",
        text(&checked)
    );
}

#[test]
fn bake_reads_the_file_of_every_matrix_and_computes_nothing_in_it() {
    let engine = Engine::of_environment();
    let checkout = Checkout::new("# syntax=nvidia/dynamo-frontend:1\nframework: dynamo\n");
    checkout.commit("v1.0.0");
    let odd = "labels.odd=${HOME} %{if} $x \"quoted\"";
    for arguments in [
        &[] as &[&str],
        &["--framework", "all"],
        &[
            "--framework",
            "all",
            "--target",
            "all",
            "--device",
            "all",
            "--cuda",
            "all",
            "--efa=all",
            "--platform",
            "all",
        ],
        &[
            "--framework",
            "vllm,sglang",
            "--target",
            "runtime,dev",
            "--sbom",
            "--provenance",
            "--cache",
            "registry.example.com/cache",
            "--cache-from",
            "type=gha,scope={name}",
        ],
        &[
            "--secret",
            "id=token,env=TOKEN",
            "--build-context",
            "wheels=./${wheels}",
            "--no-cache-filter",
            "runtime",
        ],
    ] {
        checkout.write(&engine, &[arguments, &["--build-arg", odd]].concat());
        let printed = succeeds(checkout.bake(&["--print", "default", "check"]));
        let printed: Value = serde_json::from_slice(&printed.stdout).expect("JSON");
        let targets = printed["target"].as_object().expect("targets");
        assert!(!targets.is_empty(), "{arguments:?}");
        for (name, target) in targets {
            // Bake writes what it has read so that it can be read again.
            assert_eq!(
                target["args"]["labels.odd"], "$${HOME} %%{if} $x \"quoted\"",
                "{name}"
            );
        }
    }
}

#[test]
#[ignore = "needs an engine that keeps images in containerd"]
fn each_image_of_a_matrix_has_a_cache_of_its_own_in_a_registry() {
    let Some([containerd]) = OtherEngine::all([CONTAINERD]) else {
        return;
    };
    let engine = Engine::of_environment();
    let spec = engine.spec(&format!("user: {{name: u{:x}}}\n", unique()));
    let rust = format!("images: {{rust: {}, ", engine.rust());
    let spec = spec.replace("images: {", &rust);
    let mut checkout = Checkout::new(&spec);
    let registry = std::env::var("REGISTRY").expect("REGISTRY is set by `cargo xtask e2e`");
    checkout.registry = format!("{registry}/e2e/bake");
    checkout.commit("v1.0.0");
    let cache = format!("{}/cache", checkout.registry);
    let arguments = ["--target", "runtime,dynamo_base", "--cache", &cache];
    checkout.write(&engine, &arguments);
    let mut push = checkout.bake(&["--push"]);
    push.env("DOCKER_HOST", &containerd.host);
    succeeds(push);
    let kind = |reference: &str| docker(&["buildx", "imagetools", "inspect", "--raw", reference]);
    for name in ["dynamo-runtime-cpu", "dynamo-dynamo_base-cpu"] {
        let manifest = kind(&format!("{cache}:{name}"));
        assert!(
            manifest.contains("buildkit.cacheconfig"),
            "{name}: {manifest}"
        );
        let image = kind(&checkout.image(&format!("v1.0.0-{name}")));
        assert!(
            image.contains(architecture()) || image.contains("manifest.v"),
            "{image}"
        );
    }
    // What a registry has is not built again.
    let said = checkout.write(&engine, &[&arguments[..], &["--skip-existing"]].concat());
    assert_eq!(said.matches("left out").count(), 2, "{said}");
}
