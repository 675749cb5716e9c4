//! Builds that the user gives up: while images are asked for, while files are
//! sent, while a step runs.

use std::fs;
use std::net::Ipv4Addr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::engine::{Build, Door, Engine, unique};
use crate::http::{Response, Server};
use crate::turn::Turn;

/// How long a busy engine may take.
const PATIENCE: Duration = Duration::from_mins(3);

/// A step that does not end before it is ended.
const WAITS: &str = "extend: {runtime: [{run: [sleep, \"3600\"]}]}\n";

/// How a build is given up.
#[derive(Clone, Copy)]
enum End {
    /// As ^C does.
    Interrupt,
    Kill,
}

impl End {
    fn of(self, client: &mut Child) {
        match self {
            Self::Kill => client.kill().expect("the client is killed"),
            Self::Interrupt => {
                let pid = client.id().to_string();
                let kill = Command::new("kill").args(["-INT", &pid]).status();
                assert!(kill.expect("kill runs").success());
            }
        }
        let ended = client.wait().expect("the client ends");
        assert!(!ended.success(), "{ended}");
    }
}

/// Gives a build up once `reached` says so of its progress and of a mark in its
/// options, and builds something else.
fn give_up(
    engine: &Engine,
    build: Build,
    end: End,
    what: &str,
    reached: impl Fn(&str, &str) -> bool,
) {
    let mark = format!("given-up-{:x}", unique());
    let build = build.arg(&format!("--label={mark}=1"));
    let mut started = build.start();
    wait(&format!("the build reaches {what}"), || {
        fs::read_to_string(&started.progress).is_ok_and(|log| reached(&log, &mark))
    });
    end.of(&mut started.client);
    wait("no frontend is left", || frontends(&mark).is_empty());
    drop(started);
    engine
        .build(engine.spec(""), Door::SyntaxLine)
        .run()
        .succeeds();
}

/// A spec whose steps no build has run: an account that nothing else uses keeps
/// them out of the cache. Not `--no-cache`: builds at the same time would run the
/// same steps again.
pub(crate) fn uncached(engine: &Engine, more: &str) -> (u64, String) {
    let uid = 100_000 + unique() % 1_000_000_000;
    let user = format!("user: {{name: cancelled, uid: {uid}}}\n{more}");
    (uid, engine.spec(&user))
}

#[test]
fn case_128_a_killed_client_leaves_no_frontend_behind_and_the_next_build_works() {
    let engine = Engine::of_environment();
    let (uid, spec) = uncached(&engine, WAITS);
    let build = engine.build(spec, Door::SyntaxLine);
    let reached = |_: &str, _: &str| !sleeps(uid).is_empty();
    give_up(&engine, build, End::Kill, "a step", reached);
}

#[test]
fn case_128_a_step_ends_with_the_build_that_the_user_gives_up() {
    let engine = Engine::of_environment();
    let (uid, spec) = uncached(&engine, WAITS);
    let build = engine.build(spec, Door::SyntaxLine);
    let reached = |_: &str, _: &str| !sleeps(uid).is_empty();
    give_up(&engine, build, End::Interrupt, "a step", reached);
    wait("no step is left", || processes_of(uid).is_empty());
}

#[test]
fn case_128_a_build_can_be_given_up_while_a_registry_hangs() {
    // Answers once the test is over.
    let (over, waiting) = mpsc::channel::<()>();
    let waiting = std::sync::Mutex::new(waiting);
    let registry = Server::at(Ipv4Addr::LOCALHOST.into(), move |_| {
        let _ = waiting.lock().expect("no panic").recv();
        Response::not_found()
    });
    let engine = Engine::of_environment();
    let image = format!("{}/base:1", registry.url().replace("http://", ""));
    let build = engine.build(engine.spec_on(&image, ""), Door::SyntaxLine);
    let line = format!("[internal] load metadata for {image}");
    let reached = |log: &str, mark: &str| log.contains(&line) && !frontends(mark).is_empty();
    give_up(&engine, build, End::Interrupt, "the registry", reached);
    drop(over);
}

#[test]
fn case_128_a_build_can_be_given_up_while_files_are_sent() {
    let engine = Engine::of_environment();
    let (_, spec) = uncached(&engine, "packages: {requirements: [large.txt]}\n");
    let large = vec![b'\n'; 512 << 20];
    let build = engine
        .build(spec, Door::SyntaxLine)
        .file("large.txt", large);
    let sent = |line: &str| line.contains("transferring context: ") && line.contains("MB");
    let reached = |log: &str, _: &str| log.lines().any(sent);
    give_up(&engine, build, End::Interrupt, "its files", reached);
}

#[test]
fn run_that_is_told_to_end_ends_what_it_builds_and_starts_nothing() {
    let engine = Engine::of_environment();
    // A time that nothing else sleeps.
    let time = format!("3600.{}", unique());
    let folder = tempfile::tempdir().expect("a temporary folder");
    let step = format!("extend: {{runtime: [{{run: [sleep, \"{time}\"]}}]}}\n");
    let _turn = Turn::wait();
    fs::write(folder.path().join("dynamo.yaml"), engine.spec(&step)).expect("a written spec");
    let frontend = engine.frontend();
    let frontend = format!("--build-context=nvidia/dynamo-frontend:1=docker-image://{frontend}");
    let mut run = Command::new(env!("CARGO_BIN_EXE_dynamo-frontend"))
        .args(["--quiet", "run", "--build", &frontend])
        .args(["--repository", "e2e-told-to-end", "--", "echo", "started"])
        .current_dir(folder.path())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("starts");
    let sleeps = || processes(|path| words(path).ends_with(&format!("sleep {time}")));
    wait("the step runs", || !sleeps().is_empty());
    let kill = Command::new("kill").arg(run.id().to_string()).status();
    assert!(kill.expect("kill runs").success());
    assert_eq!(run.wait().expect("an end").code(), Some(128 + 15));
    wait("no step is left", || sleeps().is_empty());
    let output = run.wait_with_output().expect("what it printed");
    assert_eq!(String::from_utf8_lossy(&output.stdout), "");
}

/// The words of a process.
fn words(process: &Path) -> String {
    let words = fs::read(process.join("cmdline")).unwrap_or_default();
    let words = String::from_utf8_lossy(&words);
    words.trim_end_matches('\0').replace('\0', " ")
}

#[track_caller]
pub(crate) fn wait(what: &str, done: impl Fn() -> bool) {
    let start = Instant::now();
    while !done() {
        assert!(
            start.elapsed() < PATIENCE,
            "waited {PATIENCE:?} in vain until {what}"
        );
        sleep(Duration::from_millis(20));
    }
}

/// Processes of this machine, in any container, that are like this.
fn processes(like: impl Fn(&Path) -> bool) -> Vec<String> {
    let processes = fs::read_dir("/proc").expect("this is Linux");
    let paths = processes.filter_map(|entry| Some(entry.ok()?.path()));
    let found = paths.filter(|path| like(path));
    found.map(|path| path.display().to_string()).collect()
}

/// Frontends of the build that has this in its options.
fn frontends(mark: &str) -> Vec<String> {
    processes(|path| {
        let exe = fs::read_link(path.join("exe"));
        let is_frontend = exe.is_ok_and(|exe| exe == Path::new("/dynamo-frontend"));
        let environment = || fs::read(path.join("environ")).unwrap_or_default();
        is_frontend && String::from_utf8_lossy(&environment()).contains(mark)
    })
}

/// What only waits under this account.
fn sleeps(uid: u64) -> Vec<String> {
    let processes = processes_of(uid).into_iter();
    let sleeps = |process: &String| words(Path::new(process)).ends_with("sleep 3600");
    processes.filter(sleeps).collect()
}

/// What runs under this account.
pub(crate) fn processes_of(uid: u64) -> Vec<String> {
    let line = format!("Uid:\t{uid}\t");
    processes(|path| fs::read_to_string(path.join("status")).is_ok_and(|text| text.contains(&line)))
}
