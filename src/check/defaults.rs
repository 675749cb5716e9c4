//! The catalog's answers to what a spec leaves open, with mirrors applied.
//!
//! Owns how one value is decided: the spec's, or the catalog's for the chosen
//! device. Which values there are is `resolve`'s and its neighbours' business.

use super::Files;
use super::inside;
use super::mirrors::Rewrites;
use super::placeholders::Placeholders;
use super::resolved::{AptRepository, Tool, User};
use super::source::{Download, Git, SourceArchive};
use crate::catalog::{Archive, At, GitPin, Needs, Release, SourcePin};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, SourceId, Span, Spanned};
use crate::image::Reference;
use crate::spec::{
    self, Architecture, GitComponent, ImageName, Keys, Sha256, Switch, Target, Version,
};

/// The catalog's side of a spec.
pub(super) struct Defaults<'a> {
    pub(super) release: &'a Release,
    pub(super) files: Files,
    /// The catalog file of the framework.
    pub(super) file: SourceId,
    /// What the framework needs on the chosen device.
    pub(super) needs: &'a Needs,
    /// What it needs on the other architectures.
    pub(super) elsewhere: &'a [(Architecture, Needs)],
    pub(super) architecture: Architecture,
    pub(super) placeholders: Placeholders,
    pub(super) rewrites: Rewrites<'a>,
    /// The place of what no key causes.
    pub(super) chosen_at: Span,
    pub(super) diagnostics: &'a mut Diagnostics,
}

impl Defaults<'_> {
    /// Something that is asked for at `place` and that the catalog does not have:
    /// for this architecture, if it has it for another.
    pub(super) fn unsupported(
        &self,
        place: Span,
        what: &str,
        has: impl Fn(&Needs) -> bool,
    ) -> Diagnostic {
        let mut others = self.elsewhere.iter().filter(|(_, needs)| has(needs));
        let Some((other, _)) = others.next() else {
            let message =
                format!("{what} cannot be had for this framework, device and CUDA release");
            return Diagnostic::error(Code::UnsupportedCombination, place, message);
        };
        let message = format!("{what} cannot be had for {}", self.architecture);
        Diagnostic::error(Code::UnsupportedPlatform, place, message).help(format!(
            "choose `--platform {}`, or leave it out",
            other.platform()
        ))
    }

    /// An image of the framework's file, by its role.
    pub(super) fn device_image(
        &mut self,
        role: &str,
        given: Option<&Spanned<ImageName>>,
    ) -> Option<Spanned<Reference>> {
        let needs = self.needs;
        self.image(given, needs.images.get(role), self.file)
    }

    /// An image that is the same for every device, by its role.
    pub(super) fn common_image(
        &mut self,
        role: &str,
        given: Option<&Spanned<ImageName>>,
    ) -> Option<Spanned<Reference>> {
        let release = self.release;
        self.image(
            given,
            release.common.content.images.get(role),
            self.files.common,
        )
    }

    /// The image of the spec, or the catalog's, where the mirrors put it.
    fn image(
        &mut self,
        given: Option<&Spanned<ImageName>>,
        default: Option<&At<String>>,
        file: SourceId,
    ) -> Option<Spanned<Reference>> {
        if let Some(image) = given {
            let image = image.as_ref().map(|name| name.0.with_default_tag());
            return Some(self.rewrites.image(image, self.diagnostics));
        }
        let default = default?;
        let name = self.placeholders.fill(&default.value, default.span(file));
        self.reference(&name)
    }

    /// The image of a name of the catalog, where the mirrors put it.
    pub(super) fn reference(&mut self, name: &Spanned<String>) -> Option<Spanned<Reference>> {
        match Reference::parse(&name.value) {
            Ok(reference) => {
                let image = Spanned::new(reference.with_default_tag(), name.span);
                Some(self.rewrites.image(image, self.diagnostics))
            }
            Err(error) => {
                let wrong = Diagnostic::error(Code::InvalidValue, name.span, error.to_string());
                self.diagnostics.push(wrong);
                None
            }
        }
    }

    /// A tool that comes as an image.
    pub(super) fn tool(
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
        let name = Spanned::new(format!("{}:{tag}", pin.image.value), version.span);
        let image = match image {
            Some(_) => self.image(image, None, self.files.common)?,
            None => self.reference(&name)?,
        };
        Some(Tool { version, image })
    }

    /// Packages of a list of the catalog, with placeholders filled in.
    pub(super) fn packages(
        &self,
        list: Option<&Vec<At<String>>>,
        file: SourceId,
    ) -> Vec<Spanned<String>> {
        list.into_iter()
            .flatten()
            .map(|package| self.placeholders.fill(&package.value, package.span(file)))
            .collect()
    }

    /// Python packages of the catalog, pinned; the spec's version wins.
    pub(super) fn pinned(
        &self,
        tools: &std::collections::BTreeMap<String, At<String>>,
        given: &[(&str, Option<&Spanned<Version>>)],
    ) -> Vec<Spanned<String>> {
        tools
            .iter()
            .map(|(name, pin)| {
                let version = given.iter().find(|(known, _)| known == name);
                match version.and_then(|(_, version)| *version) {
                    Some(version) => version.as_ref().map(|version| format!("{name}=={version}")),
                    None => pin.spanned(self.files.common, |version| format!("{name}=={version}")),
                }
            })
            .collect()
    }

    /// A git repository: the spec's ref and place, or those of the catalog.
    pub(super) fn git(
        &self,
        pin: &GitPin,
        file: SourceId,
        instead: Option<Spanned<String>>,
        given: Option<&GitComponent>,
        key: &str,
    ) -> Git {
        let own = |value: Option<&Spanned<spec::Revision>>| {
            value.map(|value| value.as_ref().map(ToString::to_string))
        };
        let given_ref = given.and_then(|given| own(given.r#ref.as_ref()));
        let commit = given
            .and_then(|given| given.commit.as_ref())
            .map(|commit| commit.as_ref().map(ToString::to_string));
        let default = instead.unwrap_or_else(|| pin.r#ref.spanned(file, Clone::clone));
        let is_default = given_ref
            .as_ref()
            .is_none_or(|given| given.value == default.value);
        let reference = given_ref.unwrap_or(default);
        // The catalog's commit belongs to the catalog's ref.
        let pinned = (reference.value == pin.r#ref.value)
            .then(|| {
                pin.commit
                    .as_ref()
                    .map(|commit| commit.spanned(file, Clone::clone))
            })
            .flatten();
        let own_url = given.and_then(|given| given.url.as_ref());
        let url = match own_url {
            Some(url) => url.as_ref().map(ToString::to_string),
            None => pin.url.spanned(file, Clone::clone),
        };
        let of_catalog =
            is_default && own_url.is_none_or(|url| url.value.as_str() == pin.url.value);
        Git {
            key: key.to_owned(),
            url: self.rewrites.url(url).0,
            commit: commit.or(pinned),
            reference,
            of_catalog,
        }
    }

    /// A release archive, unless the spec leaves it out.
    pub(super) fn switched(
        &self,
        name: &str,
        archive: &Archive,
        given: Option<&Spanned<Switch<spec::Download>>>,
    ) -> Option<Download> {
        match given.map(|given| &given.value) {
            Some(Switch::Off) => None,
            Some(Switch::On(download)) => {
                Some(self.download("components", name, archive, download))
            }
            None => Some(self.download("components", name, archive, &spec::Download::default())),
        }
    }

    /// A release archive.
    pub(super) fn download(
        &self,
        section: &str,
        name: &str,
        archive: &Archive,
        given: &spec::Download,
    ) -> Download {
        let arch = archive
            .arch
            .get(&self.architecture)
            .map_or(self.architecture.word(), String::as_str);
        let version = given.version.as_ref().map_or_else(
            || archive.version.spanned(self.files.common, Clone::clone),
            |version| version.as_ref().map(ToString::to_string),
        );
        let fill = |text: &str| {
            text.replace("{version}", &version.value)
                .replace("{arch}", arch)
        };
        // The catalog's checksum belongs to the catalog's version.
        let of_catalog = version.value == archive.version.value && given.url.is_none();
        let pinned = of_catalog
            .then(|| archive.checksum.get(&self.architecture)?.as_ref())
            .flatten();
        let checksum = self
            .checksum(given.checksum.as_ref())
            .or_else(|| pinned.map(|pin| pin.spanned(self.files.common, Clone::clone)));
        let url = match &given.url {
            Some(url) => url.as_ref().map(|url| fill(url.as_str())),
            // What the user can correct is the version.
            None => Spanned::new(fill(&archive.url.value), version.span),
        };
        Download {
            key: format!("{section}.{name}"),
            name: name.to_owned(),
            url: self.rewrites.url(url).0,
            checksum,
            install: archive
                .install
                .iter()
                .map(|file| (fill(&file.from), file.to.clone()))
                .collect(),
            path: archive.path.clone(),
            version,
            of_catalog,
        }
    }

    /// The checksum that a table of the spec has for the architecture.
    pub(super) fn checksum(
        &self,
        table: Option<&Spanned<spec::Checksums>>,
    ) -> Option<Spanned<String>> {
        let entries = &table?.value.0;
        let (_, checksum) = entries
            .iter()
            .find(|(key, _)| key.value.0 == self.architecture)?;
        Some(checksum.as_ref().map(ToString::to_string))
    }

    /// An archive that is the same for every architecture.
    pub(super) fn archive(
        &self,
        pin: &SourcePin,
        version: Option<&Spanned<Version>>,
        url: Option<&Spanned<spec::Url>>,
        checksum: Option<&Spanned<Sha256>>,
        key: &str,
    ) -> SourceArchive {
        let common = self.files.common;
        let version = version.map_or_else(
            || pin.version.spanned(common, Clone::clone),
            |version| version.as_ref().map(ToString::to_string),
        );
        let of_catalog = version.value == pin.version.value && url.is_none();
        let pinned = of_catalog
            .then(|| {
                pin.checksum
                    .as_ref()
                    .map(|sum| sum.spanned(common, Clone::clone))
            })
            .flatten();
        let fill = |text: &str| text.replace("{version}", &version.value);
        let url = match url {
            Some(url) => url.as_ref().map(|url| fill(url.as_str())),
            None => Spanned::new(fill(&pin.url.value), version.span),
        };
        SourceArchive {
            key: key.to_owned(),
            url: self.rewrites.url(url).0,
            checksum: checksum
                .map(|sum| sum.as_ref().map(ToString::to_string))
                .or(pinned),
            version,
            of_catalog,
        }
    }

    /// A repository of Debian packages.
    pub(super) fn apt_repository(&self, name: &str) -> Option<AptRepository> {
        let pin = self.release.common.content.apt_repositories.get(name)?;
        let arch = pin.arch.get(&self.architecture)?;
        let place = |url: &At<String>| {
            let url = url.spanned(self.files.common, |url| url.replace("{arch}", arch));
            self.rewrites.url(url).0
        };
        Some(AptRepository {
            url: place(&pin.url),
            key: place(&pin.key),
        })
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
}
