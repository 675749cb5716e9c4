//! Spec and catalog brought together: the rules, and on success the spec as
//! meant.
//!
//! Owns every decision about a missing value and every finding that needs more
//! than one value. Must not plan: what is built from the answer is `plan`'s.

mod account;
mod checksums;
mod combination;
mod copied;
mod defaults;
mod effects;
mod engine;
mod engines;
mod expression;
mod extend;
mod extended;
mod image_tests;
mod literal;
mod mirrors;
mod native;
mod packages;
mod parts;
mod pins;
mod placeholders;
mod program_names;
mod replaced_path;
mod resolve;
mod resolved;
mod rules;
mod secrets;
mod servers;
mod shadowed;
mod source;
mod tested;
#[cfg(test)]
mod tests;
mod values;

pub use engine::{Engine, PythonNeeds, Sglang, Trtllm, TrtllmInstall, Vllm, VllmInstall};
pub use extended::{
    Extension, ExtraCache, ExtraCommand, ExtraCopy, ExtraPackages, ExtraRun, ExtraSecret,
    ExtraSource, ExtraStep, ExtraWork,
};
pub use native::can_be_left_out;
pub use resolved::{
    AptRepository, Developer, Dynamo, Efa, Healthcheck, Images, Index, Nsight, Resolved, Sccache,
    SystemPackages, Tool, Transfer, User, WheelBuilderPackages,
};
pub use source::{Download, Git, SourceArchive, WheelFile};
pub use tested::{
    Expected, FileTest, ImageTest, Stream, Tested, TextTest, Timeout, UserTest, When,
};
pub use values::values;

use crate::catalog::{self, CatalogError, Release};
use crate::diagnostic::{
    Code, Diagnostic, Diagnostics, SourceId, SourceKind, Sources, Span, Spanned, listed, nearest,
};
use crate::spec::{Architecture, Framework, Spec};

/// The catalog files among the sources of a request.
#[derive(Debug, Clone, Copy)]
struct Files {
    common: SourceId,
    framework: Option<SourceId>,
}

impl Files {
    /// Whether a place is the catalog's, and not the user's.
    fn are_of(self, place: Span) -> bool {
        place.source == self.common || Some(place.source) == self.framework
    }
}

/// Checks a spec for one architecture. `None` when it cannot be built; why is
/// in `diagnostics`. An `Err` is a mistake in the catalog that is part of us.
pub fn check(
    spec: &Spec,
    architecture: Architecture,
    sources: &mut Sources,
    diagnostics: &mut Diagnostics,
) -> Result<Option<Resolved>, CatalogError> {
    secrets::report(&spec.keys, diagnostics);
    literal::report(&spec.keys, diagnostics);
    replaced_path::report(&spec.keys, diagnostics);
    program_names::report(&spec.keys, diagnostics);
    rules::healthcheck(&spec.keys, diagnostics);
    let Some(release) = choose_release(spec, diagnostics)? else {
        return Ok(None);
    };
    let framework = spec
        .keys
        .framework
        .as_ref()
        .map_or(Framework::Vllm, |given| given.value);
    let files = Files {
        common: sources.add(
            SourceKind::Catalog,
            &release.common.path,
            &release.common.text,
        ),
        framework: release
            .frameworks
            .get(&framework)
            .map(|file| sources.add(SourceKind::Catalog, &file.path, &file.text)),
    };
    let resolved = resolve::resolve(spec, release, files, architecture, diagnostics);
    if let Some(resolved) = &resolved {
        account::report(spec, resolved, sources, diagnostics);
    }
    Ok(resolved.filter(|_| !diagnostics.has_errors()))
}

/// The release the spec names, or the newest.
fn choose_release(
    spec: &Spec,
    diagnostics: &mut Diagnostics,
) -> Result<Option<&'static Release>, CatalogError> {
    let names = catalog::releases();
    let Some(wanted) = &spec.keys.catalog else {
        if spec.keys.unread.contains(&"catalog") {
            return Ok(None);
        }
        let newest = names.last().copied().unwrap_or_default();
        return catalog::release(newest).map(Some);
    };
    let name = wanted.value.as_str();
    if names.contains(&name) {
        return catalog::release(name).map(Some);
    }
    let message = format!("there is no catalog release `{name}`");
    let unknown = Diagnostic::error(Code::UnknownCatalog, wanted.span, message);
    diagnostics.push(match nearest(name, names.iter().copied()) {
        Some(near) => unknown.did_you_mean(wanted.span, near),
        None => unknown.help(format!("this frontend carries {}", listed(&names))),
    });
    Ok(None)
}

/// A value of a section, when the section is given and has it.
#[expect(clippy::ref_option, reason = "this is how sections hold their values")]
fn inside<'k, S: 'k, T: 'k>(
    section: &'k Option<Spanned<S>>,
    value: impl Fn(&'k S) -> &'k Option<Spanned<T>>,
) -> Option<&'k Spanned<T>> {
    section
        .as_ref()
        .and_then(|section| value(&section.value).as_ref())
}
