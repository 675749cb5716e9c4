//! The engine of a spec: what only vLLM, `SGLang` or TensorRT-LLM has.

use super::defaults::Defaults;
use super::engine::{Engine, PythonNeeds, Sglang, Trtllm, TrtllmInstall, Vllm, VllmInstall};
use super::inside;
use super::source::{Git, WheelFile};
use crate::catalog::Needs;
use crate::diagnostic::{Code, Diagnostic, Span, Spanned};
use crate::image::Reference;
use crate::spec::{self, Framework, GitComponent, Keys, Switch};

impl Defaults<'_> {
    /// The engine; versions it brings become placeholders.
    pub(super) fn engine(
        &mut self,
        keys: &Keys,
        framework: Framework,
        runtime: &Spanned<Reference>,
    ) -> Option<Engine> {
        self.report_foreign(keys, framework);
        match framework {
            Framework::Dynamo => Some(Engine::Dynamo),
            Framework::Vllm => self.vllm(keys).map(Engine::Vllm),
            Framework::Sglang => Some(Engine::Sglang(self.sglang(keys, runtime))),
            Framework::Trtllm => self.trtllm(keys).map(Engine::Trtllm),
        }
    }

    /// Sections of engines that this is not.
    fn report_foreign(&mut self, keys: &Keys, framework: Framework) {
        let others = Framework::ALL.iter().filter(|one| **one != framework);
        for section in others {
            let Some(place) = section_of(keys, *section) else {
                continue;
            };
            let message = format!("`{section}` has no effect: the framework is `{framework}`");
            self.diagnostics.push(
                Diagnostic::warning(Code::WithoutEffect, place, message)
                    .help("remove the section, or choose its framework"),
            );
        }
    }

    fn vllm(&mut self, keys: &Keys) -> Option<Vllm> {
        let section = keys.vllm.as_ref().map(|section| &section.value);
        let given = GitComponent {
            r#ref: section.and_then(|section| section.r#ref.clone()),
            url: section.and_then(|section| section.url.clone()),
            commit: section.and_then(|section| section.commit.clone()),
            ..GitComponent::default()
        };
        let pin = self.needs.repositories.get("vllm")?;
        let source = self.git(pin, self.file, None, Some(&given), "vllm");
        self.placeholders.add("vllm", &source.reference);
        let flashinfer = section.and_then(|section| section.flashinfer.as_ref());
        self.version(
            "flashinfer",
            flashinfer.map(|version| version.as_ref().map(ToString::to_string)),
        );
        let lmcache = inside(&keys.vllm, |vllm| &vllm.lmcache);
        let wanted = match lmcache.map(|given| &given.value) {
            Some(Switch::On(details)) => details.version.as_ref(),
            _ => None,
        };
        self.version(
            "lmcache",
            wanted.map(|version| version.as_ref().map(ToString::to_string)),
        );
        let mut python = self.python();
        match lmcache {
            Some(given) if matches!(given.value, Switch::Off) => {
                python.requirements.remove("lmcache");
            }
            Some(given) if !python.requirements.contains_key("lmcache") => {
                let has = |needs: &Needs| needs.python.contains_key("lmcache");
                let unsupported = self.unsupported(given.span, "LMCache", has);
                self.diagnostics.push(match unsupported.code {
                    Code::UnsupportedPlatform => unsupported,
                    _ => unsupported
                        .help("it has wheels for `cuda: \"12.9\"` on amd64; remove `lmcache`"),
                });
            }
            _ => {}
        }
        let torch_backend = self
            .filled_version("torch_backend")
            .map(|backend| backend.value);
        let install = match (self.needs.files.get("vllm"), torch_backend) {
            (Some(file), Some(torch_backend)) => {
                let own = file.url.span(self.file);
                let url = self.placeholders.fill(&file.url.value, own);
                // Of all that it names the release is what can be corrected.
                let url = Spanned::new(url.value, source.reference.span);
                let of_catalog = source.reference.value == pin.r#ref.value;
                let pinned = of_catalog
                    .then(|| file.checksum.get(&self.architecture)?.as_ref())
                    .flatten();
                let own = section.and_then(|section| section.checksum.as_ref());
                let checksum = self
                    .checksum(own)
                    .or_else(|| pinned.map(|pin| pin.spanned(self.file, Clone::clone)));
                let file = WheelFile {
                    url: self.rewrites.url(url).0,
                    checksum,
                    extras: file.extras.clone(),
                    of_catalog,
                };
                VllmInstall::Wheel {
                    file,
                    torch_backend,
                }
            }
            (None, Some(torch_backend)) => VllmInstall::Index { torch_backend },
            (_, None) => VllmInstall::Source,
        };
        let arch_list = section.and_then(|section| section.torch_cuda_arch_list.as_ref());
        let number = |reference: &String| reference.trim_start_matches('v').to_owned();
        Some(Vllm {
            version: source.reference.as_ref().map(number),
            source,
            install,
            python,
            deepgemm: section
                .and_then(|section| section.deepgemm.as_ref())
                .map(|given| given.as_ref().map(ToString::to_string)),
            arch_list: arch_list
                .map(|given| given.as_ref().map(ToString::to_string))
                .or_else(|| self.filled_version("torch_cuda_arch_list")),
        })
    }

    fn sglang(&mut self, keys: &Keys, runtime: &Spanned<Reference>) -> Sglang {
        // The tag of the upstream image begins with the release: v0.5.8-cu130.
        let of_tag = |image: &Reference| {
            let tag = image.tag().unwrap_or_default();
            tag.split('-').next().unwrap_or(tag).to_owned()
        };
        let version = match inside(&keys.sglang, |sglang| &sglang.version) {
            Some(version) => version.as_ref().map(ToString::to_string),
            None => runtime.as_ref().map(of_tag),
        };
        if !version
            .value
            .starts_with(|c: char| c == 'v' || c.is_ascii_digit())
        {
            let message = "the tag of the runtime image does not tell the release of SGLang";
            self.diagnostics.push(
                Diagnostic::error(Code::MissingValue, runtime.span, message)
                    .help("add `sglang: {version: v0.5.8}`"),
            );
        }
        self.placeholders.add("sglang", &version);
        Sglang {
            python: self.python(),
            version,
        }
    }

    fn trtllm(&mut self, keys: &Keys) -> Option<Trtllm> {
        let install = inside(&keys.trtllm, |trtllm| &trtllm.install);
        let given = match install.map(|install| &install.value) {
            Some(spec::TrtllmInstall::Index(index)) => index.version.as_ref(),
            _ => None,
        };
        self.version(
            "trtllm",
            given.map(|version| version.as_ref().map(ToString::to_string)),
        );
        let version = self.filled_version("trtllm")?;
        let image = inside(&keys.images, |images| &images.trtllm_wheel);
        let python = self.python();
        let install = match install.map(|install| &install.value) {
            Some(spec::TrtllmInstall::Index(index)) => {
                let catalogs = python.indexes("trtllm").first().cloned();
                let url = index.url.as_ref().map(|url| {
                    let url = url.as_ref().map(ToString::to_string);
                    self.rewrites.url(url).0
                });
                TrtllmInstall::Index {
                    url: url.or(catalogs)?,
                }
            }
            Some(spec::TrtllmInstall::WheelDir(context)) => {
                TrtllmInstall::WheelDir(context.as_ref().map(ToString::to_string))
            }
            Some(spec::TrtllmInstall::Image(image)) => {
                TrtllmInstall::Image(self.device_image("trtllm_wheel", Some(image))?)
            }
            Some(spec::TrtllmInstall::Git(git)) => {
                TrtllmInstall::Git(self.given_git(git, "trtllm.install")?)
            }
            None => TrtllmInstall::Image(self.device_image("trtllm_wheel", image)?),
        };
        Some(Trtllm {
            install,
            version,
            python,
            site_packages: self.needs.site_packages.clone(),
            cuda_architectures: match inside(&keys.trtllm, |trtllm| &trtllm.cuda_architectures) {
                Some(given) => given.as_ref().map(ToString::to_string),
                None => self.filled_version("cuda_architectures")?,
            },
        })
    }

    /// A repository of the spec's own.
    pub(super) fn given_git(&self, git: &spec::GitSource, key: &str) -> Option<Git> {
        let url = git.url.as_ref()?.as_ref().map(ToString::to_string);
        let commit = git.commit.as_ref();
        Some(Git {
            key: key.to_owned(),
            url: self.rewrites.url(url).0,
            reference: git.r#ref.as_ref()?.as_ref().map(ToString::to_string),
            commit: commit.map(|commit| commit.as_ref().map(ToString::to_string)),
            of_catalog: false,
        })
    }

    /// Makes a version a placeholder: the spec's, or the catalog's if it has one.
    fn version(&mut self, name: &str, given: Option<Spanned<String>>) {
        let pinned = self.needs.versions.get(name);
        let version = given.or_else(|| pinned.map(|pin| pin.spanned(self.file, Clone::clone)));
        if let Some(version) = version {
            self.placeholders.add(name, &version);
        }
    }

    /// A version of the catalog with what it names filled in.
    fn filled_version(&self, name: &str) -> Option<Spanned<String>> {
        let pin = self.needs.versions.get(name)?;
        let own = pin.span(self.file);
        let given = self.placeholders.fill(&format!("{{{name}}}"), own);
        if given.value.starts_with('{') {
            return Some(self.placeholders.fill(&pin.value, own));
        }
        Some(given)
    }

    /// The engine's Python packages, with every version known by now filled in.
    fn python(&mut self) -> PythonNeeds {
        let file = self.file;
        let requirements = self.needs.python.iter();
        let indexes = self.needs.indexes.iter();
        PythonNeeds {
            requirements: requirements
                .map(|(kind, list)| (kind.clone(), self.packages(Some(list), file)))
                .collect(),
            files: self.needs.requirement_files.clone(),
            indexes: indexes
                .map(|(kind, list)| {
                    let urls = self.packages(Some(list), file);
                    let urls = urls.into_iter().map(|url| self.rewrites.url(url).0);
                    (kind.clone(), urls.collect())
                })
                .collect(),
            layers: self.needs.layers.clone(),
        }
    }
}

/// Where the section of an engine is, if it is given.
fn section_of(keys: &Keys, engine: Framework) -> Option<Span> {
    match engine {
        Framework::Vllm => keys.vllm.as_ref().map(|one| one.span),
        Framework::Sglang => keys.sglang.as_ref().map(|one| one.span),
        Framework::Trtllm => keys.trtllm.as_ref().map(|one| one.span),
        // It has none: the section of that name is about where Dynamo comes from.
        Framework::Dynamo => None,
    }
}
