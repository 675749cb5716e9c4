//! The checks of the built image: a stage whose steps stand side by side on the
//! image, each a check.
//!
//! A check sees what `docker run` would start a process in: the image's variables,
//! account and folder. What it does to the files is thrown away; what it leaves is
//! its report.

mod builtin;

use super::action::{Action, EnvChange, Owner, Run};
use super::component::account::home;
use super::config::ImagePlan;
use super::extend::account;
use super::script::image_check::{self as script, Record};
use super::script::of_user;
use super::{Base, Stage, Step};
use crate::check::{
    Expected, ExtraCommand, FileTest, ImageTest, Resolved, Stream, Tested, TextTest, Timeout,
    UserTest,
};
use crate::diagnostic::{Span, Spanned};
use crate::spec::{Account, CHECK_IMAGE, Device};

/// Where a check finds the folder of its report.
const REPORT: &str = "/run/dynamo/report";
/// Nodes of GPUs, of which one is enough, by what makes them: the drivers of
/// NVIDIA under Linux and under Windows, and those of Intel.
const NVIDIA: [&str; 3] = ["/dev/nvidia0", "/dev/nvidiactl", "/dev/dxg"];
const INTEL: [&str; 2] = ["/dev/dri/renderD128", "/dev/dri/renderD129"];

/// A limit on the layers of an image.
#[derive(Debug, Clone, serde::Serialize)]
pub struct LayerLimit {
    /// The check that sets it.
    pub check: String,
    /// The most layers that there may be, those of the base included.
    pub most: u32,
    /// Where that is said.
    #[serde(skip)]
    pub place: Span,
}

/// Every check of a build: those that hold for every image of the target, unless
/// the spec has one of the same name, and then the spec's.
fn all(resolved: &Resolved) -> Vec<ImageTest> {
    let Tested {
        checks, builtin, ..
    } = &resolved.tests;
    let mut all = Vec::new();
    if *builtin {
        let is_free = |test: &ImageTest| checks.iter().all(|one| one.name.value != test.name.value);
        all.extend(builtin::checks(resolved).into_iter().filter(is_free));
    }
    all.extend(checks.iter().cloned());
    all
}

/// The stage that checks what the stage `tested` leaves, and the limits that no
/// step can look at.
pub(super) fn stage(
    resolved: &Resolved,
    tested: &str,
    image: &ImagePlan,
) -> (Stage, Vec<LayerLimit>) {
    let all = all(resolved);
    let limit = |test: &ImageTest| {
        let most = test.layers.as_ref()?;
        Some(LayerLimit {
            check: test.name.value.clone(),
            most: most.value,
            place: most.span,
        })
    };
    let limits = all.iter().filter_map(limit).collect();
    let steps = all.iter().flat_map(|test| steps(resolved, image, test));
    let stage = Stage {
        name: CHECK_IMAGE.to_owned(),
        base: Base::Stage(tested.to_owned()),
        steps: steps.collect(),
    };
    (stage, limits)
}

/// The steps of one check: one, and another by root for the size, of which nobody
/// else sees all.
fn steps(resolved: &Resolved, image: &ImagePlan, test: &ImageTest) -> Vec<Step> {
    let is_size = |one: &&Spanned<Expected>| matches!(one.value, Expected::Size(..));
    let (sizes, others): (Vec<_>, Vec<_>) = test.expected.iter().partition(is_size);
    let mut steps = Vec::new();
    let name = &test.name.value;
    if !others.is_empty() {
        let process = Process::of(resolved, image, test);
        steps.push(step(resolved, name.clone(), test, &others, process));
    }
    if !sizes.is_empty() {
        let title = if steps.is_empty() {
            name.clone()
        } else {
            // No check of the spec can be called so.
            format!("{name}+size")
        };
        steps.push(step(resolved, title, test, &sizes, Process::root()));
    }
    steps
}

fn step(
    resolved: &Resolved,
    title: String,
    test: &ImageTest,
    expected: &[&Spanned<Expected>],
    process: Process,
) -> Step {
    let mut records = Vec::new();
    let mut mounts = Vec::new();
    if test.gpu {
        let nodes: &[&str] = match resolved.device.value {
            Device::Xpu => &INTEL,
            Device::Cuda | Device::Cpu => &NVIDIA,
        };
        records.push(record(0, "gpu", nodes.iter().copied()));
    }
    let runs = expected.iter().any(|one| is_run(&one.value));
    for (index, one) in expected.iter().enumerate() {
        if let Expected::Command(ExtraCommand::Script(text)) = &one.value {
            mounts.push(of_user(text).mount);
        }
        records.push(told(index + 1, &one.value));
    }
    let mut expects: Vec<String> = records.iter().map(Record::readable).collect();
    let given = test.timeout.place.filter(|_| runs);
    if given.is_some() {
        expects.push(format!("timeout {}", test.timeout.limit));
    }
    if runs {
        records.insert(0, timeout(expected.len() + 1, &test.timeout));
    }
    let (args, own) = script::check(&title, &records);
    mounts.extend(own);
    let places = expected.iter().map(|one| one.span).chain(given);
    Step {
        component: None,
        places: [test.name.span].into_iter().chain(places).collect(),
        action: Action::Run(Run {
            env: process.env,
            user: process.owner,
            account: process.account,
            cwd: process.cwd,
            mounts,
            network: test.network,
            output: Some(REPORT.to_owned()),
            gpu: test.gpu.then(|| gpu(resolved.device.value).to_owned()),
            expects,
            ..Run::new(args)
        }),
        title,
    }
}

/// Whether a program of the image runs, or code of it is loaded, to look at this.
fn is_run(expected: &Expected) -> bool {
    matches!(
        expected,
        Expected::Command(_) | Expected::Import(_) | Expected::Package(..) | Expected::Library(_)
    )
}

/// How long each process may take: what fails fails at this place, or where that is
/// not said, at its own.
fn timeout(place: usize, timeout: &Timeout) -> Record {
    let place = timeout.place.map_or(0, |_| place);
    let milliseconds = timeout.limit.0.as_millis();
    let words = [milliseconds.to_string(), timeout.limit.to_string()];
    record(place, "timeout", words)
}

/// All GPUs of a builder in the names of CDI.
fn gpu(device: Device) -> &'static str {
    match device {
        Device::Xpu => "intel.com/gpu=all",
        Device::Cuda | Device::Cpu => "nvidia.com/gpu=all",
    }
}

/// What a check runs as.
struct Process {
    env: Vec<(String, EnvChange)>,
    owner: Option<Owner>,
    account: Option<String>,
    cwd: String,
}

impl Process {
    /// As `docker run` starts one, but for what the check says.
    fn of(resolved: &Resolved, image: &ImagePlan, test: &ImageTest) -> Self {
        let user = match test.run_as {
            None => image.user.clone(),
            Some(Account::Root) => "root".to_owned(),
            Some(Account::Dynamo) => resolved.user.name.value.clone(),
        };
        let (owner, account, own_home) = match user.as_str() {
            "root" | "" => (None, None, "/root".to_owned()),
            user => match numbers(user) {
                Some(owner) => (Some(owner), None, "/".to_owned()),
                None => (
                    Some(account(resolved)),
                    Some(user.to_owned()),
                    home(resolved),
                ),
            },
        };
        let mut env = Vec::new();
        if image.env.iter().all(|(name, _)| name != "HOME") {
            env.push(EnvChange::set("HOME", own_home));
        }
        env.extend(image.env.iter().cloned());
        let cwd = test.workdir.as_ref().unwrap_or(&image.working_dir);
        Self {
            env,
            owner,
            account,
            cwd: cwd.clone(),
        }
    }

    /// Root, as in a step of a build.
    fn root() -> Self {
        Self {
            env: Vec::new(),
            owner: None,
            account: None,
            cwd: "/".to_owned(),
        }
    }
}

/// A user and a group by their numbers, if they are written so.
fn numbers(user: &str) -> Option<Owner> {
    let (uid, gid) = user.split_once(':')?;
    Some(Owner {
        uid: uid.parse().ok()?,
        gid: gid.parse().ok()?,
    })
}

fn record<W: Into<String>>(
    place: usize,
    kind: &'static str,
    words: impl IntoIterator<Item = W>,
) -> Record {
    Record {
        place,
        kind,
        words: words.into_iter().map(Into::into).collect(),
    }
}

/// An expectation in the words of the script.
fn told(place: usize, expected: &Expected) -> Record {
    let told = |kind, words: Vec<String>| record(place, kind, words);
    match expected {
        Expected::Command(ExtraCommand::Program(words)) => told("command", words.clone()),
        Expected::Command(ExtraCommand::Script(text)) => told("command", of_user(text).args),
        Expected::Status(status) => told("status", vec![status.to_string()]),
        Expected::Output(Stream::Out, test) => told("stdout", text(test).to_vec()),
        Expected::Output(Stream::Error, test) => told("stderr", text(test).to_vec()),
        Expected::File(path, test) => {
            let (kind, more) = file(test);
            let words = [path.clone()].into_iter().chain(more).collect();
            told(kind, words)
        }
        Expected::Import(module) => told("import", vec![module.clone()]),
        Expected::Package(name, version) => {
            let words = [name.clone()].into_iter().chain(version.clone());
            told("package", words.collect())
        }
        Expected::Library(name) => told("library", vec![name.clone()]),
        Expected::Variable(name, value) => told("env", vec![name.clone(), value.clone()]),
        Expected::User(test) => {
            let (what, value) = match test {
                UserTest::Name(name) => ("name", name.clone()),
                UserTest::Uid(id) => ("uid", id.to_string()),
                UserTest::Gid(id) => ("gid", id.to_string()),
                UserTest::Group(group) => ("group", group.clone()),
            };
            told("user", vec![what.to_owned(), value])
        }
        Expected::Size(bytes, written) => told("size", vec![bytes.to_string(), written.clone()]),
    }
}

fn text(expected: &TextTest) -> [String; 2] {
    let (kind, wanted) = match expected {
        TextTest::Contains(wanted) => ("contains", wanted),
        TextTest::Matches(wanted) => ("matches", wanted),
        TextTest::DoesNotMatch(wanted) => ("does_not_match", wanted),
    };
    [kind.to_owned(), wanted.clone()]
}

/// The kind of a test of a path, and what it is told besides the path.
fn file(test: &FileTest) -> (&'static str, Vec<String>) {
    match test {
        FileTest::Exists => ("exists", Vec::new()),
        FileTest::Absent => ("absent", Vec::new()),
        FileTest::Kind(kind) => ("kind", vec![kind.word().to_owned()]),
        FileTest::Mode(mode) => ("mode", vec![format!("{mode:04o}")]),
        FileTest::Owner(owner) => ("owner", vec![owner.clone()]),
        FileTest::Group(group) => ("group", vec![group.clone()]),
        FileTest::Writable => ("writable", Vec::new()),
        FileTest::Content(test) => ("content", text(test).to_vec()),
    }
}
