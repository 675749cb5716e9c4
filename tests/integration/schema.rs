//! The JSON Schema of specs: the committed one, against every spec there is.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use dynamo_frontend::diagnostic::Code;
use dynamo_frontend::gateway::double::Method;
use dynamo_frontend::schema;
use jsonschema::Validator;
use serde_json::Value;

use crate::case::{Case, MINIMAL};
use crate::rules;

/// Rules that no schema knows, and why.
const BEYOND: &[(Code, &str)] = &[
    (
        Code::ChecksumArchitecture,
        "what is built is not in the file",
    ),
    (Code::DeprecatedAlias, "an older spelling is taken"),
    (Code::DuplicatePackage, "it is between values"),
    (Code::FloatingRef, "a branch may be meant"),
    (Code::ImageWithoutDigest, "a digest may be left out"),
    (Code::InvalidCheck, "it is in a comment"),
    (Code::LiteralVariable, "a text may have a `$`"),
    (Code::LayerBudget, "layers are counted in the plan"),
    (Code::MissingComponent, "it is between keys"),
    (Code::ReplacedPath, "a whole `PATH` may be meant"),
    (Code::RootUser, "the account is between keys"),
    (Code::SecretInConfig, "what looks like a secret may be none"),
    (
        Code::UidWithoutLocalDev,
        "build arguments are not in the file",
    ),
    (Code::UnknownBuildArg, "build arguments are not in the file"),
    (Code::ShadowedCache, "it is between paths"),
    (Code::UnreachableExtend, "planning finds it"),
    (Code::UnpinnedImage, "a tag that moves may be meant"),
    (Code::UnsupportedCombination, "the matrix is between keys"),
    (Code::UnsupportedPlatform, "the platform is not in the file"),
    (Code::UnusedMirror, "planning finds it"),
    (Code::UnverifiedSource, "a checksum may be left out"),
    (Code::WithoutEffect, "it is between keys"),
];

/// Specs that break another rule, which the schema takes all the same, and why.
const VALID: &[(&str, &str)] = &[
    ("ConflictingInstall/build_arguments_for_two_ways", ARGUMENT),
    (
        "ConflictingValues/account_that_is_not_there_yet",
        "it is about what the stage has",
    ),
    ("ConflictingValues/alias_and_its_key", ARGUMENT),
    ("ConflictingValues/build_arguments_for_one_key", ARGUMENT),
    (
        "ConflictingValues/check_that_contradicts_itself",
        "it is between keys",
    ),
    (
        "ConflictingValues/copy_from_a_stage_that_waits",
        "it is between stages",
    ),
    ("ConflictingValues/left_out_and_given", ARGUMENT),
    (
        "ConflictingValues/packages_of_another_system",
        "it is the image's system",
    ),
    (
        "ConflictingValues/step_that_does_two_things",
        "it is between keys",
    ),
    (
        "ConflictingValues/targets_of_a_check",
        "a word has several spellings",
    ),
    ("InvalidValue/build_argument", ARGUMENT),
    (
        "InvalidValue/command_line_as_the_name_of_a_program",
        "a text that is wrong only in the first place of a list",
    ),
    (
        "InvalidValue/healthcheck_as_compose_has_it",
        "a word that is one only in the first place of a list",
    ),
    (
        "InvalidValue/mirror_that_gives_no_image",
        "the catalog's image is wrong then",
    ),
    ("InvalidValue/python_version", "to an editor `3` is `3.0`"),
    (
        "InvalidValue/regular_expression_of_a_check",
        "no regular expression tells one",
    ),
    ("InvalidValue/target_like_check_image", ARGUMENT),
    ("InvalidYaml/tag", "editors read tags"),
    (
        "MissingValue/check_for_no_target",
        "a list may be empty elsewhere",
    ),
    (
        "MissingValue/check_that_expects_nothing",
        "it is between keys",
    ),
    ("MissingValue/local_dev_without_ids", "it is between keys"),
    ("MissingValue/nothing_to_check", "it is between keys"),
    (
        "MissingValue/sccache_without_bucket",
        "a build argument may give it",
    ),
    ("UnknownBuildArg/value_is_not_shown", ARGUMENT),
    (
        "UnknownKey/merge_key_among_free_keys",
        "editors merge mappings",
    ),
    (
        "UnknownStage/copied_from_a_stage_that_no_target_has",
        "the matrix is between keys",
    ),
    ("WrongType/build_argument_for_a_list", ARGUMENT),
    ("WrongType/build_argument_for_a_section", ARGUMENT),
];
const ARGUMENT: &str = "the build argument is wrong";

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn committed() -> PathBuf {
    root().join("docs/dynamo.schema.json")
}

fn validator() -> Validator {
    let text = fs::read_to_string(committed()).expect("a readable schema");
    let schema = serde_json::from_str(&text).expect("JSON");
    jsonschema::draft7::new(&schema).expect("a schema of draft 7")
}

/// What an editor sees of a spec; `None` when it is not YAML.
fn yaml(file: &Path) -> Option<Value> {
    let bytes = fs::read(file).expect("a readable spec");
    let options = serde_saphyr::options! { with_snippet: false, strict_booleans: true };
    serde_saphyr::from_slice_with_options(&bytes, options).ok()
}

#[test]
fn the_committed_schema_is_that_of_this_program() {
    let made = schema::document().expect("a catalog that reads");
    let committed = fs::read_to_string(committed()).expect("a readable schema");
    assert!(
        made == committed,
        "docs/dynamo.schema.json is out of date: run `cargo xtask schema`"
    );
}

#[test]
fn every_example_is_valid() {
    let validator = validator();
    let mut examples = 0;
    for entry in fs::read_dir(root().join("examples")).expect("a readable folder") {
        let file = entry.expect("an entry").path().join("dynamo.yaml");
        if !file.exists() {
            continue; // What is around a build.
        }
        let spec = yaml(&file).unwrap_or_else(|| panic!("{} is not YAML", file.display()));
        let errors: Vec<String> = validator
            .iter_errors(&spec)
            .map(|one| one.to_string())
            .collect();
        assert!(errors.is_empty(), "{}: {errors:?}", file.display());
        examples += 1;
    }
    assert!(examples > 20, "{examples}");
}

#[test]
fn a_spec_that_breaks_a_rule_is_invalid_unless_only_the_frontend_can_know() {
    let validator = validator();
    let (mut used, mut met) = (BTreeSet::new(), BTreeSet::new());
    for (code, case, outcome) in rules::all() {
        let name = format!("{code}/{case}");
        let found = outcome.diagnostics.sorted();
        let beyond = |code| BEYOND.iter().any(|(known, _)| *known == code);
        let known = VALID.iter().find(|(known, _)| *known == name);
        used.extend(known.map(|(name, _)| *name));
        met.extend(found.iter().map(|one| one.code.name()));
        let expected = known.is_some() || found.iter().all(|one| beyond(one.code));
        let file = rules::folder().join(format!("{name}.yaml"));
        let valid = yaml(&file).is_some_and(|spec| validator.is_valid(&spec));
        assert_eq!(valid, expected, "whether {name} is valid");
    }
    let listed: BTreeSet<&str> = VALID.iter().map(|(name, _)| *name).collect();
    assert_eq!(
        used, listed,
        "cases that are there, and cases that are listed"
    );
    for (code, reason) in BEYOND {
        assert!(met.contains(code.name()), "no case of {code}: {reason}");
    }
}

#[test]
fn the_schema_is_shown_whatever_is_wrong_with_the_spec() {
    let committed = fs::read_to_string(committed()).expect("a readable schema");
    for spec in [MINIMAL, "framewrok: vllm\n", "{[", ""] {
        let ran = Case::spec(spec)
            .option("requestid", "frontend.schema")
            .run();
        assert!(!ran.methods().contains(&Method::ResolveSourceMeta));
        let metadata = &ran.result().metadata;
        for result in ["result.txt", "result.json"] {
            assert!(
                metadata[result] == committed.as_bytes(),
                "{result} is not docs/dynamo.schema.json: run `cargo xtask schema`"
            );
        }
        assert!(!metadata.contains_key("result.statuscode"), "as good as 0");
    }
}
