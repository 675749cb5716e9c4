//! What the spec adds to an image, looked at from inside the container:
//! packages, the account, what is started.

use std::path::PathBuf;

use crate::built::Built;
use crate::engine::{Door, Engine, docker, unique};
use crate::turn::Alone;

/// The spec's part with packages of every kind.
const PACKAGES: &str = "\
packages:
  apt: [tree]
  pip: [iniconfig==2.0.0]
  requirements: [deps/more/requirements.txt]
";
const REQUIREMENTS: &str = "# a comment\nsniffio==1.3.0\n";
/// What must not be transferred: more than everything else together.
const BALLAST: usize = 3 << 20;

fn build(engine: &Engine, spec: &str, tag: &str) -> Built {
    engine
        .build(spec, Door::SyntaxLine)
        .file("deps/more/requirements.txt", REQUIREMENTS)
        .file("deps/more/model.bin", vec![7; BALLAST])
        .file("notes.txt", "not used by any step")
        .arg("--load")
        .arg(&format!("--tag={tag}"))
        .run()
        .succeeds()
}

fn run(tag: &str, command: &[&str]) -> String {
    docker(&[&["run", "--rm", tag], command].concat())
}

/// Bytes of a line such as `#9 transferring context: 1.05kB 0.1s done`.
fn transferred(line: &str) -> f64 {
    let size = line.split("context: ").nth(1).expect("a size");
    let size = size.split(' ').next().expect("a size");
    let digits = size.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let number: f64 = digits.parse().expect("a number");
    match &size[digits.len()..] {
        "B" => number,
        "kB" => number * 1e3,
        "MB" => number * 1e6,
        unit => panic!("unknown unit {unit} in {line}"),
    }
}

/// The steps of a build with how each ended.
fn steps(built: &Built) -> Vec<(String, String)> {
    let mut all: Vec<_> = built.vertices().into_values().collect();
    all.retain(|(name, _)| name.starts_with("[dynamo_base ") || name.starts_with("[runtime "));
    all
}

#[test]
fn packages_of_every_kind_are_installed_and_only_the_file_used_is_transferred() {
    let engine = Engine::of_environment();
    let tag = "e2e-packages";
    let built = build(&engine, &engine.spec(PACKAGES), tag);

    assert!(run(tag, &["tree", "--version"]).starts_with("tree v"));
    let versions = "import iniconfig, importlib.metadata as m, sniffio, dynamo.runtime; \
                    print(m.version('iniconfig'), m.version('sniffio'))";
    assert_eq!(run(tag, &["python", "-c", versions]), "2.0.0 1.3.0");
    let module = "import iniconfig; print(iniconfig.__file__)";
    let file = PathBuf::from(run(tag, &["python", "-c", module]));
    assert!(file.starts_with("/opt/dynamo/venv"), "{}", file.display());
    // Mounts leave nothing behind: no file, no folder they were mounted at.
    let left = "find /run /etc/apt /var/cache/apt /var/lib/apt | sort";
    let looked = |image: &str| docker(&["run", "--rm", "--entrypoint=sh", image, "-c", left]);
    assert_eq!(looked(tag), looked(engine.base()));

    let lines = built.lines_with("transferring context: ");
    assert!(
        !lines.is_empty(),
        "the file is transferred:\n{}",
        built.progress
    );
    for line in lines {
        assert!(transferred(line) < 10e3, "too much is transferred: {line}");
    }
}

#[test]
fn another_account_owns_what_is_installed_and_starts_the_image() {
    let engine = Engine::of_environment();
    let tag = "e2e-account";
    let account = "user: {name: serving, uid: 4321, gid: 8765}\n\
                   entrypoint: [python, -c, \"import os, sys; print(os.getuid(), sys.argv[1:])\"]\n\
                   cmd: [one, \"two $HOME; three\"]\n";
    build(&engine, &engine.spec(account), tag);

    assert_eq!(run(tag, &[]), "4321 ['one', 'two $HOME; three']");
    assert_eq!(
        run(tag, &["four"]),
        "4321 ['four']",
        "arguments replace cmd"
    );
    let inside =
        |command: &str| docker(&["run", "--rm", "--entrypoint=/bin/sh", tag, "-c", command]);
    assert_eq!(
        inside("id"),
        "uid=4321(serving) gid=8765(serving) groups=8765(serving)"
    );
    assert_eq!(inside("echo $HOME; pwd"), "/home/serving\n/workspace");
    // The day of the build is nobody's business.
    let shadow = "--user=root --entrypoint=grep".split(' ');
    let shadow = ["run", "--rm"].into_iter().chain(shadow);
    let shadow: Vec<&str> = shadow.chain([tag, "^serving:", "/etc/shadow"]).collect();
    assert_eq!(docker(&shadow), "serving:!::0:99999:7:::");
    let folders = "stat -c '%n %a %u:%g' /home/serving /workspace /opt/dynamo /opt/dynamo/venv";
    assert_eq!(
        inside(folders),
        [
            "/home/serving",
            "/workspace",
            "/opt/dynamo",
            "/opt/dynamo/venv"
        ]
        .map(|folder| format!("{folder} 775 4321:8765"))
        .join("\n")
    );
    let strangers = "find /opt/dynamo /home/serving -not \\( -uid 4321 -gid 8765 \\) | wc -l";
    assert_eq!(inside(strangers), "0", "everything there is the account's");
    assert_eq!(
        inside("touch /workspace/a /home/serving/b && echo written"),
        "written"
    );
}

#[test]
fn case_75_a_changed_label_or_variable_runs_no_step_again() {
    let _alone = Alone::wait();
    let engine = Engine::of_environment();
    let spec = engine.spec(PACKAGES);
    build(&engine, &spec, "e2e-config-1");
    let changed = format!("{spec}labels: {{team: inference}}\nenv: {{HF_HOME: /models}}\n");
    let built = build(&engine, &changed, "e2e-config-2");
    let steps = steps(&built);
    assert!(steps.len() >= 8, "steps are shown: {steps:?}");
    for (name, end) in steps {
        assert_eq!(end, "CACHED", "`{name}` ran again:\n{}", built.progress);
    }
    let config = "{{.Config.Labels.team}} {{join .Config.Env \" \"}}";
    let config = docker(&["inspect", "--format", config, "e2e-config-2"]);
    assert!(config.starts_with("inference "), "{config}");
    assert!(config.ends_with(" HF_HOME=/models"), "{config}");
}

#[test]
fn case_75_a_changed_package_runs_only_its_step_and_those_that_stand_on_it() {
    let _alone = Alone::wait();
    let engine = Engine::of_environment();
    let spec = engine.spec(PACKAGES);
    // The package is another one in both builds: an engine that is short of space
    // may have forgotten what the step stands on, and still know what came of it.
    let marker = || format!("iniconfig>1,!=0.{}", unique());
    let of = |marker: &str| spec.replace("iniconfig==2.0.0", &format!("\"{marker}\""));
    build(&engine, &of(&marker()), "e2e-change-1");
    let marker = marker();
    let built = build(&engine, &of(&marker), "e2e-change-2");
    let ran: Vec<String> = steps(&built)
        .into_iter()
        .filter(|(_, end)| end != "CACHED")
        .map(|(name, _)| name)
        .collect();
    let expected = [
        &format!("install {marker}"),
        "install the requirements of",
        "join",
    ];
    for name in &ran {
        assert!(
            expected.iter().any(|part| name.contains(part)),
            "`{name}` ran again:\n{}",
            built.progress
        );
    }
    assert!(ran.iter().any(|name| name.contains(&marker)), "{ran:?}");
}
