//! What each option means, and what is said about a wrong one.

use std::collections::BTreeMap;

use super::{CacheImport, NoCache, OptionErrors, Options, ResolveMode, SpecLocation};

fn map(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs
        .iter()
        .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
        .collect()
}

fn read(pairs: &[(&str, &str)]) -> Options {
    Options::parse(&map(pairs)).unwrap_or_else(|error| panic!("{error}"))
}

fn errors(pairs: &[(&str, &str)]) -> Vec<String> {
    let OptionErrors(errors) = Options::parse(&map(pairs)).expect_err("a wrong option");
    errors.iter().map(ToString::to_string).collect()
}

#[test]
fn without_options_everything_has_its_default() {
    let options = read(&[]);
    assert_eq!(options.spec.filename, "Dockerfile");
    assert_eq!(options.spec.local, "dockerfile");
    assert!(!options.spec.forced_local && !options.multi_platform);
    assert_eq!(
        (options.target, options.spec.context, options.request_id),
        (None, None, None)
    );
    assert!(options.platforms.is_empty() && options.build_args.is_empty());
    assert_eq!(options.no_cache, NoCache::Off);
    assert_eq!(options.resolve_mode, ResolveMode::Default);
}

#[test]
fn case_36_unknown_options_are_passed_over() {
    let odd = [
        ("foo", "bar"),
        ("vcs:source", "x"),
        ("input:context", "y"),
        ("label:", "z"),
    ];
    assert_eq!(read(&odd), read(&[]));
}

#[test]
fn case_13_prefixed_options_become_maps() {
    let options = read(&[
        ("build-arg:X", "a=b==c"),
        ("label:only", ""),
        ("context:base", "docker-image://x"),
        ("context:base::linux/arm64", "docker-image://y"),
        ("input-metadata:base", "{}"),
        ("local-sessionid:context", "s2"),
        ("sharedkey:localdir:src", "/home/me/src"),
    ]);
    assert_eq!(options.build_args, map(&[("X", "a=b==c")]));
    assert_eq!(options.labels, map(&[("only", "")]));
    assert_eq!(
        options.named_contexts["base::linux/arm64"],
        "docker-image://y"
    );
    assert_eq!(options.named_contexts["base"], "docker-image://x");
    assert_eq!(options.input_metadata, map(&[("base", "{}")]));
    assert_eq!(options.local_sessions, map(&[("context", "s2")]));
    assert_eq!(options.shared_keys, map(&[("src", "/home/me/src")]));
}

#[test]
fn a_context_keeps_its_repository_where_the_argument_says_so() {
    let kept = |value| read(&[("build-arg:BUILDKIT_CONTEXT_KEEP_GIT_DIR", value)]).keep_git_dir;
    assert!(kept("1") && kept("true") && !kept("0") && !kept(""));
    assert!(!read(&[]).keep_git_dir);
    assert_eq!(
        errors(&[("build-arg:BUILDKIT_CONTEXT_KEEP_GIT_DIR", "yes")]),
        ["invalid build-arg:BUILDKIT_CONTEXT_KEEP_GIT_DIR: `yes` is neither true nor false"]
    );
}

#[test]
fn options_that_frontends_once_had_are_refused_where_they_ask_for_something() {
    let refused = errors(&[
        ("override-copy-image", "tonistiigi/copy"),
        ("build-arg:BUILDKIT_DISABLE_FILEOP", "1"),
    ]);
    assert_eq!(
        refused,
        [
            "`override-copy-image` is not supported any more\n\
             help: leave it out: it has no effect since BuildKit 0.11",
            "`build-arg:BUILDKIT_DISABLE_FILEOP` is not supported any more\n\
             help: leave it out: it has no effect since BuildKit 0.11",
        ]
    );
    read(&[
        ("override-copy-image", ""),
        ("build-arg:BUILDKIT_DISABLE_FILEOP", "0"),
    ]);
}

#[test]
fn case_28_memory_and_processors_are_limited_by_numbers_and_lists() {
    let limits = read(&[
        ("memory", "4294967296"),
        ("memswap", "-1"),
        ("cpushares", "512"),
        ("cpuperiod", "100000"),
        ("cpuquota", "200000"),
        ("cpusetcpus", "0-3,5"),
        ("cpusetmems", "0"),
    ]);
    let wanted = buildkit_llb::Resources {
        memory: 4 << 30,
        memory_swap: -1,
        cpu_shares: 512,
        cpu_period: 100_000,
        cpu_quota: 200_000,
        cpuset_cpus: "0-3,5".to_owned(),
        cpuset_mems: "0".to_owned(),
    };
    assert_eq!(limits.process.resources, wanted);
    assert_eq!(read(&[("memory", "")]), read(&[]));
    let refused = errors(&[
        ("memory", "x"),
        ("memswap", "-2"),
        ("cpushares", "0"),
        ("cpuperiod", "1.5"),
        ("cpuquota", "-1"),
        ("cpusetcpus", "3-0"),
        ("cpusetmems", "0;reboot"),
    ]);
    insta::assert_snapshot!(refused.join("\n"));
}

#[test]
fn the_spec_and_the_context_are_found_under_other_keys() {
    let options = read(&[
        ("filename", "dynamo.yaml"),
        ("dockerfilekey", "other"),
        ("contextkey", "where"),
        ("where", "https://example.org/x.git"),
        ("context", "ignored"),
        ("contextsubdir", "sub"),
        ("cmdline", "image word"),
        ("source", "image"),
        ("requestid", "frontend.lint"),
        ("target", "dev"),
    ]);
    let spec = SpecLocation {
        filename: "dynamo.yaml".to_owned(),
        local: "other".to_owned(),
        forced_local: true,
        context: Some("https://example.org/x.git".to_owned()),
    };
    assert_eq!(options.spec, spec);
    assert_eq!(options.context_subdir.as_deref(), Some("sub"));
    assert_eq!(options.cmdline.as_deref(), Some("image word"));
    assert_eq!(options.request_id.as_deref(), Some("frontend.lint"));
}

#[test]
fn case_19_20_21_platforms_decide_whether_the_result_lists_them() {
    assert_eq!(read(&[("platform", "")]), read(&[]));
    let two = read(&[("platform", "linux/amd64,linux/arm64")]);
    assert_eq!(two.platforms, ["linux/amd64", "linux/arm64"]);
    assert!(two.multi_platform);
    assert!(read(&[("platform", "linux/amd64"), ("multi-platform", "T")]).multi_platform);
    let by_argument = [
        ("multi-platform", "1"),
        ("build-arg:BUILDKIT_MULTI_PLATFORM", "false"),
    ];
    assert!(!read(&by_argument).multi_platform);
    let refused = errors(&[("platform", "a,b"), ("multi-platform", "false")]);
    assert_eq!(
        refused,
        [
            "conflicting config: returning multiple target platforms is not allowed \
          (platform=a,b, multi-platform=false)"
        ]
    );
}

#[test]
fn case_23_no_cache_is_off_everywhere_or_by_stage() {
    assert_eq!(read(&[("no-cache", "")]).no_cache, NoCache::All);
    let some = read(&[("no-cache", "runtime,\"a,\"\"b\"")]).no_cache;
    assert_eq!(
        some,
        NoCache::Stages(vec!["runtime".to_owned(), "a,\"b".to_owned()])
    );
    assert!(some.covers("Runtime") && !some.covers("dev"));
    assert!(NoCache::All.covers("dev") && !NoCache::Off.covers("dev"));
}

#[test]
fn case_32_cache_imports_come_before_the_older_list() {
    let options = read(&[
        ("cache-from", "a,b"),
        (
            "cache-imports",
            r#"[{"Type":"registry","Attrs":{"ref":"c"}}]"#,
        ),
    ]);
    let import = |reference: &str| CacheImport {
        kind: "registry".to_owned(),
        attrs: map(&[("ref", reference)]),
    };
    assert_eq!(
        options.cache_imports,
        [import("c"), import("a"), import("b")]
    );
}

#[test]
fn case_30_resolve_modes_have_three_names() {
    for (text, mode) in [
        ("", ResolveMode::Default),
        ("default", ResolveMode::Default),
        ("pull", ResolveMode::ForcePull),
        ("local", ResolveMode::PreferLocal),
    ] {
        assert_eq!(read(&[("image-resolve-mode", text)]).resolve_mode, mode);
    }
    assert_eq!(
        errors(&[("image-resolve-mode", "never")]),
        ["invalid image-resolve-mode: never"]
    );
}

#[test]
fn frontend_capabilities_are_checked_again() {
    let known = "moby.buildkit.frontend.inputs,moby.buildkit.frontend.subrequests+forward";
    read(&[("frontend.caps", known)]);
    for unknown in [
        "moby.buildkit.frontend.x",
        "moby.buildkit.frontend.x+forward",
    ] {
        assert_eq!(
            errors(&[("frontend.caps", unknown)]),
            ["unsupported frontend capability moby.buildkit.frontend.x"]
        );
    }
}

#[test]
fn all_wrong_options_are_reported_with_name_and_value() {
    let found = errors(&[
        ("multi-platform", "maybe"),
        ("no-cache", "\"a"),
        ("image-resolve-mode", "x"),
        ("cache-imports", "[{]"),
    ]);
    assert_eq!(found.len(), 4, "{found:?}");
    assert_eq!(
        found[0],
        "invalid multi-platform: `maybe` is neither true nor false"
    );
    assert_eq!(
        found[1],
        "invalid no-cache: `\"a` is not a comma-separated list"
    );
    assert_eq!(found[2], "invalid image-resolve-mode: x");
    assert!(
        found[3].starts_with("invalid cache-imports: `[{]`: "),
        "{}",
        found[3]
    );
}

proptest::proptest! {
    #[test]
    fn no_text_makes_the_reader_panic(
        options in proptest::collection::btree_map(
            "platform|no-cache|cache-imports|frontend.caps|multi-platform|label:[a-z]{0,2}",
            r"[ -~é]{0,12}",
            0..6,
        )
    ) {
        let _ = Options::parse(&options);
    }
}
