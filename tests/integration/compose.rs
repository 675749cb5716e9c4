//! `dynamo-frontend compose`: what is written for which spec, and what is refused.

mod build;

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use tempfile::TempDir;

const BINARY: &str = env!("CARGO_BIN_EXE_dynamo-frontend");

/// A folder with a spec, in which deployments are written.
struct Desk(TempDir);

impl Desk {
    fn with(spec: &str) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        fs::write(folder.path().join("dynamo.yaml"), spec).expect("a written spec");
        Self(folder)
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn compose(&self, arguments: &str) -> Output {
        Command::new(BINARY)
            .arg("compose")
            .args(shlex::split(arguments).expect("words"))
            .current_dir(self.path())
            .env_remove("DYNAMO_IMAGE_REPOSITORY")
            .output()
            .expect("runs")
    }

    /// The deployment, without the comments at its top.
    #[track_caller]
    fn file(&self, arguments: &str) -> String {
        let output = self.compose(arguments);
        let said = text(&output.stderr);
        assert!(output.status.success(), "{arguments}: {said}");
        let file = text(&output.stdout);
        let begin = file.find("name: ").expect("a name");
        file[begin..].to_owned()
    }

    /// What is said where there is none.
    #[track_caller]
    fn refusal(&self, arguments: &str) -> String {
        let output = self.compose(arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments}");
        assert!(output.stdout.is_empty(), "{arguments}");
        text(&output.stderr)
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path().join(name)).expect("a file")
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// A spec of a framework whose Dynamo is of a release.
fn released(framework: &str, version: &str) -> String {
    format!("framework: {framework}\ndynamo: {{source: {{index: {version}}}}}\n")
}

/// A spec of Dynamo alone, with no servers of its own.
const HELLO: &str = "framework: dynamo\n\
    device: cpu\n\
    dynamo: {source: {index: 1.0.0}}\n\
    components: {nats: false, etcd: false}\n";

/// The arguments of a service, in one line.
#[track_caller]
fn command(file: &str, service: &str) -> String {
    let at = format!("\n  {service}:\n");
    let (_, rest) = file.split_once(&at).expect("the service");
    let (_, rest) = rest.split_once("    command:\n").expect("a command");
    let words = rest.lines().map_while(|line| line.strip_prefix("      - "));
    words.collect::<Vec<_>>().join(" ")
}

/// Names of the services.
fn services(file: &str) -> Vec<&str> {
    let (_, rest) = file.split_once("services:\n").expect("services");
    let (rest, _) = rest.split_once("\nnetworks:").expect("networks");
    let names = rest.lines().filter_map(|line| line.strip_prefix("  "));
    let names = names.filter(|line| !line.starts_with(' '));
    names.filter_map(|line| line.strip_suffix(':')).collect()
}

#[test]
fn a_local_deployment_of_vllm_is_this() {
    insta::assert_snapshot!(Desk::with(&released("vllm", "1.0.0")).file(""));
}

#[test]
fn a_distributed_deployment_of_sglang_gives_each_backend_gpus_of_its_own() {
    let desk = Desk::with(&released("sglang", "1.0.0"));
    let file = desk.file("--mode distributed --replicas 2 --gpus 1 --router kv --name pair");
    insta::assert_snapshot!(file);
}

#[test]
fn the_mocker_of_an_image_without_servers_takes_official_ones() {
    let desk = Desk::with(HELLO);
    insta::assert_snapshot!(desk.file("--mode distributed --http-port 9000"));
}

#[test]
fn a_release_is_told_discovery_and_planes_as_it_spells_them() {
    let frontend = |version: &str| {
        let desk = Desk::with(&released("vllm", version));
        command(&desk.file(""), "frontend")
    };
    let head = "python3 -m dynamo.frontend --http-port \"8000\"";
    assert_eq!(
        frontend("0.8.1"),
        format!("{head} --store-kv file --request-plane tcp")
    );
    assert_eq!(
        frontend("0.9.1"),
        format!("{head} --store-kv file --request-plane tcp --event-plane zmq")
    );
    assert_eq!(
        frontend("1.0.0"),
        format!("{head} --discovery-backend file --request-plane tcp --event-plane zmq")
    );
}

#[test]
fn the_mocker_has_a_nats_server_where_its_release_wants_one() {
    let of = |version: &str| {
        let spec = HELLO.replace("1.0.0", version);
        let file = Desk::with(&spec).file("");
        let plane = file.contains("DYN_EVENT_PLANE: nats");
        (services(&file).join(" "), plane)
    };
    let with_nats = "frontend backend nats".to_owned();
    assert_eq!(of("0.8.1"), (with_nats.clone(), false));
    assert_eq!(of("0.9.1"), (with_nats.clone(), true));
    assert_eq!(of("1.0.2"), (with_nats, true));
    assert_eq!(of("1.1.0"), ("frontend backend".to_owned(), false));
}

#[test]
fn engines_are_told_their_memory_unless_the_user_does() {
    let engine = |framework: &str, arguments: &str| {
        let desk = Desk::with(&released(framework, "1.0.0"));
        command(&desk.file(arguments), "backend")
    };
    let planes = "--discovery-backend file --request-plane tcp --event-plane zmq";
    let quiet = r#"--kv-events-config '{"enable_kv_cache_events": false}'"#;
    assert_eq!(
        engine("vllm", "--small-gpu"),
        format!(
            "python3 -m dynamo.vllm --model Qwen/Qwen3-0.6B # the model {planes} \
             --gpu-memory-utilization \"0.20\" --enforce-eager --max-num-seqs \"64\" \
             --no-enable-prefix-caching {quiet}"
        )
    );
    // That router goes by what is in those caches.
    let routed = engine("vllm", "--small-gpu --router kv");
    assert!(routed.contains("--enforce-eager"), "{routed}");
    assert!(!routed.contains("prefix-caching"), "{routed}");
    assert_eq!(
        engine("vllm", "-- --gpu-memory-utilization=0.5"),
        format!(
            "python3 -m dynamo.vllm --model Qwen/Qwen3-0.6B # the model {planes} {quiet} \
             --gpu-memory-utilization=0.5"
        )
    );
    let sglang = "python3 -m dynamo.sglang --model-path Qwen/Qwen3-0.6B # the model";
    assert_eq!(
        engine("sglang", ""),
        format!("{sglang} {planes} --mem-fraction-static \"0.80\" --attention-backend flashinfer")
    );
    assert_eq!(
        engine("sglang", "--blackwell"),
        format!("{sglang} {planes} --mem-fraction-static \"0.80\"")
    );
    assert_eq!(
        engine("trtllm", "--small-gpu"),
        format!(
            "trtllm-llmapi-launch python3 -m dynamo.trtllm --model-path Qwen/Qwen3-0.6B \
             # the model {planes} --free-gpu-memory-fraction \"0.20\" --max-num-tokens \"8192\" \
             --max-batch-size \"64\""
        )
    );
}

#[test]
fn what_compose_or_yaml_would_read_otherwise_is_text() {
    let desk = Desk::with(HELLO);
    let file = desk.file("-- '--path=$HOME' '${X}' yes 0.80 22:22 null '#' \"it's\"");
    let told = command(&file, "backend");
    assert!(
        told.ends_with("--path=$$HOME $${X} \"yes\" \"0.80\" \"22:22\" \"null\" '#' it's"),
        "{told}"
    );
}

#[test]
fn what_leaves_no_image_is_not_deployed() {
    let said = Desk::with(HELLO).refusal("--target check-image");
    assert_eq!(
        said,
        "error: the target `check-image` leaves files and no image\n\
         help: choose another with `--target`, such as `runtime`\n"
    );
}

#[test]
fn a_folder_that_keeps_models_has_to_be_there() {
    let said = Desk::with(HELLO).refusal("--hf-cache /none");
    assert_eq!(
        said,
        "error: there is no folder `/none`\n\
         help: make it, or leave out `--hf-cache`: models are kept in a volume then\n"
    );
}

#[test]
fn a_folder_with_a_model_is_mounted_and_has_to_be_one() {
    let desk = Desk::with(HELLO);
    fs::create_dir(desk.path().join("tiny")).expect("a folder");
    let said = desk.refusal("--model ./tiny");
    assert!(
        said.starts_with("error: the folder `./tiny` has no `config.json`"),
        "{said}"
    );
    let said = desk.refusal("--model /none");
    assert!(
        said.starts_with("error: there is no folder `/none`\nhelp: "),
        "{said}"
    );
    let said = desk.refusal("--model image:models/tiny");
    assert!(said.contains("help: give its whole path"), "{said}");
    fs::write(desk.path().join("tiny/config.json"), "{}").expect("a file");
    let file = desk.file("--model ./tiny");
    assert!(
        command(&file, "backend").contains(" --model-path /models/tiny "),
        "{file}"
    );
    let mounted = "source: ";
    let sources = file
        .lines()
        .filter(|line| line.contains(mounted) && line.ends_with("/tiny"));
    assert_eq!(sources.count(), 2, "{file}");
    let file = desk.file("--model image:/workspace/models/tiny");
    assert!(
        command(&file, "backend").contains(" /workspace/models/tiny "),
        "{file}"
    );
}

#[test]
fn a_folder_named_without_its_dot_is_not_taken_for_the_model_in_silence() {
    let desk = Desk::with(HELLO);
    fs::create_dir_all(desk.path().join("models/tiny")).expect("a folder");
    let named = "--model models/tiny";
    assert_eq!(text(&desk.compose(named).stderr), "");
    fs::write(desk.path().join("models/tiny/config.json"), "{}").expect("a file");
    let output = desk.compose(named);
    assert!(output.status.success());
    assert_eq!(
        text(&output.stderr),
        "note: `models/tiny` is the model of Hugging Face, not the folder of that name\n\
         help: the folder is `--model ./models/tiny`\n"
    );
}

#[test]
fn a_value_that_a_variable_had_nothing_for_is_refused() {
    let desk = Desk::with(HELLO);
    assert_eq!(
        desk.refusal("--model ''"),
        "error: `--model` names no model\n\
         help: name one of Hugging Face as in `Qwen/Qwen3-0.6B`, or leave it out\n"
    );
    assert_eq!(
        desk.refusal("-o ''"),
        "error: `-o` names no file\nhelp: name one with `-o FILE`\n"
    );
    for option in ["--image", "--nats-image", "--etcd-image"] {
        let said = desk.refusal(&format!("{option} ''"));
        assert!(said.contains("`` is no name of an image"), "{said}");
    }
}

#[test]
fn gpus_are_shared_out_or_the_way_to_do_so_is_named() {
    let desk = Desk::with(&released("vllm", "1.0.0"));
    let reserved = |arguments: &str| {
        let file = desk.file(arguments);
        let lines = file.lines().map(str::trim);
        let told = |line: &&str| line.starts_with("count:") || line.starts_with("device_ids:");
        lines.filter(told).map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(reserved(""), ["count: all"]);
    assert_eq!(reserved("--gpus 2"), ["count: 2"]);
    assert_eq!(reserved("--gpus none"), [""; 0]);
    let shares = ["device_ids: [\"0\", \"1\"]", "device_ids: [\"2\", \"3\"]"];
    assert_eq!(reserved("--gpus 2 --replicas 2"), shares);
    assert_eq!(reserved("--gpus device=0,1,2,3 --replicas 2"), shares);
    let said = desk.refusal("--replicas 2");
    assert_eq!(
        said,
        "error: each of 2 backends would get all GPUs\n\
         help: say how many one backend gets, such as `--gpus 1`\n"
    );
    let said = desk.refusal("--gpus device=0,1,2 --replicas 2");
    assert!(said.contains("cannot be shared out evenly"), "{said}");
    let said = desk.refusal("--backend mocker --gpus 1");
    assert!(
        said.starts_with("error: `--gpus` is for an engine"),
        "{said}"
    );
}

#[test]
fn what_cannot_be_deployed_says_what_can() {
    let desk = Desk::with(HELLO);
    for (arguments, message, help) in [
        (
            "--backend engine",
            "the framework `dynamo` has no engine",
            "choose `--backend mocker`, or a framework with an engine in the spec",
        ),
        (
            "--target dynamo_base",
            "the target `dynamo_base` has no backend in it",
            "deploy another with `--target`, such as `runtime`",
        ),
        (
            "--small-gpu",
            "`--small-gpu` is for an engine that computes on a GPU",
            "leave it out",
        ),
        (
            "--dynamo-version 0.7.1",
            "Dynamo 0.7.1 is older than any whose flags are known; the oldest is 0.8.0",
            "build a newer one, or name the release whose flags to write with `--dynamo-version`",
        ),
        (
            "--dynamo-version 0.8.0 --event-plane zmq",
            "this version of Dynamo sends events through NATS alone",
            "leave out `--event-plane`, or build Dynamo 0.9.0 or newer",
        ),
    ] {
        let said = desk.refusal(arguments);
        assert_eq!(
            said,
            format!("error: {message}\nhelp: {help}\n"),
            "{arguments}"
        );
    }
    let wheels = "framework: dynamo\ndevice: cpu\ntarget: wheels\n";
    let said = Desk::with(wheels).refusal("");
    assert!(
        said.starts_with("error: the target `wheels` leaves files"),
        "{said}"
    );
}

#[test]
fn a_spec_that_says_no_version_is_told_which_is_assumed() {
    let desk = Desk::with("framework: vllm\n");
    let output = desk.compose("");
    let said = text(&output.stderr);
    assert!(
        said.contains("so flags are those of 1.0.0\nhelp: say it with `dynamo.version`"),
        "{said}"
    );
    let output = desk.compose("--dynamo-version 0.9.0");
    assert!(output.stderr.is_empty(), "{}", text(&output.stderr));
    assert!(text(&output.stdout).contains("--store-kv"));
}

#[test]
fn a_file_is_replaced_by_force_alone_and_tokens_never() {
    let desk = Desk::with(HELLO);
    fs::create_dir(desk.path().join("deploy")).expect("a folder");
    let write = "-o deploy/compose.yaml";
    let said = text(&desk.compose(write).stderr);
    assert!(
        said.starts_with("wrote deploy/compose.yaml and .env\nnext:\n  docker compose -f deploy/"),
        "{said}"
    );
    let file = desk.read("deploy/compose.yaml");
    assert!(
        file.contains("      context: \"..\"\n      dockerfile: dynamo.yaml\n"),
        "{file}"
    );
    fs::write(desk.path().join("deploy/.env"), "HF_TOKEN=hf_secret\n").expect("a file");
    let said = desk.refusal(write);
    assert!(
        said.starts_with("error: `deploy/compose.yaml` is there already\nhelp: "),
        "{said}"
    );
    let said = text(&desk.compose(&format!("{write} --force")).stderr);
    assert!(said.contains("; .env is left as it was"), "{said}");
    assert_eq!(desk.read("deploy/.env"), "HF_TOKEN=hf_secret\n");
    let said = desk.refusal("-o deploy --force");
    assert!(said.starts_with("error: `deploy` is a directory"), "{said}");
}

#[test]
fn a_framework_on_the_command_line_is_deployed_and_built() {
    let desk = Desk::with("framework: vllm\n");
    let file = desk.file("--framework SGLang --dynamo-version 1.0.0");
    assert!(
        file.contains("image: dynamo:latest-sglang-runtime\n"),
        "{file}"
    );
    assert!(file.contains("framework: sglang"), "{file}");
    assert!(command(&file, "backend").contains("dynamo.sglang"));
}

#[test]
fn compose_builds_the_spec_as_it_was_given() {
    let desk = Desk::with(HELLO);
    let file =
        desk.file("--build-arg toolchain.python=3.11 --target runtime --platform linux/arm64");
    let build = "    build:\n\
        \x20     context: '.'\n\
        \x20     dockerfile: dynamo.yaml\n\
        \x20     target: runtime\n\
        \x20     args:\n\
        \x20       toolchain.python: \"3.11\"\n\
        \x20     platforms:\n\
        \x20       - linux/arm64\n";
    assert!(file.contains(build), "{file}");
    assert_eq!(
        file.matches("    build:").count(),
        1,
        "one service builds the image"
    );
    let file = desk.file("--image registry.local/dynamo:1");
    assert!(!file.contains("build:"), "{file}");
    assert_eq!(file.matches("image: registry.local/dynamo:1").count(), 2);
}
