//! The spec as meant, key by key: what clients and editors are shown.
//!
//! Owns which key a decided value belongs to. A key that is not here is shown
//! without a value.

use std::collections::BTreeMap;

use super::{Dynamo, Engine, Git, Resolved};
use crate::diagnostic::Span;
use crate::spec::Feature;

/// What the keys mean that always mean something, each with its place; those
/// that are kept without one have none. By dotted path.
pub fn values(resolved: &Resolved) -> BTreeMap<String, (String, Option<Span>)> {
    let mut values = Values::default();
    values.choice(resolved);
    values.source(resolved);
    values.images(resolved);
    values.tools(resolved);
    values.parts(resolved);
    values.engine(&resolved.engine);
    values.0
}

#[derive(Default)]
struct Values(BTreeMap<String, (String, Option<Span>)>);

impl Values {
    fn set(&mut self, path: impl Into<String>, value: &dyn ToString, place: Span) {
        self.0.insert(path.into(), (value.to_string(), Some(place)));
    }

    fn set_nowhere(&mut self, path: impl Into<String>, value: &dyn ToString) {
        self.0.insert(path.into(), (value.to_string(), None));
    }

    /// What was chosen first of all.
    fn choice(&mut self, resolved: &Resolved) {
        let Resolved {
            framework,
            target,
            device,
            cuda,
            user,
            ..
        } = resolved;
        self.set_nowhere("catalog", &resolved.release);
        self.set("framework", &framework.value, framework.span);
        self.set("target", &target.value, target.span);
        self.set("device", &device.value, device.span);
        if let Some(cuda) = cuda {
            self.set("cuda", &cuda.value, cuda.span);
        }
        match &resolved.efa {
            Some(efa) => self.set("efa", &true, efa.place),
            None => self.set_nowhere("efa", &false),
        }
        self.set("user.name", &user.name.value, user.name.span);
        self.set("user.uid", &user.uid.value, user.uid.span);
        self.set("user.gid", &user.gid.value, user.gid.span);
    }

    /// Where Dynamo comes from.
    fn source(&mut self, resolved: &Resolved) {
        match &resolved.dynamo {
            Dynamo::Index { version, .. } => {
                self.set("dynamo.source.index", &version.value, version.span);
            }
            Dynamo::Context { place } => self.set("dynamo.source", &"context", *place),
            Dynamo::Git { git, .. } => self.git("dynamo.source.git", git),
        }
        if let Some(commit) = &resolved.commit {
            self.set("dynamo.commit", &commit.value, commit.span);
        }
    }

    fn git(&mut self, path: &str, git: &Git) {
        self.set(format!("{path}.url"), &git.url.value, git.url.span);
        let reference = &git.reference;
        self.set(format!("{path}.ref"), &reference.value, reference.span);
    }

    fn images(&mut self, resolved: &Resolved) {
        let images = &resolved.images;
        for (role, image) in [
            ("base", &images.base),
            ("runtime", &images.runtime),
            ("wheel_builder", &images.wheel_builder),
            ("frontend", &images.frontend),
            ("epp_base", &images.epp_base),
            ("docs", &images.docs),
            ("uv", &resolved.uv.image),
            ("rust", &resolved.rust.image),
            ("go", &resolved.go.image),
        ] {
            self.set(format!("images.{role}"), &image.value, image.span);
        }
    }

    /// What builds, and how.
    fn tools(&mut self, resolved: &Resolved) {
        let (python, index) = (&resolved.python, &resolved.python_index);
        self.set("toolchain.python", &python.value, python.span);
        for (name, tool) in [
            ("toolchain.rust", &resolved.rust),
            ("toolchain.go", &resolved.go),
            ("components.uv.version", &resolved.uv),
        ] {
            self.set(name, &tool.version.value, tool.version.span);
        }
        // Packages that build are kept as requirements.
        let packages = resolved.python_tools.iter().chain(&resolved.native_tools);
        for package in packages {
            if let Some((name @ ("maturin" | "meson"), version)) = package.value.split_once("==") {
                self.set(format!("toolchain.{name}"), &version, package.span);
            }
        }
        if let Some(protoc) = &resolved.protoc {
            let version = &protoc.version;
            self.set("toolchain.protoc", &version.value, version.span);
        }
        if let Some(sccache) = &resolved.sccache {
            let version = &sccache.program.version;
            self.set("build.sccache.version", &version.value, version.span);
            self.set_nowhere("build.sccache.credentials", &sccache.credentials);
        }
        // A secret is where the index is then.
        if index.url_secret.is_none() {
            self.set("build.python.index", &index.url.value, index.url.span);
        }
        self.set_nowhere("toolchain.cargo_jobs", &resolved.cargo_jobs);
        self.set_nowhere("toolchain.max_jobs", &resolved.max_jobs);
        self.set_nowhere("build.retries", &resolved.transfer.retries);
        self.set_nowhere("build.timeout", &resolved.transfer.timeout);
    }

    /// What images are made of.
    fn parts(&mut self, resolved: &Resolved) {
        for download in &resolved.downloads {
            let name = format!("components.{}.version", download.name);
            self.set(name, &download.version.value, download.version.span);
        }
        for (component, git) in &resolved.components {
            self.git(&format!("components.{component}"), git);
        }
        if let Some(ffmpeg) = &resolved.ffmpeg {
            let version = &ffmpeg.version;
            self.set("components.ffmpeg.version", &version.value, version.span);
        }
        if let Some(efa) = &resolved.efa {
            let version = &efa.installer.version;
            self.set("components.efa.version", &version.value, version.span);
            self.set_nowhere("components.efa.verify", &efa.verify);
        }
        if let Some(nsight) = &resolved.nsight_systems {
            let version = &nsight.version;
            let name = "components.nsight_systems.version";
            self.set(name, &version.value, version.span);
        }
        // ModelExpress says by its version that it is wanted.
        for feature in Feature::ALL
            .iter()
            .filter(|one| **one != Feature::Modelexpress)
        {
            let name = format!("features.{feature}");
            self.set_nowhere(name, &resolved.has(*feature));
        }
        if let Some(git) = &resolved.modelexpress {
            self.git("features.modelexpress", git);
        }
    }

    fn engine(&mut self, engine: &Engine) {
        match engine {
            Engine::Dynamo => {}
            Engine::Vllm(vllm) => {
                self.git("vllm", &vllm.source);
                let optional = [
                    ("vllm.deepgemm", &vllm.deepgemm),
                    ("vllm.torch_cuda_arch_list", &vllm.arch_list),
                ];
                for (name, value) in optional {
                    if let Some(value) = value {
                        self.set(name, &value.value, value.span);
                    }
                }
            }
            Engine::Sglang(sglang) => {
                self.set("sglang.version", &sglang.version.value, sglang.version.span);
            }
            Engine::Trtllm(trtllm) => {
                let architectures = &trtllm.cuda_architectures;
                let name = "trtllm.cuda_architectures";
                self.set(name, &architectures.value, architectures.span);
            }
        }
    }
}
