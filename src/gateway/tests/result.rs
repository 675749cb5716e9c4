//! The forms of a result.

use std::collections::BTreeMap;

use buildkit_proto::gateway::{self, result::Result as WireResult};
use buildkit_proto::pb;

use super::metadata;
use crate::gateway::bridge::Ref;
use crate::gateway::result::{
    BuildResult, PlatformResult, Reply, ResultError, SubrequestResult, platform_id,
};
use crate::image::ImageConfig;

fn platform(architecture: &str, variant: &str) -> pb::Platform {
    pb::Platform {
        os: "linux".to_owned(),
        architecture: architecture.to_owned(),
        variant: variant.to_owned(),
        ..pb::Platform::default()
    }
}

fn part(architecture: &str, variant: &str, id: &str) -> PlatformResult {
    PlatformResult {
        platform: platform(architecture, variant),
        reference: Ref::new(id),
        config: Some(ImageConfig::new("linux", architecture)),
        base_config: Some(b"{\"base\":1}".to_vec()),
        attestations: Vec::new(),
        annotations: BTreeMap::new(),
    }
}

fn wire(result: BuildResult, ref_array: bool) -> gateway::Result {
    Reply::Build(result).into_wire(ref_array).expect("a result")
}

#[test]
fn one_platform_has_plain_keys() {
    let result = BuildResult {
        platforms: vec![part("amd64", "", "r")],
        frontend_metadata: [("dynamo.target".to_owned(), "runtime".to_owned())].into(),
        ..BuildResult::default()
    };
    let sent = wire(result.clone(), true);
    assert_eq!(
        sent.result,
        Some(WireResult::Ref(gateway::Ref {
            id: "r".to_owned(),
            def: None
        }))
    );
    let keys: Vec<_> = sent.metadata.keys().map(String::as_str).collect();
    assert_eq!(
        keys,
        [
            "containerimage.base.config",
            "containerimage.config",
            "frontend.dynamo.target",
            "refs.platforms"
        ]
    );
    assert_eq!(
        metadata(&sent, "refs.platforms"),
        Some(concat!(
            r#"{"Platforms":[{"ID":"linux/amd64","#,
            r#""Platform":{"architecture":"amd64","os":"linux"}}]}"#
        ))
    );
    assert_eq!(metadata(&sent, "frontend.dynamo.target"), Some("runtime"));
    let old = wire(result, false);
    assert_eq!(old.result, Some(WireResult::RefDeprecated("r".to_owned())));
}

#[test]
fn several_platforms_have_a_map_and_keys_with_their_names() {
    let result = BuildResult {
        platforms: vec![part("arm", "v7", "b"), part("amd64", "", "a")],
        multi_platform: true,
        ..BuildResult::default()
    };
    let sent = wire(result.clone(), true);
    let Some(WireResult::Refs(map)) = &sent.result else {
        panic!("{:?}", sent.result)
    };
    let ids: Vec<_> = map
        .refs
        .iter()
        .map(|(name, r)| (name.as_str(), r.id.as_str()))
        .collect();
    assert_eq!(ids, [("linux/amd64", "a"), ("linux/arm/v7", "b")]);
    assert!(metadata(&sent, "containerimage.config/linux/arm/v7").is_some());
    assert!(metadata(&sent, "containerimage.base.config/linux/amd64").is_some());
    assert!(metadata(&sent, "containerimage.config").is_none());
    let list = metadata(&sent, "refs.platforms").expect("a list");
    assert!(list.contains(r#""Platform":{"architecture":"arm","os":"linux","variant":"v7"}"#));
    let Some(WireResult::RefsDeprecated(old)) = wire(result, false).result else {
        panic!("another form");
    };
    assert_eq!(old.refs["linux/arm/v7"], "b");
}

fn annotated(mut part: PlatformResult, annotations: &[(&str, &str)]) -> PlatformResult {
    let pair = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    part.annotations = annotations.iter().map(pair).collect();
    part
}

/// The annotations among the metadata.
fn annotations(result: &gateway::Result) -> Vec<(&str, &str)> {
    let all = result.metadata.keys().map(String::as_str);
    let all = all.filter(|key| key.starts_with("annotation"));
    all.filter_map(|key| Some((key, metadata(result, key)?)))
        .collect()
}

#[test]
fn the_only_manifest_is_annotated_without_its_platform() {
    let part = annotated(part("amd64", "", "r"), &[("org.x.title", "t")]);
    let mut result = BuildResult {
        platforms: vec![part],
        ..BuildResult::default()
    };
    let sent = wire(result.clone(), true);
    assert_eq!(annotations(&sent), [("annotation.org.x.title", "t")]);
    // The exporter may write no index for a list of one.
    result.multi_platform = true;
    assert_eq!(
        annotations(&wire(result, true)),
        [("annotation-manifest[linux/amd64].org.x.title", "t")]
    );
}

#[test]
fn every_manifest_is_annotated_and_the_index_with_what_all_have_in_common() {
    let result = BuildResult {
        platforms: vec![
            annotated(part("amd64", "", "a"), &[("same", "1"), ("differs", "a")]),
            annotated(part("arm64", "", "b"), &[("same", "1"), ("differs", "b")]),
        ],
        multi_platform: true,
        ..BuildResult::default()
    };
    assert_eq!(
        annotations(&wire(result, true)),
        [
            ("annotation-index.same", "1"),
            ("annotation-manifest[linux/amd64].differs", "a"),
            ("annotation-manifest[linux/amd64].same", "1"),
            ("annotation-manifest[linux/arm64].differs", "b"),
            ("annotation-manifest[linux/arm64].same", "1"),
        ]
    );
}

#[test]
fn a_list_of_one_is_still_a_list() {
    let result = BuildResult {
        platforms: vec![part("amd64", "", "a")],
        multi_platform: true,
        ..BuildResult::default()
    };
    let sent = wire(result, true);
    assert!(matches!(sent.result, Some(WireResult::Refs(map)) if map.refs.len() == 1));
    assert!(
        sent.metadata
            .contains_key("containerimage.config/linux/amd64")
    );
}

#[test]
fn case_39_the_empty_tree_has_an_empty_id_and_files_have_no_config() {
    let bare = PlatformResult {
        platform: platform("amd64", ""),
        reference: Ref::scratch(),
        config: None,
        base_config: None,
        attestations: Vec::new(),
        annotations: BTreeMap::new(),
    };
    let sent = wire(
        BuildResult {
            platforms: vec![bare],
            ..BuildResult::default()
        },
        true,
    );
    assert_eq!(sent.result, Some(WireResult::Ref(gateway::Ref::default())));
    assert_eq!(sent.metadata.keys().collect::<Vec<_>>(), ["refs.platforms"]);
}

#[test]
fn what_an_exporter_would_refuse_is_not_sent() {
    let refused = |result: BuildResult| Reply::Build(result).into_wire(true).expect_err("refused");
    let none = refused(BuildResult::default());
    assert!(matches!(none, ResultError::Count(0)), "{none}");
    let platforms = vec![part("amd64", "", "a"), part("arm64", "", "b")];
    let two = refused(BuildResult {
        platforms,
        ..BuildResult::default()
    });
    assert_eq!(
        two.to_string(),
        "a result without a platform list has 2 platforms"
    );
    let platforms = vec![part("amd64", "", "a"), part("amd64", "", "b")];
    let same = refused(BuildResult {
        platforms,
        multi_platform: true,
        ..BuildResult::default()
    });
    assert_eq!(
        same.to_string(),
        "the result has platform linux/amd64 twice"
    );
    let mut empty = part("amd64", "", "a");
    empty.config = Some(ImageConfig::default());
    let config = refused(BuildResult {
        platforms: vec![empty],
        ..BuildResult::default()
    });
    assert_eq!(
        config.to_string(),
        "the image config for linux/amd64 has no os or no architecture"
    );
}

#[test]
fn a_subrequest_has_metadata_only() {
    let reply = Reply::Subrequest(SubrequestResult {
        version: "1.0.0".to_owned(),
        json: b"[]".to_vec(),
        text: Some("none".to_owned()),
        status_code: Some(1),
    });
    let sent = reply.into_wire(true).expect("a result");
    assert_eq!(sent.result, Some(WireResult::Ref(gateway::Ref::default())));
    assert_eq!(metadata(&sent, "result.json"), Some("[]"));
    assert_eq!(metadata(&sent, "result.txt"), Some("none"));
    assert_eq!(metadata(&sent, "result.statuscode"), Some("1"));
    assert_eq!(metadata(&sent, "version"), Some("1.0.0"));
}

#[test]
fn platform_names_hold_all_there_is() {
    assert_eq!(platform_id(&platform("arm64", "")), "linux/arm64");
    assert_eq!(platform_id(&platform("arm", "v7")), "linux/arm/v7");
    let windows = pb::Platform {
        os: "windows".to_owned(),
        os_version: "10.0.1".to_owned(),
        os_features: vec!["a".to_owned()],
        architecture: "amd64".to_owned(),
        variant: String::new(),
    };
    assert_eq!(platform_id(&windows), "windows(10.0.1+a)/amd64");
}
