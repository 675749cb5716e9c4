//! The engine as the tests use it: a build is described, run, and looked at.

use std::fs;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use tempfile::TempDir;

use crate::built::Built;
use crate::turn::Turn;

/// Where the engine and its images are; set by `cargo xtask e2e`.
pub(crate) struct Engine {
    frontend: String,
    base: String,
    uv: String,
    rust: String,
    python: String,
}

/// How the frontend is chosen.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Door {
    /// The first line of the spec, `# syntax=nvidia/dynamo-frontend:1`, with
    /// that name pointed at the image under test.
    SyntaxLine,
    /// `--build-arg BUILDKIT_SYNTAX=`.
    BuildArg,
}

/// A build that can still be changed.
#[must_use = "a build does nothing until it is run"]
pub(crate) struct Build {
    folder: TempDir,
    docker: Command,
    /// What is built: the folder, a URL, or `-` for standard input.
    context: String,
    input: Option<Vec<u8>>,
}

/// A build that runs.
pub(crate) struct Started {
    pub(crate) client: Child,
    /// The file that its progress goes to.
    pub(crate) progress: PathBuf,
    _folder: TempDir,
    _turn: Turn,
}

impl Engine {
    /// The engine of the environment.
    #[track_caller]
    pub(crate) fn of_environment() -> Self {
        let variable = |name: &str| {
            std::env::var(name)
                .unwrap_or_else(|_| panic!("{name} is not set: run `cargo xtask e2e`"))
        };
        Self {
            frontend: variable("FRONTEND_IMAGE"),
            base: variable("BASE_IMAGE"),
            uv: variable("UV_IMAGE"),
            rust: variable("RUST_IMAGE"),
            python: variable("BASE_PYTHON"),
        }
    }

    /// The same engine with other images.
    pub(crate) fn on(self, base: String, uv: String) -> Self {
        Self { base, uv, ..self }
    }

    /// A spec that stands on the images of the engine, with `more` at its end.
    pub(crate) fn spec(&self, more: &str) -> String {
        self.spec_on(&self.base, more)
    }

    /// The same on another base image.
    pub(crate) fn spec_on(&self, base: &str, more: &str) -> String {
        self.head(
            base,
            &format!("components: {{nats: false, etcd: false}}\n{more}"),
        )
    }

    /// A spec with NATS and etcd, unless `more` leaves them out.
    pub(crate) fn spec_with_services(&self, more: &str) -> String {
        self.head(&self.base, more)
    }

    /// A spec that builds Dynamo from the build context.
    pub(crate) fn spec_of_context(&self, more: &str) -> String {
        let Self {
            base,
            uv,
            rust,
            python,
            ..
        } = self;
        format!(
            "# syntax=nvidia/dynamo-frontend:1\n\
             framework: dynamo\n\
             device: cpu\n\
             images: {{base: {base}, uv: {uv}, rust: {rust}}}\n\
             toolchain: {{python: \"{python}\"}}\n\
             components: {{nats: false, etcd: false}}\n\
             {more}"
        )
    }

    /// A spec of vLLM's image for cpu, built from the build context; sources come
    /// from a mirror and Python packages from an index.
    pub(crate) fn spec_of_vllm(&self, mirror: &str, index: &str) -> String {
        let Self {
            base,
            uv,
            rust,
            python,
            ..
        } = self;
        format!(
            "# syntax=nvidia/dynamo-frontend:1\n\
             framework: vllm\n\
             device: cpu\n\
             images: {{base: {base}, runtime: {base}, uv: {uv}, rust: {rust}}}\n\
             toolchain: {{python: \"{python}\"}}\n\
             components: {{nats: false, etcd: false, ucx: false, nixl: false}}\n\
             mirrors:\n\
             \x20 https://github.com/: {mirror}/\n\
             \x20 https://download.pytorch.org/whl/cpu: {index}\n\
             build: {{python: {{index: {index}}}}}\n"
        )
    }

    /// A spec of vLLM's image for CUDA, with EFA and without native components, on
    /// a base of its own.
    pub(crate) fn spec_of_vllm_for_cuda(&self, base: &str, mirror: &str, index: &str) -> String {
        let Self { uv, python, .. } = self;
        format!(
            "# syntax=nvidia/dynamo-frontend:1\n\
             framework: vllm\n\
             cuda: \"12.9\"\n\
             efa: true\n\
             dynamo: {{source: {{index: 1.0.0}}}}\n\
             images: {{base: {base}, runtime: {base}, uv: {uv}}}\n\
             toolchain: {{python: \"{python}\"}}\n\
             components: {{nats: false, etcd: false, gdrcopy: false, ucx: false, \
             libfabric: false, aws_sdk_cpp: false, nixl: false}}\n\
             features: {{kvbm: false, gpu_memory_service: false, media_ffmpeg: false}}\n\
             mirrors:\n\
             \x20 https://github.com/: {mirror}/\n\
             \x20 https://efa-installer.amazonaws.com/: {mirror}/\n\
             \x20 https://download.pytorch.org/whl/cu129: {index}\n\
             \x20 https://flashinfer.ai/whl: {index}\n\
             build: {{python: {{index: {index}}}}}\n"
        )
    }

    /// A reference in the engine's own registry.
    #[track_caller]
    pub(crate) fn pushed(name: &str) -> String {
        let registry = std::env::var("REGISTRY").expect("REGISTRY is set by `cargo xtask e2e`");
        format!("{registry}/e2e/{name}:test")
    }

    /// The base image of [`Self::spec`].
    pub(crate) fn base(&self) -> &str {
        &self.base
    }

    /// The frontend under test, by its digest.
    pub(crate) fn frontend(&self) -> &str {
        &self.frontend
    }

    /// The image with a Rust toolchain.
    pub(crate) fn rust(&self) -> &str {
        &self.rust
    }

    /// The image that uv is taken from.
    pub(crate) fn uv(&self) -> &str {
        &self.uv
    }

    fn head(&self, base: &str, more: &str) -> String {
        let Self { uv, python, .. } = self;
        format!(
            "# syntax=nvidia/dynamo-frontend:1\n\
             framework: dynamo\n\
             device: cpu\n\
             dynamo: {{source: {{index: 1.0.0}}}}\n\
             images: {{base: {base}, uv: {uv}}}\n\
             toolchain: {{python: \"{python}\"}}\n\
             {more}"
        )
    }

    /// A build of a Dockerfile by the engine's own frontend, to try what a spec
    /// stands on by itself.
    pub(crate) fn dockerfile(text: &str) -> Build {
        Self::file_build("Dockerfile", text)
    }

    /// A build of a spec, in a folder of its own.
    pub(crate) fn build(&self, spec: impl AsRef<[u8]>, door: Door) -> Build {
        let build = Self::file_build("dynamo.yaml", spec);
        match door {
            Door::SyntaxLine => build.arg(&format!(
                "--build-context=nvidia/dynamo-frontend:1=docker-image://{}",
                self.frontend
            )),
            Door::BuildArg => build.arg(&format!("--build-arg=BUILDKIT_SYNTAX={}", self.frontend)),
        }
    }

    /// The same by `docker build`, which clients without buildx have: there the
    /// first line alone chooses the frontend.
    pub(crate) fn plain_build(&self, spec: &str) -> Build {
        let line = format!("# syntax={}", self.frontend);
        let spec = spec.replacen("# syntax=nvidia/dynamo-frontend:1", &line, 1);
        Self::build_by(&["build"], "dynamo.yaml", spec).variable("DOCKER_BUILDKIT", "1")
    }

    fn file_build(name: &str, text: impl AsRef<[u8]>) -> Build {
        Self::build_by(&["buildx", "build"], name, text)
    }

    fn build_by(command: &[&str], name: &str, text: impl AsRef<[u8]>) -> Build {
        let folder = tempfile::tempdir().expect("a temporary folder");
        fs::write(folder.path().join(name), text).expect("a written file");
        let mut docker = Command::new("docker");
        docker.args(command).args(["--progress=plain", "-f", name]);
        docker.current_dir(folder.path());
        Build {
            folder,
            docker,
            context: ".".to_owned(),
            input: None,
        }
    }
}

impl Build {
    /// Adds an argument of `docker buildx build`.
    pub(crate) fn arg(mut self, argument: &str) -> Self {
        self.docker.arg(argument);
        self
    }

    /// Builds from a URL, or from standard input where it is `-`.
    pub(crate) fn context(mut self, context: &str) -> Self {
        context.clone_into(&mut self.context);
        self
    }

    /// Gives `docker` something to read.
    pub(crate) fn input(mut self, input: impl Into<Vec<u8>>) -> Self {
        self.input = Some(input.into());
        self
    }

    /// The folder with the spec.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Has the client say all it knows of warnings.
    pub(crate) fn debug(mut self) -> Self {
        let mut docker = Command::new(self.docker.get_program());
        docker.arg("--debug").args(self.docker.get_args());
        docker.current_dir(self.folder.path());
        self.docker = docker;
        self
    }

    /// Sets a variable of the client's environment.
    pub(crate) fn variable(mut self, name: &str, value: &str) -> Self {
        self.docker.env(name, value);
        self
    }

    /// Adds a file to the build context.
    pub(crate) fn file(self, path: &str, content: impl AsRef<[u8]>) -> Self {
        let path = self.folder.path().join(path);
        let folder = path.parent().expect("a folder");
        fs::create_dir_all(folder).expect("a folder for the file");
        fs::write(path, content).expect("a written file");
        self
    }

    /// Fills the build context with the stand-in of the Dynamo repository.
    pub(crate) fn workspace(self) -> Self {
        self.fixture("dynamo")
    }

    /// Fills the build context with a folder of `tests/fixtures`.
    pub(crate) fn fixture(self, name: &str) -> Self {
        copy(&fixture(name), self.folder.path());
        self
    }

    /// Runs it to its end.
    pub(crate) fn run(mut self) -> Built {
        let _turn = Turn::wait();
        self.docker.arg(&self.context);
        let output = match self.input {
            None => self.docker.output(),
            Some(input) => {
                let file = self.folder.path().join("input");
                fs::write(&file, input).expect("a written file");
                let file = fs::File::open(&file).expect("a readable file");
                self.docker.stdin(file).output()
            }
        };
        let output = output.expect("docker runs");
        Built {
            success: output.status.success(),
            progress: text(&output),
        }
    }

    /// The same with what the client writes down of it.
    pub(crate) fn run_with_metadata(self) -> (Built, serde_json::Value) {
        let file = tempfile::NamedTempFile::new().expect("a temporary file");
        let metadata = format!("--metadata-file={}", file.path().display());
        let built = self.arg(&metadata).run();
        let written = fs::read(file.path()).expect("metadata");
        (built, serde_json::from_slice(&written).unwrap_or_default())
    }

    /// Starts it.
    pub(crate) fn start(mut self) -> Started {
        let turn = Turn::wait();
        let log = self.folder.path().join("progress.log");
        let file = fs::File::create(&log).expect("a log");
        let child = self
            .docker
            .arg(&self.context)
            .stdout(Stdio::null())
            .stderr(file)
            .spawn()
            .expect("docker runs");
        Started {
            client: child,
            progress: log,
            _folder: self.folder,
            _turn: turn,
        }
    }
}

/// The architecture of the engine, which is this machine's.
pub(crate) fn architecture() -> &'static str {
    match std::env::consts::ARCH {
        "aarch64" => "arm64",
        _ => "amd64",
    }
}

/// A number that no earlier run had, and so nothing in the engine's cache.
pub(crate) fn unique() -> u64 {
    RandomState::new().build_hasher().finish()
}

/// A folder of `tests/fixtures`.
pub(crate) fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fixtures")
        .join(name)
}

/// Copies a folder into another.
pub(crate) fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("a readable folder") {
        let path = entry.expect("an entry").path();
        let target = to.join(path.file_name().expect("a name"));
        if path.is_dir() {
            copy(&path, &target);
        } else {
            fs::copy(&path, &target).expect("a copied file");
        }
    }
}

/// Runs `docker` with these arguments and returns what it prints.
#[track_caller]
pub(crate) fn docker(arguments: &[&str]) -> String {
    let output = Command::new("docker")
        .args(arguments)
        .output()
        .expect("docker runs");
    assert!(
        output.status.success(),
        "docker {arguments:?} failed:\n{}",
        text(&output)
    );
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

/// Everything that a program printed.
pub(crate) fn text(output: &Output) -> String {
    let stream = |bytes| String::from_utf8_lossy(bytes).into_owned();
    stream(&output.stderr) + &stream(&output.stdout)
}
