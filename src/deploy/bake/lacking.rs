//! Which platforms an image that is there already is not for.

use serde_json::Value;

use crate::spec::Architecture;

/// Those of `wanted` that an image lacks, by its config or its configs by platform, as
/// JSON. None where platforms are wanted and that is neither. What no machine runs, as
/// an attestation, is for no platform.
pub fn lacking(wanted: &[Architecture], configs: &[u8]) -> Option<Vec<Architecture>> {
    if wanted.is_empty() {
        return Some(Vec::new());
    }
    let configs: Value = serde_json::from_slice(configs).ok()?;
    let configs: Vec<&Value> = if configs["architecture"].is_string() {
        vec![&configs]
    } else {
        configs.as_object()?.values().collect()
    };
    let is_there = |one: &Architecture| {
        configs.iter().any(|config| {
            config["os"] == *one.platform().os && config["architecture"] == *one.word()
        })
    };
    let missing = wanted.iter().filter(|one| !is_there(one));
    Some(missing.copied().collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use Architecture::{Amd64, Arm64};

    #[test]
    fn an_image_has_the_platforms_of_its_configs() {
        let single = br#"{"created": "2026", "os": "linux", "architecture": "amd64"}"#;
        assert_eq!(lacking(&[Amd64], single), Some(vec![]));
        assert_eq!(lacking(&[Amd64, Arm64], single), Some(vec![Arm64]));
        let index = br#"{
            "linux/amd64": {"os": "linux", "architecture": "amd64"},
            "linux/arm64": {"os": "linux", "architecture": "arm64", "variant": "v8"}
        }"#;
        assert_eq!(lacking(&[Amd64, Arm64], index), Some(vec![]));
    }

    #[test]
    fn what_runs_on_no_machine_of_ours_is_for_no_platform() {
        let index = br#"{
            "linux/arm64": {"os": "linux", "architecture": "arm64"},
            "unknown/unknown": {"os": "unknown", "architecture": "unknown"},
            "windows/amd64": {"os": "windows", "architecture": "amd64"}
        }"#;
        assert_eq!(lacking(&[Amd64, Arm64], index), Some(vec![Amd64]));
    }

    #[test]
    fn an_answer_without_configs_says_nothing_of_platforms() {
        for answer in ["", "null", "[]", "<html>"] {
            assert_eq!(lacking(&[Amd64], answer.as_bytes()), None, "{answer}");
            assert_eq!(lacking(&[], answer.as_bytes()), Some(vec![]), "{answer}");
        }
    }
}
