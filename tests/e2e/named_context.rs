//! Named build contexts: of folders, images and other builds.

use std::fs;
use std::process::Command;

use crate::built::Built;
use crate::engine::{Door, Engine, docker, text, unique};
use crate::turn::{Alone, Turn};

/// Runs `docker buildx bake` on a file in a folder.
fn bake(folder: &std::path::Path, file: &serde_json::Value) -> Built {
    fs::write(folder.join("bake.json"), file.to_string()).expect("a written file");
    let _turn = Turn::wait();
    let output = Command::new("docker")
        .args([
            "buildx",
            "bake",
            "--progress=plain",
            "--allow=fs.read=*",
            "-f",
            "bake.json",
        ])
        .current_dir(folder)
        .output()
        .expect("docker runs");
    Built {
        success: output.status.success(),
        progress: text(&output),
    }
}

#[test]
fn case_57_images_take_the_place_of_those_that_the_spec_names() {
    let engine = Engine::of_environment();
    let spec = engine.spec_on("base", "");
    let base = engine.base().to_owned();
    engine
        .build(spec, Door::SyntaxLine)
        .arg(&format!("--build-context=base=docker-image://{base}"))
        .run()
        .succeeds()
        .shows(&format!("[context base] load metadata for {base}"))
        .hides("docker.io/library/base");
}

#[test]
fn case_58_a_folder_is_sent_by_the_paths_used_without_what_it_ignores() {
    let engine = Engine::of_environment();
    let elsewhere = tempfile::tempdir().expect("a temporary folder");
    let filler = vec![b'x'; 4 << 20];
    // What no earlier build had, so that its step runs and is shown.
    let content = format!("{}\n", unique());
    for (name, content) in [
        ("more.txt", content.as_bytes()),
        ("ignored.bin", &filler[..]),
        ("unused.bin", &filler[..]),
        (".dockerignore", b"ignored.bin\n"),
    ] {
        fs::write(elsewhere.path().join(name), content).expect("a written file");
    }
    let spec = engine.spec(
        "extend: {runtime: [{name: more files, \
         copy: {from: {context: files}, paths: [more.txt], to: /opt/}}]}\n",
    );
    let built = engine
        .build(spec, Door::SyntaxLine)
        .arg(&format!(
            "--build-context=files={}",
            elsewhere.path().display()
        ))
        .run()
        .succeeds()
        .shows("[context files] load .dockerignore")
        .shows("[context files] load from client")
        .shows("more files");
    let sent = built.lines_with("transferring files:");
    assert!(!sent.is_empty(), "{}", built.progress);
    assert!(sent.iter().all(|line| !line.contains("MB")), "{sent:?}");
}

#[test]
fn case_60_76_bake_feeds_builds_to_each_other_and_runs_shared_steps_once() {
    let engine = Engine::of_environment();
    let folder = tempfile::tempdir().expect("a temporary folder");
    let own = unique();
    let spec = engine.spec_on("base", &format!("env: {{RUN: \"{own}\"}}\n"));
    fs::write(folder.path().join("dynamo.yaml"), spec).expect("a written file");
    let frontend = std::env::var("FRONTEND_IMAGE").expect("set by `cargo xtask e2e`");
    let contexts = serde_json::json!({
        "nvidia/dynamo-frontend:1": format!("docker-image://{frontend}"),
        "base": "target:below",
    });
    let ours = |target: &str| serde_json::json!({"dockerfile": "dynamo.yaml", "target": target, "contexts": contexts});
    let below = format!(
        "FROM {}\nENV BELOW=below-{own}\nRUN echo {own} > /below\n",
        engine.base()
    );
    let above = "FROM ours\nRUN test \"$RUN-$BELOW-$(cat /below)\" = \
                 \"$WANTED\" && python -m dynamo.frontend --help > /tmp/help\n";
    let wanted = format!("{own}-below-{own}-{own}");
    let file = serde_json::json!({
        "group": {"default": {"targets": ["each", "above"]}},
        "target": {
            "below": {"dockerfile-inline": below},
            "each": {
                "name": "each-${part}",
                "matrix": {"part": ["runtime", "dynamo_base"]},
                "dockerfile": "dynamo.yaml",
                "target": "${part}",
                "args": {"images.rust": engine.rust()},
                "contexts": contexts,
            },
            "ours": ours("runtime"),
            "above": {
                "dockerfile-inline": above.replace("$WANTED", &wanted),
                "contexts": {"ours": "target:ours"},
                "output": ["type=docker,name=e2e-bake"],
            },
        },
    });
    let _alone = Alone::wait();
    let built = bake(folder.path(), &file).succeeds();
    // The runtime is asked for twice, and its steps run once.
    let installs = built.lines_with("install Dynamo 1.0.0");
    let vertices: std::collections::BTreeSet<&str> = installs
        .iter()
        .filter_map(|line| line.split_whitespace().next())
        .collect();
    assert_eq!(vertices.len(), 1, "{}", built.progress);
    let env = docker(&["inspect", "--format", "{{.Config.Env}}", "e2e-bake"]);
    assert!(
        env.contains(&format!("BELOW=below-{own}")) && env.contains(&format!("RUN={own}")),
        "{env}"
    );
}
