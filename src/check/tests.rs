//! What checking decides, and what it refuses.

use std::collections::BTreeMap;

use super::resolve::resolve;
use super::{Files, Resolved, check};
use crate::catalog::{self, At, Release};
use crate::diagnostic::{Diagnostics, SourceKind, Sources, summary};
use crate::spec::{self, Architecture, Component, Framework};

fn checked(text: &str) -> (Option<Resolved>, String) {
    let (mut sources, mut diagnostics) = (Sources::default(), Diagnostics::default());
    let build_args = BTreeMap::new();
    let input = spec::Input {
        name: "dynamo.yaml",
        bytes: text.as_bytes(),
        build_args: &build_args,
        target: None,
    };
    let spec = spec::read(input, &mut sources, &mut diagnostics).expect("a readable spec");
    let resolved = check(&spec, Architecture::Amd64, &mut sources, &mut diagnostics).unwrap();
    (resolved, summary(&diagnostics.sorted(), &sources))
}

const DYNAMO: &str = "framework: dynamo\ndevice: cpu\ndynamo: {source: {index: 1.0.0}}\n";

#[test]
fn the_catalog_answers_what_the_spec_leaves_open() {
    let (resolved, found) = checked(DYNAMO);
    assert_eq!(found, "");
    let resolved = resolved.expect("no findings");
    assert_eq!(
        resolved.images.base.value.to_string(),
        "docker.io/library/ubuntu:24.04"
    );
    assert_eq!(
        resolved.uv.image.value.to_string(),
        "ghcr.io/astral-sh/uv:0.12.0"
    );
    assert_eq!(resolved.python.value, "3.12");
    assert_eq!(resolved.packages.runtime[1].value, "python3.12-dev");
    assert_eq!(
        (resolved.user.uid.value, resolved.user.gid.value),
        (1000, 0)
    );
    let names: Vec<_> = resolved
        .downloads
        .iter()
        .map(|one| one.name.as_str())
        .collect();
    assert_eq!(names, ["etcd", "nats"]);
    assert_eq!(resolved.default_command.1, ["/bin/bash"]);
}

#[test]
fn packages_of_a_python_stand_where_the_python_was_chosen() {
    let text = format!("{DYNAMO}toolchain: {{python: \"3.11\"}}\n");
    let resolved = checked(&text).0.expect("no findings");
    let [certificates, python, ..] = resolved.packages.runtime.as_slice() else {
        panic!("the catalog has both")
    };
    assert_eq!(python.value, "python3.11-dev");
    assert_eq!(python.span, resolved.python.span);
    assert_ne!(certificates.span.source, python.span.source);
}

#[test]
fn an_image_by_digest_alone_does_not_have_the_catalogs_version() {
    let digest = format!("sha256:{}", "a".repeat(64));
    let text = format!("{DYNAMO}images: {{uv: \"registry.local/uv@{digest}\"}}\n");
    let resolved = checked(&text).0.expect("no findings");
    assert_eq!(resolved.uv.version.value, digest);
}

#[test]
fn mirrors_move_images_urls_and_the_index() {
    let mirrors = "mirrors:\n  docker.io/: registry.local:5000/hub/\n  docker.io/library/: registry.local:5000/official/\n  https://github.com/: https://files.local/gh/\n  https://pypi.org/simple: https://pypi.local/simple\n";
    let resolved = checked(&format!("{DYNAMO}{mirrors}"))
        .0
        .expect("no findings");
    assert_eq!(
        resolved.images.base.value.to_string(),
        "registry.local:5000/official/ubuntu:24.04"
    );
    assert!(
        resolved.downloads[0]
            .url
            .value
            .starts_with("https://files.local/gh/etcd-io/")
    );
    assert_eq!(resolved.python_index.url.value, "https://pypi.local/simple");
    assert!(resolved.python_index.mirrored);
}

#[test]
fn a_mirror_is_in_use_where_a_server_that_is_deployed_beside_the_image_is_behind_it() {
    let mirrors = "mirrors: {quay.io/: m.io/quay/}\n";
    let etcd = |components: &str| {
        let (resolved, found) = checked(&format!("{DYNAMO}{mirrors}{components}"));
        let servers = resolved.expect("no errors").servers;
        (servers["etcd"].as_ref().map(ToString::to_string), found)
    };
    let (image, found) = etcd("components: {etcd: false}\n");
    let image = image.expect("the official image");
    assert!(image.starts_with("m.io/quay/coreos/etcd:v"), "{image}");
    assert_eq!(found, "");
    let (image, found) = etcd("");
    assert_eq!(image, None);
    assert!(found.contains("[UnusedMirror]"), "{found}");
}

#[test]
fn a_mirror_matches_whole_parts_of_a_name_in_short_or_full() {
    let base = |prefix: &str, image: &str| {
        let text =
            format!("{DYNAMO}mirrors: {{\"{prefix}\": m.io/x}}\nimages: {{base: {image}}}\n");
        let (resolved, found) = checked(&text);
        (
            resolved.expect("no errors").images.base.value.to_string(),
            found,
        )
    };
    for prefix in [
        "ubuntu",
        "library/ubuntu",
        "docker.io/ubuntu",
        "docker.io/library/ubuntu",
    ] {
        let found = base(prefix, "ubuntu:24.04");
        assert_eq!(
            found,
            ("m.io/x:24.04".to_owned(), String::new()),
            "{prefix}"
        );
    }
    assert_eq!(base("quay.io", "quay.io/a:1").0, "m.io/x/a:1");
    assert_eq!(base("team", "team/a:1").0, "m.io/x/a:1");
    for (prefix, image) in [("quay.io/te", "quay.io/team:1"), ("ubu", "ubuntu:24.04")] {
        let (image, found) = base(prefix, image);
        assert!(!image.starts_with("m.io"), "{image}");
        assert!(found.contains("[UnusedMirror]"), "{found}");
    }
}

#[test]
fn a_mirror_that_gives_no_reference_is_shown_with_the_image() {
    insta::assert_snapshot!(
        checked(&format!(
            "{DYNAMO}mirrors: {{docker.io/: \"https://x/\"}}\n"
        ))
        .1
    );
}

#[test]
fn a_component_can_be_left_out_or_pinned() {
    let components = "components:\n  nats: false\n  etcd: {version: v3.6.0, checksum: {amd64: \"sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"}}\n";
    let resolved = checked(&format!("{DYNAMO}{components}"))
        .0
        .expect("no findings");
    let [etcd] = resolved.downloads.as_slice() else {
        panic!("nats is left out")
    };
    assert!(
        etcd.url
            .value
            .ends_with("/v3.6.0/etcd-v3.6.0-linux-amd64.tar.gz")
    );
    assert_eq!(etcd.install[0].0, "etcd-v3.6.0-linux-amd64/etcd");
    assert!(etcd.checksum.is_some());
}

#[test]
fn combinations_the_catalog_lacks_are_refused_with_the_legal_ones() {
    let specs = [
        "labels: {a: b}\n",
        "framework: dynamo\n",
        "framework: dynamo\ndevice: cpu\ntarget: dev\n",
        "framework: dynamo\ndevice: cpu\n",
        "framework: dynamo\ndevice: cpu\ncatalog: 2026-20\n",
    ];
    let report: Vec<String> = specs
        .iter()
        .map(|text| format!("{text}---\n{}\n", checked(text).1))
        .collect();
    insta::assert_snapshot!(report.join("\n"));
}

/// The name of the newest release's file, and what it says.
fn newest() -> &'static crate::catalog::Release {
    let newest = crate::catalog::releases().pop().expect("a release");
    crate::catalog::release(newest).expect("the catalog is part of the program")
}

#[test]
fn every_archive_that_images_get_can_be_left_out() {
    for name in newest().common.content.downloads.keys() {
        let spec = format!("{DYNAMO}components: {{{name}: false}}\n");
        let (resolved, found) = checked(&spec);
        let left = resolved.is_some_and(|one| one.downloads.iter().all(|one| one.name != *name));
        assert!(
            left,
            "give `{name}` a key in `Components` of src/spec/sections.rs, and name it in \
             `downloads` of src/check/parts.rs; found: {found}"
        );
    }
}

#[test]
fn a_component_has_no_effect_where_nothing_is_built() {
    let parts = Component::ALL.iter().map(|one| one.word().to_owned());
    for name in parts.chain(newest().common.content.downloads.keys().cloned()) {
        let spec = format!("framework: dynamo\ntarget: docs\ncomponents: {{{name}: false}}\n");
        let found = checked(&spec).1;
        assert!(
            found.contains(&format!("`components.{name}` has no effect")),
            "name `components.{name}` in `ROWS` of src/check/effects.rs; found: {found}"
        );
    }
}

#[test]
fn the_section_of_an_engine_is_about_that_engine_alone() {
    for engine in Framework::ALL {
        if *engine == Framework::Dynamo {
            continue;
        }
        let elsewhere = format!("{DYNAMO}{engine}: {{}}\n");
        let unused = format!("framework: {engine}\ntarget: wheels\n{engine}: {{}}\n");
        for spec in [elsewhere, unused] {
            let found = checked(&spec).1;
            assert!(
                found.contains(&format!("`{engine}` has no effect")),
                "name `{engine}` in `ROWS` and `ENGINES` of src/check/effects.rs; found: {found}"
            );
        }
    }
}

/// A release that knows the commit of NIXL and the checksums of FFmpeg and NATS.
fn pinned_release() -> Release {
    let newest = catalog::releases().pop().expect("a release");
    let mut release = catalog::release(newest).expect("one that reads").clone();
    let known = |like: &At<String>, value: &str| {
        let mut pin = like.clone();
        value.clone_into(&mut pin.value);
        Some(pin)
    };
    let common = &mut release.common.content;
    let nixl = common.components.get_mut(&Component::Nixl).expect("a pin");
    nixl.commit = known(&nixl.url, "of nixl");
    let ffmpeg = common.archives.get_mut("ffmpeg").expect("a pin");
    ffmpeg.checksum = known(&ffmpeg.url, "of ffmpeg");
    let nats = common.downloads.get_mut("nats").expect("a pin");
    let checksum = known(&nats.url, "of nats");
    nats.checksum.insert(Architecture::Amd64, checksum);
    release
}

#[test]
fn a_version_that_is_the_catalogs_has_the_catalogs_pins_wherever_it_is_written() {
    let pins = |components: &str| {
        let (mut sources, mut diagnostics) = (Sources::default(), Diagnostics::default());
        let text = format!("framework: vllm\ncomponents: {components}\n");
        let input = spec::Input {
            name: "dynamo.yaml",
            bytes: text.as_bytes(),
            build_args: &BTreeMap::new(),
            target: None,
        };
        let spec = spec::read(input, &mut sources, &mut diagnostics).expect("a readable spec");
        let release = pinned_release();
        let file = sources.add(SourceKind::Catalog, "common.yaml", "");
        let files = Files {
            common: file,
            framework: Some(file),
        };
        let amd64 = Architecture::Amd64;
        let resolved = resolve(&spec, &release, files, amd64, &mut diagnostics);
        let resolved = resolved.expect("a spec in order");
        let nats = resolved.downloads.iter().find(|one| one.name == "nats");
        let ffmpeg = resolved.ffmpeg.as_ref().map(|one| &one.checksum);
        let pins = [
            &resolved.components[&Component::Nixl].commit,
            ffmpeg.expect("FFmpeg"),
            &nats.expect("NATS").checksum,
        ];
        pins.map(|pin| pin.as_ref().map_or("none", |pin| &*pin.value).to_owned())
    };
    let all = ["of nixl", "of ffmpeg", "of nats"];
    assert_eq!(pins("{}"), all);
    let same = "{nixl: {ref: 0.9.0}, ffmpeg: {version: \"7.1\"}, nats: {version: v2.10.28}}";
    assert_eq!(pins(same), all);
    let other = "{nixl: {ref: 0.9.1}, ffmpeg: {version: \"7.2\"}, nats: {version: v2.11.0}}";
    assert_eq!(pins(other), ["none"; 3]);
}
