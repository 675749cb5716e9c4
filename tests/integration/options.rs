//! What the options of a client change in calls, graph and image.

use dynamo_frontend::gateway::double::Call;

use crate::case::{BASE, CONFIG, Case, DIGEST, MINIMAL, Ran, named};

/// A context is used, so that a session matters.
fn with_context() -> String {
    format!("{MINIMAL}packages: {{requirements: [a.txt]}}\n")
}

/// The names of operations for which it holds.
fn names(ran: &Ran, holds: impl Fn(&crate::case::Named) -> bool) -> Vec<String> {
    let all = named(&ran.graph());
    all.into_iter()
        .filter(|(_, one)| holds(one))
        .map(|(name, _)| name)
        .collect()
}

#[test]
fn case_30_images_are_looked_up_and_pulled_in_the_mode_asked_for() {
    for (given, wanted) in [
        ("pull", Some("pull")),
        ("local", Some("local")),
        ("default", None),
    ] {
        let ran = Case::spec(MINIMAL)
            .option("image-resolve-mode", given)
            .run();
        for call in &ran.calls {
            if let Call::ResolveSourceMeta(request) = call {
                assert_eq!(request.resolve_mode, given);
            }
        }
        let all = named(&ran.graph());
        let images = all.values().filter_map(crate::case::Named::source);
        let modes: Vec<_> = images
            .map(|image| image.attrs.get("image.resolvemode").map(String::as_str))
            .collect();
        assert_eq!(modes, [wanted; 2], "{given}");
    }
}

#[test]
fn case_23_without_cache_all_steps_run_again_and_sources_are_kept() {
    let ran = Case::spec(MINIMAL).option("no-cache", "").run();
    let ignoring = names(&ran, |one| one.metadata.ignore_cache);
    // Steps are numbered in their stage: processes, files, and links.
    let numbered =
        |name: &String| name.starts_with('[') && name.contains('/') && !name.contains("internal");
    let steps: Vec<_> = names(&ran, |_| true).into_iter().filter(numbered).collect();
    let processes = names(&ran, |one| one.exec().is_some());
    assert!(!processes.is_empty() && processes.len() < steps.len());
    assert_eq!(ignoring, steps);
}

#[test]
fn case_23_a_stage_can_be_built_without_cache_and_the_others_with_it() {
    let ran = Case::spec(MINIMAL).option("no-cache", "Runtime").run();
    let ignoring = names(&ran, |one| one.metadata.ignore_cache);
    assert!(!ignoring.is_empty());
    assert!(
        ignoring.iter().all(|name| name.starts_with("[runtime ")),
        "{ignoring:?}"
    );
    let ran = Case::spec(MINIMAL).option("no-cache", "other").run();
    assert!(names(&ran, |one| one.metadata.ignore_cache).is_empty());
}

#[test]
fn no_cache_changes_no_digest() {
    let plain = Case::spec(MINIMAL).run().graph();
    let again = Case::spec(MINIMAL).option("no-cache", "").run().graph();
    assert_eq!(plain.def, again.def);
}

#[test]
fn spec_and_context_are_read_from_their_own_sessions() {
    let ran = Case::spec(with_context())
        .option("local-sessionid:context", "OF-CONTEXT")
        .option("local-sessionid:dockerfile", "OF-SPEC")
        .run();
    let definitions = ran.definitions();
    let session = |graph, local: &str| {
        let all = named(graph);
        let source = all
            .values()
            .filter_map(crate::case::Named::source)
            .find(|source| source.identifier == format!("local://{local}"));
        source.expect("a local source").attrs["local.session"].clone()
    };
    assert_eq!(session(&definitions[0], "dockerfile"), "OF-SPEC");
    assert_eq!(session(&definitions[1], "context"), "OF-CONTEXT");
}

#[test]
fn case_31_32_cache_is_imported_into_the_build_and_not_into_the_loading_of_the_spec() {
    let ran = Case::spec(MINIMAL)
        .option(
            "cache-imports",
            r#"[{"Type":"registry","Attrs":{"ref":"c"}}]"#,
        )
        .option("cache-from", "a,b")
        .run();
    let imports: Vec<Vec<String>> = ran
        .calls
        .iter()
        .filter_map(|call| match call {
            Call::Solve(request) => Some(&request.cache_imports),
            _ => None,
        })
        .map(|imports| imports.iter().map(|one| one.attrs["ref"].clone()).collect())
        .collect();
    assert_eq!(
        imports,
        [vec![], vec!["c".to_owned(), "a".to_owned(), "b".to_owned()]]
    );
}

#[test]
fn cache_mounts_are_kept_apart_by_a_namespace() {
    let ran = Case::spec(MINIMAL)
        .option("build-arg:BUILDKIT_CACHE_MOUNT_NS", "team")
        .run();
    let all = named(&ran.graph());
    let mounts = all
        .values()
        .filter_map(crate::case::Named::exec)
        .flat_map(|exec| &exec.mounts);
    let ids: Vec<_> = mounts
        .filter_map(|mount| mount.cache_opt.as_ref())
        .map(|cache| &cache.id)
        .collect();
    assert!(!ids.is_empty());
    assert!(
        ids.iter().all(|id| id.starts_with("team/dynamo-")),
        "{ids:?}"
    );
}

#[test]
fn case_25_a_label_of_the_command_line_wins_over_the_spec_and_the_base() {
    let ran = Case::spec(format!("{MINIMAL}labels: {{team: spec, kept: spec}}\n"))
        .option("label:team", "command line")
        .option("label:from", "command line")
        .option("label:empty", "")
        .run();
    let labels = &ran.metadata("containerimage.config")["config"]["Labels"];
    let wanted = [
        ("team", "command line"),
        ("kept", "spec"),
        ("from", "command line"),
        ("empty", ""),
    ];
    for (name, value) in wanted {
        assert_eq!(labels[name], value, "{name}");
    }
}

#[test]
fn a_build_argument_wins_over_the_spec_and_target_over_both() {
    let spec = format!("{MINIMAL}toolchain: {{python: \"3.10\"}}\ntarget: dev\n");
    let ran = Case::spec(spec)
        .option("build-arg:PYTHON_VERSION", "3.11")
        .option("build-arg:target", "docs")
        .option("target", "runtime")
        .run();
    let env = &ran.metadata("containerimage.config")["config"]["Env"];
    let env = env.as_array().expect("a list");
    assert!(env.contains(&"PYTHON_VERSION=3.11".into()), "{env:?}");
}

#[test]
fn case_15_a_wrong_target_is_shown_on_the_command_line_it_came_from() {
    let ran = Case::spec(MINIMAL).option("target", "runtme").run();
    assert_eq!(ran.places(), ["command line:1-1"]);
    assert!(ran.error().message.contains("did you mean `runtime`?"));
}

#[test]
fn case_36_options_of_other_frontends_change_nothing() {
    let plain = Case::spec(MINIMAL).run();
    let ran = Case::spec(MINIMAL)
        .option("foo", "bar")
        .option("vcs:source", "x")
        .option("input:context", "y")
        .run();
    assert_eq!(plain.graph(), ran.graph());
    assert_eq!(plain.result().metadata, ran.result().metadata);
    assert_eq!(
        plain.methods(),
        ran.methods(),
        "no warning either, about {BASE} or else"
    );
}

#[test]
fn case_14_nothing_is_fetched_for_targets_that_are_not_built() {
    // The wheels of a runtime are built from the context.
    let spec = "framework: dynamo\ndevice: cpu\ncomponents: {nats: false, etcd: false}\n\
                images: {rust: only/rust:1}\n";
    let fetched = |target: &str| {
        let ran = Case::spec(spec)
            .script(|double| double.image("docker.io/only/rust:1", DIGEST, CONFIG))
            .option("target", target)
            .run();
        let asked = |call: &&Call| matches!(call, Call::ResolveSourceMeta(_));
        let asked = ran.calls.iter().filter(asked).count();
        let sources = names(&ran, |one| one.source().is_some());
        let image = |name: &&String| name.contains("] image ");
        assert_eq!(asked, sources.iter().filter(image).count(), "{sources:?}");
        let is_context = |name: &String| name.contains("context");
        (asked, sources.iter().any(is_context))
    };
    assert_eq!(fetched("runtime"), (3, true));
    assert_eq!(fetched("dynamo_base"), (3, false));
}

#[test]
fn case_24_arguments_of_buildkit_and_of_every_dockerfile_are_no_unknown_ones() {
    let platform = ["PLATFORM", "OS", "OSVERSION", "ARCH", "VARIANT"];
    let platform = ["BUILD", "TARGET"]
        .iter()
        .flat_map(|of| platform.map(|what| format!("{of}{what}")));
    let arguments = platform.chain(
        [
            "TARGETSTAGE",
            "SOURCE_DATE_EPOCH",
            "BUILDKIT_SYNTAX",
            "BUILDKIT_MULTI_PLATFORM",
            "BUILDKIT_CONTEXT_KEEP_GIT_DIR",
            "BUILDKIT_SBOM_SCAN_CONTEXT",
            "BUILDKIT_SBOM_SCAN_STAGE",
            "BUILDKIT_INLINE_CACHE",
        ]
        .map(str::to_owned),
    );
    let with_all = |case: Case, value: &str| {
        let arguments = arguments.clone();
        arguments.fold(case, |case, name| {
            case.option(&format!("build-arg:{name}"), value)
        })
    };
    let plain = Case::spec(MINIMAL).run();
    let ran = with_all(Case::spec(MINIMAL), "0").run();
    assert_eq!(ran.warnings(), [] as [String; 0]);
    assert_eq!(
        ran.metadata("containerimage.config")["config"],
        plain.metadata("containerimage.config")["config"]
    );
    let empty = with_all(Case::spec(MINIMAL), "").run();
    assert_eq!(empty.graph(), plain.graph());
}

#[test]
fn case_19_an_empty_platform_is_none_given() {
    let ran = Case::spec(MINIMAL).option("platform", "").run();
    assert_eq!(ran.graph(), Case::spec(MINIMAL).run().graph());
    let ran = Case::spec(MINIMAL)
        .option("platform", "foo/bar/baz/qux")
        .run();
    assert!(ran.error().message.starts_with("failed to parse platform"));
    assert_eq!(ran.places(), ["dynamo.yaml:1-1"]);
}

#[test]
fn a_capability_that_we_lack_is_refused_in_the_form_that_clients_look_for() {
    let ran = Case::spec(MINIMAL)
        .option("frontend.caps", "moby.buildkit.frontend.newer+forward")
        .run();
    let error = ran.error();
    assert_eq!(error.code, 12, "unimplemented");
    assert_eq!(
        error.message,
        "unsupported frontend capability moby.buildkit.frontend.newer"
    );
    let detail = "github.com/moby/buildkit/errdefs.FrontendCap+json";
    assert!(error.details.iter().any(|one| one.type_url == detail));
}
