//! Values of the Dockerfile path's arguments in the form that keys take.
//!
//! Owns how a value is spelt; which key an argument sets is the table of the
//! parent module.

use std::collections::BTreeMap;

/// An image was given as a name and a tag.
const SPLIT_IMAGES: [(&str, &str); 2] = [
    ("BASE_IMAGE", "BASE_IMAGE_TAG"),
    ("RUNTIME_IMAGE", "RUNTIME_IMAGE_TAG"),
];
/// A version was given as a requirement on this distribution.
const REQUIREMENT: (&str, &str) = ("TENSORRTLLM_PIP_WHEEL", "tensorrt-llm==");

/// The arguments with images put together and versions taken out.
pub(super) fn translated(arguments: &BTreeMap<String, String>) -> BTreeMap<String, String> {
    let mut arguments = arguments.clone();
    for (image, tag) in SPLIT_IMAGES {
        let Some(name) = arguments.get(image).filter(|name| !name.is_empty()) else {
            continue;
        };
        if let Some(tag_value) = arguments.get(tag).filter(|value| !value.is_empty()) {
            let whole = format!("{name}:{tag_value}");
            arguments.insert(image.to_owned(), whole);
        }
        arguments.remove(tag);
    }
    let (requirement, prefix) = REQUIREMENT;
    if let Some(value) = arguments.get_mut(requirement)
        && let Some(version) = value.strip_prefix(prefix)
    {
        *value = version.to_owned();
    }
    arguments
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::translated;

    #[test]
    fn a_name_and_a_tag_become_one_reference_and_a_requirement_a_version() {
        let given = [
            ("BASE_IMAGE", "nvcr.io/nvidia/cuda-dl-base"),
            ("BASE_IMAGE_TAG", "25.06"),
            ("RUNTIME_IMAGE_TAG", "12.9.0"),
            ("TENSORRTLLM_PIP_WHEEL", "tensorrt-llm==1.3.0rc1"),
        ];
        let given: BTreeMap<_, _> = given
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .into();
        let translated = translated(&given);
        let pairs: Vec<_> = translated
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        assert_eq!(
            pairs,
            [
                ("BASE_IMAGE", "nvcr.io/nvidia/cuda-dl-base:25.06"),
                // Without a name there is nothing to put the tag on.
                ("RUNTIME_IMAGE_TAG", "12.9.0"),
                ("TENSORRTLLM_PIP_WHEEL", "1.3.0rc1"),
            ]
        );
    }
}
