//! Spec plus catalog row to [`Resolved`]: every default is given here.

use super::Files;
use super::combination::{self, Choice};
use super::mirrors::Rewrites;
use super::resolved::{Download, Dynamo, Index, Resolved, Tool, User};
use crate::catalog::{Archive, At, Combination, FrameworkFile, Release};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, SourceId, Span, Spanned};
use crate::image::Reference;
use crate::spec::{
    self, Architecture, Device, DynamoSource, Framework, ImageName, Keys, Spec, Switch, Target,
};

/// Answers every question the spec left open.
pub(super) fn resolve(
    spec: &Spec,
    release: &Release,
    files: Files,
    architecture: Architecture,
    diagnostics: &mut Diagnostics,
) -> Option<Resolved> {
    let keys = &spec.keys;
    let chosen_at = keys
        .framework
        .as_ref()
        .map_or(head(spec), |given| given.span);
    let choice = Choice {
        framework: given(keys.framework.as_ref(), Framework::Vllm, chosen_at),
        target: given(keys.target.as_ref(), Target::Runtime, chosen_at),
        device: given(keys.device.as_ref(), Device::Cuda, chosen_at),
        source: source(keys).map_or(Spanned::new("context", chosen_at), |source| {
            source.as_ref().map(DynamoSource::word)
        }),
        architecture,
    };
    let row = combination::find(&choice, release, diagnostics)?;
    let file = &release.frameworks.get(&choice.framework.value)?.content;
    let framework_file = files.framework?;
    let rewrites = Rewrites::new(keys.mirrors.as_ref());
    let mut defaults = Defaults {
        release,
        files,
        architecture,
        rewrites,
        diagnostics,
    };
    let python = match keys
        .toolchain
        .as_ref()
        .and_then(|toolchain| toolchain.value.python.as_ref())
    {
        Some(python) => python.as_ref().map(ToString::to_string),
        None => file.toolchain.python.spanned(framework_file, Clone::clone),
    };
    Some(Resolved {
        release: release.name.clone(),
        dynamo: dynamo(keys, file)?,
        commit: keys
            .dynamo
            .as_ref()
            .and_then(|dynamo| dynamo.value.commit.as_ref())
            .map(|commit| commit.as_ref().map(ToString::to_string)),
        base: defaults.base(keys, row, framework_file)?,
        uv: defaults.uv(keys)?,
        python_index: defaults.python_index(),
        downloads: defaults.downloads(keys),
        user: defaults.user(keys),
        apt: apt(row, framework_file, &python.value),
        python,
        extra_apt: packages(keys, |packages| packages.apt.as_ref()),
        extra_pip: packages(keys, |packages| packages.pip.as_ref()),
        requirement_files: packages(keys, |packages| packages.requirements.as_ref()),
        env: keys
            .env
            .as_ref()
            .map_or_else(Vec::new, |env| env.value.0.clone()),
        labels: keys
            .labels
            .as_ref()
            .map_or_else(Vec::new, |labels| labels.value.0.clone()),
        entrypoint: arguments(keys.entrypoint.as_ref()).unwrap_or_default(),
        cmd: match (&keys.cmd, &keys.entrypoint) {
            (Some(cmd), _) => arguments(Some(cmd)).unwrap_or_default(),
            // A command made for the default entrypoint means nothing to another.
            (None, Some(_)) => Vec::new(),
            (None, None) => row.cmd.clone(),
        },
        chosen_at,
        framework: choice.framework,
        target: choice.target,
        device: choice.device,
        architecture,
    })
}

/// The first line of the spec, for what no key causes.
fn head(spec: &Spec) -> Span {
    Span {
        end: spec.span.start,
        ..spec.span
    }
}

fn given<T: Copy>(given: Option<&Spanned<T>>, default: T, at: Span) -> Spanned<T> {
    given.cloned().unwrap_or(Spanned::new(default, at))
}

fn source(keys: &Keys) -> Option<&Spanned<DynamoSource>> {
    keys.dynamo
        .as_ref()
        .and_then(|dynamo| dynamo.value.source.as_ref())
}

fn dynamo(keys: &Keys, file: &FrameworkFile) -> Option<Dynamo> {
    match &source(keys)?.value {
        DynamoSource::Index(version) => Some(Dynamo::Index {
            version: version.as_ref().map(ToString::to_string),
            distributions: file.wheels.clone(),
        }),
        // The matrix has no row for these.
        DynamoSource::Context | DynamoSource::Git(_) => None,
    }
}

fn apt(row: &Combination, file: SourceId, python: &str) -> Vec<Spanned<String>> {
    let with_python = |name: &String| name.replace("{python}", python);
    row.apt
        .iter()
        .map(|package| package.spanned(file, with_python))
        .collect()
}

fn packages<T: Clone>(
    keys: &Keys,
    list: impl Fn(&spec::Packages) -> Option<&Spanned<spec::List<T>>>,
) -> Vec<Spanned<T>> {
    let packages = keys.packages.as_ref();
    packages
        .and_then(|packages| list(&packages.value))
        .map_or_else(Vec::new, |list| list.value.clone())
}

fn arguments(list: Option<&Spanned<spec::Arguments>>) -> Option<Vec<String>> {
    list.map(|list| {
        list.value
            .iter()
            .map(|argument| argument.value.to_string())
            .collect()
    })
}

/// The catalog's answers, with mirrors applied.
struct Defaults<'a> {
    release: &'a Release,
    files: Files,
    architecture: Architecture,
    rewrites: Rewrites<'a>,
    diagnostics: &'a mut Diagnostics,
}

impl Defaults<'_> {
    fn base(
        &mut self,
        keys: &Keys,
        row: &Combination,
        file: SourceId,
    ) -> Option<Spanned<Reference>> {
        let image = keys
            .images
            .as_ref()
            .and_then(|images| images.value.base.as_ref());
        self.image(image, &row.images.base.value, row.images.base.span(file))
    }

    fn uv(&mut self, keys: &Keys) -> Option<Tool> {
        let tool = self.release.common.content.tools.get("uv")?;
        let image = keys
            .images
            .as_ref()
            .and_then(|images| images.value.uv.as_ref());
        let given = keys
            .components
            .as_ref()
            .and_then(|components| components.value.uv.as_ref())
            .and_then(|uv| uv.value.version.as_ref())
            .map(|version| version.as_ref().map(ToString::to_string));
        // An image of the spec's own says its version by its tag.
        let tag = image.and_then(|image| {
            image
                .value
                .0
                .tag()
                .map(|tag| image.as_ref().map(|_| tag.to_owned()))
        });
        let version = given
            .or(tag)
            .unwrap_or_else(|| tool.version.spanned(self.files.common, Clone::clone));
        let name = format!("{}:{}", tool.image.value, version.value);
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

    fn python_index(&self) -> Index {
        let url = self
            .release
            .common
            .content
            .python_index
            .spanned(self.files.common, Clone::clone);
        let (url, mirrored) = self.rewrites.url(url);
        Index { url, mirrored }
    }

    fn user(&self, keys: &Keys) -> User {
        let account = &self.release.common.content.user;
        let user = keys.user.as_ref().map(|user| &user.value);
        let id = |given: Option<&Spanned<spec::Id>>, default: &At<u32>| {
            given.map_or_else(
                || default.spanned(self.files.common, Clone::clone),
                |id| id.as_ref().map(|id| id.0),
            )
        };
        User {
            name: user.and_then(|user| user.name.as_ref()).map_or_else(
                || account.name.spanned(self.files.common, Clone::clone),
                |name| name.as_ref().map(ToString::to_string),
            ),
            uid: id(user.and_then(|user| user.uid.as_ref()), &account.uid),
            gid: id(user.and_then(|user| user.gid.as_ref()), &account.gid),
        }
    }

    fn downloads(&self, keys: &Keys) -> Vec<Download> {
        let components = keys.components.as_ref().map(|components| &components.value);
        let archives = &self.release.common.content.downloads;
        archives
            .iter()
            .filter_map(|(name, archive)| {
                let given = components.and_then(|components| match name.as_str() {
                    "nats" => components.nats.as_ref(),
                    "etcd" => components.etcd.as_ref(),
                    _ => None,
                });
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
                .replace("{number}", version.value.trim_start_matches('v'))
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
