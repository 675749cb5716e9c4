//! Packages from an index that asks who you are: nobody else learns it.

use std::fs;

use tempfile::TempDir;

use crate::built::Built;
use crate::engine::{Build, Door, Engine, docker, unique};
use crate::python_index::PythonIndex;
use crate::wheel::Wheel;

const NAME: &str = "somebody";

/// A private index, and the password nobody may see: a new one each time.
fn index() -> (PythonIndex, String) {
    let password = format!("password{:016x}", unique());
    let wheels = [
        Wheel::new("ai-dynamo", "1.0.0").package("dynamo"),
        Wheel::new("ai-dynamo-runtime", "1.0.0").package("dynamo_runtime"),
    ];
    (PythonIndex::private(&wheels, NAME, &password), password)
}

/// The address with who asks.
fn with_credentials(index: &PythonIndex, password: &str) -> String {
    let url = index.url();
    url.replace("http://", &format!("http://{NAME}:{password}@"))
}

/// A build with a secret, and the folder that the secret is in.
fn build(engine: &Engine, keys: &str, secret: (&str, &str)) -> (Build, TempDir) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("secret");
    fs::write(&file, secret.1).expect("a written secret");
    // What a secret holds is no part of what a step is known by. Somebody new is,
    // so that the steps run.
    let spec = engine.spec(&format!(
        "build: {{python: {{{keys}}}}}\nuser: {{name: u{:x}}}\n",
        unique()
    ));
    let build = engine.build(&spec, Door::SyntaxLine).arg(&format!(
        "--secret=id={},src={}",
        secret.0,
        file.display()
    ));
    (build, folder)
}

/// Looks for the password in all that is left of a build.
fn forgotten(built: Built, tag: &str, password: &str) {
    built.hides(password).hides(NAME);
    for kept in [
        docker(&["history", "--no-trunc", tag]),
        docker(&["image", "inspect", tag]),
    ] {
        assert!(!kept.contains(password) && !kept.contains(NAME), "{kept}");
    }
    let look =
        format!("grep -rl {password} / --exclude-dir=proc --exclude-dir=sys; ls -d /run/secrets");
    let entry = ["run", "--rm", "--user=root", "--entrypoint=sh", tag, "-c"];
    let look = format!("({look}) 2>/dev/null; true");
    assert_eq!(docker(&[&entry[..], &[&look]].concat()), "");
    let run = ["run", "--rm", tag, "python", "-c"];
    let version = "import dynamo; print(dynamo.__version__)";
    assert_eq!(docker(&[&run[..], &[version]].concat()), "1.0.0");
}

#[test]
fn the_address_of_an_index_can_be_a_secret() {
    let engine = Engine::of_environment();
    let (index, password) = index();
    let url = with_credentials(&index, &password);
    let tag = "e2e-private-index";
    let secret = ("private-index", url.as_str());
    let (build, _folder) = build(&engine, "index_secret: private-index", secret);
    let build = build.arg("--load").arg(&format!("--tag={tag}"));
    let ended = build.run().succeeds();
    let title = "install Dynamo 1.0.0 from the index in the secret private-index";
    forgotten(ended.shows(title).hides("pypi.org"), tag, &password);
    assert!(index.asked().contains(&"/simple/ai-dynamo/".to_owned()));
}

#[test]
fn the_password_of_an_index_can_be_in_a_netrc_file() {
    let engine = Engine::of_environment();
    let (index, password) = index();
    let host = index.url();
    let host = host.trim_start_matches("http://").split(':').next();
    let netrc = format!(
        "machine {} login {NAME} password {password}\n",
        host.expect("a host")
    );
    let keys = format!("index: \"{}\", netrc_secret: pypi-netrc", index.url());
    let tag = "e2e-private-netrc";
    let (build, _folder) = build(&engine, &keys, ("pypi-netrc", &netrc));
    let build = build.arg("--load").arg(&format!("--tag={tag}"));
    forgotten(build.run().succeeds(), tag, &password);
}

#[test]
fn a_wrong_password_is_not_told_either() {
    let engine = Engine::of_environment();
    let (index, _) = index();
    let url = with_credentials(&index, "wrongpassword");
    let secret = ("private-index", url.as_str());
    let (build, _folder) = build(&engine, "index_secret: private-index", secret);
    build.run().fails().shows("401").hides("wrongpassword");
}

#[test]
fn case_134_a_secret_that_is_not_given_is_named_with_its_line() {
    let engine = Engine::of_environment();
    let (index, _) = index();
    let keys = format!("index: \"{}\", netrc_secret: pypi-netrc", index.url());
    let (build, _folder) = build(&engine, &keys, ("another", "x"));
    build
        .run()
        .fails()
        .shows("secret pypi-netrc: not found")
        // The line that installs, and the one that names the secret.
        .shows("4 | >>> dynamo: {source")
        .shows("8 | >>> build: {python");
}
