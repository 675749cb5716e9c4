//! The files of a build beside its spec: what is not sent of the build context,
//! and contexts that are refused.

use buildkit_proto::pb;
use dynamo_frontend::gateway::double::{Daemon, Method};

use crate::case::{Case, MINIMAL, Named, Ran, named};

/// A spec that uses the build context.
fn with_context() -> String {
    format!("{MINIMAL}packages: {{requirements: [a.txt]}}\n")
}

/// What is not sent of the context, as the last graph says it.
fn excluded(ran: &Ran) -> Option<String> {
    let all = named(&ran.graph());
    let mut sources = all.values().filter_map(Named::source);
    let context = sources.find(|source| source.identifier == "local://context");
    let context = context.expect("a context");
    context.attrs.get("local.excludepatterns").cloned()
}

#[test]
fn the_ignore_file_next_to_the_spec_counts_alone() {
    let ran = Case::spec(with_context())
        .script(|double| {
            double
                .file_in(
                    "ref-0",
                    "dynamo.yaml.dockerignore",
                    "# own\nbuild/\n!/build/keep\n",
                )
                .file(".dockerignore", "never-read")
        })
        .run();
    assert_eq!(
        excluded(&ran).as_deref(),
        Some(r#"["build","!build/keep"]"#)
    );
    assert_eq!(
        ran.definitions().len(),
        2,
        "the context's own is not loaded"
    );
}

#[test]
fn without_one_that_of_the_context_counts_loaded_as_docker_does() {
    let ran = Case::spec(with_context())
        .option("local-sessionid:context", "OTHER")
        .script(|double| double.file_in("ref-1", ".dockerignore", "*.log\n"))
        .run();
    assert_eq!(excluded(&ran).as_deref(), Some(r#"["*.log"]"#));
    let loaded = named(&ran.definitions()[1]);
    let source = loaded["[internal] load .dockerignore"].source();
    let wanted = pb::SourceOp {
        identifier: "local://context".to_owned(),
        attrs: [
            ("local.differ", "none"),
            ("local.followpaths", r#"[".dockerignore"]"#),
            ("local.session", "OTHER"),
            ("local.sharedkeyhint", "context-.dockerignore"),
        ]
        .map(|(key, value)| (key.to_owned(), value.to_owned()))
        .into(),
    };
    assert_eq!(source, Some(&wanted));
}

#[test]
fn without_any_all_paths_that_are_used_are_sent() {
    assert_eq!(excluded(&Case::spec(with_context()).run()), None);
    let unused = Case::spec(MINIMAL)
        .script(|double| double.file(".dockerignore", "x"))
        .run();
    assert!(!unused.methods().contains(&Method::ReadDir), "nobody asks");
}

#[test]
fn an_ignore_file_that_cannot_be_read_fails_the_build() {
    let long = "x".repeat(70 << 10);
    let ran = Case::spec(with_context())
        .script(|double| double.file_in("ref-1", ".dockerignore", long))
        .run();
    let message = &ran.error().message;
    assert_eq!(
        message,
        "failed parsing `.dockerignore`: line 1 is longer than 64 KiB"
    );
    assert_eq!(ran.places().len(), 1);
}

#[test]
fn a_context_that_is_a_url_is_refused_without_its_password() {
    let ran = Case::spec(MINIMAL)
        .option("context", "https://name:secret@example.org/a@b.git#main")
        .run();
    insta::assert_snapshot!(ran.error().message);
    assert_eq!(ran.methods(), [Method::Ping, Method::Return]);
    let local = Case::spec(MINIMAL)
        .option("context", "https://example.org/a.git")
        .option("dockerfilekey", "dockerfile")
        .run();
    assert!(
        local
            .error()
            .message
            .starts_with("a build context that is a URL")
    );
    assert_eq!(local.places(), ["dynamo.yaml:1-1"]);
}

#[test]
fn a_context_that_another_build_makes_is_refused() {
    let refused = "a build context that another build makes is not supported by this version: ";
    let ran = Case::spec(with_context())
        .script(|double| double.input("context", pb::Definition::default()))
        .run();
    let message = &ran.error().message;
    assert!(
        message.starts_with(&format!("{refused}the input `context`\nhelp: ")),
        "{message}"
    );
    assert_eq!(ran.places().len(), 1);
    let spec = Case::spec(MINIMAL)
        .option("filename", "none.yaml")
        .script(|double| double.input("dockerfile", pb::Definition::default()))
        .run();
    let message = &spec.error().message;
    assert!(
        message.starts_with(&format!("{refused}the input `dockerfile`\n")),
        "{message}"
    );
    let old = Case::on(Daemon::head(), with_context())
        .script(|double| double.without_cap("frontend.inputs"))
        .run();
    assert!(old.failure().is_none() && !old.methods().contains(&Method::Inputs));
}

#[test]
fn named_contexts_that_replace_a_part_of_the_build_are_refused_with_their_places() {
    let ran = Case::spec(format!("{MINIMAL}images: {{base: \"ubuntu:24.04\"}}\n"))
        .option("context:ubuntu:24.04", "docker-image://debian:12")
        .option("context:Runtime::linux/amd64", "local:x")
        .run();
    insta::assert_snapshot!(ran.error().message);
    assert_eq!(ran.places(), ["dynamo.yaml:2-2", "dynamo.yaml:6-6"]);
    let catalog = Case::spec(MINIMAL)
        .option("context:docker.io/library/ubuntu:24.04", "oci-layout://x")
        .run();
    assert_eq!(
        catalog.places(),
        ["dynamo.yaml:2-2"],
        "a line of the user's"
    );
}

#[test]
fn named_contexts_that_replace_nothing_are_allowed() {
    let plain = Case::spec(MINIMAL).run();
    let ran = Case::spec(MINIMAL)
        .option("source", "nvidia/dynamo-frontend:1")
        .option("cmdline", "nvidia/dynamo-frontend:1")
        .option(
            "context:nvidia/dynamo-frontend:1",
            "docker-image://local/frontend",
        )
        .option("context:other", "local:other")
        .option("context:ubuntu", "docker-image://ubuntu:22.04")
        .option("context:Not An Image", "local:x")
        .run();
    assert_eq!(ran.graph(), plain.graph());
}
