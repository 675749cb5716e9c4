//! The catalog's answers to what a spec leaves open, with mirrors applied.

use super::mirrors::Rewrites;
use super::resolved::{Download, Index, Tool, User};
use super::{Files, inside};
use crate::catalog::{Archive, At, DeviceNeeds, Release};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, SourceId, Span, Spanned};
use crate::image::Reference;
use crate::spec::{self, Architecture, ImageName, Keys, Switch, Target, Version};

/// The catalog's side of a spec.
pub(super) struct Defaults<'a> {
    pub(super) release: &'a Release,
    pub(super) files: Files,
    pub(super) architecture: Architecture,
    pub(super) rewrites: Rewrites<'a>,
    pub(super) diagnostics: &'a mut Diagnostics,
}

impl Defaults<'_> {
    /// The image everything stands on.
    pub(super) fn base(
        &mut self,
        keys: &Keys,
        needs: &DeviceNeeds,
        file: SourceId,
    ) -> Option<Spanned<Reference>> {
        let image = inside(&keys.images, |images| &images.base);
        self.image(
            image,
            &needs.images.base.value,
            needs.images.base.span(file),
        )
    }

    /// uv.
    pub(super) fn uv(&mut self, keys: &Keys) -> Option<Tool> {
        let image = inside(&keys.images, |images| &images.uv);
        let version = inside(&keys.components, |components| &components.uv)
            .and_then(|uv| uv.value.version.as_ref());
        self.tool("uv", image, version)
    }

    /// Rust.
    pub(super) fn rust(&mut self, keys: &Keys) -> Option<Tool> {
        let image = inside(&keys.images, |images| &images.rust);
        let version = inside(&keys.toolchain, |toolchain| &toolchain.rust);
        self.tool("rust", image, version)
    }

    fn tool(
        &mut self,
        name: &str,
        image: Option<&Spanned<ImageName>>,
        version: Option<&Spanned<Version>>,
    ) -> Option<Tool> {
        let pin = self.release.common.content.tools.get(name)?;
        // An image of the spec's own says its version by its tag. One without
        // has a version that nobody knows: the catalog's it is not.
        let tag = image.map(|image| {
            let name = &image.value.0;
            let version = name.tag().or(name.digest()).unwrap_or("latest");
            image.as_ref().map(|_| version.to_owned())
        });
        let version = version
            .map(|version| version.as_ref().map(ToString::to_string))
            .or(tag)
            .unwrap_or_else(|| pin.version.spanned(self.files.common, Clone::clone));
        let tag = pin.tag.replace("{version}", &version.value);
        let name = format!("{}:{tag}", pin.image.value);
        Some(Tool {
            image: self.image(image, &name, version.span)?,
            version,
        })
    }

    /// The image of the spec, or the catalog's, where the mirrors put it.
    fn image(
        &mut self,
        given: Option<&Spanned<ImageName>>,
        default: &str,
        default_span: Span,
    ) -> Option<Spanned<Reference>> {
        let image = match given {
            Some(image) => image.as_ref().map(|name| name.0.clone()),
            None => match Reference::parse(default) {
                Ok(reference) => Spanned::new(reference, default_span),
                Err(error) => {
                    let wrong =
                        Diagnostic::error(Code::InvalidValue, default_span, error.to_string());
                    self.diagnostics.push(wrong);
                    return None;
                }
            },
        };
        let image = image.map(|reference| reference.with_default_tag());
        Some(self.rewrites.image(image, self.diagnostics))
    }

    /// The Python packages that build, pinned.
    pub(super) fn python_tools(&self) -> Vec<Spanned<String>> {
        let tools = &self.release.common.content.build.python_tools;
        tools
            .iter()
            .map(|(name, version)| {
                version.spanned(self.files.common, |version| format!("{name}=={version}"))
            })
            .collect()
    }

    /// The index of Python packages.
    pub(super) fn python_index(&self) -> Index {
        let url = self
            .release
            .common
            .content
            .python_index
            .spanned(self.files.common, Clone::clone);
        let (url, mirrored) = self.rewrites.url(url);
        Index { url, mirrored }
    }

    /// The account of the image. In `local-dev` the ids of the spec are those
    /// of the person who works in it, and the account below has the default's.
    pub(super) fn user(&self, keys: &Keys, target: Target) -> User {
        let account = &self.release.common.content.user;
        let id = |given: Option<&Spanned<spec::Id>>, default: &At<u32>| {
            given.filter(|_| target != Target::LocalDev).map_or_else(
                || default.spanned(self.files.common, Clone::clone),
                |id| id.as_ref().map(|id| id.0),
            )
        };
        User {
            name: inside(&keys.user, |user| &user.name).map_or_else(
                || account.name.spanned(self.files.common, Clone::clone),
                |name| name.as_ref().map(ToString::to_string),
            ),
            uid: id(inside(&keys.user, |user| &user.uid), &account.uid),
            gid: id(inside(&keys.user, |user| &user.gid), &account.gid),
        }
    }

    /// The release archives that are wanted.
    pub(super) fn downloads(&self, keys: &Keys) -> Vec<Download> {
        let archives = &self.release.common.content.downloads;
        archives
            .iter()
            .filter_map(|(name, archive)| {
                let given = match name.as_str() {
                    "nats" => inside(&keys.components, |components| &components.nats),
                    "etcd" => inside(&keys.components, |components| &components.etcd),
                    _ => None,
                };
                match given.map(|given| &given.value) {
                    Some(Switch::Off) => None,
                    Some(Switch::On(download)) => Some(self.download(name, archive, download)),
                    None => Some(self.download(name, archive, &spec::Download::default())),
                }
            })
            .collect()
    }

    fn download(&self, name: &str, archive: &Archive, given: &spec::Download) -> Download {
        let arch = self.architecture.word();
        let version = given.version.as_ref().map_or_else(
            || archive.version.spanned(self.files.common, Clone::clone),
            |version| version.as_ref().map(ToString::to_string),
        );
        let fill = |text: &str| {
            text.replace("{version}", &version.value)
                .replace("{arch}", arch)
        };
        // The catalog's checksum belongs to the catalog's version.
        let pinned = given
            .version
            .is_none()
            .then(|| archive.checksum.get(arch)?.as_ref())
            .flatten();
        let checksum = given
            .checksum
            .as_ref()
            .and_then(|table| {
                table
                    .value
                    .0
                    .iter()
                    .find(|(key, _)| key.value.0 == self.architecture)
            })
            .map(|(_, checksum)| checksum.as_ref().map(ToString::to_string))
            .or_else(|| pinned.map(|pin| pin.spanned(self.files.common, Clone::clone)));
        let url = archive.url.spanned(self.files.common, |url| fill(url));
        let span = version.span;
        Download {
            name: name.to_owned(),
            url: self.rewrites.url(Spanned { span, ..url }).0,
            checksum,
            install: archive
                .install
                .iter()
                .map(|file| (fill(&file.from), file.to.clone()))
                .collect(),
            path: archive.path.clone(),
            version,
        }
    }
}
