//! What only one engine has: the sections `vllm`, `sglang` and `trtllm`.

use super::collection::{Switch, Table, only_entry};
use super::decode::{Decode, Scalar, mapping, unknown_key, wrong_type};
use super::dynamo::GitSource;
use super::node::{Node, NodeKind};
use super::scalar::{
    ArchList, ArchitectureKey, Commit, ContextName, GitUrl, ImageName, Revision, Sha256, Url,
    Version,
};
use super::shape::{Field, Shape};
use crate::diagnostic::{Diagnostics, Spanned};

mapping! {
    /// What only vLLM has.
    pub struct Vllm {
        /// The release to install, as vLLM tags it: `v0.15.1`.
        r#ref: Revision,
        /// The repository whose tools are built and whose sources are in `/opt/vllm`.
        url: GitUrl,
        /// The full commit that the ref of the repository must be.
        commit: Commit,
        /// The release of FlashInfer, which has kernels for vLLM.
        flashinfer: Revision,
        /// LMCache; `false` leaves it out.
        lmcache: Switch<VersionOnly>,
        /// The ref of DeepGEMM; vLLM's own choice unless given.
        deepgemm: Revision,
        /// The GPU architectures that kernels are compiled for.
        torch_cuda_arch_list: ArchList,
        /// The checksum of the release wheel for each architecture, where it is downloaded as a file.
        checksum: Table<ArchitectureKey, Sha256>,
    }
}

mapping! {
    /// A version and nothing else.
    pub struct VersionOnly {
        /// The release that is installed.
        version: Version,
    }
}

mapping! {
    /// What only SGLang has.
    pub struct Sglang {
        /// The release in the runtime image; read from its tag unless given.
        version: Version,
    }
}

mapping! {
    /// What only TensorRT-LLM has.
    pub struct Trtllm {
        /// Where TensorRT-LLM comes from: `{index: {version, url}}`, `{wheel_dir: CONTEXT}`, `{image: NAME}` or `{git: {url, ref}}`.
        install: TrtllmInstall,
        /// The GPU architectures that a build from git compiles for, as CMake spells them.
        cuda_architectures: ArchList,
    }
}

mapping! {
    /// A release on a Python index.
    pub struct IndexInstall {
        /// The release that is installed.
        version: Version,
        /// The Python index that has it.
        url: Url,
    }
}

/// Where TensorRT-LLM comes from.
#[derive(Debug, Clone)]
pub enum TrtllmInstall {
    /// A Python index.
    Index(IndexInstall),
    /// A named build context with the wheel in it.
    WheelDir(Spanned<ContextName>),
    /// An image that has the wheel.
    Image(Spanned<ImageName>),
    /// Built from a git repository.
    Git(GitSource),
}

impl TrtllmInstall {
    const WAYS: &'static str = "`index`, `wheel_dir`, `image`, `git`";
    const FIELDS: &'static [Field] = &[
        Field::new(
            "index",
            " The release to install from a Python index.",
            IndexInstall::shape,
        ),
        Field::new(
            "wheel_dir",
            " The build context that holds the wheel, as in `--build-context trtllm_wheel=DIR`.",
            ContextName::shape,
        ),
        Field::new(
            "image",
            " The image that has the wheel in `/app/tensorrt_llm`.",
            ImageName::shape,
        ),
        Field::new("git", " The repository to build from.", GitSource::shape),
    ];
}

impl Decode for TrtllmInstall {
    fn decode(node: &Node, diagnostics: &mut Diagnostics) -> Option<Self> {
        if !matches!(node.kind, NodeKind::Mapping(_)) {
            let wrong = wrong_type(node, &format!("one of {}", Self::WAYS));
            diagnostics.push(match &node.kind {
                NodeKind::Scalar { text, .. } if Version::parse(text).is_ok() => {
                    wrong.help(format!("write `{{index: {{version: \"{text}\"}}}}`"))
                }
                _ => wrong.help("write `{index: {version: \"1.3.0\"}}`"),
            });
            return None;
        }
        let entry = only_entry(node, Self::WAYS, Self::FIELDS, diagnostics)?;
        let value = &entry.value;
        match entry.key.as_str() {
            "index" => IndexInstall::decode(value, diagnostics).map(Self::Index),
            "wheel_dir" => ContextName::decode(value, diagnostics)
                .map(|name| Self::WheelDir(value.spanned(name))),
            "image" => {
                ImageName::decode(value, diagnostics).map(|name| Self::Image(value.spanned(name)))
            }
            "git" => {
                let git = GitSource::decode(value, diagnostics)?;
                git.report_missing(entry.key_span, diagnostics);
                Some(Self::Git(git))
            }
            _ => {
                diagnostics.push(unknown_key(entry, Self::FIELDS));
                None
            }
        }
    }

    fn shape() -> Shape {
        Shape::WordOrOneOf(&[], Self::FIELDS)
    }
}
