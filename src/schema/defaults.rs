//! What keys are when they are not given.
//!
//! Found by asking: specs that say nothing but what is built are checked, and a
//! value that is the same in all of them is the default. One that depends on
//! the build has none.

use std::collections::{BTreeMap, BTreeSet};

use crate::catalog::{self, CatalogError};
use crate::check::{self, values};
use crate::diagnostic::{Diagnostics, Sources};
use crate::spec::{self, Architecture, Input};

/// A build, and what the keys mean in it that a spec for it leaves out.
#[derive(Debug, Clone)]
pub struct Meant {
    /// What is built, in the words of the catalog: framework, device, CUDA release,
    /// architecture.
    pub build: [String; 4],
    /// The value of every other key that has one, by dotted path.
    pub values: BTreeMap<String, String>,
}

/// The value of every key that always has the same, by dotted path.
pub(super) fn defaults() -> Result<BTreeMap<String, String>, CatalogError> {
    let mut defaults = BTreeMap::new();
    let mut dependent = BTreeSet::new();
    for (path, value) in meant()?.into_iter().flat_map(|one| one.values) {
        match defaults.get(&path) {
            Some(known) if *known != value => drop(dependent.insert(path)),
            _ => drop(defaults.insert(path, value)),
        }
    }
    defaults.retain(|path, _| !dependent.contains(path));
    Ok(defaults)
}

/// What the keys mean in every build of the newest release.
pub fn meant() -> Result<Vec<Meant>, CatalogError> {
    let mut all = Vec::new();
    for wish in wishes()? {
        for architecture in Architecture::ALL {
            all.extend(asked(&wish, *architecture)?);
        }
    }
    Ok(all)
}

/// The keys that say what is built, with their values, as build arguments.
type Wish = BTreeMap<String, String>;

/// What has keys of its own, which mean something only where it is asked for.
const PARTS: [&[(&str, &str)]; 3] = [
    &[("efa", "true")],
    &[("target", "dev")],
    &[
        ("build.sccache.bucket", "bucket"),
        ("build.sccache.region", "region"),
    ],
];

/// Every build of the newest release, the least that is said of it first.
fn wishes() -> Result<Vec<Wish>, CatalogError> {
    let newest = catalog::releases().last().copied().unwrap_or_default();
    let mut wishes = vec![Wish::new()];
    for (framework, file) in &catalog::release(newest)?.frameworks {
        let named = with(&Wish::new(), &[("framework", framework.word())]);
        for row in &file.content.combinations {
            let device = with(&named, &[("device", row.device.value.word())]);
            for cuda in &row.cuda {
                wishes.push(with(&device, &[("cuda", &cuda.value)]));
            }
            wishes.push(device);
        }
        wishes.extend(PARTS.iter().map(|part| with(&named, part)));
        wishes.push(named);
    }
    Ok(wishes)
}

fn with(wish: &Wish, more: &[(&str, &str)]) -> Wish {
    let more = more.iter();
    let more = more.map(|(key, value)| ((*key).to_owned(), (*value).to_owned()));
    wish.clone().into_iter().chain(more).collect()
}

/// What the other keys mean in a spec that says this; nothing where there is no
/// such build.
fn asked(wish: &Wish, architecture: Architecture) -> Result<Option<Meant>, CatalogError> {
    let input = Input {
        name: "",
        bytes: b"{}",
        build_args: wish,
        target: None,
    };
    let (mut sources, mut found) = (Sources::default(), Diagnostics::default());
    let Some(spec) = spec::read(input, &mut sources, &mut found) else {
        return Ok(None);
    };
    let Some(resolved) = check::check(&spec, architecture, &mut sources, &mut found)? else {
        return Ok(None);
    };
    let cuda = resolved.cuda.as_ref().map(|cuda| cuda.value.to_string());
    let values = values(&resolved).into_iter();
    Ok(Some(Meant {
        build: [
            resolved.framework.value.to_string(),
            resolved.device.value.to_string(),
            cuda.unwrap_or_default(),
            architecture.to_string(),
        ],
        values: values
            .filter(|(path, _)| !wish.contains_key(path))
            .map(|(path, (value, _))| (path, value))
            .collect(),
    }))
}
