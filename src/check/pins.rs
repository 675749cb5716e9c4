//! Images and refs of the spec that are another thing tomorrow.
//!
//! Owns which tags and refs move. What the catalog pins is not looked at: nobody
//! who reads a finding could correct it.

use super::engine::{Engine, TrtllmInstall};
use super::resolved::{Dynamo, Resolved};
use super::source::Git;
use super::{Files, effects, inside};
use crate::catalog::{Needs, Release};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Span, Spanned};
use crate::image::Reference;
use crate::spec::{self, Component, Given, ImageName, Keys};

/// Tags and branches that are moved from one thing to the next.
const MOVING: &[&str] = &[
    "latest", "main", "master", "trunk", "head", "tip", "nightly", "weekly", "daily", "edge",
    "canary", "rolling", "snapshot", "stable", "develop", "unstable", "testing", "preview",
];

/// A spec, what it means, and what the catalog would have instead.
pub(super) struct Pins<'a> {
    pub(super) keys: &'a Keys,
    pub(super) given: &'a Given,
    pub(super) resolved: &'a Resolved,
    pub(super) release: &'a Release,
    pub(super) needs: &'a Needs,
    pub(super) files: Files,
}

impl Pins<'_> {
    /// Warns of everything that moves and that the build uses.
    pub(super) fn report(&self, diagnostics: &mut Diagnostics) {
        for (key, image) in self.images() {
            if self.counts(&key) {
                diagnostics.extend(self.unpinned(&key, image));
            }
        }
        for (key, version) in self.tools() {
            if self.counts(key) && is_moving(version.value.as_str()) {
                let message = format!("the version `{}` moves", version.value);
                diagnostics.push(
                    Diagnostic::warning(Code::UnpinnedImage, version.span, message)
                        .note("it is the tag of an image, and another one tomorrow")
                        .help("write a version by number, or remove the key for the catalog's"),
                );
            }
        }
        for git in self.repositories() {
            if git.commit.is_none() && self.is_written(git.reference.span) && self.counts(&git.key)
            {
                diagnostics.extend(self.floating(git));
            }
        }
    }

    fn counts(&self, key: &str) -> bool {
        effects::counts(key, self.resolved, self.given)
    }

    /// Whether a place is the user's, and not the catalog's.
    fn is_written(&self, place: Span) -> bool {
        place.source != self.files.common && Some(place.source) != self.files.framework
    }

    /// The images that the spec gives, by their keys.
    fn images(&self) -> Vec<(String, &Spanned<ImageName>)> {
        let given = |role: &str, image: Option<_>| Some((format!("images.{role}"), image?));
        let of =
            |key: fn(&spec::Images) -> &Option<Spanned<ImageName>>| inside(&self.keys.images, key);
        let install = inside(&self.keys.trtllm, |trtllm| &trtllm.install);
        let wheel = match install.map(|install| &install.value) {
            Some(spec::TrtllmInstall::Image(image)) => {
                Some(("trtllm.install.image".to_owned(), image))
            }
            _ => None,
        };
        let roles = [
            given("base", of(|images| &images.base)),
            given("runtime", of(|images| &images.runtime)),
            given("wheel_builder", of(|images| &images.wheel_builder)),
            given("uv", of(|images| &images.uv)),
            given("rust", of(|images| &images.rust)),
            given("frontend", of(|images| &images.frontend)),
            given("epp", of(|images| &images.epp)),
            given("epp_base", of(|images| &images.epp_base)),
            given("go", of(|images| &images.go)),
            given("docs", of(|images| &images.docs)),
            given("trtllm_wheel", of(|images| &images.trtllm_wheel)),
            wheel,
        ];
        roles.into_iter().flatten().collect()
    }

    /// The versions that the spec gives of tools that come as images.
    fn tools(&self) -> Vec<(&'static str, &Spanned<spec::Version>)> {
        let uv = inside(&self.keys.components, |components| &components.uv);
        let tools = [
            (
                "toolchain.rust",
                inside(&self.keys.toolchain, |all| &all.rust),
            ),
            ("toolchain.go", inside(&self.keys.toolchain, |all| &all.go)),
            ("components.uv", uv.and_then(|uv| uv.value.version.as_ref())),
        ];
        tools
            .into_iter()
            .filter_map(|(key, version)| Some((key, version?)))
            .collect()
    }

    /// Every repository of the build.
    fn repositories(&self) -> Vec<&Git> {
        let resolved = self.resolved;
        let dynamo = match &resolved.dynamo {
            Dynamo::Git { git, .. } => Some(git),
            Dynamo::Index { .. } | Dynamo::Context { .. } => None,
        };
        let engine = match &resolved.engine {
            Engine::Vllm(vllm) => Some(&vllm.source),
            Engine::Trtllm(trtllm) => match &trtllm.install {
                TrtllmInstall::Git(git) => Some(git),
                _ => None,
            },
            Engine::Dynamo | Engine::Sglang(_) => None,
        };
        let components = resolved.components.values();
        components
            .chain(&resolved.modelexpress)
            .chain(dynamo)
            .chain(engine)
            .collect()
    }

    /// An image that is given with a tag that moves, or with none.
    fn unpinned(&self, key: &str, image: &Spanned<ImageName>) -> Option<Diagnostic> {
        let reference = &image.value.0;
        if reference.digest().is_some() {
            return None;
        }
        let name = without_tag(reference);
        let message = match reference.tag() {
            None => {
                format!("the image `{name}` has no tag, and so it is whatever `latest` is today")
            }
            Some(tag) if is_moving(tag) => {
                format!("the tag `{tag}` of the image `{name}` moves: it is another image tomorrow")
            }
            Some(_) => return None,
        };
        let shown = reference.with_default_tag().familiar();
        let warning = Diagnostic::warning(Code::UnpinnedImage, image.span, message).help(format!(
            "write `{name}:VERSION`, or `{shown}@sha256:…` with the digest that \
             `docker buildx imagetools inspect {shown}` prints"
        ));
        let role = key.rsplit('.').next().unwrap_or_default();
        Some(match self.catalogs_image(role) {
            Some(place) => {
                warning.label(place, "the catalog's own, for which the key can be removed")
            }
            None => warning,
        })
    }

    /// Where the catalog has the image of a role.
    fn catalogs_image(&self, role: &str) -> Option<Span> {
        let common = &self.release.common.content;
        let of_all = common
            .images
            .get(role)
            .map(|image| image.span(self.files.common));
        let tool = || Some(common.tools.get(role)?.image.span(self.files.common));
        let of_device = || Some(self.needs.images.get(role)?.span(self.files.framework?));
        of_all.or_else(of_device).or_else(tool)
    }

    /// A repository at a ref that is neither a commit nor a tag.
    fn floating(&self, git: &Git) -> Option<Diagnostic> {
        let reference = git.reference.value.as_str();
        let url = &git.url.value;
        let at = git.reference.span;
        let warning = |message: String| Diagnostic::warning(Code::FloatingRef, at, message);
        let warning = match floats(reference)? {
            Floats::Shortened => warning(format!("`{reference}` is a shortened commit"))
                .note("another one may begin like it")
                .help(format!(
                    "write it in full, as `git rev-parse {reference}` prints it in a checkout"
                )),
            Floats::Branch => warning(format!("`{reference}` looks like a branch"))
                .note("the same spec builds something else tomorrow")
                .help(format!(
                    "add `commit` with the hash that `git ls-remote {url} {reference}` prints, \
                     or write the tag of a version"
                )),
        };
        Some(match self.catalogs_ref(&git.key) {
            Some((pin, place)) => warning.label(place, format!("the catalog has `{pin}`")),
            None => warning,
        })
    }

    /// The ref that the catalog has for a key, and where.
    fn catalogs_ref(&self, key: &str) -> Option<(&str, Span)> {
        let common = &self.release.common.content;
        let (pin, file) = match key.rsplit_once('.') {
            Some(("components", name)) => {
                let component = Component::from_word(name)?;
                match self.needs.pins.get(&component) {
                    Some(pin) => (pin, self.files.framework?),
                    None => (&common.components.get(&component)?.r#ref, self.files.common),
                }
            }
            Some(("features", _)) => (&common.modelexpress.r#ref, self.files.common),
            None => (
                &self.needs.repositories.get(key)?.r#ref,
                self.files.framework?,
            ),
            Some(_) => return None,
        };
        Some((pin.value.as_str(), pin.span(file)))
    }
}

/// The image as people write it, without tag and digest.
fn without_tag(reference: &Reference) -> String {
    let shown = reference.with_default_tag().familiar();
    shown
        .rsplit_once(':')
        .map_or(shown.clone(), |(name, _)| name.to_owned())
}

/// Whether a tag is moved: it begins with a word and not with a version, has a
/// word for what is newest, and no date and no commit.
fn is_moving(tag: &str) -> bool {
    let tag = tag.to_ascii_lowercase();
    let version = tag.strip_prefix('v').unwrap_or(&tag);
    let mut parts = tag.split(['-', '_', '.']);
    let is_fixed = |part: &str| {
        let digits = part.len() >= 4 && part.bytes().all(|c| c.is_ascii_digit());
        digits || is_hash(part, 7)
    };
    !version.starts_with(|c: char| c.is_ascii_digit())
        && parts.clone().any(|part| MOVING.contains(&part))
        && !parts.any(is_fixed)
}

/// Hexadecimal digits, this many at least, and not a word of letters.
fn is_hash(text: &str, least: usize) -> bool {
    text.len() >= least
        && text.bytes().all(|c| c.is_ascii_hexdigit())
        && text.bytes().any(|c| c.is_ascii_digit())
}

/// What a ref is that is neither a commit nor the tag of a version.
#[derive(Debug, PartialEq, Eq)]
enum Floats {
    /// Most likely a branch.
    Branch,
    /// The beginning of a commit.
    Shortened,
}

/// Whether and how a ref floats.
fn floats(reference: &str) -> Option<Floats> {
    let fixed = reference.starts_with("refs/tags/") || is_hash(reference, 40);
    if fixed || is_version(reference) {
        return None;
    }
    Some(if is_hash(reference, 7) {
        Floats::Shortened
    } else {
        Floats::Branch
    })
}

/// `v1.2.3`, `1.2.3rc1`, `n7.1`, `release-2026.08`; not `v1.20.x`, `release/1.2`.
fn is_version(reference: &str) -> bool {
    let Some(at) = reference.find(|c: char| c.is_ascii_digit()) else {
        return false;
    };
    let (prefix, number) = reference.split_at(at);
    let prefix = prefix.to_ascii_lowercase();
    let is_commit = is_hash(reference, 7) && reference.bytes().any(|c| c.is_ascii_alphabetic());
    let is_branch =
        reference.contains('/') || prefix.split(['-', '_']).any(|word| MOVING.contains(&word));
    let is_line = number.split('.').any(|part| matches!(part, "x" | "X" | ""));
    !(is_commit || is_branch || is_line)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_that_move_are_told_from_those_that_stay() {
        for tag in [
            "latest",
            "main",
            "nightly",
            "Nightly-cu129",
            "stable-slim",
            "runtime-latest",
        ] {
            assert!(is_moving(tag), "{tag}");
        }
        for tag in [
            "24.04",
            "v1.2.3",
            "1.0.0-nightly",
            "nightly-20260801",
            "nightly-2026-08-01",
            "main-1a2b3c4",
            "25.06-cuda12.9-devel-ubuntu24.04",
            "bookworm-slim",
            "alpine",
        ] {
            assert!(!is_moving(tag), "{tag}");
        }
    }

    #[test]
    fn branches_are_told_from_tags_and_commits() {
        let commit = "0123456789abcdef0123456789abcdef01234567";
        for fixed in [
            commit,
            "v1.2.3",
            "1.2.3",
            "1.3.0rc1",
            "v1.0.0-rc.1",
            "n7.1",
            "release-2026.08",
            "refs/tags/anything",
            "v2",
            "20260801",
            "ucx-1.19.0",
        ] {
            assert_eq!(floats(fixed), None, "{fixed}");
        }
        for floating in [
            "main",
            "feature/x",
            "release/1.0",
            "v1.20.x",
            "refs/heads/v1.0",
            "my-branch",
            "deadbee1",
            "1a2b3c4",
            "nightly-1.0",
        ] {
            assert!(floats(floating).is_some(), "{floating}");
        }
    }
}
