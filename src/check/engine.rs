//! The inference engine, with what only it has.
//!
//! Plain data, part of the spec as meant.

use std::collections::BTreeMap;

use super::source::{Git, WheelFile};
use crate::diagnostic::Spanned;
use crate::image::Reference;

/// The engine.
#[derive(Debug, Clone)]
pub enum Engine {
    /// None.
    Dynamo,
    /// vLLM.
    Vllm(Vllm),
    /// `SGLang`.
    Sglang(Sglang),
    /// TensorRT-LLM.
    Trtllm(Trtllm),
}

impl Engine {
    /// The Python packages of the engine, if there is one.
    pub fn python(&self) -> Option<&PythonNeeds> {
        match self {
            Self::Dynamo => None,
            Self::Vllm(vllm) => Some(&vllm.python),
            Self::Sglang(sglang) => Some(&sglang.python),
            Self::Trtllm(trtllm) => Some(&trtllm.python),
        }
    }
}

/// Python packages of an engine, as the catalog has them for the chosen device,
/// with versions filled in.
#[derive(Debug, Clone, Default)]
pub struct PythonNeeds {
    /// Requirements, by what they are for.
    pub requirements: BTreeMap<String, Vec<Spanned<String>>>,
    /// Requirement files of the engine's repository, by what they are for.
    pub files: BTreeMap<String, Vec<String>>,
    /// More indexes, by what they are for; mirrors applied.
    pub indexes: BTreeMap<String, Vec<Spanned<String>>>,
    /// Folders of `site-packages` that get layers of their own.
    pub layers: Vec<String>,
}

impl PythonNeeds {
    /// The requirements of one kind, none when there are none.
    pub fn requirements(&self, kind: &str) -> &[Spanned<String>] {
        self.requirements.get(kind).map_or(&[], Vec::as_slice)
    }

    /// The requirement files of one kind.
    pub fn files(&self, kind: &str) -> &[String] {
        self.files.get(kind).map_or(&[], Vec::as_slice)
    }

    /// The indexes of one kind.
    pub fn indexes(&self, kind: &str) -> &[Spanned<String>] {
        self.indexes.get(kind).map_or(&[], Vec::as_slice)
    }
}

/// vLLM.
#[derive(Debug, Clone)]
pub struct Vllm {
    /// Its repository at the release.
    pub source: Git,
    /// The release without the leading `v`.
    pub version: Spanned<String>,
    /// How it is installed.
    pub install: VllmInstall,
    /// Its Python packages: `lmcache`, `framework`, `flashinfer`.
    pub python: PythonNeeds,
    /// The ref of DeepGEMM, where it is not vLLM's own choice.
    pub deepgemm: Option<Spanned<String>>,
    /// The GPU architectures that kernels are compiled for, on CUDA.
    pub arch_list: Option<Spanned<String>>,
}

/// How vLLM is installed.
#[derive(Debug, Clone)]
pub enum VllmInstall {
    /// The requirements `framework`, with PyTorch for this backend.
    Index {
        /// `cu129` and the like.
        torch_backend: String,
    },
    /// A wheel of its GitHub release, with PyTorch for this backend.
    Wheel {
        /// The wheel.
        file: WheelFile,
        /// `cu130` and the like.
        torch_backend: String,
    },
    /// Compiled from its repository, for a device without wheels.
    Source,
}

/// `SGLang`, which comes with the runtime's base image.
#[derive(Debug, Clone)]
pub struct Sglang {
    /// The release in that image.
    pub version: Spanned<String>,
    /// Python packages: `forced`, `runtime`, `constraint`, `conflicting`.
    pub python: PythonNeeds,
}

/// TensorRT-LLM.
#[derive(Debug, Clone)]
pub struct Trtllm {
    /// Where it comes from.
    pub install: TrtllmInstall,
    /// Its release.
    pub version: Spanned<String>,
    /// Its Python packages: `framework`, `triton`, `runtime`.
    pub python: PythonNeeds,
    /// Packages of the base image's Python that the environment takes over, as
    /// patterns below `dist-packages`.
    pub site_packages: Vec<String>,
    /// The GPU architectures that a wheel is built for.
    pub cuda_architectures: Spanned<String>,
}

/// Where TensorRT-LLM comes from.
#[derive(Debug, Clone)]
pub enum TrtllmInstall {
    /// A Python index.
    Index {
        /// The index, mirrors applied.
        url: Spanned<String>,
    },
    /// A named build context with the wheel in it.
    WheelDir(Spanned<String>),
    /// An image that has the wheel in `/app/tensorrt_llm`.
    Image(Spanned<Reference>),
    /// Built from its repository.
    Git(Git),
}
