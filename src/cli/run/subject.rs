//! Which image `dynamo-frontend run` means, and what to do where it is not there.

use std::fmt::Write as _;
use std::path::Path;

use super::arguments::Arguments;
use crate::cli::output::{CliError, Manner};
use crate::cli::{DEFAULT_FILE, SpecArguments, build_command, docker, input};
use crate::deploy::run::RunImage;
use crate::deploy::{ImageName, Inputs, Repository, Start};
use crate::spec::{Device, Framework, Target};

/// Which image is meant, and what is known of it without an engine.
pub(super) enum Subject {
    /// That of a spec.
    Spec(Box<OfSpec>),
    /// One that is known by its name alone.
    Named {
        /// What is assumed of it.
        image: RunImage,
        /// What it computes on, where somebody says so.
        device: Option<Device>,
        /// What writes a spec of it; none for one that a registry may have.
        starter: Option<String>,
    },
}

/// The image of a spec, and what it is built with.
pub(super) struct OfSpec {
    image: RunImage,
    spec: SpecArguments,
    given: Inputs,
}

impl OfSpec {
    /// The arguments of `docker` that build it.
    fn build(&self) -> Vec<String> {
        build_command::arguments(Some(&self.spec), &self.given, &self.image.name)
    }
}

impl Subject {
    /// None where the spec has errors, which are shown then.
    pub(super) fn of(arguments: &Arguments, manner: Manner) -> Result<Option<Self>, CliError> {
        let device = arguments.choice.device;
        if let Some(name) = &arguments.image {
            return Ok(Some(Self::Named {
                image: RunImage::assumed(name, device.unwrap_or(Device::Cuda)),
                device,
                starter: None,
            }));
        }
        let spec = arguments.choice.written_out();
        let is_there = spec.file != DEFAULT_FILE || Path::new(DEFAULT_FILE).exists();
        let repository = arguments.choice.repository.read()?;
        if let (false, false, Some(framework)) =
            (is_there, arguments.build, arguments.choice.framework)
        {
            let target = spec.target.as_deref();
            return named_by(framework, target, device, &repository).map(Some);
        }
        if let (true, Some(spec)) = (arguments.build, input::read_once(&spec.file)) {
            return Err(CliError::Usage(format!(
                "{spec} can be read once, and a build reads the spec again\n\
                 help: write it to a file, and name that with `-f FILE`"
            )));
        }
        let given = arguments.inputs.read()?;
        let spec = input::with_ids(&spec)?;
        let built = input::built(&spec, &repository, &given, manner)?;
        Ok(built.map(|built| {
            let image = RunImage::from(&built);
            Self::Spec(Box::new(OfSpec { image, spec, given }))
        }))
    }

    /// The arguments of `docker` that build it, where there is a spec to build.
    pub(super) fn build(&self) -> Option<Vec<String>> {
        match self {
            Self::Spec(of_spec) => Some(of_spec.build()),
            Self::Named { .. } => None,
        }
    }

    /// Its name.
    pub(super) fn name(&self) -> &str {
        &self.assumed().name
    }

    /// Whether a registry is asked for it.
    pub(super) fn may_be_pulled(&self, start: &Start) -> bool {
        let remote = matches!(self, Self::Named { starter: None, .. });
        start.pull.as_deref().map_or(remote, |when| when != "never")
    }

    /// The image as the engine has it.
    pub(super) fn found(&self) -> Result<Option<RunImage>, CliError> {
        let assumed = self.assumed();
        let device = match self {
            Self::Spec(of_spec) => Some(of_spec.image.device),
            Self::Named { device, .. } => *device,
        };
        let found = docker::image(&assumed.name, device)?;
        Ok(found.map(|found| match self {
            // The spec knows more than the config of its image, but not for whom it
            // was built.
            Self::Spec(_) => RunImage {
                developer: found.developer.or(assumed.developer),
                ..assumed.clone()
            },
            Self::Named { .. } => found,
        }))
    }

    /// The image without an engine.
    pub(super) fn assumed(&self) -> &RunImage {
        match self {
            Self::Spec(of_spec) => &of_spec.image,
            Self::Named { image, .. } => image,
        }
    }

    /// What to do where it is not there.
    pub(super) fn absent(&self) -> CliError {
        let name = self.name();
        let build = || {
            let build = build_command::arguments(None, &Inputs::default(), name);
            format!("build it with\n  {}", docker::line(build))
        };
        let help = match self {
            Self::Spec(of_spec) => format!(
                "build it first with `--build`, or by yourself with\n  {}\n\
                 help: or name one that you have with `--image NAME`",
                docker::line(of_spec.build())
            ),
            Self::Named { starter: None, .. } => {
                format!("log in to its registry, or {}", build())
            }
            Self::Named {
                starter: Some(starter),
                ..
            } => format!(
                "there is no `{DEFAULT_FILE}` either: write one with `{starter}`, and {}",
                build()
            ),
        };
        CliError::Usage(format!("there is no image `{name}` here\nhelp: {help}"))
    }
}

/// The image of a framework's defaults, for whoever has no spec.
fn named_by(
    framework: Framework,
    target: Option<&str>,
    device: Option<Device>,
    repository: &Repository,
) -> Result<Subject, CliError> {
    let target = target.unwrap_or(Target::Runtime.word());
    let target = Target::from_word(target)
        .ok_or_else(|| CliError::Usage(format!("there is no target `{target}`")))?;
    let device = device.unwrap_or(Device::Cuda);
    let name = ImageName {
        device,
        ..ImageName::new(framework, target)
    };
    let mut starter = format!("dynamo-frontend init --framework {framework}");
    if target != Target::Runtime {
        let _ = write!(starter, " --target {target}");
    }
    if device != Device::Cuda {
        let _ = write!(starter, " --device {device}");
    }
    let image = RunImage::of_target(&repository.latest(&name), target, device);
    Ok(Subject::Named {
        device: Some(image.device),
        image,
        starter: Some(starter),
    })
}
