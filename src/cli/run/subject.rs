//! Which image `dynamo-frontend run` means, and what to do where it is not there.

use std::path::Path;

use super::arguments::Arguments;
use crate::cli::output::{CliError, Manner};
use crate::cli::{DEFAULT_FILE, SpecArguments, build_command, docker, input};
use crate::deploy::{ImageName, RunImage, Start};
use crate::spec::{Device, Framework, Target};

/// Which image is meant, and what is known of it without an engine.
pub(super) enum Subject {
    /// That of a spec, and the arguments it is built with.
    Spec(RunImage, SpecArguments),
    /// One that is known by its name alone.
    Named {
        name: String,
        device: Device,
        /// Whether a registry may have it.
        remote: bool,
    },
}

impl Subject {
    /// None where the spec has errors, which are shown then.
    pub(super) fn of(arguments: &Arguments, manner: Manner) -> Result<Option<Self>, CliError> {
        let device = arguments.device.unwrap_or(Device::Cuda);
        if let Some(name) = &arguments.image {
            if name.is_empty() || name.starts_with('-') {
                return Err(CliError::Usage(format!("`{name}` is no name of an image")));
            }
            return Ok(Some(Self::Named {
                name: name.clone(),
                device,
                remote: true,
            }));
        }
        let spec = arguments.spec();
        let is_there = spec.file != DEFAULT_FILE || Path::new(DEFAULT_FILE).exists();
        if let (false, Some(framework)) = (is_there, &arguments.framework) {
            return named_by(framework, spec.target.as_deref(), device).map(Some);
        }
        let spec = input::with_ids(&spec)?;
        let built = input::built(&spec, manner)?;
        Ok(built.map(|built| Self::Spec(RunImage::from(&built), spec)))
    }

    /// The image as the engine has it; it is pulled where that may be.
    pub(super) fn image(
        &self,
        start: &Start,
        dry_run: bool,
        manner: Manner,
    ) -> Result<RunImage, CliError> {
        let (name, device) = match self {
            Self::Spec(image, _) => (&image.name, image.device),
            Self::Named { name, device, .. } => (name, *device),
        };
        let mut found = docker::image(name, device)?;
        let usual = match self {
            Self::Named { remote: true, .. } => "missing",
            _ => "never",
        };
        let may_pull = start.pull.as_deref().unwrap_or(usual) != "never";
        if found.is_none() && dry_run {
            return Ok(self.assumed(manner));
        }
        if found.is_none() && may_pull && docker::pull(name, start.platform.as_deref())? {
            found = docker::image(name, device)?;
        }
        match (found, self) {
            (None, _) => Err(self.absent(name)),
            // The spec knows more than the config of its image, but not for whom it
            // was built.
            (Some(found), Self::Spec(image, _)) => Ok(RunImage {
                developer: found.developer.or(image.developer),
                ..image.clone()
            }),
            (Some(found), _) => Ok(found),
        }
    }

    /// The image without an engine.
    pub(super) fn assumed(&self, manner: Manner) -> RunImage {
        match self {
            Self::Spec(image, _) => image.clone(),
            Self::Named { name, device, .. } => {
                let image = RunImage::assumed(name, *device);
                manner.note(&format!(
                    "note: `{name}` is not here to be looked at: the user `{}` is assumed",
                    image.user
                ));
                image
            }
        }
    }

    fn absent(&self, name: &str) -> CliError {
        let build = |spec: Option<&SpecArguments>| {
            let build = build_command::line(spec, name);
            format!("build it with\n  {build}")
        };
        let help = match self {
            Self::Spec(_, spec) => build(Some(spec)),
            Self::Named { remote: true, .. } => {
                format!("log in to its registry, or {}", build(None))
            }
            Self::Named { .. } => format!(
                "there is no `{DEFAULT_FILE}` either: write one with `dynamo-frontend init`, and {}",
                build(None)
            ),
        };
        CliError::Usage(format!("there is no image `{name}` here\nhelp: {help}"))
    }
}

/// The image of a framework's defaults, for whoever has no spec.
fn named_by(framework: &str, target: Option<&str>, device: Device) -> Result<Subject, CliError> {
    let framework = Framework::from_word(framework).unwrap_or(Framework::Dynamo);
    let target = target.unwrap_or("runtime");
    let target = Target::from_word(target)
        .ok_or_else(|| CliError::Usage(format!("there is no target `{target}`")))?;
    let name = ImageName {
        device,
        ..ImageName::new(framework, target)
    };
    Ok(Subject::Named {
        name: name.latest(),
        device,
        remote: false,
    })
}
