//! Killing the client in the middle of a build.

use std::fs;
use std::path::Path;
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::engine::{Door, Engine, unique};

/// How long a busy engine may take.
const PATIENCE: Duration = Duration::from_mins(3);

#[test]
fn case_128_a_killed_client_leaves_no_frontend_behind_and_the_next_build_works() {
    let engine = Engine::of_environment();
    // An account that nothing else uses keeps the long step out of the cache.
    // Not `--no-cache`: builds at the same time would run the same steps again.
    let uid = 100_000 + unique() % 1_000_000_000;
    let spec = engine.spec(&format!("user: {{name: cancelled, uid: {uid}}}\n"));
    let (mut client, log, _folder) = engine.build(&spec, Door::SyntaxLine).start();
    wait("the build reaches a step", || {
        fs::read_to_string(&log).is_ok_and(|log| log.contains("install Dynamo"))
    });
    client.kill().expect("the client is killed");
    client.wait().expect("the client ends");
    wait("no frontend is left", || frontends().is_empty());

    engine
        .build(engine.spec(""), Door::SyntaxLine)
        .run()
        .succeeds();
}

#[track_caller]
fn wait(what: &str, done: impl Fn() -> bool) {
    let start = Instant::now();
    while !done() {
        assert!(
            start.elapsed() < PATIENCE,
            "waited {PATIENCE:?} in vain until {what}"
        );
        sleep(Duration::from_millis(100));
    }
}

/// Processes of the frontend in any container of this machine.
fn frontends() -> Vec<String> {
    let processes = fs::read_dir("/proc").expect("this is Linux");
    processes
        .filter_map(|entry| {
            let path = entry.ok()?.path();
            let exe = fs::read_link(path.join("exe")).ok()?;
            (exe == Path::new("/dynamo-frontend")).then(|| path.display().to_string())
        })
        .collect()
}
