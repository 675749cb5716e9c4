//! The catalog: pins, images and the compatibility matrix, read from `specs/`.
//!
//! Owns the schema of the catalog files and which releases there are. It
//! decides nothing about a spec: `check` brings the two together.

mod needs;
mod place;
mod release;

use std::collections::BTreeMap;
use std::sync::{LazyLock, OnceLock};

use include_dir::{Dir, include_dir};
use thiserror::Error;

pub use needs::{Needs, PackageManager, WheelFile};
pub use place::At;
pub use release::{
    Account, AptRepository, Archive, Build, Combination, Common, File, FrameworkFile, GitPin,
    Install, Release, Repository, SourcePin, Tool, Toolchain,
};

static SPECS: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/specs");

/// A catalog file that is not what it should be. The files are part of the
/// program, so this is a mistake of ours.
#[derive(Debug, Error)]
pub enum CatalogError {
    /// The file is not there.
    #[error("the catalog has no file `{0}`")]
    Missing(String),
    /// The file is not UTF-8 text.
    #[error("the catalog file `{0}` is not text")]
    NotText(String),
    /// The file does not follow the schema.
    #[error("the catalog file `{file}` is wrong: {source}")]
    Invalid {
        /// Path below `specs/`.
        file: String,
        /// What the parser said.
        source: Box<serde_saphyr::Error>,
    },
}

/// Names of the releases, oldest first.
pub fn releases() -> Vec<&'static str> {
    let mut names: Vec<_> = SPECS.dirs().filter_map(|dir| dir.path().to_str()).collect();
    names.sort_unstable();
    names
}

/// One of [`releases`], read once: it is part of the program and never another.
pub fn release(name: &str) -> Result<&'static Release, CatalogError> {
    static READ: LazyLock<BTreeMap<&str, OnceLock<Release>>> = LazyLock::new(|| {
        let names = releases().into_iter();
        names.map(|name| (name, OnceLock::new())).collect()
    });
    let missing = || CatalogError::Missing(name.to_owned());
    let kept = READ.get(name).ok_or_else(missing)?;
    match kept.get() {
        Some(release) => Ok(release),
        None => read(name).map(|release| kept.get_or_init(|| release)),
    }
}

fn read(name: &str) -> Result<Release, CatalogError> {
    Release::read(name, |path| {
        let file = SPECS
            .get_file(path)
            .ok_or_else(|| CatalogError::Missing(path.to_owned()))?;
        file.contents_utf8()
            .ok_or_else(|| CatalogError::NotText(path.to_owned()))
    })
}

#[cfg(test)]
mod tests {
    use crate::diagnostic::{SourceKind, Sources};

    #[test]
    fn every_release_reads() {
        let names = super::releases();
        assert!(!names.is_empty());
        for name in names {
            let release = super::release(name).expect("the catalog is part of the program");
            assert!(!release.frameworks.is_empty(), "{name} has no framework");
            for (framework, file) in &release.frameworks {
                for row in &file.content.combinations {
                    let device = row.device.value;
                    assert!(
                        file.content.devices.contains_key(&device),
                        "{framework} on {device} has no images"
                    );
                }
            }
        }
    }

    #[test]
    fn every_component_that_an_image_can_have_has_a_pin() {
        for name in super::releases() {
            let release = super::release(name).expect("the catalog is part of the program");
            let pins = &release.common.content.components;
            let files = release.frameworks.values();
            let needs = files.flat_map(|file| file.content.devices.values());
            let all =
                needs.flat_map(|needs| needs.components.iter().chain(&needs.optional_components));
            for component in all {
                assert!(
                    pins.contains_key(component),
                    "no `{component}` in `components` of specs/{name}/common.yaml"
                );
            }
        }
    }

    #[test]
    fn a_value_knows_its_place_in_its_file() {
        let release = super::release(super::releases()[0]).unwrap();
        let version = &release.common.content.tools["uv"].version;
        let mut sources = Sources::default();
        let file = sources.add(
            SourceKind::Catalog,
            &release.common.path,
            &release.common.text,
        );
        assert!(
            sources
                .text(version.span(file))
                .contains(version.value.as_str())
        );
    }
}
