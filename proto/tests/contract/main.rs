//! Our restatement against an independent one, generated from BuildKit v0.29.
//!
//! Every message is built in *their* types by a struct literal, so that a field we
//! forgot does not go unnoticed, with a value of its own in every field. Its bytes
//! must survive our types unchanged, and ours theirs. What is newer than v0.29 is
//! checked against literal bytes in `newer`.

mod canonical;
mod gateway;
mod newer;
mod pb;
mod shared;

use std::fmt::Debug;

use prost::Message;

/// Passes `theirs` through `Ours` and back, and insists on the same bytes.
#[track_caller]
fn same<Ours, Theirs>(theirs: &Theirs)
where
    Ours: Message + Default + PartialEq,
    Theirs: Message + Default + PartialEq + Debug,
{
    let bytes = theirs.encode_to_vec();
    let ours = Ours::decode(bytes.as_slice()).expect("we read what they write");
    assert_eq!(ours.encode_to_vec(), bytes, "we write what we read");
    let back = Theirs::decode(ours.encode_to_vec().as_slice()).expect("they read what we write");
    assert_eq!(&back, theirs, "they read what they wrote");
}

fn s(text: &str) -> String {
    text.to_owned()
}

/// Bytes that are no text, so that a string field in place of them fails.
fn b(tag: u8) -> Vec<u8> {
    vec![0xff, tag]
}

fn one<M: FromIterator<(String, V)>, V>(key: &str, value: V) -> M {
    std::iter::once((key.to_owned(), value)).collect()
}

fn any() -> bollard_buildkit_proto::google::protobuf::Any {
    bollard_buildkit_proto::google::protobuf::Any {
        type_url: s("type_url"),
        value: b(2),
    }
}

fn timestamp() -> bollard_buildkit_proto::google::protobuf::Timestamp {
    bollard_buildkit_proto::google::protobuf::Timestamp {
        seconds: -2,
        nanos: -3,
    }
}
