//! What holds for every image of a target, and needs no GPU: the built-in checks.
//!
//! One function for each check; what is not in an image, by what its plan says, is
//! not looked for in it.

use crate::check::{
    Dynamo, Engine, Expected, ExtraCommand, FileTest, ImageTest, Resolved, Stream, TextTest,
    Timeout, UserTest, When,
};
use crate::diagnostic::Spanned;
use crate::plan::component::account::{DYNAMO_HOME, WORKSPACE, home};
use crate::spec::{Component, FileKind, Target};

/// The checks of the spec's target, by name.
pub(super) fn checks(resolved: &Resolved) -> Vec<ImageTest> {
    let checks: [(&str, Vec<Expected>); 11] = [
        ("account", account(resolved)),
        ("workspace", workspace(resolved)),
        ("dynamo", dynamo(resolved)),
        ("dynamo-frontend", frontend(resolved)),
        ("engine", engine(resolved)),
        ("nixl", nixl(resolved)),
        ("nats", program(resolved, "nats")),
        ("etcd", program(resolved, "etcd")),
        ("uv", uv(resolved)),
        ("rust", rust(resolved)),
        ("endpoint-picker", picker(resolved)),
    ];
    // A line of the spec that the user can change: what asks for the checks.
    let place = match resolved.tests.when {
        When::Gate(place) => place,
        When::Alone(_) | When::Never => resolved.target.span,
    };
    let checks = checks.into_iter().filter(|(_, all)| !all.is_empty());
    checks
        .map(|(name, expected)| {
            let at = |one| Spanned::new(one, place);
            ImageTest {
                name: Spanned::new(name.to_owned(), place),
                expected: expected.into_iter().map(at).collect(),
                layers: None,
                gpu: false,
                run_as: None,
                workdir: None,
                network: false,
                timeout: Timeout::default(),
            }
        })
        .collect()
}

/// Whether the target is an image with the account.
fn has_account(resolved: &Resolved) -> bool {
    resolved.target.value.has_account()
}

/// Whether Dynamo is installed in the target.
fn has_dynamo(resolved: &Resolved) -> bool {
    has_account(resolved) && resolved.target.value != Target::Docs
}

/// Whether the target has the engine.
fn has_engine(resolved: &Resolved) -> bool {
    has_dynamo(resolved) && resolved.target.value != Target::Frontend
}

/// Who a process is, and that its home is its own.
fn account(resolved: &Resolved) -> Vec<Expected> {
    if !has_account(resolved) {
        return Vec::new();
    }
    let home = |test| Expected::File(home(resolved), test);
    let uid = match &resolved.developer {
        Some(person) => person.uid.value,
        None => resolved.user.uid.value,
    };
    let mut all = Vec::new();
    // A development image starts as root, and has the account all the same.
    if resolved.target.value == Target::Dev {
        all.push(Expected::User(UserTest::Uid(0)));
    } else {
        all.extend([
            Expected::User(UserTest::Name(resolved.user.name.value.clone())),
            Expected::User(UserTest::Uid(uid)),
        ]);
    }
    all.extend([
        home(FileTest::Kind(FileKind::Dir)),
        home(FileTest::Owner(resolved.user.name.value.clone())),
        home(FileTest::Writable),
    ]);
    all
}

/// That whoever is in the group of the account can work, whatever the user id.
fn workspace(resolved: &Resolved) -> Vec<Expected> {
    if !has_account(resolved) {
        return Vec::new();
    }
    let folders = [DYNAMO_HOME, WORKSPACE].into_iter();
    let tests = |folder: &'static str| {
        [
            FileTest::Exists,
            FileTest::Kind(FileKind::Dir),
            FileTest::Mode(0o775),
            FileTest::Group(resolved.user.gid.value.to_string()),
            FileTest::Writable,
        ]
        .map(|test| Expected::File(folder.to_owned(), test))
    };
    folders.flat_map(tests).collect()
}

/// That Dynamo and its compiled runtime can be imported, and are the release that
/// was asked for.
fn dynamo(resolved: &Resolved) -> Vec<Expected> {
    if !has_dynamo(resolved) {
        return Vec::new();
    }
    let (names, version) = match &resolved.dynamo {
        Dynamo::Index {
            version,
            distributions,
        } => (distributions.clone(), Some(normal(&version.value))),
        Dynamo::Context { .. } | Dynamo::Git { .. } => {
            let built = ["ai-dynamo-runtime", "ai-dynamo"].map(str::to_owned);
            (built.to_vec(), None)
        }
    };
    let package = |name: String| Expected::Package(name, version.clone());
    let modules = ["dynamo._core", "dynamo.runtime"];
    let import = |module: &str| Expected::Import(module.to_owned());
    let packages = names.into_iter().map(package);
    packages.chain(modules.map(import)).collect()
}

/// A release of a Python package as its metadata spells it.
fn normal(version: &str) -> String {
    let version = version.trim_start_matches('v').to_lowercase();
    version.replace(['-', '_'], "")
}

/// That the HTTP frontend starts as far as its help.
fn frontend(resolved: &Resolved) -> Vec<Expected> {
    if !has_dynamo(resolved) {
        return Vec::new();
    }
    let help = ["python3", "-m", "dynamo.frontend", "--help"];
    command(&help, Some("--http-port"))
}

/// That the engine is installed. To import it is to look for a GPU.
fn engine(resolved: &Resolved) -> Vec<Expected> {
    let has = has_engine(resolved) || resolved.target.value == Target::Framework;
    let package = match &resolved.engine {
        _ if !has => return Vec::new(),
        Engine::Dynamo => return Vec::new(),
        Engine::Vllm(_) => "vllm",
        Engine::Sglang(_) => "sglang",
        Engine::Trtllm(_) => "tensorrt-llm",
    };
    vec![Expected::Package(package.to_owned(), None)]
}

/// That the Python package of NIXL is there. To import it is to load what a GPU's
/// driver brings.
fn nixl(resolved: &Resolved) -> Vec<Expected> {
    if !has_engine(resolved) || !resolved.components.contains_key(&Component::Nixl) {
        return Vec::new();
    }
    vec![Expected::Package("nixl".to_owned(), None)]
}

/// That a program which was downloaded runs, and is the release of the spec.
fn program(resolved: &Resolved, component: &str) -> Vec<Expected> {
    let has = has_engine(resolved) || resolved.target.value == Target::DynamoBase;
    let mut downloads = resolved.downloads.iter().filter(|_| has);
    let Some(download) = downloads.find(|download| download.name == component) else {
        return Vec::new();
    };
    let Some((_, program)) = download.install.first() else {
        return Vec::new();
    };
    let version = download.version.value.trim_start_matches('v');
    command(&[program, "--version"], Some(version))
}

/// That uv runs.
fn uv(resolved: &Resolved) -> Vec<Expected> {
    if has_account(resolved) || resolved.target.value == Target::DynamoBase {
        command(&["uv", "--version"], None)
    } else {
        Vec::new()
    }
}

/// That Rust is there to compile with.
fn rust(resolved: &Resolved) -> Vec<Expected> {
    const HAVE: [Target; 4] = [
        Target::DynamoBase,
        Target::WheelBuilder,
        Target::Dev,
        Target::LocalDev,
    ];
    if !HAVE.contains(&resolved.target.value) {
        return Vec::new();
    }
    let program = |name| command(&[name, "--version"], None);
    [program("cargo"), program("rustc")].concat()
}

/// That the endpoint picker is there and may be run.
fn picker(resolved: &Resolved) -> Vec<Expected> {
    if !matches!(resolved.target.value, Target::Epp | Target::Frontend) {
        return Vec::new();
    }
    [
        FileTest::Exists,
        FileTest::Kind(FileKind::File),
        FileTest::Mode(0o755),
    ]
    .map(|test| Expected::File("/epp".to_owned(), test))
    .to_vec()
}

/// A command that ends well, and what it is to print.
fn command(words: &[&str], contains: Option<&str>) -> Vec<Expected> {
    let words = words.iter().map(|word| (*word).to_owned()).collect();
    let mut all = vec![
        Expected::Command(ExtraCommand::Program(words)),
        Expected::Status(0),
    ];
    let contains = contains.map(|text| TextTest::Contains(text.to_owned()));
    all.extend(contains.map(|text| Expected::Output(Stream::Out, text)));
    all
}
