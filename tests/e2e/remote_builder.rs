//! Builders that are not the engine of the machine: the examples that make them,
//! and builds on one. `BuildKit` is the one of an engine, which a small bridge puts
//! at a port: buildx's driver, TLS, graph, cache and push are the real ones.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use tempfile::TempDir;

use crate::cache::unknown_base;
use crate::engine::{Build, Door, Engine, architecture, docker, fixture, text, unique};
use crate::other_engine::{CONTAINERD, OtherEngine};

/// A configuration of buildx for one test, so that builders of none are left.
struct Buildx(TempDir);

impl Buildx {
    fn new() -> Self {
        Self(tempfile::tempdir().expect("a folder"))
    }

    fn path(&self) -> String {
        self.0.path().display().to_string()
    }

    /// A program that uses it.
    fn command(&self, program: impl AsRef<Path>, arguments: &[&str]) -> Command {
        let mut command = Command::new(program.as_ref());
        command.args(arguments).env("BUILDX_CONFIG", self.path());
        command.env_remove("BUILDX_BUILDER");
        command
    }

    #[track_caller]
    fn run(&self, program: impl AsRef<Path>, arguments: &[&str]) -> String {
        let output = self.command(program, arguments).output().expect("it runs");
        assert!(output.status.success(), "{arguments:?}: {}", text(&output));
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    }

    /// A build on the builder of this name.
    fn build(&self, build: Build, builder: &str) -> Build {
        let build = build.variable("BUILDX_CONFIG", &self.path());
        build.variable("BUILDX_BUILDER", builder)
    }
}

/// A `BuildKit` at a port, until the value ends.
struct Bridge {
    child: Child,
    address: String,
}

impl Bridge {
    fn to(engine: &OtherEngine, certificates: Option<&Path>) -> Self {
        let socket = engine.host.strip_prefix("unix://").expect("a socket");
        let mut python = Command::new("python3");
        python.arg(fixture("remote-builder/bridge.py")).arg(socket);
        python.args(certificates);
        python.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = python.spawn().expect("python3 runs");
        let mut port = String::new();
        let output = child.stdout.take().expect("a pipe");
        BufReader::new(output).read_line(&mut port).expect("a port");
        let address = format!("tcp://127.0.0.1:{}", port.trim());
        Self { child, address }
    }
}

impl Drop for Bridge {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        let _ = self.child.wait();
    }
}

fn example(path: &str) -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    root.join("examples").join(path)
}

#[test]
#[ignore = "needs other engines: `cargo xtask e2e --all`"]
fn a_builder_behind_tls_builds_and_pushes_a_spec_and_another_takes_it_from_the_cache() {
    let Some([containerd]) = OtherEngine::all([CONTAINERD]) else {
        return;
    };
    let engine = Engine::of_environment();
    let buildx = Buildx::new();
    let certificates = buildx.0.path().join("certificates");
    let folder = certificates.display().to_string();
    buildx.run(
        example("builders/remote/certificates.sh"),
        &["127.0.0.1", &folder],
    );
    let bridge = Bridge::to(&containerd, Some(&certificates.join("server")));
    let node = format!("linux/{}={}", architecture(), bridge.address);
    let client = certificates.join("client").display().to_string();
    buildx.run(example("builders/remote/create.sh"), &[&client, &node]);

    let base = unknown_base(&engine);
    let spec = engine.spec_on(&base, "");
    let image = Engine::pushed(&format!("remote-{}", unique()));
    let cache = format!("{image}-cache");
    let here = |builder: &str| buildx.build(engine.build(&spec, Door::SyntaxLine), builder);
    let built = here("dynamo")
        .arg(&format!("--tag={image}"))
        .arg("--push")
        .arg(&format!("--cache-to=type=registry,ref={cache},mode=max"))
        .run()
        .succeeds();
    let said = docker(&[
        "run",
        "--rm",
        &image,
        "python",
        "-c",
        "import dynamo.runtime",
    ]);
    assert_eq!(said, "");
    // The engine of this machine never saw the base, and runs nothing.
    let again = engine.build(&spec, Door::SyntaxLine);
    let again = again.arg(&format!("--cache-from=type=registry,ref={cache}"));
    let again = again.run().succeeds();
    for step in ["install system packages", "install Dynamo 1.0.0"] {
        assert!(built.reruns(step).is_some(), "{}", built.progress);
        assert_eq!(again.reruns(step), None, "{}", again.progress);
    }

    // Who has no certificate is no client.
    buildx.run(
        "docker",
        &[
            "buildx",
            "create",
            "--name=stranger",
            "--driver=remote",
            &bridge.address,
        ],
    );
    here("stranger").run().fails();
}

#[test]
#[ignore = "needs other engines: `cargo xtask e2e --all`"]
fn the_scripts_for_ci_push_every_image_of_a_bake_file_and_tag_it() {
    let Some([containerd]) = OtherEngine::all([CONTAINERD]) else {
        return;
    };
    let engine = Engine::of_environment();
    let buildx = Buildx::new();
    let bridge = Bridge::to(&containerd, None);
    buildx.run(
        "docker",
        &[
            "buildx",
            "create",
            "--name=ci",
            "--driver=remote",
            "--use",
            &bridge.address,
        ],
    );
    let registry = Engine::pushed(&format!("ci-{}", unique()));
    let registry = registry.trim_end_matches(":test");
    let image = format!("{registry}/dynamo");
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("dynamo.yaml"), engine.spec("")).expect("a spec");
    let mut bake = Command::new(env!("CARGO_BIN_EXE_dynamo-frontend"));
    let options = [
        "--tag-version=v1.4.2".to_owned(),
        format!("--registry={registry}"),
        format!("--build-arg=BUILDKIT_SYNTAX={}", engine.frontend()),
        format!("--build-arg=images.rust={}", engine.rust()),
        "--target=runtime,dynamo_base".to_owned(),
    ];
    bake.arg("bake").args(&options);
    let bake = bake.current_dir(folder.path()).output();
    let bake = bake.expect("the program runs");
    assert!(bake.status.success(), "{}", text(&bake));
    fs::write(folder.path().join("bake.json"), &bake.stdout).expect("a bake file");
    let file: serde_json::Value = serde_json::from_slice(&bake.stdout).expect("JSON");
    let names = file["group"]["default"]["targets"].as_array();
    let names = names.expect("targets").iter();
    let names: Vec<&str> = names.filter_map(serde_json::Value::as_str).collect();
    assert_eq!(names.len(), 2, "{file:#}");
    let program = Path::new(env!("CARGO_BIN_EXE_dynamo-frontend"));
    let own = program.parent().expect("a folder").to_owned();
    let system = std::env::var_os("PATH").expect("a path");
    let folders = [own].into_iter().chain(std::env::split_paths(&system));
    let path = std::env::join_paths(folders).expect("a path");
    let script = |name: &str, arguments: &[&str]| -> Output {
        let mut script = buildx.command(example(name), arguments);
        script.env("PATH", &path).current_dir(folder.path());
        let output = script.output().expect("bash");
        assert!(output.status.success(), "{name}: {}", text(&output));
        output
    };
    let options: Vec<&str> = options.iter().map(String::as_str).collect();
    script(
        "ci/build.sh",
        &[&[image.as_str(), "digests"], &options[..]].concat(),
    );
    let told = script("ci/index.sh", &["bake.json", &image, "digests"]).stdout;
    let told = String::from_utf8_lossy(&told).into_owned();
    let digest = |tag: &str| {
        let format = "--format={{json .Manifest.Digest}}";
        let name = format!("{image}:{tag}");
        let digest = docker(&["buildx", "imagetools", "inspect", format, &name]);
        digest.trim_matches('"').to_owned()
    };
    for name in &names {
        let tags = file["target"][name]["tags"].as_array().expect("tags");
        let tags = tags
            .iter()
            .filter_map(|tag| tag.as_str()?.rsplit(':').next());
        let digests: Vec<String> = tags.map(digest).collect();
        let line = format!("{name} {image}@{}\n", digests[0]);
        assert!(told.contains(&line), "no `{line}` in {told}");
        assert!(
            digests.len() == 2 && digests[0] == digests[1],
            "{digests:?}"
        );
    }
    let runtime = names.iter().find(|name| name.contains("runtime"));
    let name = format!("{image}:v1.4.2-{}", runtime.expect("an image"));
    let help = docker(&[
        "run",
        "--rm",
        &name,
        "python",
        "-m",
        "dynamo.frontend",
        "--help",
    ]);
    assert!(help.contains("--http-port"), "{help}");
}

#[test]
fn buildx_takes_every_option_of_the_builder_in_kubernetes() {
    let buildx = Buildx::new();
    // Nothing is asked of a cluster before the first build.
    let config = buildx.0.path().join("kubeconfig");
    let text = "apiVersion: v1\nkind: Config\ncurrent-context: one\n\
                clusters: [{name: one, cluster: {server: \"http://127.0.0.1:9\"}}]\n\
                contexts: [{name: one, context: {cluster: one, user: one}}]\n\
                users: [{name: one, user: {}}]\n";
    fs::write(&config, text).expect("a configuration");
    let mut create = buildx.command(example("builders/kubernetes/create.sh"), &["team"]);
    let created = create.env("KUBECONFIG", &config).output().expect("bash");
    assert!(
        created.status.success(),
        "{}",
        crate::engine::text(&created)
    );
    let instance = buildx.0.path().join("instances/dynamo");
    let instance = fs::read_to_string(instance).expect("a builder");
    for wanted in [
        "dynamo-amd64",
        "dynamo-arm64",
        "kubernetes.io/arch=arm64",
        "maxUsedSpace",
    ] {
        assert!(
            instance.contains(wanted) || base64_holds(&instance, wanted),
            "no `{wanted}` in {instance}"
        );
    }
}

/// Whether a file that buildx keeps with a builder holds a text.
fn base64_holds(instance: &str, wanted: &str) -> bool {
    use base64::Engine as _;
    let words = instance.split('"');
    let decoded = words.filter_map(|word| base64::prelude::BASE64_STANDARD.decode(word).ok());
    let mut texts = decoded.map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    texts.any(|text| text.contains(wanted))
}

#[test]
fn buildx_reads_the_configuration_of_the_remote_builder() {
    let buildx = Buildx::new();
    let config = example("builders/remote/buildkitd.toml")
        .display()
        .to_string();
    let config = format!("--buildkitd-config={config}");
    let create = [
        "buildx",
        "create",
        "--name=one",
        "--driver=docker-container",
        &config,
    ];
    assert_eq!(buildx.run("docker", &create), "one");
}
