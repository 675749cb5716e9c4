//! The bytes that clients read.

use serde_json::json;

use super::*;

fn json_of<D: Detail>(detail: &D) -> String {
    String::from_utf8(detail.to_any().value).expect("JSON is text")
}

#[test]
fn a_source_is_written_as_clients_read_it() {
    let info = SourceInfo {
        filename: "dynamo.yaml".to_owned(),
        data: b"a: 1\n".to_vec(),
        language: "YAML".to_owned(),
    };
    let source = Source::lines(info, 7, 8);
    assert_eq!(
        source.to_any().type_url,
        "github.com/moby/buildkit/errdefs.Source+json"
    );
    assert_eq!(
        json_of(&source),
        concat!(
            r#"{"info":{"filename":"dynamo.yaml","data":"YTogMQo=","language":"YAML"},"#,
            r#""ranges":[{"start":{"line":7},"end":{"line":8}}]}"#
        )
    );
    let read: Source = serde_json::from_str(&json_of(&source)).expect("own output");
    assert_eq!(read, source);
    assert_eq!(json_of(&Source::default()), "{}");
}

#[test]
fn small_details_have_the_names_of_the_go_structs() {
    let name = "x".to_owned();
    assert_eq!(
        json_of(&Subrequest { name: name.clone() }),
        r#"{"name":"x"}"#
    );
    assert_eq!(
        json_of(&FrontendCap { name: name.clone() }),
        r#"{"name":"x"}"#
    );
    assert_eq!(
        json_of(&Vertex {
            digest: name.clone()
        }),
        r#"{"digest":"x"}"#
    );
    let frontend = Frontend {
        name: name.clone(),
        source: "y".to_owned(),
    };
    assert_eq!(json_of(&frontend), r#"{"name":"x","source":"y"}"#);
    let feature = CompatibilityFeature {
        version: "1".to_owned(),
        feature: name.clone(),
    };
    assert_eq!(json_of(&feature), r#"{"version":"1","feature":"x"}"#);
    let material = IncompleteMaterial {
        final_uri: name,
        ..IncompleteMaterial::default()
    };
    let incomplete = ProvenanceMaterialsIncomplete {
        incomplete: vec![material],
    };
    assert_eq!(
        json_of(&incomplete),
        r#"{"incomplete":[{"final_uri":"x"}]}"#
    );
}

#[test]
fn a_failed_solve_is_in_protobufs_json() {
    let solve = Solve {
        input_ids: vec!["a".to_owned()],
        op: Some(json!({"exec": {}})),
        subject: Some(Subject::File { index: 2 }),
        ..Solve::default()
    };
    assert_eq!(
        json_of(&solve),
        r#"{"inputIDs":["a"],"op":{"exec":{}},"file":{"index":"2"}}"#
    );
    let first = Solve {
        subject: Some(Subject::Cache { index: 0 }),
        ..Solve::default()
    };
    assert_eq!(json_of(&first), r#"{"cache":{}}"#);
    assert_eq!(json_of(&Solve::default()), "{}");
}
