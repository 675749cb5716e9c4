//! The list of what is in an image, made by a scanner of the client's choice and
//! attached to the image.
//!
//! Owns which program makes it and what it is called. What the program sees is
//! `emit::scan`'s business. Without a list of ours the daemon makes one by itself,
//! of the image alone.

use std::collections::BTreeMap;

use buildkit_llb::{Platform, caps, marshal};

use super::bridge::Bridge;
use super::build::Build;
use super::caps::{Caps, name};
use super::dropped;
use super::error::FrontendError;
use super::options::Sbom;
use super::resolver::{ImageQuery, ImageResolver};
use super::result::{Attestation, platform_id};
use super::warnings;
use crate::emit::{Emitted, Scanner};
use crate::plan::Plan;

/// What the list is, in the names of in-toto.
const SPDX_DOCUMENT: &str = "https://spdx.dev/Document";
/// Why there is an attestation, and which of its files is about the image itself.
const METADATA: [(&str, &str); 2] = [("reason", "sbom"), ("sbom-core", "sbom")];
/// What to do about a scanner that cannot be used.
const OTHER_SCANNER: &str =
    "name an image with a command, as in `--attest type=sbom,generator=IMAGE`";

impl<B: Bridge + 'static> Build<'_, B> {
    /// The scanner, if a list is wanted and the daemon keeps one. A user who asked
    /// for a list and gets none hears of it, by a warning or by a failure.
    pub(super) async fn scanner(&self) -> Result<Option<Scanner>, FrontendError> {
        let Some(sbom) = &self.options.sbom else {
            return Ok(None);
        };
        let Caps { gateway, llb } = self.bridge.caps();
        let kept = gateway.check(name::ATTESTATIONS);
        match kept.and_then(|()| llb.check(caps::EXPORTER_ATTESTATIONS)) {
            Ok(()) => self.resolved(sbom).await.map(Some),
            Err(reason) if gateway.supports(name::WARNINGS) => {
                let warning = dropped::warning("an SBOM", Err(reason), &self.loaded.digest);
                let warnings = [(dropped::RULE, warning)];
                warnings::show(&*self.bridge, &self.outcome.lint, warnings).await?;
                Ok(None)
            }
            Err(reason) => Err(FrontendError::new(format!("no SBOM can be made: {reason}"))),
        }
    }

    async fn resolved(&self, sbom: &Sbom) -> Result<Scanner, FrontendError> {
        let image = sbom.generator.to_string();
        let query = ImageQuery {
            reference: sbom.generator.clone(),
            // It runs where the daemon is, whatever it lists.
            platform: self.runs_on.to_pb(),
            mode: self.options.resolve_mode,
            log_name: None,
        };
        let found = ImageResolver::new(self.bridge.clone()).resolve(query).await;
        let found = found.map_err(|error| FrontendError::from(&*error).help(OTHER_SCANNER))?;
        let config = &found.config.config;
        let args = [config.entrypoint.clone(), config.cmd.clone()].concat();
        if args.is_empty() {
            let error = FrontendError::new(format!("scanner {image} does not have cmd"));
            return Err(error.help(OTHER_SCANNER));
        }
        let cwd = match config.working_dir.as_str() {
            "" => "/",
            folder => folder,
        };
        Ok(Scanner {
            image,
            pinned: found.reference.to_string(),
            platform: self.runs_on.clone(),
            args,
            env: config.env.as_slice().to_vec(),
            cwd: cwd.to_owned(),
            parameters: sbom.parameters.clone(),
        })
    }

    /// What a scanner finds in the image of one platform.
    pub(super) async fn list(
        &self,
        scanner: &Scanner,
        emitted: &Emitted,
        plan: &Plan,
        platform: &Platform,
    ) -> Result<Attestation, FrontendError> {
        let sbom = self.options.sbom.as_ref();
        let wanted = |stage: &str| sbom.is_some_and(|sbom| sbom.stages.covers(stage));
        let with_context = lists_context(sbom, plan);
        let id = platform_id(&platform.to_pb());
        let lists = emitted.scan(scanner, plan, &self.settings(), &id, wanted, with_context);
        let marshalled = marshal(&lists, &self.marshalling(platform))
            .map_err(|error| FrontendError::new(error.to_string()))?;
        Ok(Attestation {
            reference: self.solve(marshalled.definition).await?,
            predicate_type: SPDX_DOCUMENT.to_owned(),
            metadata: BTreeMap::from(METADATA.map(|(key, value)| (key.to_owned(), value.into()))),
        })
    }
}

/// Whether what is in the build context is to be listed too.
pub(super) fn lists_context(sbom: Option<&Sbom>, plan: &Plan) -> bool {
    let mut stages = plan.stages.iter();
    sbom.is_some_and(|sbom| stages.any(|stage| sbom.contexts.covers(&stage.name)))
}
