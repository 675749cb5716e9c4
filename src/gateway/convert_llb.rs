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
    pub(super) async fn convert_llb(
        &self,
        platforms: &[(Platform, Architecture)],
    ) -> Result<Reply, FrontendError> {
        let ([(platform, _)], [plan]) = (platforms, &*self.outcome.plans) else {
            return Err(several(platforms));
        };
        let found = self.images(platforms).await?;
        // One platform, one list of images.
        let found = found.first().map_or(&[][..], Vec::as_slice);
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

/// The refusal of several graphs: the document has room for one.
fn several(platforms: &[(Platform, Architecture)]) -> FrontendError {
    let names = platforms
        .iter()
        .map(|(platform, _)| format!("`{platform}`"));
    let names: Vec<String> = names.collect();
    let message = format!(
        "`convertllb` shows the graph of one platform, and this request is for {}",
        names.join(" and ")
    );
    let first = platforms.first().map(|(platform, _)| platform.to_string());
    FrontendError::new(message).help(format_args!(
        "name one of them, as in `--platform {}`",
        first.unwrap_or_default()
    ))
}
