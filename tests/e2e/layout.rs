//! Images in folders, as the engine with containerd's image store exports them:
//! with everything that is attached to them. The engine's own store has no room
//! for that.

use std::fs;
use std::path::PathBuf;

use serde_json::Value;
use tempfile::TempDir;

use crate::built::Built;
use crate::engine::Build;
use crate::other_engine::OtherEngine;

/// How an image says what another manifest of its index is.
const KIND: &str = "vnd.docker.reference.type";
/// How a layer of attestations says what it states.
const PREDICATE: &str = "in-toto.io/predicate-type";

/// An image in a folder.
pub(crate) struct Layout {
    folder: TempDir,
    /// The digest of its index or manifest.
    pub(crate) digest: String,
}

impl OtherEngine {
    /// Runs a build and keeps the image; `more` are further settings of the export.
    #[track_caller]
    pub(crate) fn export(&self, asked: Build, more: &str) -> (Built, Layout) {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let dest = folder.path().display();
        let output = format!("--output=type=oci,tar=false,dest={dest}{more}");
        let built = self.own(asked).arg(&output).run().succeeds();
        let index = folder.path().join("index.json");
        let index = fs::read(index).expect("an index of the folder");
        let index: Value = serde_json::from_slice(&index).expect("JSON");
        let digest = text(&index["manifests"][0]["digest"]);
        (built, Layout { folder, digest })
    }
}

impl Layout {
    /// A document by its digest.
    #[track_caller]
    pub(crate) fn document(&self, digest: &str) -> Value {
        let bytes = fs::read(self.blob(digest)).expect("a blob");
        serde_json::from_slice(&bytes).expect("JSON")
    }

    /// The file of a blob.
    pub(crate) fn blob(&self, digest: &str) -> PathBuf {
        let hash = digest.strip_prefix("sha256:").expect("a digest");
        self.folder.path().join("blobs/sha256").join(hash)
    }

    /// The manifest of the image, which is the only one of its kind.
    #[track_caller]
    pub(crate) fn manifest(&self) -> Value {
        let top = self.document(&self.digest);
        if top["manifests"].is_null() {
            return top;
        }
        let manifests = top["manifests"].as_array().expect("a list").iter();
        let images: Vec<_> = manifests
            .filter(|one| one["annotations"][KIND].is_null())
            .collect();
        assert_eq!(images.len(), 1, "one image: {top}");
        self.document(&text(&images[0]["digest"]))
    }

    /// The statements of a kind that are attached to the image.
    #[track_caller]
    pub(crate) fn statements(&self, predicate: &str) -> Vec<Value> {
        let top = self.document(&self.digest);
        let manifests = top["manifests"].as_array().cloned().unwrap_or_default();
        let attached = manifests
            .iter()
            .filter(|one| one["annotations"][KIND] == "attestation-manifest");
        let mut statements = Vec::new();
        for manifest in attached {
            let manifest = self.document(&text(&manifest["digest"]));
            for layer in manifest["layers"].as_array().expect("layers") {
                let kind = text(&layer["annotations"][PREDICATE]);
                if kind.starts_with(predicate) {
                    statements.push(self.document(&text(&layer["digest"])));
                }
            }
        }
        statements
    }
}

/// A member that is text.
#[track_caller]
pub(crate) fn text(value: &Value) -> String {
    value
        .as_str()
        .unwrap_or_else(|| panic!("no text: {value}"))
        .to_owned()
}
