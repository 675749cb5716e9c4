//! Build arguments and `--target`, laid over the tree of a spec.
//!
//! `--build-arg dotted.key=value` sets any scalar of the spec, and the
//! arguments that the Dockerfile path took stay as aliases. Each becomes a node
//! whose place is a line of the text "command line", so that a wrong argument
//! is reported like a wrong line.

use std::collections::BTreeMap;

use super::node::{Entry, Node, NodeKind, abbreviate};
use super::shape::Shape;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, SourceKind, Sources, Span, nearest};

/// Arguments of the Dockerfile path and the keys they set.
/// Source: the `ARG`s of the templates that this frontend replaces.
pub const ALIASES: &[(&str, &str)] = &[
    ("CARGO_BUILD_JOBS", "toolchain.cargo_jobs"),
    ("DYNAMO_COMMIT_SHA", "dynamo.commit"),
    ("ETCD_VERSION", "components.etcd.version"),
    ("NATS_VERSION", "components.nats.version"),
    ("PYTHON_VERSION", "toolchain.python"),
    ("RUST_VERSION", "toolchain.rust"),
    ("USER_GID", "user.gid"),
    ("USER_UID", "user.uid"),
];

/// Arguments that mean something to BuildKit or to every build, and so are
/// never reported as unknown.
const FOREIGN: &[&str] = &[
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "FTP_PROXY",
    "NO_PROXY",
    "ALL_PROXY",
    "SOURCE_DATE_EPOCH",
];

/// The name of the text that arguments are shown as.
const SOURCE_NAME: &str = "command line";

/// Sets every argument that names a scalar of `shape` in `root`, and the
/// target last; warns about arguments that name nothing.
pub(super) fn apply(
    root: &mut Node,
    arguments: &BTreeMap<String, String>,
    target: Option<&str>,
    shape: Shape,
    sources: &mut Sources,
    diagnostics: &mut Diagnostics,
) {
    let given = arguments
        .iter()
        .filter(|(name, _)| !is_foreign(name))
        .map(|(name, value)| ("--build-arg ", name.as_str(), value.as_str()))
        .chain(target.map(|target| ("--", "target", target)));
    let mut text = String::new();
    let mut places = Vec::new();
    for (option, name, value) in given {
        text.push_str(option);
        let name_start = text.len();
        text.push_str(name);
        text.push('=');
        let value_start = text.len();
        text.push_str(value);
        places.push((name, value, name_start, value_start, text.len()));
        text.push('\n');
    }
    if places.is_empty() {
        return;
    }
    let source = sources.add(SourceKind::CommandLine, SOURCE_NAME, text);
    for (name, value, name_start, value_start, end) in places {
        let name_span = Span::new(source, name_start, name_start + name.len());
        let value_span = Span::new(source, value_start, end);
        let alias = ALIASES.iter().find(|(alias, _)| *alias == name);
        let path = alias.map_or(name, |(_, path)| path);
        if !shape.has_scalar_at(path) {
            diagnostics.push(unknown(name, name_span, shape));
        } else if value.is_empty() && alias.is_some() {
            // The Dockerfile path passed empty values for "not set".
        } else {
            let scalar = NodeKind::Scalar {
                text: value.to_owned(),
                quoted: false,
            };
            let leaf = Node {
                kind: scalar,
                span: value_span,
                defined: None,
            };
            set(root, path, name_span, leaf, shape);
        }
    }
}

fn is_foreign(name: &str) -> bool {
    name.starts_with("BUILDKIT_")
        || FOREIGN
            .iter()
            .any(|foreign| foreign.eq_ignore_ascii_case(name))
}

fn unknown(name: &str, span: Span, shape: Shape) -> Diagnostic {
    let message = format!(
        "no key of the spec answers to the build argument `{}`; it is ignored",
        abbreviate(name)
    );
    let warning = Diagnostic::warning(Code::UnknownBuildArg, span, message);
    let paths = shape.scalar_paths();
    let aliases = ALIASES.iter().map(|(alias, _)| *alias);
    match nearest(name, paths.iter().map(String::as_str).chain(aliases)) {
        Some(near) => warning.help(format!("did you mean `{near}`?")),
        None => warning
            .help("keys are set by their dotted path, such as `--build-arg toolchain.python=3.12`"),
    }
}

/// Puts `leaf` at the dotted path, making mappings on the way.
fn set(node: &mut Node, path: &str, key_span: Span, leaf: Node, shape: Shape) {
    let (head, rest) = match (path.split_once('.'), shape) {
        // The keys of a table are free and may hold dots.
        (_, Shape::Table(_)) | (None, _) => (path, None),
        (Some((head, rest)), _) => (head, Some(rest)),
    };
    let below = shape_below(shape, head);
    let replaces = matches!(shape, Shape::WordOrOneOf(..));
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
