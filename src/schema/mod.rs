//! The JSON Schema of `dynamo.yaml`, for editors and other tools.
//!
//! Made from what the decoders say of themselves ([`Shape`](crate::spec::Shape))
//! and from what the catalog has, so that it knows every key and no other. Owns
//! how that is said in JSON Schema, and nothing about keys: what a decoder does
//! not say is not in it.
//!
//! The dialect is draft 7. Editors read YAML through `yaml-language-server`, and
//! releases of it are in use that know no later one; nothing later is needed.

mod defaults;
mod document;
mod form;
#[cfg(test)]
mod tests;

pub use defaults::{Meant, meant};

use document::Schema;
use form::Form;
use serde_json::{Value, json};

use crate::catalog::{self, CatalogError};
use crate::spec::{Decode, Keys};

/// Where the newest one is.
const ID: &str =
    "https://raw.githubusercontent.com/ai-dynamo/dynamo-frontend/main/docs/dynamo.schema.json";
const DIALECT: &str = "http://json-schema.org/draft-07/schema#";

/// The schema as a document of many lines. An `Err` is a mistake in the catalog,
/// which is part of this program.
pub fn document() -> Result<String, CatalogError> {
    Ok(schema()?.to_text())
}

/// Every text there is for a key, of the keys of which the catalog knows that.
pub fn known() -> Result<Vec<(&'static str, Vec<String>)>, CatalogError> {
    let releases = catalog::releases();
    let mut cuda = Vec::new();
    for name in &releases {
        cuda.extend(catalog::release(name)?.cuda().map(str::to_owned));
    }
    cuda.sort();
    cuda.dedup();
    let releases = releases.iter().map(ToString::to_string).collect();
    Ok(vec![("catalog", releases), ("cuda", cuda)])
}

fn schema() -> Result<Schema, CatalogError> {
    let form = Form {
        known: known()?,
        defaults: defaults::defaults()?,
    };
    Ok(Schema {
        dialect: Some(DIALECT),
        id: Some(ID),
        title: Some("dynamo.yaml"),
        description: Some("What dynamo-frontend builds: an image of NVIDIA Dynamo".to_owned()),
        examples: examples(),
        ..form.schema("", Keys::shape())
    })
}

/// Whole specs. Keys in alphabetical order, which is that of any JSON library.
fn examples() -> Vec<Value> {
    vec![
        json!({"cuda": "12.9", "framework": "vllm", "target": "runtime"}),
        json!({"device": "cpu", "dynamo": {"source": {"index": "1.0.0"}}, "framework": "dynamo"}),
        json!({
            "components": {"nats": false, "nixl": {"ref": "0.9.0"}},
            "framework": "sglang",
            "target": "local-dev",
            "user": {"gid": 1000, "uid": 1000},
        }),
    ]
}
