//! Whether an image is there, and for which platforms.
//!
//! Owns what is asked, in a registry or of the engine; what an answer means for
//! platforms is `deploy::bake`'s.

use super::{MISSING, ask, is_missing};
use crate::cli::output::CliError;
use crate::deploy::bake::lacking;
use crate::spec::Architecture;

/// What is asked for in a registry: the configs of an image.
const CONFIGS: &str = "{{json .Image}}";
/// The same of the engine, which shows one config, or what stands for it.
const CONFIG: &str = r#"{"os": {{json .Os}}, "architecture": {{json .Architecture}}}"#;

/// What is there of an image.
#[derive(Debug)]
pub(in crate::cli) enum Seen {
    There,
    /// There for others than these platforms, one at least.
    Lacking(Vec<Architecture>),
    Absent,
    /// Nobody can tell, for what Docker says.
    Hidden(String),
}

/// Whether there is an image for all of these platforms, or for any where none is
/// named: in its registry, or else of the engine.
pub(in crate::cli) fn look_for(
    name: &str,
    platforms: &[Architecture],
    in_registry: bool,
) -> Result<Seen, CliError> {
    if is_missing() {
        return Err(CliError::Usage(MISSING.to_owned()));
    }
    let (place, format): (&[&str], _) = if in_registry {
        (&["buildx", "imagetools"], CONFIGS)
    } else {
        (&["image"], CONFIG)
    };
    let mut arguments = [place, &["inspect", name]].concat();
    if !platforms.is_empty() {
        arguments.extend(["--format", format]);
    }
    let output = ask(&arguments)?;
    if !output.status.success() {
        return Ok(unseen(&output.stderr));
    }
    let Some(mut missing) = lacking(platforms, &output.stdout) else {
        let said = "docker does not say which platforms it is for";
        return Ok(Seen::Hidden(said.to_owned()));
    };
    if !in_registry {
        missing = missing_too(name, missing)?;
    }
    Ok(if missing.is_empty() {
        Seen::There
    } else {
        Seen::Lacking(missing)
    })
}

/// Which of them the engine does not have besides the platform that it shows: one that
/// keeps images in containerd has several under a name.
fn missing_too(name: &str, missing: Vec<Architecture>) -> Result<Vec<Architecture>, CliError> {
    let mut all = Vec::new();
    for one in missing {
        let platform = format!("--platform={}", one.platform());
        let output = ask(&["image", "inspect", &platform, name])?;
        if !output.status.success() {
            all.push(one);
        }
    }
    Ok(all)
}

/// What an answer means that is none.
fn unseen(stderr: &[u8]) -> Seen {
    let said = String::from_utf8_lossy(stderr);
    let said = said.lines().find(|line| !line.trim().is_empty());
    let said = said.unwrap_or("docker says nothing of it").to_owned();
    let absent = ["No such image", ": not found"];
    if absent.iter().any(|one| said.contains(one)) {
        Seen::Absent
    } else {
        Seen::Hidden(said)
    }
}
