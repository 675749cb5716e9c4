//! The times that build contexts have of their own.

use buildkit_proto::gateway;
use prost_types::Timestamp;

use super::bridge;
use crate::emit::{BuildContext, GitUrl};
use crate::gateway::caps::name;
use crate::gateway::double::{Call, Daemon, Double, Method, Running};
use crate::gateway::epoch::asked;
use crate::gateway::options::Options;
use crate::image::Epoch;

const ADDRESS: &str = "example.org/x.git#main";
const REPOSITORY: &str = "git://example.org/x.git#main";
const FILE: &str = "https://example.org/context.tar.gz";

fn git() -> BuildContext {
    BuildContext::Git(GitUrl::parse(&format!("https://{ADDRESS}")).expect("a repository"))
}

fn archive(url: &str) -> BuildContext {
    BuildContext::Archive(url.to_owned())
}

fn file() -> BuildContext {
    BuildContext::File(FILE.to_owned())
}

/// A registry of one repository, whose commit was made at a time.
fn with_commit(daemon: Daemon, object: &str) -> Double {
    let git = gateway::ResolveSourceGitResponse {
        commit_object: object.as_bytes().to_vec(),
        ..gateway::ResolveSourceGitResponse::default()
    };
    let known = gateway::ResolveSourceMetaResponse {
        git: Some(git),
        ..gateway::ResolveSourceMetaResponse::default()
    };
    Double::new(daemon).source(REPOSITORY, known)
}

/// A web server with one file.
fn with_file(seconds: Option<i64>) -> Double {
    let last_modified = seconds.map(|seconds| Timestamp { seconds, nanos: 0 });
    let http = gateway::ResolveSourceHttpResponse {
        last_modified,
        ..gateway::ResolveSourceHttpResponse::default()
    };
    let known = gateway::ResolveSourceMetaResponse {
        http: Some(http),
        ..gateway::ResolveSourceMetaResponse::default()
    };
    Double::new(Daemon::head()).source(FILE, known)
}

/// The time of a context by its name, or the message.
async fn time_of(
    double: Double,
    name: &str,
    options: &[(&str, &str)],
    main: &BuildContext,
) -> (Running, Result<u64, String>) {
    let argument = ("build-arg:SOURCE_DATE_EPOCH", name);
    let options = options.iter().chain([&argument]);
    let options = options.map(|(key, value)| ((*key).to_owned(), (*value).to_owned()));
    let options = Options::parse(&options.collect()).expect("options");
    let (running, bridge) = bridge(double).await;
    let found = asked(&bridge, &options, main).await;
    let seconds = |epoch: Option<Epoch>| epoch.expect("a time").seconds();
    (
        running,
        found.map(seconds).map_err(|error| error.to_string()),
    )
}

/// The time of the main context.
async fn time(double: Double, main: BuildContext) -> (Running, Result<u64, String>) {
    time_of(double, "context", &[], &main).await
}

#[tokio::test]
async fn a_git_repository_has_the_time_of_its_commit() {
    let object = "tree 1\nauthor A <a> 1 +0000\ncommitter A <a> 1700000000 +0100\n\nx\n";
    let (running, found) = time(with_commit(Daemon::head(), object), git()).await;
    assert_eq!(found, Ok(1_700_000_000));
    let calls = running.calls();
    let Some(Call::ResolveSourceMeta(request)) = calls.last() else {
        panic!("{calls:?}")
    };
    assert_eq!(
        request.git.as_ref().map(|git| git.return_object),
        Some(true)
    );
    assert!(request.log_name.contains("the build context context"));
}

#[tokio::test]
async fn a_daemon_that_does_not_tell_commits_is_named_with_what_to_do() {
    let old = with_commit(Daemon::head(), "").without_cap(name::SOURCE_META);
    for double in [with_commit(Daemon::v0_25(), ""), old] {
        let (_, found) = time(double, git()).await;
        assert_eq!(
            found.expect_err("no time"),
            "SOURCE_DATE_EPOCH: this daemon does not say when the commit of the build context \
             `context` was made, which BuildKit does since v0.26\n\
             help: give the seconds since 1970, as in \
             `--build-arg SOURCE_DATE_EPOCH=$(git log -1 --pretty=%ct)`"
        );
    }
    let (_, found) = time(with_commit(Daemon::head(), "tree 1\n\n"), git()).await;
    let message = found.expect_err("no time");
    assert!(
        message.contains("has no time that can be read"),
        "{message}"
    );
}

#[tokio::test]
async fn what_a_web_server_says_comes_before_the_files_of_an_archive() {
    let (running, found) = time(with_file(Some(7)), archive(FILE)).await;
    assert_eq!(found, Ok(7));
    assert!(!running.methods().contains(&Method::Solve));
    let packed = |double: Double| {
        double
            .file("a.txt", "a")
            .file("folder/deep/b.txt", "b")
            .file("folder/c.txt", "c")
            .modified("a.txt", 3)
            .modified("folder/deep/b.txt", 9)
            .modified("folder/c.txt", 5)
    };
    let (_, found) = time(packed(with_file(None)), archive(FILE)).await;
    assert_eq!(found, Ok(9));
    // There is no server to ask.
    let sent = archive("http://buildkit-session/abc");
    let (_, found) = time(packed(Double::new(Daemon::head())), sent).await;
    assert_eq!(found, Ok(9));
}

#[tokio::test]
async fn a_named_context_has_its_time_as_well() {
    let object = "tree 1\ncommitter A <a> 5 +0000\n\n";
    let repository = format!("https://{ADDRESS}");
    for key in ["context:sources", "context:sources::linux/arm64"] {
        let given = [(key, repository.as_str())];
        let double = with_commit(Daemon::head(), object);
        let main = BuildContext::default();
        let (_, found) = time_of(double, "sources", &given, &main).await;
        assert_eq!(found, Ok(5), "{key}");
    }
    let given = [("context:file", FILE)];
    let main = BuildContext::default();
    let (_, found) = time_of(with_file(Some(6)), "file", &given, &main).await;
    assert_eq!(found, Ok(6));
}

#[tokio::test]
async fn what_has_no_time_is_refused_with_what_has_one() {
    for context in [BuildContext::default(), archive(FILE), file()] {
        let (_, found) = time(with_file(None), context).await;
        let message = found.expect_err("no time");
        assert!(
            message.starts_with(
                "SOURCE_DATE_EPOCH: the build context `context` has no time of its own; \
                 a git commit has one, an archive, and a file that a web server dates\n\
                 help: give the seconds"
            ),
            "{message}"
        );
    }
}

#[tokio::test]
async fn a_source_that_cannot_be_reached_is_told_in_the_daemons_words() {
    let failure = super::failure();
    let double = with_file(None).fail(Method::ResolveSourceMeta, failure);
    let (_, found) = time(double, file()).await;
    let message = found.expect_err("no answer");
    let wanted = "failed to find the time of the build context `context`: no such thing\n";
    assert!(message.starts_with(wanted), "{message}");
}

#[tokio::test]
async fn a_time_that_is_given_is_taken_as_it_is() {
    let options = |value: &str| {
        let option = ("build-arg:SOURCE_DATE_EPOCH".to_owned(), value.to_owned());
        Options::parse(&[option].into()).expect("options")
    };
    let (running, bridge) = bridge(Double::new(Daemon::head())).await;
    let main = git();
    let found = asked(&bridge, &options("12"), &main).await.expect("a time");
    assert_eq!(found, Epoch::parse("12"));
    let found = asked(&bridge, &options(""), &main).await.expect("no error");
    assert_eq!(found, None);
    assert_eq!(running.methods(), [Method::Ping]);
}
