//! Images and refs of the spec that are another thing tomorrow.
//!
//! Which tags and refs move is `moving`'s. What the catalog pins is not looked at: nobody
//! who reads a finding could correct it.

mod moving;

use self::moving::{Floats, floats, is_moving};
use super::engine::{Engine, TrtllmInstall};
use super::resolved::{Dynamo, Resolved};
use super::source::Git;
use super::{Files, effects, inside};
use crate::catalog::{Needs, Release};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Span, Spanned};
use crate::image::Reference;
use crate::spec::{self, Component, CopySource, Given, ImageName, Keys};

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
            let role = key.rsplit('.').next().unwrap_or_default();
            if let Some(warning) = unpinned(image).filter(|_| self.counts(&key)) {
                diagnostics.push(match self.catalogs_image(role) {
                    Some(place) => {
                        warning.label(place, "the catalog's own, for which the key can be removed")
                    }
                    None => warning,
                });
            }
        }
        diagnostics.extend(self.copied().filter_map(unpinned));
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
            if git.commit.is_none()
                && !self.files.are_of(git.reference.span)
                && self.counts(&git.key)
            {
                diagnostics.extend(self.floating(git));
            }
        }
    }

    fn counts(&self, key: &str) -> bool {
        effects::counts(key, self.resolved, self.given)
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

    /// The images that steps of `extend` copy from.
    fn copied(&self) -> impl Iterator<Item = &Spanned<ImageName>> {
        let extend = self.keys.extend.iter();
        let steps = extend.flat_map(|extend| extend.value.steps());
        steps.filter_map(
            |(_, step)| match &step.copy.as_ref()?.value.0.from.as_ref()?.value {
                CopySource::Image(image) => Some(image),
                _ => None,
            },
        )
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
            Floats::Either => warning(format!("`{reference}` may be a branch or a tag"))
                .note("if it is a branch, the same spec builds something else tomorrow")
                .help(format!("write `refs/tags/{reference}` if it is a tag"))
                .help(format!(
                    "otherwise add `commit` with the hash that `git ls-remote {url} {reference}` prints"
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

/// An image that is given with a tag that moves, or with none.
fn unpinned(image: &Spanned<ImageName>) -> Option<Diagnostic> {
    let reference = &image.value.0;
    if reference.digest().is_some() {
        return None;
    }
    let name = without_tag(reference);
    let message = match reference.tag() {
        None => format!("the image `{name}` has no tag, and so it is whatever `latest` is today"),
        Some(tag) if is_moving(tag) => {
            format!("the tag `{tag}` of the image `{name}` moves: it is another image tomorrow")
        }
        Some(_) => return None,
    };
    let shown = reference.with_default_tag().familiar();
    Some(
        Diagnostic::warning(Code::UnpinnedImage, image.span, message).help(format!(
            "write `{name}:VERSION`, or `{shown}@sha256:…` with the digest that \
             `docker buildx imagetools inspect {shown}` prints"
        )),
    )
}

/// The image as people write it, without tag and digest.
fn without_tag(reference: &Reference) -> String {
    let shown = reference.with_default_tag().familiar();
    shown
        .rsplit_once(':')
        .map_or(shown.clone(), |(name, _)| name.to_owned())
}
