//! The files of a build beside its spec, in a directory of the client: what is
//! not sent of it.

use buildkit_proto::pb;
use dynamo_frontend::gateway::double::Method;

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
fn case_50_the_ignore_file_next_to_the_spec_counts_alone() {
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
fn case_51_without_one_that_of_the_context_counts_loaded_as_docker_does() {
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
fn an_ignore_file_waited_until_every_registry_had_answered() {
    let long = "x".repeat(70 << 10);
    let spec = format!(
        "{}images: {{base: registry.local/none:1}}\n",
        with_context()
    );
    let ran = Case::spec(spec)
        .script(|double| double.file_in("ref-1", ".dockerignore", long))
        .run();
    let message = &ran.error().message;
    for part in [
        "failed to resolve image `registry.local/none:1`",
        "failed parsing `.dockerignore`",
    ] {
        assert!(message.contains(part), "{message}");
    }
}
