//! Releases, so that what a workflow does can be done and tested at a desk: the
//! tags of an image, the image of one platform, the index over all of them, and
//! the archive of the command line.
//!
//! Logs in nowhere and signs nothing; that is the workflow's part, and it is
//! the only one that holds keys.

mod archive;
mod image;
mod tags;

use std::collections::BTreeSet;
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};
use semver::Version;

pub(crate) use archive::check as check_archive;

use crate::{command, repository, terminal};

const HELP: &str = "\
usage: cargo xtask release COMMAND

  tags TAG               the tags of the image that the git tag TAG releases
  image NAME [-- ARG...] build the image of this machine's platform and push it without
                         a tag; prints its digest. ARG goes to `docker buildx build`
  index NAME TAG DIGEST...
                         put the images of all platforms under the tag of the version;
                         prints the digest of the index
  move NAME TAG DIGEST   let the other tags of the version name that index
  archive [-- ARG...]    the program of this platform with manual page and completions;
                         prints where the archive is
";

/// One of the steps of a release.
pub(crate) fn run(words: &[&str]) -> Result<()> {
    let printed = match words {
        ["tags", tag] => tags_of(tag)?.join("\n"),
        ["image", name] => image::push(name, &[])?,
        ["image", name, "--", more @ ..] => image::push(name, more)?,
        ["index", name, tag, digests @ ..] if !digests.is_empty() => {
            image::index(name, &version(tag)?, digests)?
        }
        ["move", name, tag, digest] => {
            return image::retag(name, &tags_of(tag)?, digest);
        }
        ["archive"] => archive::build(&[])?.display().to_string(),
        ["archive", "--", more @ ..] => archive::build(more)?.display().to_string(),
        _ => bail!("{HELP}"),
    };
    terminal::data(&printed);
    Ok(())
}

/// The version that a git tag releases, which must be the one of the source.
fn version(tag: &str) -> Result<Version> {
    let version = parsed(tag).with_context(|| format!("`{tag}` is not `v` and a version"))?;
    let own = env!("CARGO_PKG_VERSION");
    ensure!(
        version.to_string() == own,
        "the tag is `{tag}`, but Cargo.toml says {own}\n\
         help: set `workspace.package.version` to {version}, commit it, and tag that commit"
    );
    ensure!(
        version.build.is_empty(),
        "`{tag}` cannot be the tag of an image, which has no `+`"
    );
    Ok(version)
}

fn parsed(tag: &str) -> Option<Version> {
    Version::parse(tag.strip_prefix('v')?).ok()
}

/// The tags of the image that a git tag releases.
fn tags_of(tag: &str) -> Result<Vec<String>> {
    Ok(tags::tags(&version(tag)?, &released()?))
}

/// Every version that the repository has a tag of.
fn released() -> Result<BTreeSet<Version>> {
    let git = |arguments: &[&str]| {
        let root = repository::root()?;
        command::read(Command::new("git").args(arguments).current_dir(root))
    };
    // Without the others this one would be the newest, and move all tags to it.
    ensure!(
        git(&["rev-parse", "--is-shallow-repository"])? == "false",
        "the checkout is shallow, so it does not know what was released\n\
         help: `git fetch --unshallow --tags`, or `fetch-depth: 0` of actions/checkout"
    );
    Ok(git(&["tag", "--list", "v*"])?
        .lines()
        .filter_map(parsed)
        .collect())
}

#[cfg(test)]
mod tests {
    use super::version;

    #[test]
    fn a_tag_that_is_not_the_version_of_the_source_releases_nothing() {
        let own = concat!("v", env!("CARGO_PKG_VERSION"));
        assert_eq!(version(own).expect("this version").to_string(), own[1..]);
        for (tag, told) in [
            ("v99.0.0", "Cargo.toml says"),
            ("99.0.0", "is not `v` and a version"),
            ("v1.0", "is not `v` and a version"),
        ] {
            let error = version(tag).expect_err(tag).to_string();
            assert!(error.contains(told), "{error}");
        }
    }
}
