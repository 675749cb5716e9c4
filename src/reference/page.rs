//! The page `docs/spec.md`: every key, in sections that a reader looks for.
//!
//! Owns which key is in which section, and an example of each. A key that no
//! section names gets one of its own, so that none is missing.

use super::{DefaultValue, Key, keys};
use crate::catalog::{self, CatalogError};

/// A section of the page.
pub(super) struct Section {
    title: &'static str,
    /// The keys at the top of a spec that it is about.
    keys: &'static [&'static str],
    /// What a reader should know first.
    intro: &'static str,
    /// Keys of a spec.
    pub(super) example: &'static str,
}

/// The sections in the order of the page.
pub(super) const SECTIONS: &[Section] = &[
    Section {
        title: "What is built",
        keys: &["framework", "target", "device", "cuda", "efa", "catalog"],
        intro: "These choose the image. Not every combination exists; one that does not is refused with those that do.",
        example: "framework: vllm\ntarget: runtime\ndevice: cuda\ncuda: \"12.9\"\nefa: true\n",
    },
    Section {
        title: "Dynamo",
        keys: &["dynamo"],
        intro: "Where Dynamo itself comes from: the build context, a release, or a repository.",
        example: "framework: dynamo\ndevice: cpu\ndynamo:\n  source:\n    index: 1.0.0\n",
    },
    Section {
        title: "Images",
        keys: &["images"],
        intro: "Images that take the place of the catalog's. Each is looked up before the build and used by its digest.",
        example: "images:\n  runtime: registry.example/team/cuda-runtime:12.9\n",
    },
    Section {
        title: "Tools that build",
        keys: &["toolchain"],
        intro: "",
        example: "toolchain:\n  python: \"3.12\"\n  cargo_jobs: 8\n",
    },
    Section {
        title: "Components",
        keys: &["components"],
        intro: "What images are made of besides Dynamo and the engine. `false` leaves out a component that is optional.",
        example: "components:\n  nats: false\n  nixl:\n    ref: 0.9.0\n    commit: 0123456789abcdef0123456789abcdef01234567\nfeatures:\n  kvbm: true\n",
    },
    Section {
        title: "Features",
        keys: &["features"],
        intro: "",
        example: "features:\n  kvbm: false\n  media_ffmpeg: true\n",
    },
    Section {
        title: "vLLM",
        keys: &["vllm"],
        intro: "For `framework: vllm` alone.",
        example: "framework: vllm\nvllm:\n  ref: v0.15.1\n  lmcache: false\n",
    },
    Section {
        title: "SGLang",
        keys: &["sglang"],
        intro: "For `framework: sglang` alone.",
        example: "framework: sglang\nimages:\n  runtime: docker.io/lmsysorg/sglang:v0.5.8-runtime\nsglang:\n  version: v0.5.8\n",
    },
    Section {
        title: "TensorRT-LLM",
        keys: &["trtllm"],
        intro: "For `framework: trtllm` alone.",
        example: "framework: trtllm\ntrtllm:\n  install:\n    index:\n      version: 1.3.0rc1\n",
    },
    Section {
        title: "The account",
        keys: &["user"],
        intro: "",
        example: "target: local-dev\nuser:\n  uid: 1000\n  gid: 1000\n",
    },
    Section {
        title: "Packages",
        keys: &["packages"],
        intro: "",
        example: "packages:\n  apt: [git, vim]\n  pip: [\"httpx==0.28.1\"]\n  requirements: [deps/requirements.txt]\n",
    },
    Section {
        title: "Steps of your own",
        keys: &["extend"],
        intro: "\
Steps at the end of a stage, in the order written: each is one of `run`, `copy` and `packages`. Images that stand on the stage have them too,
and run them after their own. A `run` finds what a command on top of the stage's image would: its variables, its folder and, unless `user`
says otherwise, its user. That is the account in `runtime`, `test`, `local-dev`, `frontend` and `docs`, and root in the others. A list is a program
with its arguments; a text is a script for bash, which ends where a command fails. What the account makes, its group can change. Packages are
installed by root, those of Python by the account. The keys of a step are the same for every stage.",
        example: "framework: dynamo\ndevice: cpu\ndynamo: {source: {index: 1.0.0}}\nextend:\n  runtime:\n    - packages: {apt: [gdb], pip: [py-spy==0.4.0]}\n    - copy: {paths: [tools/serve.sh], to: /usr/local/bin/, mode: 0755}\n    - name: model\n      run: |\n        hf download Qwen/Qwen3-0.6B --local-dir models/qwen3\n      caches: [{target: /home/dynamo/.cache/huggingface}]\n      secrets: [{id: hf_token, env: HF_TOKEN, required: false}]\n",
    },
    Section {
        title: "The image's config",
        keys: &[
            "env",
            "labels",
            "entrypoint",
            "cmd",
            "expose",
            "healthcheck",
            "stop_signal",
        ],
        intro: "What a container of the image starts with, unless whoever starts it says otherwise.",
        example: "env:\n  PATH: \"/opt/tools/bin:${PATH}\"\n  LOG_LEVEL: info\nlabels:\n  com.example.team: serving\nentrypoint: [python, -m, dynamo.frontend]\ncmd: [--http-port, \"8000\"]\nexpose: [8000]\nhealthcheck:\n  test: [curl, --fail, \"http://localhost:8000/health\"]\n  interval: 30s\nstop_signal: SIGINT\n",
    },
    Section {
        title: "Checks of the image",
        keys: &["tests"],
        intro: "\
What must hold for the image. `--target check-image` runs the checks and gives a report of each; with `gate: true` every build of the image runs
them and ends where one fails. A check expects one thing or several, runs as `docker run` would start a process, and sees no network. Nothing of it
is in the image. [The guide](guide/image-tests.md) shows each kind, and lists those that are built in.",
        example: "framework: dynamo\ndevice: cpu\ndynamo: {source: {index: 1.0.0}}\ntests:\n  gate: true\n  checks:\n    starts:\n      command: [python3, -m, dynamo.frontend, --help]\n      stdout: {contains: --http-port}\n    workspace:\n      files:\n        /workspace: {kind: dir, mode: 0775, group: 0}\n    small: {size: 2GB, layers: 40}\n",
    },
    Section {
        title: "How the build behaves",
        keys: &["build"],
        intro: "The compiler cache, Python indexes and downloads. None of it is in the image.",
        example: "build:\n  retries: 5\n  python:\n    index: https://pypi.example/simple\n  sccache:\n    bucket: build-cache\n    region: us-west-2\n",
    },
    Section {
        title: "Which rules are heard",
        keys: &["check"],
        intro: "[Every rule has a page](rules/README.md). The line `# check=` at the top of a spec says the same, and where it is there this section does not count.",
        example: "check:\n  skip: [UnverifiedSource]\n  error: true\n  experimental: [ImageWithoutDigest]\n",
    },
    Section {
        title: "Mirrors",
        keys: &["mirrors"],
        intro: "The longest prefix that fits wins, and its replacement is put in its place.",
        example: "mirrors:\n  docker.io/: registry.example/docker/\n  https://github.com/: https://git.example/github/\n",
    },
];

const INTRO: &str = "\
# The spec

Every key of `dynamo.yaml`: what it is for, what it takes, what it is when you leave it out, and the build arguments that set it. This page
is made from the decoders of the program (`cargo xtask schema`). `dynamo-frontend explain KEY` shows the same in a terminal, for
your own spec.

- Every key may be left out. The shortest spec is `framework: vllm`, below the first line of every spec,
  `# syntax=nvidia/dynamo-frontend:1`, which the examples of this page leave out.
- Keys that are not on this page are refused, and so are values that do not fit.
- A value is set, from the weakest to the strongest, by the catalog, the spec, a build argument, and `--target`.
- Every single value can be set from outside by its dotted path: `--build-arg toolchain.python=3.11`. A name in capitals in the last column
  is what the Dockerfiles before this frontend called it; it means the same. Of a table each entry can be set, as in
  `--build-arg env.DYN_LOG=debug`. Sections and lists can be set in the spec alone.
- A default that is not the same in every build says where it holds: `cuda 12.9` is for builds on that release, `xpu` for that device,
  `amd64` for that platform.
";

/// The page. An `Err` is a mistake in the catalog, which is part of this program.
pub fn document() -> Result<String, CatalogError> {
    let mut keys = keys()?;
    let release = catalog::releases().last().copied().unwrap_or_default();
    let mut contents = String::new();
    let mut sections = String::new();
    for section in SECTIONS {
        let is_own = |key: &Key| section.keys.contains(&top(&key.path));
        let own: Vec<Key> = keys.extract_if(.., |key| is_own(key)).collect();
        contents += &entry(section.title);
        sections += &write(section.title, section.intro, section.example, &own);
    }
    while let Some(first) = keys.first() {
        let title = top(&first.path).to_owned();
        let own: Vec<Key> = keys.extract_if(.., |key| top(&key.path) == title).collect();
        contents += &entry(&title);
        sections += &write(&title, "", "", &own);
    }
    Ok(format!(
        "{INTRO}- Defaults are those of the catalog release `{release}`.\n\nThe sections:\n\n{contents}{sections}"
    ))
}

/// The address of a key on the page.
pub fn anchor(path: &str) -> String {
    format!(
        "{}/blob/main/docs/spec.md#{path}",
        env!("CARGO_PKG_REPOSITORY")
    )
}

/// The key at the top of a spec that a path begins with.
fn top(path: &str) -> &str {
    path.split('.').next().unwrap_or(path)
}

fn entry(title: &str) -> String {
    let mark: String = title
        .to_lowercase()
        .replace(' ', "-")
        .replace(|c: char| !c.is_alphanumeric() && c != '-', "");
    format!("- [{title}](#{mark})\n")
}

fn write(title: &str, intro: &str, example: &str, keys: &[Key]) -> String {
    let intro = match intro {
        "" => String::new(),
        intro => format!("\n{intro}\n"),
    };
    let example = match example {
        "" => String::new(),
        example => format!("\n```yaml\n{example}```\n"),
    };
    let rows: String = keys.iter().map(row).collect();
    format!(
        "\n## {title}\n{intro}{example}\n| key | for | takes | default | build argument |\n|---|---|---|---|---|\n{rows}"
    )
}

fn row(key: &Key) -> String {
    let path = &key.path;
    let cells = [
        format!("<a id=\"{path}\"></a>`{path}`"),
        key.about.clone(),
        takes(key),
        defaults(&key.defaults),
        arguments(key),
    ];
    let cells = cells.map(|cell| cell.replace('|', "\\|"));
    format!("| {} |\n", cells.join(" | "))
}

/// Words with what they stand for, one below the other.
fn takes(key: &Key) -> String {
    if !key.takes.starts_with("one of") || key.words.is_empty() {
        return key.takes.clone();
    }
    let word = |(word, about): &(String, String)| {
        let about = about.trim_end_matches('.');
        format!("`{word}`: {about}")
    };
    key.words.iter().map(word).collect::<Vec<_>>().join("<br>")
}

fn defaults(defaults: &[DefaultValue]) -> String {
    let one = |one: &DefaultValue| match &one.builds[..] {
        [] => format!("`{}`", one.value),
        builds => format!("`{}`: {}", one.value, builds.join(", ")),
    };
    defaults.iter().map(one).collect::<Vec<_>>().join("<br>")
}

/// The path itself is said in the first column.
fn arguments(key: &Key) -> String {
    let told = |name: &String| match *name == key.path {
        true => "its path".to_owned(),
        false => format!("`{name}`"),
    };
    match &key.arguments[..] {
        [] => "none".to_owned(),
        all => all.iter().map(told).collect::<Vec<_>>().join(", "),
    }
}
