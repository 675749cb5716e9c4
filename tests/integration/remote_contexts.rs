//! Build contexts that are no directory of the client: git, archives, single
//! files, what another build makes.

use buildkit_llb::{Local, MarshalOptions, marshal};
use buildkit_proto::pb;
use dynamo_frontend::gateway::double::{Call, Daemon, Method};

use crate::case::{Case, MINIMAL, Named, Ran, named};

/// How a gzip file begins.
const GZIP: &[u8] = &[0x1f, 0x8b, 0x08, 0, 0];

/// A spec that uses the build context.
fn with_context() -> String {
    format!("{MINIMAL}packages: {{requirements: [a.txt]}}\n")
}

/// The sources of a graph that are no image, by their identifiers.
fn sources(definition: &pb::Definition) -> Vec<pb::SourceOp> {
    let all = named(definition);
    let sources = all.values().filter_map(Named::source);
    let files = sources.filter(|source| !source.identifier.starts_with("docker-image://"));
    let mut files: Vec<pb::SourceOp> = files.cloned().collect();
    files.sort_by(|one, other| one.identifier.cmp(&other.identifier));
    files
}

/// The only source of the last graph that is no image.
#[track_caller]
fn source(ran: &Ran) -> pb::SourceOp {
    let mut sources = sources(&ran.graph());
    assert_eq!(sources.len(), 1, "{sources:?}");
    sources.remove(0)
}

fn input(name: &str) -> pb::Definition {
    let tree = Local::new(name).output();
    let options = MarshalOptions::default().session("ELSEWHERE");
    let graph = marshal(&tree, &options).expect("a graph");
    graph.definition.into_pb()
}

#[test]
fn case_55_spec_and_files_are_of_one_checkout() {
    for url in [
        "https://example.org/r.git#main:sub",
        "https://example.org/r.git?ref=main&subdir=sub",
    ] {
        let ran = Case::spec(with_context()).option("context", url).run();
        let context = source(&ran);
        assert_eq!(
            context.identifier, "git://example.org/r.git#main:sub",
            "{url}"
        );
        assert!(!context.attrs.contains_key("git.keepgitdir"));
        // The checkout that the spec was read from, by its digest.
        let first = &ran.definitions()[0];
        assert_eq!(sources(first), [context]);
        assert!(ran.graph().def.contains(&first.def[0]), "one operation");
        assert!(
            !ran.methods().contains(&Method::ReadDir),
            "no ignore file is looked for"
        );
    }
}

#[test]
fn case_55_the_folder_of_git_stays_where_it_is_asked_for() {
    let ran = Case::spec(with_context())
        .option("context", "https://example.org/r.git")
        .option("build-arg:BUILDKIT_CONTEXT_KEEP_GIT_DIR", "1")
        .run();
    assert_eq!(source(&ran).attrs["git.keepgitdir"], "true");
    let query = "https://example.org/r.git?tag=v1&keep-git-dir=true&submodules=0&commit=abc";
    let ran = Case::spec(with_context()).option("context", query).run();
    let source = source(&ran);
    assert_eq!(source.identifier, "git://example.org/r.git#refs/tags/v1");
    for (attr, value) in [
        ("git.keepgitdir", "true"),
        ("git.skipsubmodules", "true"),
        ("git.checksum", "abc"),
    ] {
        assert_eq!(source.attrs[attr], value);
    }
}

#[test]
fn a_checkout_that_cannot_be_meant_is_refused_without_its_password() {
    for (url, part) in [
        ("https://me:hunter2@example.org/r.git", "GIT_AUTH_TOKEN"),
        ("https://example.org/r.git?depth=1", "`depth` in its query"),
        ("relative/folder", "is no URL that is understood"),
    ] {
        let ran = Case::spec(MINIMAL).option("context", url).run();
        let message = &ran.error().message;
        assert!(
            message.contains(part) && !message.contains("hunter2"),
            "{message}"
        );
        assert_eq!(ran.methods(), [Method::Ping, Method::Return]);
    }
}

#[test]
fn case_54_an_archive_is_unpacked_and_the_spec_is_in_it() {
    let ran = Case::spec(with_context())
        .option("context", "https://example.org/all.tar.gz")
        .script(|double| double.file_in("ref-0", "context", GZIP))
        .run();
    let context = source(&ran);
    assert_eq!(context.identifier, "https://example.org/all.tar.gz");
    assert_eq!(context.attrs["http.filename"], "context");
    let all = named(&ran.graph());
    let unpack = &all["[internal] unpack https://example.org/all.tar.gz"];
    let Some(pb::op::Op::File(file)) = &unpack.op.op else {
        panic!("a file operation")
    };
    let Some(pb::file_action::Action::Copy(copy)) = &file.actions[0].action else {
        panic!("a copy")
    };
    assert!(copy.attempt_unpack_docker_compatibility);
    // What was unpacked to read the spec is what steps take files from.
    assert!(ran.graph().def.contains(&ran.definitions()[1].def[1]));
}

#[test]
fn case_53_an_archive_on_standard_input_is_fetched_from_the_client() {
    let ran = Case::spec(with_context())
        .option("context", "http://buildkit-session/abc")
        .script(|double| double.file_in("ref-0", "context", GZIP))
        .run();
    assert_eq!(source(&ran).identifier, "http://buildkit-session/abc");
    assert!(ran.failure().is_none());
}

#[test]
fn case_54_a_plain_file_is_the_spec() {
    let url = "https://example.org/specs/mine.yaml?raw=1";
    let ran = Case::spec("not this one")
        .option("context", url)
        .script(|double| double.file_in("ref-0", "context", MINIMAL))
        .run();
    assert!(ran.failure().is_none(), "{:?}", ran.failure());
    let wrong = Case::spec("not this one")
        .option("context", url)
        .script(|double| double.file_in("ref-0", "context", "framewrok: dynamo\n"))
        .run();
    assert_eq!(wrong.places(), ["mine.yaml:1-1"]);
}

#[test]
fn case_52_a_spec_of_the_clients_directory_wins_over_a_remote_context() {
    let ran = Case::spec("not this one")
        .option("context", "https://example.org/r.git")
        .option("filename", "Dockerfile")
        .option("dockerfilekey", "dockerfile")
        .script(|double| double.file("Dockerfile", with_context()))
        .run();
    let first = sources(&ran.definitions()[0]);
    assert_eq!(first[0].identifier, "local://dockerfile");
    assert_eq!(source(&ran).identifier, "git://example.org/r.git");
}

#[test]
fn the_context_has_the_option_that_the_client_says_and_the_folder() {
    let ran = Case::spec(with_context())
        .option("contextkey", "mine")
        .option("mine", "https://example.org/r.git")
        .option("contextsubdir", "/a/b/")
        .run();
    let all = named(&ran.graph());
    let take = &all["[internal] take a/b of the build context"];
    let Some(pb::op::Op::File(file)) = &take.op.op else {
        panic!("a file operation")
    };
    let Some(pb::file_action::Action::Copy(copy)) = &file.actions[0].action else {
        panic!("a copy")
    };
    assert_eq!(
        (&*copy.src, &*copy.dest, copy.dir_copy_contents),
        ("/a/b", "/", true)
    );
}

#[test]
fn case_64_what_another_build_makes_is_used_instead_of_directories() {
    let ran = Case::spec(with_context())
        .script(|double| {
            double
                .input("context", input("files"))
                .input("dockerfile", input("specs"))
        })
        .run();
    assert!(ran.failure().is_none(), "{:?}", ran.failure());
    let read = ran.calls.iter().find_map(|call| match call {
        Call::ReadFile(request) => Some(request.r#ref.clone()),
        _ => None,
    });
    let solved = ran.definitions();
    let of_specs = solved
        .iter()
        .position(|definition| sources(definition)[0].identifier == "local://specs");
    assert_eq!(read, of_specs.map(|number| format!("ref-{number}")));
    assert_eq!(source(&ran).identifier, "local://files");
    let directory = Case::spec(with_context())
        .option("dockerfilekey", "dockerfile")
        .script(|double| double.input("dockerfile", input("specs")))
        .run();
    let solved = directory.definitions();
    assert!(
        solved
            .iter()
            .all(|one| sources(one)[0].identifier != "local://specs"),
        "the directory of the client wins"
    );
}

#[test]
fn case_64_a_graph_that_is_none_is_refused_by_its_name() {
    let broken = pb::Definition {
        def: vec![vec![0xff; 4].into()],
        ..pb::Definition::default()
    };
    let ran = Case::spec(MINIMAL)
        .script(|double| double.input("context", broken))
        .run();
    let message = &ran.error().message;
    assert!(
        message.starts_with("the input `context` cannot be used: "),
        "{message}"
    );
}

#[test]
fn a_daemon_without_inputs_is_not_asked_for_them() {
    let ran = Case::on(Daemon::head(), with_context())
        .script(|double| double.without_cap("frontend.inputs"))
        .run();
    assert!(ran.failure().is_none() && !ran.methods().contains(&Method::Inputs));
}

#[test]
fn case_63_a_context_that_is_not_needed_is_not_touched() {
    let ran = Case::spec(MINIMAL).run();
    assert_eq!(sources(&ran.graph()), []);
}
