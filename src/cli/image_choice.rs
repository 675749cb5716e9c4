//! Which image of a spec, for the commands that come after its build.

use clap::Args;

use super::{SpecArguments, words};
use crate::spec::{Device, Framework};

/// The spec, and short forms of build arguments that choose an image of it.
#[derive(Debug, Args)]
pub(super) struct ImageChoice {
    #[command(flatten)]
    pub(super) spec: SpecArguments,
    /// The image of this framework instead of the spec's
    #[arg(long, ignore_case = true, value_parser = words::framework())]
    pub(super) framework: Option<Framework>,
    /// The image for this device instead of the spec's
    #[arg(long, ignore_case = true, value_parser = words::device())]
    pub(super) device: Option<Device>,
}

impl ImageChoice {
    /// The spec's arguments with the short forms written out, so that a build by
    /// them is of the image that is meant.
    pub(super) fn written_out(&self) -> SpecArguments {
        let framework = self.framework.map(|word| format!("framework={word}"));
        let device = self.device.map(|word| format!("device={word}"));
        let mut spec = self.spec.clone();
        spec.build_args.extend(framework.into_iter().chain(device));
        spec
    }
}
