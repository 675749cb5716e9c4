//! The schema against the decoders: what one takes the other takes. And what
//! editors are offered.

mod grammars;
mod specs;

use jsonschema::Validator;
use serde_json::{Value, json};

use super::document::Schema;
use super::{document, schema};

fn validator(schema: &Schema) -> Validator {
    let schema = serde_json::to_value(schema).expect("structs of texts are JSON");
    jsonschema::draft7::new(&schema).expect("a schema")
}

#[test]
fn what_editors_are_offered_is_valid_where_it_is_offered() {
    let schema = serde_json::to_value(schema().expect("a catalog that reads")).expect("JSON");
    let mut offered = 0;
    let mut rest = vec![&schema];
    while let Some(one) = rest.pop() {
        if let Value::Object(keywords) = one {
            // The name of a key may be that of a keyword.
            let values = keywords.get("default").filter(|value| !value.is_object());
            let examples = keywords.get("examples").and_then(Value::as_array);
            let all: Vec<&Value> = values
                .into_iter()
                .chain(examples.into_iter().flatten())
                .collect();
            if !all.is_empty() {
                let validator = jsonschema::draft7::new(one).expect("a schema");
                for value in all {
                    assert!(validator.is_valid(value), "{value} in {one}");
                    offered += 1;
                }
            }
            rest.extend(keywords.values());
        } else if let Value::Array(items) = one {
            rest.extend(items);
        }
    }
    assert!(offered > 100, "{offered}");
}

#[test]
fn a_default_is_what_the_key_is_whatever_is_built() {
    let schema = serde_json::to_value(schema().expect("a catalog that reads")).expect("JSON");
    let default = |path: &str| {
        let pointer = path.split('.').map(|key| format!("/properties/{key}"));
        let key = schema.pointer(&pointer.collect::<String>());
        key.unwrap_or_else(|| panic!("no `{path}`"))
            .get("default")
            .cloned()
    };
    for (path, value) in [
        ("framework", json!("vllm")),
        ("target", json!("runtime")),
        ("device", json!("cuda")),
        ("efa", json!(false)),
        ("catalog", json!("2026-02")),
        ("user.uid", json!(1000)),
        ("toolchain.python", json!("3.12")),
        ("toolchain.cargo_jobs", json!(16)),
        ("components.uv.version", json!("0.12.0")),
        ("images.docs", json!("docker.io/library/ubuntu:24.04")),
    ] {
        assert_eq!(default(path), Some(value), "{path}");
    }
    // These depend on the framework, or on the device.
    for path in ["cuda", "images.base", "features.kvbm", "vllm.ref"] {
        assert_eq!(default(path), None, "{path}");
    }
}

#[test]
fn the_document_is_the_same_every_time() {
    let first = document().expect("a catalog that reads");
    assert_eq!(document().expect("a catalog that reads"), first);
    assert!(first.ends_with("}\n"));
}

#[test]
fn a_number_is_offered_as_text_so_that_no_editor_shortens_it() {
    let schema = serde_json::to_value(schema().expect("a catalog that reads")).expect("JSON");
    let cuda = &schema["properties"]["cuda"];
    let validator = jsonschema::draft7::new(cuda).expect("a schema");
    for valid in [json!("13.0"), json!(13.0), json!(12.9)] {
        assert!(validator.is_valid(&valid), "{valid}");
    }
    for wrong in [
        json!("11.8"),
        json!(11.8),
        json!(13.05),
        json!(true),
        json!(["13.0"]),
    ] {
        assert!(!validator.is_valid(&wrong), "{wrong}");
    }
    let listed = cuda["anyOf"][0]["enum"].as_array().expect("a list");
    assert!(listed.iter().all(Value::is_string), "{listed:?}");
}
