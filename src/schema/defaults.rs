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

/// The value of every key that always has the same, by dotted path.
pub(super) fn defaults() -> Result<BTreeMap<String, String>, CatalogError> {
    let mut defaults = BTreeMap::new();
    let mut dependent = BTreeSet::new();
    for wish in wishes()? {
        for architecture in Architecture::ALL {
            for (path, value) in meant(&wish, *architecture)? {
                match defaults.get(&path) {
                    Some(known) if *known != value => drop(dependent.insert(path)),
                    _ => drop(defaults.insert(path, value)),
                }
            }
        }
    }
    defaults.retain(|path, _| !dependent.contains(path));
    Ok(defaults)
}

/// The keys that say what is built, with their values.
type Wish = Vec<(&'static str, String)>;

/// Every build of the newest release, the least that is said of it first.
fn wishes() -> Result<Vec<Wish>, CatalogError> {
    let newest = catalog::releases().last().copied().unwrap_or_default();
    let mut wishes = vec![Wish::new()];
    for (framework, file) in catalog::release(newest)?.frameworks {
        let named = vec![("framework", framework.to_string())];
        for row in &file.content.combinations {
            let device = [
                named.clone(),
                vec![("device", row.device.value.to_string())],
            ]
            .concat();
            for cuda in &row.cuda {
                wishes.push([device.clone(), vec![("cuda", cuda.value.clone())]].concat());
            }
            wishes.push(device);
        }
        wishes.push(named);
    }
    Ok(wishes)
}

/// What the other keys mean in a spec that says this; nothing where there is no
/// such build.
fn meant(
    wish: &Wish,
    architecture: Architecture,
) -> Result<BTreeMap<String, String>, CatalogError> {
    let keys = wish
        .iter()
        .map(|(key, value)| format!("{key}: \"{value}\""));
    let text = format!("{{{}}}", keys.collect::<Vec<_>>().join(", "));
    let input = Input {
        name: "",
        bytes: text.as_bytes(),
        build_args: &BTreeMap::new(),
        target: None,
    };
    let (mut sources, mut found) = (Sources::default(), Diagnostics::default());
    let Some(spec) = spec::read(input, &mut sources, &mut found) else {
        return Ok(BTreeMap::new());
    };
    let resolved = check::check(&spec, architecture, &mut sources, &mut found)?;
    let values = resolved
        .map(|resolved| values(&resolved))
        .unwrap_or_default();
    let own = |path: &String| wish.iter().all(|(key, _)| key != path);
    let values = values.into_iter().map(|(path, (value, _))| (path, value));
    Ok(values.filter(|(path, _)| own(path)).collect())
}
