//! Operations recorded from the Go client keep their bytes and digests.

use buildkit_proto::canonical::{digest, encode_op};
use buildkit_proto::pb;
use prost::Message;
use serde_json::Value;

/// Every recorded operation as (graph, bytes, digest).
fn recorded() -> Vec<(String, Vec<u8>, String)> {
    let golden: Value = serde_json::from_str(include_str!("../../../llb/tests/data/golden.json"))
        .expect("the recording is well formed");
    let graphs = golden.as_object().expect("the recording is well formed");
    let ops = graphs.iter().flat_map(|(name, ops)| {
        ops.as_array()
            .expect("the recording is well formed")
            .iter()
            .map(|op| {
                let bytes = hex::decode(op["hex"].as_str().expect("the recording is well formed"))
                    .expect("the recording is well formed");
                (
                    name.clone(),
                    bytes,
                    op["digest"]
                        .as_str()
                        .expect("the recording is well formed")
                        .to_owned(),
                )
            })
    });
    ops.collect()
}

#[test]
fn case_66_recorded_operations_are_encoded_as_they_were() {
    let recorded = recorded();
    assert!(recorded.len() > 16, "{} operations", recorded.len());
    for (graph, bytes, _) in recorded {
        let op = pb::Op::decode(bytes.as_slice()).unwrap();
        assert_eq!(hex::encode(encode_op(&op)), hex::encode(bytes), "{graph}");
    }
}

#[test]
fn recorded_digests_are_ours() {
    for (graph, bytes, recorded) in recorded() {
        assert_eq!(digest(&bytes), recorded, "{graph}");
    }
}

#[test]
fn field_order_differs_from_plain_protobuf() {
    let op = pb::Op {
        op: Some(pb::op::Op::Diff(pb::DiffOp::default())),
        constraints: Some(pb::WorkerConstraints::default()),
        ..pb::Op::default()
    };
    assert_eq!(encode_op(&op), b"\x5a\x00\x3a\x00");
    assert_eq!(op.encode_to_vec(), b"\x3a\x00\x5a\x00");
}
