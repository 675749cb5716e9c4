//! The parts of the spec as meant that are put together from several keys.

use std::collections::BTreeSet;

use super::defaults::Defaults;
use super::inside;
use super::resolved::{
    Dynamo, Efa, Index, Nsight, Sccache, SystemPackages, Transfer, WheelBuilderPackages,
};
use super::source::{Download, SourceArchive};
use crate::catalog::{FrameworkFile, PackageManager};
use crate::diagnostic::{Code, Diagnostic, Span, Spanned};
use crate::spec::{
    self, Credentials, Device, DynamoSource, Feature, Framework, Keys, Switch, Version,
};

impl Defaults<'_> {
    /// Where Dynamo comes from.
    pub(super) fn dynamo(
        &mut self,
        keys: &Keys,
        file: &FrameworkFile,
        features: &BTreeSet<Feature>,
        place: Span,
    ) -> Option<Dynamo> {
        match inside(&keys.dynamo, |dynamo| &dynamo.source).map(|source| &source.value) {
            Some(DynamoSource::Index(version)) => {
                let of_features = features
                    .iter()
                    .filter_map(|one| file.feature_wheels.get(one));
                Some(Dynamo::Index {
                    version: version.as_ref().map(ToString::to_string),
                    distributions: file
                        .wheels
                        .iter()
                        .chain(of_features.flatten())
                        .cloned()
                        .collect(),
                })
            }
            Some(DynamoSource::Context) | None => Some(Dynamo::Context { place }),
            Some(DynamoSource::Git(git)) => Some(Dynamo::Git {
                git: self.given_git(git, "dynamo.source")?,
                place,
            }),
        }
    }

    /// The protobuf compiler: the catalog's where the system's is too old, and
    /// wherever a version is given.
    pub(super) fn protoc(&self, version: Option<&Spanned<Version>>) -> Option<Download> {
        let wanted = version.is_some() || self.needs.builder == Some(PackageManager::Dnf);
        let pin = self.release.common.content.programs.get("protoc")?;
        let given = spec::Download {
            version: version.cloned(),
            ..spec::Download::default()
        };
        wanted.then(|| self.download("toolchain", "protoc", pin, &given))
    }

    /// The compiler cache, when it is on.
    pub(super) fn sccache(&mut self, keys: &Keys) -> Option<Sccache> {
        let given = inside(&keys.build, |build| &build.sccache)?;
        let Switch::On(details) = &given.value else {
            return None;
        };
        let text = |value: &Option<Spanned<spec::CloudName>>| {
            value
                .as_ref()
                .map(|value| value.as_ref().map(ToString::to_string))
        };
        let (bucket, region) = (text(&details.bucket), text(&details.region));
        for (key, missing) in [("bucket", bucket.is_none()), ("region", region.is_none())] {
            if missing && !details.unread.contains(&key) {
                let message = format!("sccache needs the key `{key}` of its S3 bucket");
                self.diagnostics.push(
                    Diagnostic::error(Code::MissingValue, given.span, message)
                        .help("write `sccache: {bucket: NAME, region: us-west-2}`"),
                );
            }
        }
        let pin = self.release.common.content.programs.get("sccache")?;
        let program = spec::Download {
            version: details.version.clone(),
            checksum: details.checksum.clone(),
            ..spec::Download::default()
        };
        let credentials = details.credentials.as_ref();
        Some(Sccache {
            program: self.download("build", "sccache", pin, &program),
            bucket: bucket?,
            region: region?,
            endpoint: details
                .endpoint
                .as_ref()
                .map(|url| url.as_ref().map(ToString::to_string)),
            credentials: credentials.map_or(Credentials::KeyPair, |given| given.value),
        })
    }

    /// Where Python packages come from.
    pub(super) fn python_index(&self, keys: &Keys) -> Index {
        let given = inside(&keys.build, |build| &build.python).map(|python| &python.value);
        let common = &self.release.common.content;
        let url = match given.and_then(|given| given.index.as_ref()) {
            Some(url) => url.as_ref().map(ToString::to_string),
            None => common.python_index.spanned(self.files.common, Clone::clone),
        };
        let own = given.is_some_and(|given| given.index.is_some());
        let (url, mirrored) = self.rewrites.url(url);
        let secret = |id: Option<&Spanned<spec::SecretId>>| {
            id.map(|id| id.as_ref().map(ToString::to_string))
        };
        let extra = given.and_then(|given| given.extra_indexes.as_ref());
        Index {
            url,
            mirrored: mirrored || own,
            extra: extra.map_or_else(Vec::new, |extra| {
                let urls = extra.value.iter();
                urls.map(|url| self.rewrites.url(url.as_ref().map(ToString::to_string)).0)
                    .collect()
            }),
            url_secret: secret(given.and_then(|given| given.index_secret.as_ref())),
            netrc_secret: secret(given.and_then(|given| given.netrc_secret.as_ref())),
        }
    }

    /// How downloads of steps behave.
    pub(super) fn transfer(&self, keys: &Keys) -> Transfer {
        let build = &self.release.common.content.build;
        let given = |key: fn(&spec::Build) -> &Option<Spanned<spec::Count>>, default: u32| {
            inside(&keys.build, key).map_or(default, |count| count.value.0)
        };
        Transfer {
            retries: given(|build| &build.retries, build.retries),
            timeout: given(|build| &build.timeout, build.timeout),
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
                self.switched(name, archive, given)
            })
            .collect()
    }

    /// FFmpeg's sources.
    pub(super) fn ffmpeg(&self, keys: &Keys) -> Option<SourceArchive> {
        let pin = self.release.common.content.archives.get("ffmpeg")?;
        let given = inside(&keys.components, |components| &components.ffmpeg);
        let given = given.map(|given| &given.value);
        Some(self.archive(
            pin,
            given.and_then(|given| given.version.as_ref()),
            given.and_then(|given| given.url.as_ref()),
            given.and_then(|given| given.checksum.as_ref()),
            "components.ffmpeg",
        ))
    }

    /// The AWS EFA layer, asked for at `place`.
    pub(super) fn efa(&self, keys: &Keys, place: Span) -> Option<Efa> {
        let pin = self.release.common.content.archives.get("efa")?;
        let given = inside(&keys.components, |components| &components.efa);
        let given = given.map(|given| &given.value);
        Some(Efa {
            installer: self.archive(
                pin,
                given.and_then(|given| given.version.as_ref()),
                given.and_then(|given| given.url.as_ref()),
                given.and_then(|given| given.checksum.as_ref()),
                "components.efa",
            ),
            verify: given
                .and_then(|given| given.verify.as_ref())
                .is_some_and(|verify| verify.value.0),
            place,
        })
    }

    /// Nsight Systems, unless it is left out.
    pub(super) fn nsight(&self, keys: &Keys) -> Option<Nsight> {
        let given = inside(&keys.components, |components| &components.nsight_systems);
        let version = match given.map(|given| &given.value) {
            Some(Switch::Off) => return None,
            Some(Switch::On(tool)) => tool.version.as_ref(),
            None => None,
        };
        let pin = &self.release.common.content.build.nsight_systems;
        Some(Nsight {
            version: version.map_or_else(
                || pin.spanned(self.files.common, Clone::clone),
                |version| version.as_ref().map(ToString::to_string),
            ),
            repository: self.apt_repository("devtools")?,
        })
    }

    /// Packages of the system.
    pub(super) fn system_packages(
        &self,
        framework: Framework,
        device: Device,
        native: bool,
    ) -> SystemPackages {
        let common = &self.release.common.content;
        let of_device = |stage: &str| self.packages(self.needs.apt.get(stage), self.file);
        let of_all = |stage: &str| self.packages(common.apt.get(stage), self.files.common);
        let mut runtime = of_device("runtime");
        if native {
            runtime.extend(of_device("native"));
        }
        SystemPackages {
            runtime,
            conflicting: of_device("conflicting"),
            framework: of_device("framework"),
            wheel_builder: match self.needs.builder {
                Some(PackageManager::Dnf) => WheelBuilderPackages::Dnf(
                    self.packages(common.dnf.get("wheel_builder"), self.files.common),
                ),
                Some(PackageManager::Apt) | None if native => {
                    WheelBuilderPackages::Apt([of_all("wheel_builder"), of_all("native")].concat())
                }
                Some(PackageManager::Apt) | None => {
                    WheelBuilderPackages::Apt(of_all("wheel_builder"))
                }
            },
            dev: match device {
                Device::Cuda => [of_all("dev"), of_all("dev_cuda")].concat(),
                Device::Xpu | Device::Cpu => of_all("dev"),
            },
            frontend: of_all("frontend"),
            epp: of_all("epp"),
            epp_builder: of_all("epp_builder"),
            docs: of_all("docs"),
            cuda_repository: (framework == Framework::Trtllm)
                .then(|| self.apt_repository("cuda"))
                .flatten(),
        }
    }
}
