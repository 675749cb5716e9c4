//! The options about attestations.
//!
//! Owns which there are, and what is asked of the one that is made here: the list
//! of what is in an image. Provenance is the daemon's own.

use std::collections::BTreeMap;

use super::error::OptionError;
use super::text::{parse_bool, parse_fields};
use super::{filled, keep};
use crate::image::Reference;

/// What an attestation's name stands behind.
const OPTION: &str = "attest:";
/// The same for clients that have no such option.
const ARGUMENT: &str = "build-arg:BUILDKIT_ATTEST_";
/// The list of what is in an image.
const SBOM: &str = "sbom";
/// How an image was made.
const PROVENANCE: &str = "provenance";
/// What makes the list if nothing else is named.
const DEFAULT_GENERATOR: &str = "docker/buildkit-syft-scanner:stable-1";
/// Whether the build context is looked at too.
const SCAN_CONTEXT: &str = "BUILDKIT_SBOM_SCAN_CONTEXT";
/// Whether other stages are looked at too.
const SCAN_STAGE: &str = "BUILDKIT_SBOM_SCAN_STAGE";

/// What is asked of the list of what is in an image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sbom {
    /// The image whose program makes it.
    pub generator: Reference,
    /// What that program is told, by name.
    pub parameters: BTreeMap<String, String>,
    /// For which stages the build context is looked at too.
    pub contexts: Scanned,
    /// Which other stages are looked at too.
    pub stages: Scanned,
}

/// Which stages are looked at.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Scanned {
    /// None.
    #[default]
    Off,
    /// All.
    All,
    /// Those with these names, in any case.
    Stages(Vec<String>),
}

impl Scanned {
    /// Whether a stage is looked at.
    pub fn covers(&self, stage: &str) -> bool {
        match self {
            Self::Off => false,
            Self::All => true,
            Self::Stages(names) => names.iter().any(|name| name.eq_ignore_ascii_case(stage)),
        }
    }

    fn parse(build_args: &BTreeMap<String, String>, name: &str) -> Self {
        let value = filled(build_args, name).unwrap_or_default();
        match parse_bool(&value) {
            Some(true) => Self::All,
            Some(false) => Self::Off,
            None if value.is_empty() => Self::Off,
            None => Self::Stages(value.split(',').map(str::to_owned).collect()),
        }
    }
}

/// Reads all of them.
pub(super) fn parse(
    options: &BTreeMap<String, String>,
    build_args: &BTreeMap<String, String>,
    errors: &mut Vec<OptionError>,
) -> Option<Sbom> {
    // Of two the option counts, which says it for this build alone.
    let of = |prefix: &'static str| {
        let named = move |(key, value): (&'_ String, &'_ String)| {
            let name = key.strip_prefix(prefix)?.to_ascii_lowercase();
            Some((name, (key.clone(), value.clone())))
        };
        options.iter().filter_map(named)
    };
    let asked: BTreeMap<String, (String, String)> = of(ARGUMENT).chain(of(OPTION)).collect();
    let mut sbom = None;
    for (name, (option, value)) in asked {
        let members = keep(members(&option, &value), errors);
        match &*name {
            SBOM => sbom = keep(parse_sbom(&option, members, build_args), errors),
            PROVENANCE => {}
            _ => errors.push(OptionError::AttestationType(name)),
        }
    }
    sbom
}

/// `name=value`, separated by commas.
fn members(option: &str, value: &str) -> Result<BTreeMap<String, String>, OptionError> {
    let fields = parse_fields(value).ok_or_else(|| OptionError::List {
        option: option.to_owned(),
        value: value.to_owned(),
    })?;
    let member = |field: &String| {
        let (name, value) = field.split_once('=').unwrap_or((field, ""));
        (name.to_owned(), value.to_owned())
    };
    let mut members: BTreeMap<_, _> = fields.iter().map(member).collect();
    members.remove("");
    Ok(members)
}

fn parse_sbom(
    option: &str,
    mut members: BTreeMap<String, String>,
    build_args: &BTreeMap<String, String>,
) -> Result<Option<Sbom>, OptionError> {
    // What a client repeats of its own option is nothing that a scanner is told.
    members.remove("type");
    if let Some(value) = members.remove("disabled") {
        match parse_bool(&value) {
            Some(true) => return Ok(None),
            Some(false) => {}
            None => {
                let option = format!("{option},disabled");
                return Err(OptionError::Boolean { option, value });
            }
        }
    }
    let generator = members.remove("generator");
    let generator = generator.unwrap_or_else(|| DEFAULT_GENERATOR.to_owned());
    if generator.is_empty() {
        return Err(OptionError::NoGenerator);
    }
    let generator = match Reference::parse(&generator) {
        Ok(reference) => reference.with_default_tag(),
        Err(source) => return Err(OptionError::Generator { generator, source }),
    };
    Ok(Some(Sbom {
        generator,
        parameters: members,
        contexts: Scanned::parse(build_args, SCAN_CONTEXT),
        stages: Scanned::parse(build_args, SCAN_STAGE),
    }))
}
