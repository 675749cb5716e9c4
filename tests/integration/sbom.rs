//! Attestations: the list of what is in an image, by BuildKit's protocol for
//! scanners, and the options about it.

use std::collections::BTreeMap;

use buildkit_proto::pb::op::Op as Kind;
use buildkit_proto::{gateway, pb};
use dynamo_frontend::gateway::double::{Call, Daemon, Method};

use crate::case::{Case, DIGEST, MINIMAL, Ran, operations};

const SCANNER: &str = "example.org/scanner:1";
const RUST: &str = "docker.io/library/rust:1";
/// What the client sends for `--attest type=sbom,generator=…`.
const ASKED: &str = "type=sbom,generator=example.org/scanner:1,DEPTH=3,AREA=all";
const SCANNER_CONFIG: &str = r#"{"os":"linux","architecture":"amd64","config":{"Env":["PATH=/s","X="],"Entrypoint":["/scan"],"Cmd":["--all"],"WorkingDir":"/w","User":"nobody"}}"#;

/// A build with a scanner in the registry.
fn case(spec: &str, asked: &str) -> Case {
    Case::spec(spec)
        .script(|double| double.image(SCANNER, DIGEST, SCANNER_CONFIG))
        .option("attest:sbom", asked)
}

/// A spec of many stages, the build context in some of them.
fn stages(asked: &str) -> Case {
    let spec = MINIMAL.replace("dynamo: {source: {index: 1.0.0}}\n", "");
    case(&format!("{spec}images: {{rust: {RUST}}}\n"), asked)
        .script(|double| double.image(RUST, DIGEST, crate::case::CONFIG))
}

/// The graph that makes the list, by the name of its last step.
fn list(ran: &Ran) -> (String, pb::ExecOp, pb::OpMetadata, pb::Definition) {
    let definition = ran.graph();
    let mut all = operations(&definition);
    all.pop();
    let (digest, op) = all.pop().expect("a step");
    let metadata = definition.metadata[&digest].clone();
    let name = metadata.description["llb.customname"].clone();
    let Some(Kind::Exec(exec)) = op.op else {
        panic!("`{name}` is no process")
    };
    (name, exec, metadata, definition)
}

/// Where the scanner sees trees, and whether it may write there.
fn mounts(exec: &pb::ExecOp) -> Vec<(&str, bool)> {
    let mounts = exec.mounts.iter();
    mounts
        .map(|mount| (mount.dest.as_str(), mount.readonly))
        .collect()
}

/// The name of the operation that a mount is of.
fn source(ran: &Ran, dest: &str) -> String {
    let (_, exec, _, definition) = list(ran);
    let all = operations(&definition);
    let (_, scan) = &all[all.len() - 2];
    let mount = exec.mounts.iter().find(|mount| mount.dest == dest);
    let input = usize::try_from(mount.expect("a mount").input).expect("of a tree");
    let digest = &scan.inputs[input].digest;
    definition.metadata[digest].description["llb.customname"].clone()
}

fn attestations(ran: &Ran) -> &BTreeMap<String, gateway::Attestations> {
    &ran.result().attestations
}

#[test]
fn case_110_every_image_has_one_list_that_the_scanner_left() {
    let ran = case(MINIMAL, ASKED).run();
    let ids: Vec<_> = attestations(&ran).keys().map(String::as_str).collect();
    assert_eq!(ids, ["linux/amd64"]);
    let [list] = attestations(&ran)["linux/amd64"].attestation.as_slice() else {
        panic!("{:?}", attestations(&ran))
    };
    assert_eq!(list.kind(), gateway::AttestationKind::Bundle);
    assert_eq!(list.in_toto_predicate_type, "https://spdx.dev/Document");
    assert!(list.path.is_empty() && list.in_toto_subjects.is_empty());
    let text = |key: &str| String::from_utf8_lossy(&list.metadata[key]).into_owned();
    assert_eq!([text("reason"), text("sbom-core")], ["sbom", "sbom"]);
    let solved = ran.methods();
    let solved = solved.iter().filter(|one| **one == Method::Solve).count();
    let scanned = format!("ref-{}", solved - 1);
    assert_eq!(list.r#ref.as_ref().map(|one| &*one.id), Some(&*scanned));
}

#[test]
fn case_110_the_scanner_is_told_by_variables_in_one_order() {
    let ran = case(MINIMAL, ASKED).run();
    let (name, exec, metadata, definition) = list(&ran);
    assert_eq!(
        name,
        "[linux/amd64] generating sbom using example.org/scanner:1"
    );
    let meta = exec.meta.clone().expect("a process");
    assert_eq!(meta.args, ["/scan", "--all"]);
    assert_eq!(meta.cwd, "/w");
    assert_eq!(
        meta.env,
        [
            "PATH=/s",
            "X=",
            "BUILDKIT_SCAN_DESTINATION=/run/out/",
            "BUILDKIT_SCAN_SOURCE=/run/src/core/sbom",
            "BUILDKIT_SCAN_AREA=all",
            "BUILDKIT_SCAN_DEPTH=3",
        ]
    );
    assert_eq!(
        mounts(&exec),
        [
            ("/", false),
            ("/run/out/", false),
            ("/run/src/core/sbom", true),
            ("/tmp", false)
        ]
    );
    assert!(!metadata.ignore_cache);
    let digests: Vec<_> = operations(&definition)
        .into_iter()
        .map(|(one, _)| one)
        .collect();
    let source = definition.source.expect("places");
    assert!(
        digests
            .iter()
            .any(|digest| source.locations.contains_key(digest))
    );
    let other_order = "AREA=all,generator=example.org/scanner:1,DEPTH=3";
    let again = case(MINIMAL, other_order).run();
    assert_eq!(again.graph().def, ran.graph().def);
}

#[test]
fn case_110_every_platform_has_its_own_and_the_scanner_runs_where_the_daemon_does() {
    let ran = case(MINIMAL, ASKED)
        .script(|double| {
            let arm = crate::case::CONFIG.replace("amd64", "arm64");
            [crate::case::BASE, crate::case::UV]
                .into_iter()
                .fold(double, |double, image| {
                    double.image_for("linux/arm64", image, DIGEST, arm.clone())
                })
        })
        .option("platform", "linux/amd64,linux/arm64")
        .run();
    let ids: Vec<_> = attestations(&ran).keys().map(String::as_str).collect();
    assert_eq!(ids, ["linux/amd64", "linux/arm64"]);
    let asked: Vec<_> = ran
        .calls
        .iter()
        .filter_map(|call| match call {
            Call::ResolveSourceMeta(request) => Some(&**request),
            _ => None,
        })
        .collect();
    let of_scanner = |request: &&&gateway::ResolveSourceMetaRequest| {
        let source = request.source.as_ref().expect("a source");
        source.identifier == format!("docker-image://{SCANNER}")
    };
    let [once] = asked.iter().filter(of_scanner).collect::<Vec<_>>()[..] else {
        panic!("the scanner is asked for once")
    };
    assert_eq!(once.platform.as_ref().expect("one").architecture, "amd64");
    let scans = ran.definitions().into_iter().filter_map(|graph| {
        let all = operations(&graph);
        let (digest, op) = &all[all.len() - 2];
        let name = graph.metadata[digest].description.get("llb.customname")?;
        let platform = op.platform.clone()?.architecture;
        name.contains("generating sbom")
            .then(|| (name.clone(), platform))
    });
    let mut scans: Vec<_> = scans.collect();
    scans.sort();
    assert_eq!(
        scans,
        ["linux/amd64", "linux/arm64"].map(|id| {
            let name = format!("[{id}] generating sbom using {SCANNER}");
            (name, "amd64".to_owned())
        })
    );
}

#[test]
fn case_110_stages_and_the_context_are_listed_when_they_are_asked_for() {
    let extras = |arguments: &[(&str, &str)]| {
        let case = stages(ASKED);
        let ran = arguments
            .iter()
            .fold(case, |case, (name, value)| {
                case.option(&format!("build-arg:{name}"), value)
            })
            .run();
        let (_, exec, ..) = list(&ran);
        let env = exec.meta.clone().expect("a process").env;
        let all = mounts(&exec).into_iter();
        let extras = all.filter_map(|(dest, _)| dest.strip_prefix("/run/src/extras/"));
        let extras: Vec<_> = extras.map(str::to_owned).collect();
        let told = env.contains(&"BUILDKIT_SCAN_SOURCE_EXTRAS=/run/src/extras".to_owned());
        assert_eq!(told, !extras.is_empty());
        (extras, ran)
    };
    assert!(extras(&[]).0.is_empty());
    assert!(
        extras(&[("BUILDKIT_SBOM_SCAN_STAGE", "false")])
            .0
            .is_empty()
    );
    let stage = "BUILDKIT_SBOM_SCAN_STAGE";
    let (all, ran) = extras(&[(stage, "true")]);
    assert_eq!(
        all,
        ["build_tools", "crates", "python_wheel", "rust_wheel"].map(|name| format!("sbom-{name}")),
        "not the image itself once more"
    );
    let crates = source(&ran, "/run/src/extras/sbom-crates");
    assert!(crates.starts_with("[crates 1/1] "), "{crates}");
    let image = source(&ran, "/run/src/core/sbom");
    assert!(image.starts_with("[runtime] "), "{image}");
    let some = extras(&[(stage, "Crates,other,rust_wheel")]).0;
    assert_eq!(some, ["sbom-crates", "sbom-rust_wheel"]);
    assert!(extras(&[(stage, "other")]).0.is_empty());
    for value in ["1", "runtime"] {
        let (context, ran) = extras(&[("BUILDKIT_SBOM_SCAN_CONTEXT", value)]);
        assert_eq!(context, ["sbom-context"]);
        assert_eq!(
            source(&ran, "/run/src/extras/sbom-context"),
            "[internal] load build context"
        );
        let local = operations(&ran.graph())
            .into_iter()
            .find_map(|(_, op)| match op.op {
                Some(Kind::Source(one)) if one.identifier == "local://context" => Some(one),
                _ => None,
            });
        let attrs = local.expect("the context").attrs;
        assert!(!attrs.contains_key("local.followpaths"), "{attrs:?}");
        assert_eq!(attrs["local.session"], "SESSION");
    }
}

#[test]
fn a_list_of_what_is_built_anew_is_made_anew() {
    for (without, anew) in [("", true), ("crates", true), ("other", false)] {
        let ran = stages(ASKED).option("no-cache", without).run();
        assert_eq!(list(&ran).2.ignore_cache, anew, "{without}");
    }
}

#[test]
fn without_the_wish_nothing_is_resolved_and_nothing_attached() {
    let plain = Case::spec(MINIMAL).run();
    for (option, value) in [
        ("attest:provenance", "mode=max"),
        (
            "attest:sbom",
            "generator=example.org/scanner:1,disabled=true",
        ),
        ("build-arg:BUILDKIT_ATTEST_SBOM", "disabled=1"),
    ] {
        let ran = Case::spec(MINIMAL).option(option, value).run();
        assert_eq!(ran.methods(), plain.methods(), "{option}");
        assert_eq!(ran.graph(), plain.graph());
        assert!(attestations(&ran).is_empty());
    }
}

#[test]
fn a_build_argument_asks_for_it_too_and_a_scanner_need_not_be_named() {
    let default = "docker.io/docker/buildkit-syft-scanner:stable-1";
    let ran = Case::spec(MINIMAL)
        .script(|double| double.image(default, DIGEST, SCANNER_CONFIG))
        .option("build-arg:BUILDKIT_ATTEST_SBOM", "")
        .run();
    assert!(list(&ran).0.ends_with(default));
    // The option is for this build alone, the argument may be for many.
    let both = case(MINIMAL, ASKED)
        .option("build-arg:BUILDKIT_ATTEST_SBOM", "generator=other")
        .run();
    assert!(list(&both).0.ends_with(SCANNER));
}

#[test]
fn case_112_what_cannot_be_attested_is_refused_in_a_sentence() {
    let two = "neither=x";
    for (option, value, wanted) in [
        ("attest:sbom", "generator=", "sbom scanner cannot be empty"),
        ("attest:foo", "", "unknown attestation type \"foo\""),
        (
            "build-arg:BUILDKIT_ATTEST_FOO",
            two,
            "unknown attestation type \"foo\"",
        ),
        (
            "attest:sbom",
            "generator=A B",
            "failed to parse sbom scanner `A B`: ",
        ),
        (
            "attest:sbom",
            "\"x",
            "invalid attest:sbom: `\"x` is not a comma-separated list",
        ),
        (
            "attest:sbom",
            "disabled=x",
            "invalid attest:sbom,disabled: `x` is neither true nor false",
        ),
    ] {
        let ran = Case::spec(MINIMAL).option(option, value).run();
        let message = &ran.error().message;
        assert!(message.contains(wanted), "{option}={value}: {message}");
        assert_eq!(ran.places(), ["dynamo.yaml:1-1"]);
    }
}

#[test]
fn case_112_a_scanner_that_is_not_there_or_does_nothing_fails_the_build() {
    let idle = r#"{"os":"linux","architecture":"amd64","config":{"Env":["A=b"]}}"#;
    let ran = Case::spec(MINIMAL)
        .script(|double| double.image(SCANNER, DIGEST, idle))
        .option("attest:sbom", ASKED)
        .run();
    let message = &ran.error().message;
    let wanted = "scanner example.org/scanner:1 does not have cmd\nhelp: ";
    assert!(message.starts_with(wanted), "{message}");
    assert_eq!(ran.places().len(), 1);
    let ran = Case::spec(MINIMAL).option("attest:sbom", ASKED).run();
    let message = &ran.error().message;
    let wanted = "failed to resolve image `example.org/scanner:1`: ";
    assert!(message.starts_with(wanted), "{message}");
    assert!(
        message.contains("\nhelp: name an image with a command"),
        "{message}"
    );
    assert_eq!(ran.places().len(), 1);
}

#[test]
fn a_daemon_that_keeps_no_attestations_builds_and_says_so_or_fails() {
    for cap in ["reference.attestations", "exporter.image.attestations"] {
        let ran = case(MINIMAL, ASKED)
            .script(|double| double.without_cap(cap))
            .run();
        assert!(attestations(&ran).is_empty());
        let warnings = ran.warn_requests();
        let [warning] = warnings.as_slice() else {
            panic!("{warnings:?}")
        };
        assert_eq!(
            warning.short,
            b"UnsupportedByDaemon: this daemon builds without an SBOM"
        );
        let detail = String::from_utf8_lossy(&warning.detail[0]);
        assert!(
            detail.contains(cap) && detail.contains("please update"),
            "{detail}"
        );
    }
    // A daemon that cannot even say so.
    let ran = Case::on(Daemon::v0_8(), MINIMAL)
        .option("attest:sbom", ASKED)
        .run();
    let message = &ran.error().message;
    assert!(
        message.starts_with(
            "no SBOM can be made: requested experimental feature reference.attestations"
        ),
        "{message}"
    );
    assert_eq!(ran.places().len(), 1);
}
