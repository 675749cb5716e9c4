//! The spec as written: `dynamo.yaml` and build arguments, typed, every value
//! with its place.
//!
//! Owns the keys, their types and their decoding. Gives no defaults and knows
//! no catalog: what a missing value means is decided by `check`.

mod build;
mod build_args;
mod choice;
mod collection;
mod decode;
mod dynamo;
mod engine;
mod extend;
pub(crate) mod flow;
mod foreign;
mod given;
mod grammar;
mod image_tests;
mod lint;
mod mapping_wanted;
mod node;
mod platform;
mod scalar;
pub(crate) mod secret;
mod sections;
mod shape;
mod syntax;
#[cfg(test)]
mod tests;
mod vocabulary;
mod wrong;
mod yaml;

use std::collections::BTreeMap;

pub use build::{Build, PythonBuild, Sccache};
pub use build_args::{ALIASES, retired};
pub use collection::{Switch, Table, Whole};
pub use decode::{Decode, Scalar};
pub use dynamo::{Dynamo, DynamoSource, GitSource};
pub use engine::{IndexInstall, Sglang, Trtllm, TrtllmInstall, VersionOnly, Vllm};
pub use extend::{
    Account, CacheSharing, Command, CopySource, Extend, ExtendCache, ExtendCopy, ExtendNetwork,
    ExtendPackages, ExtendSecret, ExtendStep, ExtendedStage,
};
pub use given::Given;
pub use grammar::{Grammar, Numbers};
pub use image_tests::{
    CHECK_IMAGE, ExpectedFile, ExpectedText, ExpectedUser, FileKind, ImageCheck, ImageTests,
    OneOrMore,
};
pub use lint::{Check, ExperimentalRule, Named, SkippedRule};
pub(crate) use node::abbreviate;
pub use platform::WrongPlatform;
pub use scalar::{
    AccountName, AptPackage, ArchList, ArchitectureKey, ByteSize, CacheId, CheckName, CloudName,
    Commit, ContextName, ContextPath, Count, CudaVersion, DnfPackage, EnvName, ExitStatus,
    FileMode, Flag, GitUrl, Id, ImageName, ImagePath, Interval, LabelName, Library, Port, Prefix,
    PythonModule, PythonVersion, Requirement, Revision, SecretId, Sha256, Signal, StepName, Text,
    TimeLimit, TreePath, Url, UserName, Version,
};
pub use sections::{
    Checksums, Components, Download, Efa, EnvTable, Features, GitComponent, Healthcheck, Images,
    List, Packages, SourceArchive, Tool, Toolchain, User,
};
pub use shape::{Field, Shape, Word};
pub use vocabulary::{
    Architecture, Component, Credentials, Device, Feature, Framework, StepNetwork, Target,
};
pub use wrong::Wrong;
pub use yaml::MAX_BYTES;

use crate::diagnostic::{Code, Diagnostic, Diagnostics, SourceKind, Sources, Span};
use decode::mapping;
use node::{Node, NodeKind};

mapping! {
    /// A `dynamo.yaml`.
    pub struct Keys {
        /// The inference engine; `vllm` unless given.
        framework: Framework,
        /// What is built; `runtime` unless given.
        target: Target,
        /// What the image computes on; `cuda` unless given.
        device: Device,
        /// The CUDA release, for the device `cuda`; the catalog has the default of each framework.
        cuda: CudaVersion,
        /// Whether the image has the AWS EFA layer: `runtime`, `dev` and `local-dev` on `cuda`.
        efa: Flag,
        /// The catalog release whose pins are used; the newest unless given.
        catalog: Version,
        /// Dynamo itself: where it comes from, and what is recorded of it.
        dynamo: Dynamo,
        /// Images that replace the catalog's.
        images: Images,
        /// Versions of the tools that build.
        toolchain: Toolchain,
        /// The parts an image is made of.
        components: Components,
        /// Parts of Dynamo that are in the image or not.
        features: Features,
        /// What only vLLM has.
        vllm: Vllm,
        /// What only SGLang has.
        sglang: Sglang,
        /// What only TensorRT-LLM has.
        trtllm: Trtllm,
        /// The account that the image runs as.
        user: User,
        /// Packages added to the target.
        packages: Packages,
        /// Steps of your own, by the stage whose end they are added to.
        extend: Extend,
        /// Environment variables of the image. `${PATH}` in the value of `PATH` stands for what it would be otherwise, and so for every variable.
        env: EnvTable,
        /// Labels of the image.
        labels: Labels,
        /// The program the image starts, as a list of arguments.
        entrypoint: Arguments,
        /// Arguments of the entrypoint, or the command when there is none.
        cmd: Arguments,
        /// Ports that the image listens on.
        expose: List<Port>,
        /// How a container is asked whether it is well.
        healthcheck: Healthcheck,
        /// The signal that ends a container.
        stop_signal: Signal,
        /// How the build behaves.
        build: Build,
        /// `{prefix: replacement}`, applied to every image, URL and index that begins with the prefix.
        mirrors: Mirrors,
        /// What must hold for the image, checked in it as a part of the build.
        tests: ImageTests,
        /// Which rules are heard, and what comes of their warnings.
        check: Check,
    }
}

/// Labels of the image.
pub type Labels = Table<LabelName, Text>;
/// An argument vector.
pub type Arguments = List<Text>;
/// Rewrites of sources.
pub type Mirrors = Table<Prefix, Prefix>;

/// A spec as written.
#[derive(Debug, Clone)]
pub struct Spec {
    /// The keys that were given.
    pub keys: Keys,
    /// Where they are.
    pub given: Given,
    /// The whole mapping, for findings that no single key causes.
    pub span: Span,
    /// Where the client asks for the checks of the image instead of the image.
    pub check_image: Option<Span>,
}

/// What a spec is read from.
#[derive(Debug, Clone, Copy)]
pub struct Input<'a> {
    /// Name of the file, as messages show it.
    pub name: &'a str,
    /// Its bytes.
    pub bytes: &'a [u8],
    /// Build arguments, laid over the file.
    pub build_args: &'a BTreeMap<String, String>,
    /// `--target`, which wins over both.
    pub target: Option<&'a str>,
}

/// Reads a spec: the keys that are in order, whatever the others are. `None`
/// when there are no keys at all. What is wrong is in `diagnostics`, and the
/// texts that it points into in `sources`.
pub fn read(
    input: Input<'_>,
    sources: &mut Sources,
    diagnostics: &mut Diagnostics,
) -> Option<Spec> {
    let source = match std::str::from_utf8(input.bytes) {
        Ok(text) => sources.add(
            SourceKind::Spec,
            input.name,
            text.trim_start_matches('\u{feff}'),
        ),
        Err(error) => {
            let text = String::from_utf8_lossy(input.bytes);
            let source = sources.add(SourceKind::Spec, input.name, text);
            let at = error.valid_up_to();
            let span = Span::new(source, at, at + char::REPLACEMENT_CHARACTER.len_utf8());
            diagnostics.push(
                Diagnostic::error(Code::InvalidYaml, span, "the spec is not UTF-8 text")
                    .note("the first byte that is not")
                    .help(match input.bytes {
                        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => {
                            "the file is UTF-16: save it as UTF-8"
                        }
                        _ => "save the file as UTF-8",
                    }),
            );
            return None;
        }
    };
    let root = yaml::parse(source, sources, diagnostics);
    if !diagnostics.is_empty() {
        secret::hide_in_text(source, sources);
    }
    let Some(mut root) = root else {
        if diagnostics.is_empty() {
            diagnostics.push(empty(Span::new(source, 0, 0)));
        }
        return None;
    };
    match root.kind {
        NodeKind::Mapping(_) => {}
        NodeKind::Null => {
            diagnostics.push(empty(Span::new(source, 0, 0)));
            return None;
        }
        _ => {
            diagnostics.push(no_mapping(&root));
            return None;
        }
    }
    let check_image = build_args::apply(
        &mut root,
        input.build_args,
        input.target,
        Keys::shape(),
        sources,
        diagnostics,
    );
    secret::hide(&root, sources);
    let keys = Keys::decode(&root, diagnostics)?;
    let given = Given::of(&root);
    let Node { span, .. } = root;
    Some(Spec {
        keys,
        given,
        span,
        check_image,
    })
}

/// A text that is YAML and no mapping.
fn no_mapping(root: &Node) -> Diagnostic {
    let message = format!(
        "a spec is a mapping of keys, and this is {}",
        root.describe()
    );
    let wrong = Diagnostic::error(Code::WrongType, root.span, message);
    let NodeKind::Scalar { text, .. } = &root.kind else {
        return wrong.help("begin with `framework: dynamo`");
    };
    if text.starts_with("FROM ") || text.starts_with("ARG ") {
        return wrong.help(
            "this looks like a Dockerfile; `dynamo-frontend init` writes a spec to begin from",
        );
    }
    match syntax::glued_key(text) {
        Some(key) => wrong.help(format!("put a space after the colon of `{key}:`")),
        None => wrong.help("begin with `framework: dynamo`"),
    }
}

fn empty(span: Span) -> Diagnostic {
    Diagnostic::error(Code::MissingValue, span, "the spec is empty")
        .help("begin with `framework: dynamo`")
}
