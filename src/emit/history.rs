//! The image history: one entry for each layer, in the order of the layers.
//!
//! The exporter pairs entries with layers by position, so a step that adds a
//! layer adds an entry and nothing else does. What a step did is told by its
//! title; arguments and build arguments stay out, as they may be private.

use crate::image::{Epoch, History};

/// Marks entries as ours.
pub const COMMENT: &str = "dynamo-frontend";

/// The entry of a layer, with its time if it is to have one.
pub(super) fn entry(title: &str, time: Option<Epoch>) -> History {
    History {
        created: time.map(|time| time.to_string()),
        created_by: title.to_owned(),
        comment: COMMENT.to_owned(),
        ..History::default()
    }
}

/// Makes the last entries one, for steps that became one layer.
pub(super) fn combine(history: &mut Vec<History>, count: usize, time: Option<Epoch>) {
    let last = history.split_off(history.len().saturating_sub(count));
    let titles: Vec<String> = last.into_iter().map(|entry| entry.created_by).collect();
    history.push(entry(&titles.join("; "), time));
}
