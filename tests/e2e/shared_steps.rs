//! Several targets of one bake file.

use std::fs;
use std::process::Command;

use crate::engine::{Engine, unique};
use crate::python_index::PythonIndex;
use crate::turn::Alone;
use crate::wheel::Wheel;

#[test]
fn case_76_a_step_that_two_targets_share_runs_once() {
    let engine = Engine::of_environment();
    let wheels = [
        Wheel::new("ai-dynamo", "1.0.0").package("dynamo"),
        Wheel::new("ai-dynamo-runtime", "1.0.0").package("dynamo_runtime"),
        Wheel::new("addition", "1.0.0").package("addition"),
    ];
    let index = PythonIndex::of(&wheels);
    // An account of its own keeps the steps out of the cache of other builds.
    let spec = engine.spec(&format!(
        "build: {{python: {{index: \"{}\"}}}}\nuser: {{name: u{:x}}}\n",
        index.url(),
        unique()
    ));
    let more = format!("{spec}packages: {{pip: [addition==1.0.0]}}\n");
    let folder = tempfile::tempdir().expect("a temporary folder");
    let frontend = std::env::var("FRONTEND_IMAGE").expect("set by `cargo xtask e2e`");
    let target = |file: &str| {
        serde_json::json!({
            "context": ".",
            "dockerfile": file,
            "args": {"BUILDKIT_SYNTAX": frontend},
            "output": ["type=cacheonly"],
        })
    };
    let file = serde_json::json!({
        "group": {"default": {"targets": ["plain", "more"]}},
        "target": {"plain": target("plain.yaml"), "more": target("more.yaml")},
    });
    for (name, text) in [
        ("plain.yaml", spec),
        ("more.yaml", more),
        ("docker-bake.json", file.to_string()),
    ] {
        fs::write(folder.path().join(name), text).expect("a written file");
    }
    let _alone = Alone::wait();
    let output = Command::new("docker")
        .args(["buildx", "bake", "--progress=plain"])
        .current_dir(folder.path())
        .output()
        .expect("docker runs");
    let progress = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{progress}");
    // A step of both is shown under the name of the one that came first to it;
    // what each puts together in the end is its own.
    for target in ["plain", "more"] {
        let step = format!("[{target} runtime] join");
        assert!(progress.contains(&step), "no `{step}` in:\n{progress}");
    }
    // A step that runs asks the index; what uv downloaded it does not download
    // again, but whether it still is the newest.
    let asked = index.asked();
    let times = |path: &str| asked.iter().filter(|one| *one == path).count();
    assert_eq!(times("/simple/ai-dynamo/"), 1, "{asked:?}\n{progress}");
    assert_eq!(times("/simple/addition/"), 1, "{asked:?}\n{progress}");
}
