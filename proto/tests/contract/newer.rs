//! What the daemon learnt after v0.29, as literal bytes.

use std::fmt::Debug;

use buildkit_proto::pb;
use prost::Message;

#[track_caller]
fn is<M: Message + Default + PartialEq + Debug>(message: &M, bytes: &[u8]) {
    assert_eq!(message.encode_to_vec(), bytes);
    assert_eq!(&M::decode(bytes).expect("the bytes are a message"), message);
}

#[test]
fn passthrough_is_field_8_of_an_operation() {
    let passthrough = pb::PassthroughOp {
        id: "i".to_owned(),
        outputs: vec![0, 2],
    };
    is(&passthrough, b"\x0a\x01i\x12\x02\x00\x02");
    let op = pb::Op {
        op: Some(pb::op::Op::Passthrough(passthrough)),
        ..pb::Op::default()
    };
    is(&op, b"\x42\x07\x0a\x01i\x12\x02\x00\x02");
}

#[test]
fn linux_resources_is_field_7_of_the_metadata() {
    let resources = pb::LinuxResources {
        memory: 1,
        memory_swap: -1,
        cpu_shares: 3,
        cpu_period: 4,
        cpu_quota: 5,
        cpuset_cpus: "6".to_owned(),
        cpuset_mems: "7".to_owned(),
    };
    let bytes = b"\x08\x01\x10\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01\x18\x03\x20\x04\x28\x05\x32\x016\x3a\x017";
    is(&resources, bytes);
    let metadata = pb::OpMetadata {
        linux_resources: Some(resources),
        ..pb::OpMetadata::default()
    };
    is(&metadata, &[b"\x3a\x19".as_slice(), bytes].concat());
}
