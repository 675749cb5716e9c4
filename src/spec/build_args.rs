//! Build arguments and `--target`, laid over the tree of a spec.
//!
//! `--build-arg dotted.key=value` sets any scalar of the spec, and the
//! arguments that the Dockerfile path took stay as aliases. Each becomes a node
//! whose place is a line of the text "command line", so that a wrong argument
//! is reported like a wrong line.

mod claims;
mod legacy;
mod retired;

use std::collections::BTreeMap;

pub use retired::retired;

use claims::{claims, contradicted, contradiction, switched_off};

use super::decode::plain_bool;
use super::image_tests::CHECK_IMAGE;
use super::node::{Entry, Node, NodeKind, abbreviate};
use super::secret;
use super::shape::Shape;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, SourceKind, Sources, Span, nearest};

/// Arguments of the Dockerfile path and the keys they set.
/// Source: the `ARG`s of the templates that this frontend replaces.
pub const ALIASES: &[(&str, &str)] = &[
    ("BASE_IMAGE", "images.base"),
    ("CARGO_BUILD_JOBS", "toolchain.cargo_jobs"),
    ("CUDA_VERSION", "cuda"),
    ("DEEPGEMM_REF", "vllm.deepgemm"),
    ("DEVICE", "device"),
    ("DYNAMO_COMMIT_SHA", "dynamo.commit"),
    ("EFA_VERSION", "components.efa.version"),
    ("ENABLE_GPU_MEMORY_SERVICE", "features.gpu_memory_service"),
    ("ENABLE_KVBM", "features.kvbm"),
    ("ENABLE_MEDIA_FFMPEG", "features.media_ffmpeg"),
    ("ENABLE_MODELEXPRESS_P2P", "features.modelexpress"),
    ("EPP_IMAGE", "images.epp"),
    ("ETCD_VERSION", "components.etcd.version"),
    ("FFMPEG_VERSION", "components.ffmpeg.version"),
    ("FLASHINF_REF", "vllm.flashinfer"),
    ("FRONTEND_IMAGE", "images.frontend"),
    ("LMCACHE_REF", "vllm.lmcache.version"),
    ("MAX_JOBS", "toolchain.max_jobs"),
    ("MODELEXPRESS_REF", "features.modelexpress.ref"),
    ("NATS_VERSION", "components.nats.version"),
    ("NIXL_GDRCOPY_REF", "components.gdrcopy.ref"),
    ("NIXL_LIBFABRIC_REF", "components.libfabric.ref"),
    ("NIXL_LIBFABRIC_REPO", "components.libfabric.url"),
    ("NIXL_REF", "components.nixl.ref"),
    ("NIXL_UCX_REF", "components.ucx.ref"),
    ("PYTHON_VERSION", "toolchain.python"),
    ("RUNTIME_IMAGE", "images.runtime"),
    ("RUST_VERSION", "toolchain.rust"),
    ("SCCACHE_BUCKET", "build.sccache.bucket"),
    ("SCCACHE_REGION", "build.sccache.region"),
    ("SCCACHE_VERSION", "build.sccache.version"),
    ("TENSORRTLLM_INDEX_URL", "trtllm.install.index.url"),
    ("TENSORRTLLM_PIP_WHEEL", "trtllm.install.index.version"),
    ("TORCH_CUDA_ARCH_LIST", "vllm.torch_cuda_arch_list"),
    ("TRTLLM_WHEEL_IMAGE", "images.trtllm_wheel"),
    ("USER_GID", "user.gid"),
    ("USER_UID", "user.uid"),
    ("USE_SCCACHE", "build.sccache"),
    ("UV_VERSION", "components.uv.version"),
    ("VLLM_GIT_URL", "vllm.url"),
    ("VLLM_REF", "vllm.ref"),
];

/// Arguments that mean something to BuildKit or to every build, and so are
/// never reported as unknown: beside those that begin like [`BUILDKIT`], the
/// ones that every Dockerfile has without asking.
const FOREIGN: &[&str] = &[
    "SOURCE_DATE_EPOCH",
    "BUILDPLATFORM",
    "BUILDOS",
    "BUILDOSVERSION",
    "BUILDARCH",
    "BUILDVARIANT",
    "TARGETPLATFORM",
    "TARGETOS",
    "TARGETOSVERSION",
    "TARGETARCH",
    "TARGETVARIANT",
    "TARGETSTAGE",
];
/// What BuildKit's own arguments begin with.
const BUILDKIT: &str = "BUILDKIT_";
/// Arguments whose names count in any case.
const PROXIES: &[&str] = &[
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "FTP_PROXY",
    "NO_PROXY",
    "ALL_PROXY",
];

/// What stands before the name of an option of its own, such as `--target`.
const OPTION: &str = "--";

/// The name of the text that arguments are shown as.
const SOURCE_NAME: &str = "command line";

/// Sets every argument that names a scalar of `shape` in `root`, and the
/// target last; warns about arguments that name nothing. Gives the place of a
/// target that is no target but asks for the checks of the image.
pub(super) fn apply(
    root: &mut Node,
    arguments: &BTreeMap<String, String>,
    target: Option<&str>,
    shape: Shape,
    sources: &mut Sources,
    diagnostics: &mut Diagnostics,
) -> Option<Span> {
    let arguments = legacy::translated(arguments);
    let given = arguments
        .iter()
        .filter(|(name, _)| !is_foreign(name))
        .map(|(name, value)| ("--build-arg ", name.as_str(), value.as_str()))
        .chain(target.map(|target| (OPTION, "target", target)));
    let mut text = String::new();
    let mut places = Vec::new();
    for (option, name, value) in given {
        let alias = ALIASES.iter().find(|(alias, _)| *alias == name);
        let path = alias.map_or(name, |(_, path)| path);
        let names_key = shape.has_scalar_at(path);
        text.push_str(option);
        let name_start = text.len();
        text.push_str(name);
        let name_end = text.len();
        // The text ends up in messages and in provenance: what may be a secret
        // that was meant for something else is not laid out.
        if names_key {
            text.push('=');
            text.push_str(value);
        }
        let value_start = text.len().min(name_end + 1);
        places.push((
            Argument {
                name,
                path,
                value,
                is_alias: alias.is_some(),
                is_option: option == OPTION,
                names_key,
            },
            name_start..name_end,
            value_start..text.len(),
        ));
        text.push('\n');
    }
    if places.is_empty() {
        return None;
    }
    let mut check_image = None;
    let source = sources.add(SourceKind::CommandLine, SOURCE_NAME, text);
    // What is set as a whole comes before what is set inside of it.
    places.sort_by_key(|(argument, ..)| argument.path);
    let mut made = BTreeMap::new();
    for (argument, name, value) in places {
        let name_span = Span::new(source, name.start, name.end);
        let value_span = Span::new(source, value.start, value.end);
        if !argument.names_key {
            diagnostics.push(no_scalar(argument.name, name_span, shape));
            diagnostics.extend(leaked(argument.name, argument.value, name_span));
        } else if argument.is_option && argument.value.eq_ignore_ascii_case(CHECK_IMAGE) {
            check_image = Some(value_span);
        } else if argument.value.is_empty() && argument.is_alias {
            // The Dockerfile path passed empty values for "not set".
        } else {
            let scalar = NodeKind::Scalar {
                text: argument.value.to_owned(),
                quoted: false,
            };
            let leaf = Node {
                kind: scalar,
                span: value_span,
                defined: None,
            };
            let claims = claims(argument.path, argument.value, shape);
            // `--target` is there to win.
            let first = contradicted(&claims, &made).filter(|_| !argument.is_option);
            if let Some(first) = first {
                diagnostics.push(contradiction(argument.name, name_span, first, shape));
                continue;
            }
            if let Some(off) = switched_off(root, argument.path, shape) {
                diagnostics.push(left_out(&argument, name_span, off));
                continue;
            }
            let claimed = claims.into_iter();
            made.extend(claimed.map(|(place, what)| (place, (what, name_span))));
            set(root, argument.path, name_span, leaf, shape);
        }
    }
    check_image
}

fn left_out(argument: &Argument<'_>, span: Span, off: Span) -> Diagnostic {
    let name = abbreviate(argument.name);
    let part = argument.path.rsplit_once('.').map_or("", |(part, _)| part);
    let message = format!("the build argument `{name}` is ignored: `{part}` is left out");
    Diagnostic::warning(Code::WithoutEffect, span, message)
        .label(off, "left out here")
        .help(format!("remove `{name}`, or add `--build-arg {part}=true`"))
}

/// A build argument, or the target.
struct Argument<'a> {
    name: &'a str,
    /// The key that it sets, if there is one.
    path: &'a str,
    value: &'a str,
    is_alias: bool,
    is_option: bool,
    names_key: bool,
}

fn is_foreign(name: &str) -> bool {
    let mut proxies = PROXIES.iter();
    name.starts_with(BUILDKIT)
        || FOREIGN.contains(&name)
        || proxies.any(|proxy| proxy.eq_ignore_ascii_case(name))
}

/// An argument that names no scalar: an error when it names a key all the same,
/// and otherwise only a warning, as other tools may have use for it.
fn no_scalar(name: &str, span: Span, shape: Shape) -> Diagnostic {
    let shown = abbreviate(name);
    if let Some(key) = shape.at(name) {
        let what = if matches!(key, Shape::List(_)) {
            "a list"
        } else {
            "a mapping"
        };
        let message = format!("`{shown}` is {what}, and a build argument sets a single value");
        return Diagnostic::error(Code::WrongType, span, message)
            .help(format!("set `{shown}` in the spec"));
    }
    if let Some(instead) = retired(name) {
        let message = format!("no key of the spec stands for `{shown}`; it is ignored");
        return Diagnostic::warning(Code::UnknownBuildArg, span, message).help(instead);
    }
    let message =
        format!("no key of the spec has the name `{shown}`; the build argument is ignored");
    let warning = Diagnostic::warning(Code::UnknownBuildArg, span, message);
    match meant(name, shape) {
        Some(near) => warning.help(format!("did you mean `{near}`?")),
        None => warning
            .help("keys are set by their dotted path, such as `--build-arg toolchain.python=3.12`"),
    }
}

/// A secret in an argument that nothing takes: builds record their arguments.
fn leaked(name: &str, value: &str, span: Span) -> Option<Diagnostic> {
    let shown = abbreviate(name);
    let message = match secret::by_shape(value) {
        Some(what) => format!("the build argument `{shown}` holds what looks like {what}"),
        None if secret::by_name(name, value) => {
            format!("the build argument `{shown}` looks like a secret")
        }
        None => return None,
    };
    let leaked = Diagnostic::warning(Code::SecretInConfig, span, message);
    Some(
        leaked
            .note("arguments are recorded in the provenance of the build")
            .help(format!(
                "remove it; a step gets a secret with `--secret id={shown},env={shown}`"
            )),
    )
}

/// The argument that one without a meaning may stand for: the key whose path ends
/// in it, or what is spelt almost like it. A name with a dot is meant as a path.
fn meant(name: &str, shape: Shape) -> Option<String> {
    let mut paths = shape.scalar_paths();
    // A `*` stands for a key that nobody can guess.
    paths.retain(|path| !path.contains('*'));
    let inner = format!(".{}", name.to_ascii_lowercase());
    let mut ends = paths.iter().filter(|path| path.ends_with(&inner));
    if let (Some(only), None) = (ends.next(), ends.next()) {
        return Some(only.clone());
    }
    let near_path = || nearest(name, paths.iter().map(String::as_str));
    let near_alias = || nearest(name, ALIASES.iter().map(|(alias, _)| *alias));
    let near = if name.contains('.') {
        near_path().or_else(near_alias)
    } else {
        near_alias().or_else(near_path)
    };
    near.map(str::to_owned)
}

/// Puts `leaf` at the dotted path, making mappings on the way.
fn set(node: &mut Node, path: &str, key_span: Span, leaf: Node, shape: Shape) {
    let (head, rest) = match (path.split_once('.'), shape) {
        // The keys of a table are free and may hold dots.
        (_, Shape::Table(..)) | (None, _) => (path, None),
        (Some((head, rest)), _) => (head, Some(rest)),
    };
    let below = shape_below(shape, head);
    let replaces = matches!(shape, Shape::WordOrOneOf(..));
    if has_wrong_type(node, shape) {
        // That is what is to be mended first, and it is about to be reported.
        return;
    }
    let entries = match &mut node.kind {
        NodeKind::Mapping(entries)
            if !replaces || entries.iter().all(|entry| entry.key == head) =>
        {
            entries
        }
        other => {
            *other = NodeKind::Mapping(Vec::new());
            node.span = key_span;
            let NodeKind::Mapping(entries) = &mut node.kind else {
                return;
            };
            entries
        }
    };
    let position = entries
        .iter()
        .position(|entry| entry.key == head)
        .unwrap_or_else(|| {
            let empty = Node {
                kind: NodeKind::Null,
                span: key_span,
                defined: None,
            };
            entries.push(Entry {
                key: head.to_owned(),
                key_span,
                value: empty,
            });
            entries.len() - 1
        });
    let entry = &mut entries[position];
    match rest {
        None => {
            *entry = Entry {
                key: head.to_owned(),
                key_span,
                value: leaf,
            }
        }
        Some(rest) => set(&mut entry.value, rest, key_span, leaf, below),
    }
}

/// Whether a section is written as something that it cannot be.
fn has_wrong_type(node: &Node, shape: Shape) -> bool {
    match (&node.kind, shape) {
        (NodeKind::Null | NodeKind::Mapping(_), _) => false,
        (NodeKind::Sequence(_), _) | (_, Shape::Mapping(_) | Shape::Table(..)) => true,
        (NodeKind::Scalar { .. }, Shape::Switch(_)) => plain_bool(node).is_none(),
        (NodeKind::Scalar { .. }, _) => false,
    }
}

fn shape_below(shape: Shape, head: &str) -> Shape {
    match shape {
        Shape::Mapping(fields) | Shape::WordOrOneOf(_, fields) => fields
            .iter()
            .find(|field| field.name == head)
            .map_or(shape, |field| (field.shape)()),
        Shape::Switch(inner) => shape_below(inner(), head),
        other => other,
    }
}
