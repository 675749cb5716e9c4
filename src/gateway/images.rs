//! The images of a build, all asked for at once.
//!
//! Owns that every one that cannot be had is reported, each at the line that
//! asks for it. How one is asked for is `resolver`'s business.

use std::sync::Arc;

use buildkit_llb::Platform;
use buildkit_proto::pb;
use futures_util::future::join_all;

use super::bridge::Bridge;
use super::error::FrontendError;
use super::findings;
use super::options::Options;
use super::resolver::{ImageQuery, ImageResolver, ResolveError, ResolvedImage};
use crate::diagnostic::SourceKind;
use crate::emit::written;
use crate::image::ImageConfig;
use crate::pipeline::Outcome;
use crate::plan::{ImageSource, Plan};
use crate::spec::Architecture;

/// What to do about an image that the catalog names.
const OTHER_IMAGE: &str =
    "the catalog names it; name another under `images`, or another registry under `mirrors`";
/// What to do about an image that the user names.
const CHECK_IMAGE: &str = "check its name and tag, and that the daemon may pull it";

/// The images of one plan in their order.
pub(super) type Found = Vec<Arc<ResolvedImage>>;

/// An image in whose place a policy of the daemon put something else.
pub(super) struct Replaced {
    /// The image, as the plan has it.
    pub(super) image: String,
    /// What stands in its place.
    pub(super) identifier: String,
}

/// What the images of a build are resolved for.
pub(super) struct Asked<'a> {
    /// The client's options.
    pub(super) options: &'a Options,
    /// The spec and its plans.
    pub(super) outcome: &'a Outcome,
}

impl Asked<'_> {
    /// Resolves the images of all platforms, or tells which are none any more. The
    /// same failure for two platforms is one.
    pub(super) async fn images<B: Bridge + 'static>(
        &self,
        platforms: &[(Platform, Architecture)],
        resolver: &ImageResolver<B>,
    ) -> Result<Result<Vec<Found>, Vec<Replaced>>, FrontendError> {
        let builds = platforms.iter().zip(&self.outcome.plans);
        let answers = join_all(
            builds.map(|((platform, _), plan)| self.images_of(plan, platform.to_pb(), resolver)),
        );
        let mut all = Vec::new();
        let mut failures: Vec<FrontendError> = Vec::new();
        let mut replaced = Vec::new();
        for answers in answers.await {
            let mut found = Vec::new();
            for answer in answers {
                match answer {
                    Ok(Ok(image)) => found.push(image),
                    Ok(Err(other)) => replaced.push(other),
                    Err(error) if failures.iter().any(|one| one.message() == error.message()) => {}
                    Err(error) => failures.push(error),
                }
            }
            all.push(found);
        }
        match FrontendError::all(failures) {
            Some(error) => Err(error),
            None if replaced.is_empty() => Ok(Ok(all)),
            None => Ok(Err(replaced)),
        }
    }

    async fn images_of<B: Bridge + 'static>(
        &self,
        plan: &Plan,
        platform: pb::Platform,
        resolver: &ImageResolver<B>,
    ) -> Vec<Result<Result<Arc<ResolvedImage>, Replaced>, FrontendError>> {
        let images = plan.images();
        let answers = images.iter().enumerate().map(|(index, image)| {
            resolver.resolve(ImageQuery {
                reference: image.reference.clone(),
                platform: platform.clone(),
                mode: self.options.resolve_mode,
                log_name: Some(self.line(image, plan, index == 0)),
            })
        });
        let answers = join_all(answers).await.into_iter().zip(&images);
        let answers = answers.map(|(answer, image)| {
            let answer = match answer {
                Ok(answer) => answer,
                Err(error) => {
                    if let ResolveError::Replaced { identifier, .. } = &*error {
                        return Ok(Err(Replaced {
                            image: image.reference.to_string(),
                            identifier: identifier.clone(),
                        }));
                    }
                    let help = self.advice(image);
                    return Err(self.located(FrontendError::from(&*error).help(help), image, plan));
                }
            };
            if answer.fits(&platform) {
                return Ok(Ok(answer));
            }
            let ImageConfig {
                os, architecture, ..
            } = &answer.config;
            let wanted = format!("{}/{}", platform.os, platform.architecture);
            let error = FrontendError::new(format!(
                "the image `{}` is for `{os}/{architecture}`, and the build for `{wanted}`",
                image.reference.familiar(),
            ));
            let error = error.help(format_args!(
                "name an image for `{wanted}` under `images`, or build for `{os}/{architecture}` only"
            ));
            Err(self.located(error, image, plan))
        });
        answers.collect()
    }

    /// The line of progress. The first one of a plan says what was decided: it
    /// belongs to this build alone, while a daemon shares operations, and their
    /// names, between all that it makes at the time.
    fn line(&self, image: &ImageSource, plan: &Plan, first: bool) -> String {
        let platform = if self.options.multi_platform {
            format!("{} ", plan.architecture.platform())
        } else {
            String::new()
        };
        let reference = image.reference.with_default_tag();
        let wish = if first {
            format!(" to build {}", plan.summary)
        } else {
            String::new()
        };
        format!("[{platform}internal] load metadata for {reference}{wish}")
    }

    /// What to do about an image that cannot be had.
    fn advice(&self, image: &ImageSource) -> &'static str {
        match self.outcome.sources.get(image.place.source).kind {
            SourceKind::Catalog => OTHER_IMAGE,
            SourceKind::Spec | SourceKind::CommandLine => CHECK_IMAGE,
        }
    }

    /// The failure of an image with a line of the user's.
    fn located(&self, error: FrontendError, image: &ImageSource, plan: &Plan) -> FrontendError {
        let sources = &self.outcome.sources;
        let place = written(image.place, plan, sources);
        findings::located(error, Some(place), sources)
    }
}
