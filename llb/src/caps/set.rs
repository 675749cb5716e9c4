//! The capabilities one daemon offers.

use std::collections::BTreeMap;

use buildkit_proto::apicaps::ApiCap;

use super::{INTRODUCED, introduced_in};

/// The LLB capabilities a daemon offers.
///
/// ```
/// use buildkit_llb::caps::{self, CapSet};
///
/// assert!(CapSet::all().supports(caps::MERGE_OP));
/// assert!(!CapSet::of_release(8).supports(caps::MERGE_OP));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CapSet {
    offered: BTreeMap<String, State>,
    product: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum State {
    Enabled,
    Disabled(String),
}

/// A capability that is needed and not to be had, in the words BuildKit itself uses.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CapError {
    /// The daemon does not know it.
    #[error(
        "requested experimental feature {id} is not supported by build server{}, please update {product}",
        since(id)
    )]
    Missing {
        /// The capability.
        id: String,
        /// The product the user knows the daemon by.
        product: String,
    },
    /// The daemon knows it and has it switched off.
    #[error(
        "requested experimental feature {id} has been disabled on the build server{}",
        because(reason)
    )]
    Disabled {
        /// The capability.
        id: String,
        /// What the daemon says about it, possibly nothing.
        reason: String,
    },
}

impl CapError {
    /// The capability in question.
    pub fn id(&self) -> &str {
        match self {
            Self::Missing { id, .. } | Self::Disabled { id, .. } => id,
        }
    }
}

fn since(id: &str) -> String {
    introduced_in(id).map_or_else(String::new, |minor| {
        format!(" (added in BuildKit v0.{minor})")
    })
}

fn because(reason: &str) -> String {
    if reason.is_empty() {
        String::new()
    } else {
        format!(": {reason}")
    }
}

impl CapSet {
    /// Everything the newest BuildKit offers.
    pub fn all() -> Self {
        Self::of_release(u32::MAX)
    }

    /// What BuildKit 0.`minor` offers, by the table of introductions.
    pub fn of_release(minor: u32) -> Self {
        let offered = INTRODUCED
            .iter()
            .filter(|(_, introduced)| *introduced <= minor);
        let offered = offered
            .map(|(id, _)| ((*id).to_owned(), State::Enabled))
            .collect();
        Self {
            offered,
            product: "BuildKit".to_owned(),
        }
    }

    /// What a daemon answered to a ping, as its list of LLB capabilities.
    ///
    /// An empty list is what daemons older than the capabilities answer.
    pub fn from_ping(answer: &[ApiCap]) -> Self {
        let state = |cap: &ApiCap| {
            if cap.enabled {
                State::Enabled
            } else {
                State::Disabled(cap.disabled_reason_msg.clone())
            }
        };
        let offered = answer
            .iter()
            .map(|cap| (cap.id.clone(), state(cap)))
            .collect();
        Self {
            offered,
            product: "BuildKit".to_owned(),
        }
    }

    /// Exactly these, whether this crate knows them or not.
    pub fn of_ids<'a>(ids: impl IntoIterator<Item = &'a str>) -> Self {
        let offered = ids
            .into_iter()
            .map(|id| (id.to_owned(), State::Enabled))
            .collect();
        Self {
            offered,
            product: "BuildKit".to_owned(),
        }
    }

    /// The ids of all that is on, in order.
    pub fn enabled(&self) -> impl Iterator<Item = &str> {
        let on = self
            .offered
            .iter()
            .filter(|(_, state)| **state == State::Enabled);
        on.map(|(id, _)| id.as_str())
    }

    /// Names the product in messages, as `BUILDKIT_EXPORTEDPRODUCT` has it.
    #[must_use]
    pub fn product(mut self, product: impl Into<String>) -> Self {
        self.product = product.into();
        self
    }

    /// The same set without one capability, for trying a fallback.
    #[must_use]
    pub fn without(mut self, id: &str) -> Self {
        self.offered.remove(id);
        self
    }

    /// Whether a capability is offered and enabled.
    pub fn supports(&self, id: &str) -> bool {
        self.offered.get(id) == Some(&State::Enabled)
    }

    /// [`supports`](Self::supports), with the reason if not.
    pub fn check(&self, id: &str) -> Result<(), CapError> {
        match self.offered.get(id) {
            Some(State::Enabled) => Ok(()),
            Some(State::Disabled(reason)) => Err(CapError::Disabled {
                id: id.to_owned(),
                reason: reason.clone(),
            }),
            None => Err(CapError::Missing {
                id: id.to_owned(),
                product: self.product.clone(),
            }),
        }
    }
}
