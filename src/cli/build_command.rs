//! The command that builds a spec's image, for whoever has not done so yet.

use super::{DEFAULT_FILE, SpecArguments};
use crate::deploy::Inputs;

/// The arguments of `docker` that build an image.
pub(super) fn arguments(spec: Option<&SpecArguments>, given: &Inputs, name: &str) -> Vec<String> {
    let file = spec.map_or(DEFAULT_FILE, |spec| &spec.file);
    let mut words = vec!["buildx".to_owned(), "build".to_owned()];
    let mut option = |name: &str, value: &str| words.extend([name.to_owned(), value.to_owned()]);
    option("-f", file);
    if let Some(spec) = spec {
        if let Some(target) = &spec.target {
            option("--target", target);
        }
        for platform in &spec.platform {
            option("--platform", platform);
        }
        for argument in &spec.build_args {
            option("--build-arg", argument);
        }
    }
    words.extend(given.arguments());
    let end = ["-t", name, "--load", "."];
    words.extend(end.map(str::to_owned));
    words
}
