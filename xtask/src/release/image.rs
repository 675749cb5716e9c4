//! The released image: one build for each platform, on a machine of that
//! platform, then one index over them.
//!
//! A platform's image is pushed by its digest alone, so that nothing can be
//! pulled by a tag before all of it is there and signed.

use std::process::Command;

use anyhow::{Context, Result, ensure};
use semver::Version;

use crate::{command, repository, terminal};

/// The keys of annotations and labels that registries show.
const PREFIX: &str = "org.opencontainers.image";

/// Builds the image for this machine's platform, pushes it, returns its digest.
pub(super) fn push(name: &str, more: &[&str]) -> Result<String> {
    let metadata = repository::target()?.join("release-image.json");
    let mut build = build()?;
    build.args(["--provenance=mode=max", "--sbom=true"]);
    build.arg(format!(
        "--output=type=image,\"name={name}\",push-by-digest=true,name-canonical=true,\
         push=true,rewrite-timestamp=true"
    ));
    build.arg("--metadata-file").arg(&metadata);
    build.args(more).arg(".");
    terminal::show(&build);
    command::run(&mut build)?;
    let written = std::fs::read_to_string(&metadata).context("the metadata of the build")?;
    digest(&written).context("buildx told no digest")
}

/// A build of frontend.Dockerfile for a release. The time is the commit's, so that
/// the same commit gives the same layer.
pub(super) fn build() -> Result<Command> {
    let root = repository::root()?;
    let git = |format: &str| {
        let format = format!("--format={format}");
        command::read(
            Command::new("git")
                .args(["log", "-1", &format])
                .current_dir(&root),
        )
    };
    let mut build = Command::new("docker");
    build.args(["buildx", "build", "--file=frontend.Dockerfile"]);
    build.arg(format!("--build-arg=VERSION={}", env!("CARGO_PKG_VERSION")));
    for (key, format) in [("revision", "%H"), ("created", "%cI")] {
        build.arg(format!("--label={PREFIX}.{key}={}", git(format)?));
    }
    build.env("SOURCE_DATE_EPOCH", git("%ct")?);
    // Standard output is for what the command is asked for.
    build.current_dir(&root).stdout(std::io::stderr());
    Ok(build)
}

/// Puts images of several platforms under the version's tag, and returns the
/// digest of that index.
pub(super) fn index(name: &str, version: &Version, digests: &[&str]) -> Result<String> {
    digests
        .iter()
        .try_for_each(|digest| require_digest(digest))?;
    let tag = format!("{name}:{version}");
    let mut create = Command::new("docker");
    create.args(["buildx", "imagetools", "create", "--tag", &tag]);
    for (key, value) in [
        ("title", "dynamo-frontend"),
        ("version", &version.to_string()),
        ("source", env!("CARGO_PKG_REPOSITORY")),
        ("licenses", env!("CARGO_PKG_LICENSE")),
    ] {
        create.arg(format!("--annotation=index:{PREFIX}.{key}={value}"));
    }
    create.args(digests.iter().map(|digest| format!("{name}@{digest}")));
    shown(&mut create)?;
    let mut inspect = Command::new("docker");
    inspect.args(["buildx", "imagetools", "inspect", &tag]);
    // Without `json` buildx prints a table, whatever is asked for.
    inspect.args(["--format", "{{json .Manifest.Digest}}"]);
    let digest = command::read(&mut inspect)?;
    let digest = digest.trim_matches('"');
    require_digest(digest)?;
    Ok(digest.to_owned())
}

/// Lets all tags but the version's own name an index that has it.
pub(super) fn retag(name: &str, tags: &[String], digest: &str) -> Result<()> {
    require_digest(digest)?;
    let [_, moving @ ..] = tags else {
        return Ok(());
    };
    if moving.is_empty() {
        return Ok(());
    }
    let mut create = Command::new("docker");
    create.args(["buildx", "imagetools", "create"]);
    create.args(moving.iter().map(|tag| format!("--tag={name}:{tag}")));
    // One source that is an index already is taken as it is, so its signature holds.
    shown(create.arg(format!("{name}@{digest}")))
}

fn shown(command: &mut Command) -> Result<()> {
    terminal::show(command);
    command::run(command.stdout(std::io::stderr()))
}

fn require_digest(text: &str) -> Result<()> {
    let hex = text.strip_prefix("sha256:").unwrap_or_default();
    let is_digest = hex.len() == 64 && hex.chars().all(|one| one.is_ascii_hexdigit());
    ensure!(is_digest, "`{text}` is not a digest `sha256:…`");
    Ok(())
}

/// The digest in what buildx writes of a build.
fn digest(metadata: &str) -> Option<String> {
    let (_, after) = metadata.split_once("\"containerimage.digest\": \"")?;
    let (digest, _) = after.split_once('"')?;
    require_digest(digest).ok().map(|()| digest.to_owned())
}

#[cfg(test)]
mod tests {
    use super::{digest, require_digest};

    #[test]
    fn the_digest_of_a_build_is_read_from_its_metadata() {
        let hex = "ab".repeat(32);
        let text = format!(
            "{{\n  \"buildx.build.ref\": \"a/b\",\n  \"containerimage.digest\": \"sha256:{hex}\"\n}}"
        );
        assert_eq!(digest(&text), Some(format!("sha256:{hex}")));
        assert_eq!(digest("{}"), None);
        assert!(require_digest("sha256:12").is_err());
        assert!(require_digest(&hex).is_err());
    }
}
