//! `dynamo-frontend run`: every flag as an argument of `docker run`, and what is
//! said where there is nothing to run. What a container really gets is seen in
//! `tests/e2e/run.rs`.

mod build;
mod flags;
mod machine;

use std::fmt::Write as _;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::process::Command;

use flags::FLAGS;
use machine::{Machine, VLLM, said};

const BINARY: &str = env!("CARGO_BIN_EXE_dynamo-frontend");

/// An engine with NVIDIA's runtime that has every image.
const WITH_GPUS: &str = r#"
case "$1" in
info) echo '{"ServerVersion": "28.5.2", "Runtimes": {"nvidia": {}, "runc": {}}}' ;;
image) echo '{"User": "dynamo", "WorkingDir": "/workspace", "Env": ["HOME=/home/dynamo"]}' ;;
run) for one; do echo "$one"; done ;;
esac"#;

/// Options with their values; the image and its command are words of their own.
fn options(words: &[String]) -> Vec<String> {
    let is_image = |word: &String| word.starts_with("dynamo:") || word.starts_with("registry.");
    let image = words.iter().position(is_image).expect("an image");
    let (before, after) = words.split_at(image);
    let mut options: Vec<String> = Vec::new();
    for word in before {
        match options.last_mut() {
            Some(last) if !word.starts_with('-') && last.starts_with('-') => {
                last.push(' ');
                last.push_str(word);
            }
            _ => options.push(word.clone()),
        }
    }
    options.extend(after.iter().cloned());
    // A group of this machine, if it has it.
    let xpu = options.contains(&"--device /dev/dri".to_owned());
    options.retain(|one| !(xpu && one.starts_with("--group-add")));
    options
}

#[test]
fn every_flag_of_run_sh_is_an_argument_of_docker_run() {
    let machine = Machine::without_docker();
    let plain = options(&machine.line(&[]));
    let mut table = format!("nothing\n{}", indented('=', &plain));
    for flags in FLAGS {
        let found = options(&machine.line(flags));
        let without = |all: &[String], some: &[String]| -> Vec<String> {
            all.iter()
                .filter(|one| !some.contains(one))
                .cloned()
                .collect()
        };
        let gone = indented('-', &without(&plain, &found));
        let come = indented('+', &without(&found, &plain));
        let _ = write!(table, "\n{}\n{gone}{come}", flags.join(" "));
    }
    insta::assert_snapshot!(table);
}

fn indented(sign: char, lines: &[String]) -> String {
    let lines = lines.iter().map(|line| format!("  {sign} {line}\n"));
    lines.collect()
}

#[test]
fn the_guide_shows_what_is_printed() {
    let guide = include_str!("../../docs/guide/run.md");
    let (_, shown) = guide
        .split_once("$ dynamo-frontend run --dry-run --mount-workspace -it\n")
        .expect("a call in the guide");
    let shown = shown.split_once('\n').expect("a line").0;
    let machine = Machine::without_docker();
    let output = machine.run(&["--dry-run", "--mount-workspace", "-it"]);
    let printed = String::from_utf8(output.stdout).expect("text");
    let checkout = machine.checkout();
    let checkout = checkout.to_str().expect("a path of text");
    assert_eq!(
        printed.trim_end().replace(checkout, "/home/me/dynamo"),
        shown
    );
}

#[test]
fn the_line_is_one_that_a_shell_takes_and_docker_gets_the_same_words() {
    let machine = Machine::with(WITH_GPUS);
    let hostile = [
        "--name",
        "a; touch canary",
        "-v",
        "/a b:/c,d",
        "-e",
        "X=$(touch canary)\n`touch canary`",
        "--hf-cache",
        "models, \"mine\"",
        "--",
        "echo",
        "it's",
        "",
        "-x",
    ];
    let printed = machine.line(&hostile);
    assert_eq!(printed[0], "docker");
    // What docker prints here are its arguments, a line each.
    let output = machine.run(&hostile);
    assert!(output.status.success(), "{}", said(&output));
    let checkout = machine.checkout();
    let got = String::from_utf8(output.stdout).expect("text");
    let got = got.replace(checkout.to_str().expect("text"), "CHECKOUT");
    assert_eq!(got, format!("{}\n", printed[1..].join("\n")));
    assert!(!checkout.join("canary").exists());
    assert!(checkout.join("models, \"mine\"").is_dir(), "made first");
    assert!(
        got.contains("type=bind,\"source=CHECKOUT/models, \"\"mine\"\"\",target="),
        "{got}"
    );
}

#[test]
fn the_token_is_passed_by_its_name_alone() {
    let machine = Machine::with(WITH_GPUS);
    let arguments = machine.line(&["--mount-workspace"]);
    assert!(arguments.contains(&"HF_TOKEN".to_owned()), "{arguments:?}");
    assert!(!arguments.join(" ").contains("hf_secret"));
    // A shell alone is no reason to hand it out.
    assert!(!machine.line(&[]).contains(&"HF_TOKEN".to_owned()));
}

#[test]
fn a_spec_beside_a_checkout_is_not_in_it() {
    let machine = Machine::with(WITH_GPUS);
    let beside = machine.folder.path().join("beside");
    fs::create_dir(&beside).expect("a folder");
    fs::write(beside.join("dynamo.yaml"), VLLM).expect("a written spec");
    let arguments = ["--mount-workspace", "-f", "../beside/dynamo.yaml"];
    let printed = machine.line(&arguments).join(" ");
    let mounted = format!("source={},target=/workspace", beside.display());
    assert!(printed.contains(&mounted), "no {mounted} in {printed}");
}

#[test]
fn a_folder_whose_name_is_no_text_is_not_mounted_as_another() {
    use std::os::unix::ffi::OsStrExt;
    let machine = Machine::with(WITH_GPUS);
    let odd = std::ffi::OsStr::from_bytes(b"odd-\xff");
    let odd = machine.folder.path().join(odd);
    if fs::create_dir(&odd).is_err() {
        // Some file systems have none such.
        return;
    }
    fs::write(odd.join("dynamo.yaml"), VLLM).expect("a written spec");
    let output = machine.run_in(&odd, &["--mount-workspace"]);
    assert_eq!(output.status.code(), Some(125));
    assert!(
        said(&output).contains("it is not in UTF-8"),
        "{}",
        said(&output)
    );
}

#[test]
fn the_workspace_is_that_of_the_spec_and_not_of_the_checkout_one_stands_in() {
    let machine = Machine::without_docker();
    let inner = machine.checkout().join("inner");
    fs::create_dir_all(inner.join(".git")).expect("a folder");
    let output = machine.run_in(
        &inner,
        &["--dry-run", "--mount-workspace", "-f", "../dynamo.yaml"],
    );
    let outer = machine.checkout().canonicalize().expect("a folder");
    let mount = format!("source={},target=/workspace", outer.display());
    let line = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(line.contains(&mount), "{line}");
}

#[test]
fn a_dry_run_touches_nothing_and_says_what_it_assumes() {
    let machine = Machine::without_docker();
    let output = machine.run(&["--dry-run", "--hf-cache", "models"]);
    assert!(!machine.checkout().join("models").exists());
    assert_eq!(
        said(&output),
        "note: docker is not on PATH\nnote: the line is for an engine that has the image, and NVIDIA's \
         runtime where GPUs are used\n"
    );
    let named = machine.run(&["--dry-run", "--image", "x", "--gpus", "none"]);
    assert!(
        said(&named)
            .ends_with("note: `x` is not here to be looked at: the user `dynamo` is assumed\n"),
        "{}",
        said(&named)
    );
}

#[test]
fn gpus_come_by_the_way_the_engine_says_it_has() {
    let engine = |info: &str| {
        Machine::with(&format!(
            "case $1 in info) echo '{{\"ServerVersion\": \"28\", {info}}}' ;; *) echo '{{}}' ;; esac"
        ))
    };
    let gpus = |machine: &Machine| options(&machine.line(&[]))[3..5].join(" ");
    let runtime = engine("\"Runtimes\": {\"nvidia\": {}}");
    assert_eq!(gpus(&runtime), "--runtime nvidia --gpus all");
    let cdi =
        engine("\"DiscoveredDevices\": [{\"Source\": \"cdi\", \"ID\": \"nvidia.com/gpu=all\"}]");
    assert_eq!(gpus(&cdi), "--device nvidia.com/gpu=all --network host");
    let none = engine("\"Runtimes\": {\"runc\": {}}, \"DiscoveredDevices\": null");
    assert_eq!(
        none.refused(&[]),
        "error: the Docker engine has no way to the GPUs of `--gpus all`\n\
         help: install the NVIDIA Container Toolkit and run `sudo nvidia-ctk runtime configure \
         --runtime=docker`, or do without GPUs by `--gpus none`\n"
    );
    // What is only printed may be for another machine.
    assert_eq!(gpus(&none), "--runtime nvidia --gpus all");
    assert!(said(&none.run(&["--dry-run"])).starts_with("warning: the Docker engine has no way"));
    let named = none.line(&["--runtime", "runc"]);
    assert_eq!(options(&named)[2..4].join(" "), "--rm --runtime runc");
    // Before 28.2 an engine names the folders of the descriptions alone.
    let folder = tempfile::tempdir().expect("a temporary folder");
    let older = engine(&format!(
        "\"CDISpecDirs\": [\"{}\"]",
        folder.path().display()
    ));
    older.refused(&[]);
    fs::write(folder.path().join("nvidia.yaml"), "").expect("a written file");
    assert_eq!(gpus(&older), gpus(&cdi));
}

#[test]
fn an_image_that_is_not_there_is_one_to_build_with_the_arguments_given() {
    const EMPTY: &str = "case $1 in info) echo '{\"ServerVersion\": \"28\"}' ;; *) exit 1 ;; esac";
    let machine = Machine::with(EMPTY);
    assert_eq!(
        machine.refused(&[]),
        "error: there is no image `dynamo:latest-vllm-runtime` here\n\
         help: build it first with `--build`, or by yourself with\n  \
         docker buildx build -f dynamo.yaml -t dynamo:latest-vllm-runtime --load .\n\
         help: or name one that you have with `--image NAME`\n"
    );
    let given = machine.refused(&["--target", "local-dev", "--build-arg", "cuda=13.0"]);
    assert!(
        given.contains(
            "-f dynamo.yaml --target local-dev --build-arg cuda=13.0 --build-arg user.uid="
        ) && given.contains(" -t dynamo:latest-vllm-local-dev-cuda13.0 --load .\n"),
        "{given}"
    );
    let image = "nvcr.io/nvidia/ai-dynamo/vllm-runtime:1.0.0";
    let named = machine.refused(&["--image", image, "--gpus", "none"]);
    assert!(
        named.contains("help: log in to its registry, or build it"),
        "{named}"
    );
    let elsewhere = machine.run_in(machine.folder.path(), &["--framework", "TRTLLM"]);
    assert_eq!(
        said(&elsewhere),
        "error: there is no image `dynamo:latest-trtllm-runtime` here\n\
         help: there is no `dynamo.yaml` either: write one with `dynamo-frontend init \
         --framework trtllm`, and build it with\n  docker buildx build -f dynamo.yaml -t dynamo:latest-trtllm-runtime --load .\n"
    );
}

#[test]
fn nothing_is_pulled_for_a_container_that_cannot_be_started() {
    let pulls = r#"case $1 in
info) echo '{"ServerVersion": "28"}' ;;
image) [ -e pulled ] && echo '{}' ;;
pull) >pulled ;;
esac"#;
    let machine = Machine::with(pulls);
    let said = machine.refused(&["--image", "registry.local/dynamo:1"]);
    assert!(said.contains("has no way to the GPUs"), "{said}");
    assert!(!machine.checkout().join("pulled").exists());
    let other = ["--image", "registry.local/dynamo:1", "--gpus", "none"];
    machine.refused(&[&other[..], &["--pull", "never"]].concat());
    assert!(!machine.checkout().join("pulled").exists());
    assert!(machine.run(&other).status.success());
    assert!(machine.checkout().join("pulled").exists());
}

#[test]
fn a_checkout_of_another_than_the_image_is_for_is_warned_of() {
    let built_for = |id: &str| {
        let label = format!("{{\"Labels\": {{\"com.nvidia.dynamo.developer\": \"{id}\"}}}}");
        Machine::with(&format!(
            "case $1 in info) echo '{{\"ServerVersion\": \"28\"}}' ;; image) echo '{label}' ;; esac"
        ))
    };
    let run = |machine: &Machine| {
        said(&machine.run(&[
            "--target",
            "local-dev",
            "--mount-workspace",
            "--gpus",
            "none",
        ]))
    };
    let warned = run(&built_for("4321:4321"));
    assert!(
        warned.starts_with("warning: the image is for the user id 4321, and `"),
        "{warned}"
    );
    let machine = built_for("0:0");
    let owner = fs::metadata(machine.checkout()).expect("a folder").uid();
    let own = built_for(&format!("{owner}:50"));
    assert_eq!(run(&own), "");
}

#[test]
fn without_an_engine_it_says_where_one_comes_from() {
    assert_eq!(
        Machine::without_docker().refused(&[]),
        "error: docker is not on PATH\n\
         help: install it, https://docs.docker.com/engine/install/, or see what would be run with \
         `--dry-run`\n"
    );
    let down = Machine::with("echo 'Cannot connect to the Docker daemon.' >&2; exit 1");
    assert_eq!(
        down.refused(&[]),
        "error: the Docker engine does not answer: Cannot connect to the Docker daemon.\n\
         help: start it, or name another with `DOCKER_HOST` or `docker context use`\n"
    );
}

#[test]
fn a_person_who_may_not_ask_the_engine_is_told_how_to_and_not_to_start_it() {
    let locked = "echo 'permission denied while trying to connect to the Docker daemon socket' >&2";
    assert_eq!(
        Machine::with(&format!("{locked}; exit 1")).refused(&[]),
        "error: the Docker engine does not answer: permission denied while trying to connect to \
         the Docker daemon socket\n\
         help: join the group of its socket with `sudo usermod -aG docker $USER`, and log in \
         again\n"
    );
}

#[test]
fn a_platform_that_the_image_is_not_for_pulls_nobody_else_s_of_its_name() {
    let machine = Machine::with(WITH_GPUS);
    let pull = |arguments: &[&str]| {
        let line = machine.line(&[&["--platform", "linux/arm64"], arguments].concat());
        let given = line.iter().position(|word| word == "--pull");
        given.map(|at| line[at + 1].clone())
    };
    assert_eq!(pull(&[]).as_deref(), Some("never"));
    assert_eq!(pull(&["--pull", "missing"]).as_deref(), Some("missing"));
    assert_eq!(pull(&["--image", "registry.local/dynamo:1"]), None);
}

#[test]
fn a_spec_out_of_a_pipe_is_read_once() {
    let machine = Machine::with(WITH_GPUS);
    let piped = |more: &[&str]| {
        let arguments = [&["run", "-f", "/dev/stdin"], more].concat();
        let spec = machine.checkout().join("dynamo.yaml");
        let mut shell = Command::new("sh");
        shell.args(["-c", "cat \"$0\" | \"$@\""]);
        shell.arg(spec).arg(BINARY).args(arguments);
        shell.current_dir(machine.checkout());
        shell.output().expect("runs")
    };
    let printed = piped(&["--dry-run"]);
    assert!(printed.status.success(), "{}", said(&printed));
    assert!(printed.stdout.ends_with(b" dynamo:latest-vllm-runtime\n"));
    assert_eq!(
        said(&piped(&["--build"])),
        "error: `/dev/stdin` can be read once, and a build reads the spec again\n\
         help: write it to a file, and name that with `-f FILE`\n"
    );
}

#[test]
fn an_image_that_no_spec_tells_of_starts_as_its_target_does() {
    let machine = Machine::without_docker();
    fs::remove_file(machine.checkout().join("dynamo.yaml")).expect("a spec");
    let line = |target: &str| {
        let choice = ["--framework", "dynamo", "--target", target, "--hf-cache"];
        machine.line(&choice).join(" ")
    };
    assert!(line("dev").contains("HF_HOME=/root/.cache/huggingface"));
    let frontend = line("frontend");
    assert!(frontend.contains("HF_HOME=/home/dynamo/.cache/huggingface"));
    assert!(frontend.ends_with(" dynamo:latest-dynamo-frontend"));
    assert!(!frontend.contains("--gpus"), "{frontend}");
}

#[test]
fn an_image_that_a_variable_had_no_name_for_is_a_wrong_option() {
    let machine = Machine::with(WITH_GPUS);
    for name in ["", "a b", "--x"] {
        let output = machine.run(&[&format!("--image={name}")]);
        let said = said(&output);
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(said.contains(&format!("`{name}` is no name of an image")));
    }
}

#[test]
fn an_argument_of_docker_that_a_variable_had_no_value_for_is_not_taken_for_the_image() {
    let output = Machine::with(WITH_GPUS).run(&["--docker-arg="]);
    assert_eq!(output.status.code(), Some(2));
    let said = said(&output);
    assert!(
        said.contains("a value is required for '--docker-arg"),
        "{said}"
    );
}

#[test]
fn a_command_without_the_two_dashes_is_told_where_it_goes() {
    let output = Machine::with(WITH_GPUS).run(&["-it", "bash"]);
    assert_eq!(output.status.code(), Some(2));
    let said = said(&output);
    assert!(
        said.contains("tip: what the container runs comes behind '--', as in '-- bash'"),
        "{said}"
    );
}

#[test]
fn an_engine_that_has_not_come_up_is_said_to_be_down_by_older_clients_too() {
    let info = r#"{"ServerVersion": "", "ServerErrors": ["Is the docker daemon running?"]}"#;
    let down = Machine::with(&format!("echo '{info}'"));
    assert!(
        down.refused(&[]).starts_with(
            "error: the Docker engine does not answer: Is the docker daemon running?\n"
        )
    );
}

#[test]
fn a_spec_with_errors_starts_nothing_and_warnings_are_the_build_s_business() {
    let machine = Machine::with(WITH_GPUS);
    let wrong = machine.spec("framework: vlm\n");
    assert!(wrong.refused(&[]).contains("`vlm`"));
    let warned = wrong.spec("framework: vllm\nmirrors: {example.org: example.com}\n");
    assert_eq!(said(&warned.run(&[])), "");
    for target in ["wheels", "check-image"] {
        let files = warned.refused(&["--target", target]);
        let told = format!("the target `{target}` leaves files and no image");
        assert!(files.contains(&told), "{files}");
    }
}

#[test]
fn the_exit_status_is_that_of_docker() {
    for code in [0, 1, 7, 125, 137] {
        let docker = format!("{WITH_GPUS}\n[ \"$1\" != run ] || exit {code}");
        let output = Machine::with(&docker).run(&["-q"]);
        assert_eq!(output.status.code(), Some(code));
    }
}

#[test]
fn a_frontend_computes_nothing_and_gets_no_gpu() {
    let machine = Machine::without_docker().spec("framework: dynamo\n");
    let line = machine.line(&["--target", "frontend"]).join(" ");
    assert!(!line.contains("nvidia"), "{line}");
    assert!(line.ends_with(" dynamo:latest-dynamo-frontend"), "{line}");
}
