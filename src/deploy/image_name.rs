//! What the image of a spec is called.

use std::fmt;

use crate::check::Resolved;
use crate::spec::{Device, Framework, Target};

/// The repository of images that are not pushed anywhere else.
pub const REPOSITORY: &str = "dynamo";
/// The version of a tag that moves with each build.
pub const LATEST: &str = "latest";

/// What tells images of one version apart: `vllm-runtime`, `vllm-runtime-xpu`,
/// `dynamo-dev-cuda13.0-efa`. What is the framework's default is not said.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ImageName {
    /// The framework.
    pub framework: Framework,
    /// What is built.
    pub target: Target,
    /// What it computes on.
    pub device: Device,
    /// The CUDA release, where it is another than the framework's default.
    pub cuda: Option<String>,
    /// Whether it has the EFA layer.
    pub efa: bool,
}

impl ImageName {
    /// The name of a build with the framework's defaults.
    pub fn new(framework: Framework, target: Target) -> Self {
        Self {
            framework,
            target,
            device: Device::Cuda,
            cuda: None,
            efa: false,
        }
    }

    /// The name of a spec's image.
    pub fn of(resolved: &Resolved) -> Self {
        let cuda = resolved.cuda.as_ref().map(|cuda| cuda.value.as_str());
        let default = resolved.default_cuda.as_deref();
        Self {
            framework: resolved.framework.value,
            target: resolved.target.value,
            device: resolved.device.value,
            cuda: cuda.filter(|one| Some(*one) != default).map(str::to_owned),
            efa: resolved.efa.is_some(),
        }
    }

    /// The tag of a version: `latest-vllm-runtime`, `v1.0.0-vllm-runtime`.
    pub fn tag(&self, version: &str) -> String {
        format!("{version}-{self}")
    }

    /// The image of the last build on this machine: `dynamo:latest-vllm-runtime`.
    pub fn latest(&self) -> String {
        format!("{REPOSITORY}:{}", self.tag(LATEST))
    }
}

impl fmt::Display for ImageName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.framework, self.target)?;
        if self.device != Device::Cuda {
            write!(f, "-{}", self.device)?;
        }
        if let Some(cuda) = &self.cuda {
            write!(f, "-cuda{cuda}")?;
        }
        if self.efa {
            write!(f, "-efa")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_says_what_is_no_default() {
        let plain = ImageName::new(Framework::Vllm, Target::LocalDev);
        assert_eq!(plain.latest(), "dynamo:latest-vllm-local-dev");
        let all = ImageName {
            cuda: Some("13.0".to_owned()),
            efa: true,
            ..ImageName::new(Framework::Dynamo, Target::Dev)
        };
        assert_eq!(all.tag("v1.0.0"), "v1.0.0-dynamo-dev-cuda13.0-efa");
        let cpu = ImageName {
            device: Device::Cpu,
            ..plain
        };
        assert_eq!(cpu.to_string(), "vllm-local-dev-cpu");
    }
}
