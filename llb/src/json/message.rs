//! Any message as JSON, by its description.
//!
//! Reads the description instead of naming every member, so that no member can be
//! forgotten. Members that are not set are left out, as Go does.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use prost_reflect::{DynamicMessage, FieldDescriptor, Kind, MapKey, Value as Member};
use serde_json::Value;

/// How members are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// The JSON form of Protocol Buffers: `camelCase`, long numbers as text.
    Protobuf,
    /// The form of a Go struct: `snake_case`, every number as a number.
    Go,
}

/// The members of a message that are set.
pub(super) fn to_value(message: &DynamicMessage, form: Form) -> Value {
    let name = |field: &FieldDescriptor| match form {
        Form::Protobuf => field.json_name().to_owned(),
        Form::Go => field.name().to_owned(),
    };
    let member = |(field, value): (FieldDescriptor, &Member)| {
        let kind = field.kind();
        (name(&field), member(value, &kind, form))
    };
    Value::Object(message.fields().map(member).collect())
}

fn member(value: &Member, kind: &Kind, form: Form) -> Value {
    let long = |text: String, number: Value| match form {
        Form::Protobuf => Value::String(text),
        Form::Go => number,
    };
    match value {
        Member::Bool(value) => (*value).into(),
        Member::I32(value) => (*value).into(),
        Member::U32(value) => (*value).into(),
        Member::I64(value) => long(value.to_string(), (*value).into()),
        Member::U64(value) => long(value.to_string(), (*value).into()),
        Member::F32(value) => (*value).into(),
        Member::F64(value) => (*value).into(),
        Member::String(value) => value.as_str().into(),
        Member::Bytes(value) => STANDARD.encode(value).into(),
        Member::EnumNumber(number) => enum_value(*number, kind),
        Member::Message(message) => to_value(message, form),
        Member::List(items) => items.iter().map(|item| member(item, kind, form)).collect(),
        Member::Map(entries) => {
            let Kind::Message(entry) = kind else {
                unreachable!("the entries of a map are messages")
            };
            let kind = entry.map_entry_value_field().kind();
            let entries = entries
                .iter()
                .map(|(key, value)| (key_text(key), member(value, &kind, form)));
            Value::Object(entries.collect())
        }
    }
}

/// The name of a value, or the number of one that has none here.
fn enum_value(number: i32, kind: &Kind) -> Value {
    let named = kind.as_enum().and_then(|kind| kind.get_value(number));
    named.map_or_else(|| number.into(), |value| value.name().into())
}

fn key_text(key: &MapKey) -> String {
    match key {
        MapKey::Bool(key) => key.to_string(),
        MapKey::I32(key) => key.to_string(),
        MapKey::I64(key) => key.to_string(),
        MapKey::U32(key) => key.to_string(),
        MapKey::U64(key) => key.to_string(),
        MapKey::String(key) => key.clone(),
    }
}
