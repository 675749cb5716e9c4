//! The platforms of a build: those asked for, or the daemon's own.

use buildkit_llb::Platform;

use super::environment::Environment;
use super::error::FrontendError;
use crate::diagnostic::printable;
use crate::spec::Architecture;

/// The platforms in the order asked for, each once, whatever its spelling.
pub(super) fn of(
    asked: &[String],
    environment: &Environment,
) -> Result<Vec<(Platform, Architecture)>, FrontendError> {
    let own = environment.build_platform();
    // Its variant says what the machine is, and nobody asked for it.
    let own = Platform::new(own.os, own.architecture);
    let default = [own.to_string()];
    let asked = if asked.is_empty() { &default } else { asked };
    let mut platforms = Vec::new();
    for text in asked {
        let architecture = Architecture::of_platform(text, &own).map_err(|error| {
            FrontendError::new(printable(&error.to_string())).help(error.help())
        })?;
        let platform = (architecture.platform(), architecture);
        if !platforms.contains(&platform) {
            platforms.push(platform);
        }
    }
    Ok(platforms)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gateway::environment::{Worker, WorkerPlatform};

    /// A daemon whose own platform comes first, as daemons list them.
    fn daemon(os: &str, architecture: &str, variant: &str) -> Environment {
        let platform = |architecture: &str, variant: &str| WorkerPlatform {
            os: os.to_owned(),
            architecture: architecture.to_owned(),
            variant: variant.to_owned(),
            ..WorkerPlatform::default()
        };
        Environment {
            workers: vec![Worker {
                id: "w".to_owned(),
                platforms: vec![platform(architecture, variant), platform("amd64", "")],
            }],
            ..Environment::default()
        }
    }

    fn read(asked: &[&str], environment: &Environment) -> Result<Vec<String>, String> {
        let asked: Vec<String> = asked.iter().map(|text| (*text).to_owned()).collect();
        let platforms = of(&asked, environment).map_err(|error| error.to_string())?;
        let ids = platforms.iter().map(|(platform, _)| platform.format_all());
        Ok(ids.collect())
    }

    #[test]
    fn without_a_wish_the_build_is_for_the_daemon() {
        let arm = daemon("linux", "arm64", "v8");
        assert_eq!(read(&[], &arm), Ok(vec!["linux/arm64".to_owned()]));
        assert_eq!(read(&["linux"], &arm), Ok(vec!["linux/arm64".to_owned()]));
        let small = daemon("linux", "amd64", "v2");
        assert_eq!(read(&[], &small), Ok(vec!["linux/amd64".to_owned()]));
        let windows = read(&[], &daemon("windows", "amd64", "")).expect_err("no images");
        assert!(windows.contains("not for `windows/amd64`"), "{windows}");
    }

    #[test]
    fn case_18_one_platform_under_several_names_is_one() {
        let asked = ["linux/arm64", "arm64", "linux/arm64/v8", "linux/x86_64"];
        let both = vec!["linux/arm64".to_owned(), "linux/amd64".to_owned()];
        assert_eq!(read(&asked, &daemon("linux", "amd64", "")), Ok(both));
    }
}
