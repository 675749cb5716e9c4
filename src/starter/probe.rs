//! Whether a build takes a line.

use std::collections::BTreeMap;

use super::{Wish, choice};
use crate::catalog::CatalogError;
use crate::check::{self, Resolved};
use crate::diagnostic::{Diagnostics, Sources};
use crate::spec::{self, Architecture, Input, Target};

/// Why there is no such build.
#[derive(Debug)]
pub struct Refusal {
    /// What was found.
    pub diagnostics: Diagnostics,
    /// What it points into.
    pub sources: Sources,
}

/// What came of a wish.
pub(super) enum Answer {
    Fits(Probe),
    Refused(Refusal),
}

/// A build that there is, and that can be asked.
pub(super) struct Probe {
    choice: String,
    /// What it means on each architecture that it is for; at least one.
    resolved: Vec<Resolved>,
}

impl Probe {
    /// Asks for the build itself, as a command line would.
    pub(super) fn ask(wish: &Wish) -> Result<Answer, CatalogError> {
        let mut arguments = BTreeMap::from([
            ("framework".to_owned(), wish.framework.to_string()),
            ("target".to_owned(), wish.target.to_string()),
            ("device".to_owned(), wish.device.to_string()),
        ]);
        if wish.target == Target::LocalDev {
            arguments.insert("user.uid".to_owned(), wish.account.0.to_string());
            arguments.insert("user.gid".to_owned(), wish.account.1.to_string());
        }
        let mut resolved = Vec::new();
        let mut refused = None;
        for architecture in Architecture::ALL {
            match check("{}", &arguments, *architecture)? {
                Ok(one) => resolved.push(one),
                Err(refusal) => drop(refused.get_or_insert(refusal)),
            }
        }
        Ok(match refused {
            Some(refusal) if resolved.is_empty() => Answer::Refused(refusal),
            _ => Answer::Fits(Self {
                choice: choice(wish),
                resolved,
            }),
        })
    }

    /// The build as it is meant, on each of its architectures.
    pub(super) fn resolved(&self) -> &[Resolved] {
        &self.resolved
    }

    /// Whether the build with this line has no finding, wherever there is one.
    pub(super) fn takes(&self, line: &str) -> Result<bool, CatalogError> {
        let text = format!("{}{line}\n", self.choice);
        for resolved in &self.resolved {
            if check(&text, &BTreeMap::new(), resolved.architecture)?.is_err() {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

/// What a spec means, if nothing at all is found.
fn check(
    text: &str,
    build_args: &BTreeMap<String, String>,
    architecture: Architecture,
) -> Result<Result<Resolved, Refusal>, CatalogError> {
    let input = Input {
        name: "dynamo.yaml",
        bytes: text.as_bytes(),
        build_args,
        target: None,
    };
    let (mut sources, mut diagnostics) = (Sources::default(), Diagnostics::default());
    let resolved = match spec::read(input, &mut sources, &mut diagnostics) {
        Some(spec) => check::check(&spec, architecture, &mut sources, &mut diagnostics)?,
        None => None,
    };
    Ok(resolved.filter(|_| diagnostics.is_empty()).ok_or(Refusal {
        diagnostics,
        sources,
    }))
}
