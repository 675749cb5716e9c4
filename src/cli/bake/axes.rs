//! The axes of a matrix, as they are written on a command line.

use clap::Args;

use crate::cli::input;
use crate::cli::output::CliError;
use crate::cli::words::{self, ALL};
use crate::deploy::bake::{Axes, cuda_releases};
use crate::diagnostic::{listed, nearest};
use crate::spec::{Architecture, CHECK_IMAGE, CudaVersion, Device, Framework, Scalar, Target};

/// Each takes words with commas between them, and may be repeated.
#[derive(Debug, Args)]
pub(super) struct AxisArguments {
    /// Frameworks to build, such as `vllm,sglang`; `all` are all there are
    #[arg(long, value_name = "FRAMEWORK", value_delimiter = ',', value_parser = words::all_frameworks())]
    framework: Vec<String>,
    /// Targets to build, such as `runtime,dev`; `all` are all there are
    #[arg(long, value_name = "TARGET", value_delimiter = ',', value_parser = words::all_targets())]
    target: Vec<String>,
    /// Devices to build for; `all` are all there are
    #[arg(long, value_name = "DEVICE", value_delimiter = ',', value_parser = words::all_devices())]
    device: Vec<String>,
    /// CUDA releases to build for, such as `12.9,13.0`; `all` are those of the catalog
    #[arg(long, value_name = "CUDA", value_delimiter = ',')]
    cuda: Vec<String>,
    /// Build with the EFA layer; `--efa=all` builds each image with and without it
    #[arg(long, value_name = "EFA", value_delimiter = ',', num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    efa: Vec<String>,
    /// Platforms of each image, such as `linux/amd64,linux/arm64`; the default is the builder's
    #[arg(long, value_name = "PLATFORM", value_delimiter = ',', value_parser = words::platforms())]
    platform: Vec<String>,
}

/// One of them: its option, the words for its values, and how a word is read.
struct Axis<'a, T> {
    option: &'static str,
    given: &'a [String],
    all: Vec<T>,
    read: fn(&str) -> Option<T>,
}

impl AxisArguments {
    /// The axes, whose values are legal words, each once.
    pub(super) fn axes(&self) -> Result<Axes, CliError> {
        Ok(Axes {
            frameworks: Axis {
                option: "--framework",
                given: &self.framework,
                all: Framework::ALL.to_vec(),
                read: Framework::from_word,
            }
            .values()?,
            targets: Axis {
                option: "--target",
                given: &self.target,
                all: Target::ALL.to_vec(),
                read: Target::from_word,
            }
            .values()?,
            devices: Axis {
                option: "--device",
                given: &self.device,
                all: Device::ALL.to_vec(),
                read: Device::from_word,
            }
            .values()?,
            // A release that no framework has is well written; that it is left out
            // is said for each combination.
            cuda: Axis {
                option: "--cuda",
                given: &self.cuda,
                all: cuda_releases()?,
                read: |word| CudaVersion::parse(word).ok(),
            }
            .values()?,
            efa: Axis {
                option: "--efa",
                given: &self.efa,
                all: vec![false, true],
                read: |word| word.parse().ok(),
            }
            .values()?,
        })
    }

    /// Whether the targets are all there are.
    pub(super) fn is_every_target(&self) -> bool {
        self.target.iter().any(|word| word == ALL)
    }

    /// The platforms; none where the builder's is meant.
    pub(super) fn platforms(&self) -> Result<Vec<Architecture>, CliError> {
        let all = || Architecture::ALL.to_vec();
        let platforms = match self.platform.as_slice() {
            [] => return Ok(Vec::new()),
            [word] if word == ALL => all(),
            words => input::architectures(words)?,
        };
        once("--platform", &platforms, |one| one.platform().to_string())?;
        Ok(platforms)
    }
}

impl<T: Clone + PartialEq + ToString> Axis<'_, T> {
    fn values(self) -> Result<Vec<T>, CliError> {
        let mut values = Vec::new();
        for word in self.given {
            if word == ALL {
                values.extend(self.all.iter().cloned());
            } else {
                values.push((self.read)(word).ok_or_else(|| self.unknown(word))?);
            }
        }
        once(self.option, &values, ToString::to_string)?;
        Ok(values)
    }

    /// A word that is no value.
    fn unknown(&self, word: &str) -> CliError {
        let all: Vec<String> = self.all.iter().map(ToString::to_string).collect();
        let words = all.iter().map(String::as_str).chain([ALL]);
        if word == CHECK_IMAGE {
            return CliError::Usage(format!(
                "`{}` does not take `{word}`\n\
                 help: each image has a build that checks it: `docker buildx bake check`",
                self.option
            ));
        }
        let help = match nearest(word, words.clone()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("choose from {}", listed(words)),
        };
        CliError::Usage(format!(
            "`{}` does not take `{word}`\nhelp: {help}",
            self.option
        ))
    }
}

/// Refuses a value that is there twice: two builds would have one name.
pub(super) fn once<T: PartialEq>(
    option: &str,
    values: &[T],
    shown: impl Fn(&T) -> String,
) -> Result<(), CliError> {
    let mut rest = values;
    while let [first, others @ ..] = rest {
        if others.contains(first) {
            let value = shown(first);
            return Err(CliError::Usage(format!(
                "`{option}` has `{value}` twice\nhelp: leave one of them out"
            )));
        }
        rest = others;
    }
    Ok(())
}
