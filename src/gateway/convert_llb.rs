//! The graph of a build as a document: `frontend.convertllb`.
//!
//! Owns that it is the graph which a build would solve: images are resolved, and
//! nothing is built. The form of the document is `buildkit_llb::json`'s.

use buildkit_llb::{Platform, json};

use super::bridge::Bridge;
use super::build::Build;
use super::error::FrontendError;
use super::result::{Reply, SubrequestResult};
use crate::spec::Architecture;

/// The version of the document's form.
pub(super) const VERSION: &str = "0.1.0";

impl<B: Bridge + 'static> Build<'_, B> {
    /// The graph of the only platform.
    pub(super) fn convert_llb(
        &self,
        platforms: &[(Platform, Architecture)],
    ) -> Result<Reply, FrontendError> {
        only_one(platforms)?;
        let mut plans = platforms.iter().zip(&self.outcome.plans).zip(&self.images);
        let (((platform, _), plan), found) = plans
            .next()
            .ok_or_else(|| FrontendError::bug("a build for no platform"))?;
        let graph = self.graph(plan, platform, found)?;
        let document = json::document(&graph.marshalled.definition).map_err(FrontendError::bug)?;
        Ok(Reply::Subrequest(SubrequestResult {
            version: VERSION.to_owned(),
            json: format!("{document:#}").into_bytes(),
            text: None,
            status_code: None,
        }))
    }
}

/// Refuses several graphs: the document has room for one.
pub(super) fn only_one(platforms: &[(Platform, Architecture)]) -> Result<(), FrontendError> {
    if platforms.len() < 2 {
        return Ok(());
    }
    let names = platforms
        .iter()
        .map(|(platform, _)| format!("`{platform}`"));
    let names: Vec<String> = names.collect();
    let message = format!(
        "`convertllb` shows the graph of one platform, and this request is for {}",
        names.join(" and ")
    );
    let first = platforms.first().map(|(platform, _)| platform.to_string());
    Err(FrontendError::new(message).help(format_args!(
        "name one of them, as in `--platform {}`",
        first.unwrap_or_default()
    )))
}
