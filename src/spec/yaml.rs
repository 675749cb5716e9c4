//! Text to YAML tree.
//!
//! Composes the events of `granit-parser` (the parser under serde-saphyr) into
//! [`Node`]s within fixed limits, so that a hostile text costs no more than a
//! long one. Must not know any key of the spec.

use std::collections::BTreeMap;
use std::ops::Range;

use serde_saphyr::granit_parser::{self, Event, Parser, ScalarStyle, ScanError, StrInput};

use super::node::{Entry, Node, NodeKind};
use super::syntax;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, SourceId, Sources, Span};

/// A spec larger than this is refused before it is parsed.
pub const MAX_BYTES: usize = 1 << 20;
/// What all aliases of a document may add to it: as much again as the text.
const MAX_ALIASED_BYTES: usize = MAX_BYTES;
/// Values in one document, those behind aliases counted at every use.
pub(super) const MAX_NODES: usize = 20_000;
/// How deep collections may nest.
pub(super) const MAX_DEPTH: usize = 64;

/// Parses one document. Returns nothing when the text is not one; what is
/// wrong is in `diagnostics` either way.
pub(super) fn parse(
    source: SourceId,
    sources: &Sources,
    diagnostics: &mut Diagnostics,
) -> Option<Node> {
    let text = &sources.get(source).text;
    if text.len() > MAX_BYTES {
        let message = format!(
            "the spec has {} bytes, more than the {MAX_BYTES} allowed",
            text.len()
        );
        diagnostics.push(Diagnostic::error(
            Code::InvalidYaml,
            Span::new(source, 0, 0),
            message,
        ));
        return None;
    }
    let mut composer = Composer {
        parser: Parser::new_from_str_with_options(text, options()),
        source,
        text,
        anchors: BTreeMap::new(),
        nodes: 0,
        aliased_bytes: 0,
        diagnostics,
    };
    match composer.document() {
        Ok(node) => node,
        Err(Stop(diagnostic)) => {
            diagnostics.push(*diagnostic);
            None
        }
    }
}

fn options() -> granit_parser::Options {
    let mut options = granit_parser::Options::default();
    options.flow_nesting_limit = MAX_DEPTH;
    options.block_nesting_limit = MAX_DEPTH;
    options.set_emit_comments(false);
    options
}

/// What stops the parse.
struct Stop(Box<Diagnostic>);

impl Stop {
    fn at(span: Span, message: impl Into<String>) -> Self {
        Self(Box::new(Diagnostic::error(
            Code::InvalidYaml,
            span,
            message,
        )))
    }

    fn help(self, help: &str) -> Self {
        Self(Box::new(self.0.help(help)))
    }
}

/// A value that aliases can stand for, with what each use of it costs.
struct Anchored {
    node: Node,
    size: Size,
}

struct Composer<'a> {
    parser: Parser<'a, StrInput<'a>>,
    source: SourceId,
    text: &'a str,
    /// Complete anchored nodes, by the parser's anchor id.
    anchors: BTreeMap<usize, Anchored>,
    nodes: usize,
    aliased_bytes: usize,
    diagnostics: &'a mut Diagnostics,
}

impl<'a> Composer<'a> {
    fn document(&mut self) -> Result<Option<Node>, Stop> {
        let mut root = None;
        loop {
            let (event, span) = self.next()?;
            match event {
                Event::StreamStart | Event::DocumentEnd => {}
                Event::DocumentStart(..) if root.is_some() => {
                    let message = "a spec is one YAML document, and this starts a second";
                    return Err(Stop::at(span, message).help("keep one, and remove the other"));
                }
                Event::DocumentStart(..) => {
                    let (event, span) = self.next()?;
                    root = Some(self.node(event, span, 0)?);
                }
                Event::StreamEnd => return Ok(root),
                other => {
                    return Err(Stop::at(
                        span,
                        format!("unexpected YAML structure {other:?}"),
                    ));
                }
            }
        }
    }

    fn node(&mut self, event: Event<'a>, at: Span, depth: usize) -> Result<Node, Stop> {
        self.nodes += 1;
        if self.nodes > MAX_NODES {
            return Err(Stop::at(
                at,
                format!("more than {MAX_NODES} values (aliases count at every use)"),
            ));
        }
        if depth > MAX_DEPTH {
            return Err(Stop::at(
                at,
                format!("nested deeper than {MAX_DEPTH} levels"),
            ));
        }
        if let Some(tag) = event.tag() {
            let message = format!(
                "YAML tags such as `{}` are not used in a spec",
                tag.original()
            );
            let wrong = Diagnostic::error(Code::InvalidYaml, at, message);
            let help = "remove it: every key knows the type of its value";
            self.diagnostics.push(wrong.help(help));
        }
        let anchor = event.anchor_id();
        let (kind, span) = match event {
            Event::Scalar(text, style, ..) => (scalar(text.into_owned(), style), at),
            Event::SequenceStart(..) => self.sequence(at, depth)?,
            Event::MappingStart(..) => self.mapping(at, depth)?,
            Event::Alias(id) => return self.alias(id, at),
            other => return Err(Stop::at(at, format!("unexpected YAML structure {other:?}"))),
        };
        let node = Node {
            kind,
            span,
            defined: None,
        };
        if let Some(id) = anchor {
            let size = Size::of(&node);
            let node = node.clone();
            self.anchors.insert(id, Anchored { node, size });
        }
        Ok(node)
    }

    fn sequence(&mut self, start: Span, depth: usize) -> Result<(NodeKind, Span), Stop> {
        let (mut items, mut whole) = (Vec::new(), start);
        loop {
            match self.next()? {
                (Event::SequenceEnd, end) => {
                    return Ok((NodeKind::Sequence(items), self.closed(whole, end)));
                }
                (event, at) => {
                    let item = self.node(event, at, depth + 1)?;
                    whole = whole.to(item.span);
                    items.push(item);
                }
            }
        }
    }

    fn mapping(&mut self, start: Span, depth: usize) -> Result<(NodeKind, Span), Stop> {
        let (mut entries, mut whole) = (Vec::<Entry>::new(), start);
        let mut known = BTreeMap::new();
        loop {
            let (event, at) = match self.next()? {
                (Event::MappingEnd, end) => {
                    return Ok((NodeKind::Mapping(entries), self.closed(whole, end)));
                }
                next => next,
            };
            let key = self.node(event, at, depth + 1)?;
            let key_span = key.span;
            let (event, at) = self.next()?;
            let value = self.node(event, at, depth + 1)?;
            whole = whole.to(key.span).to(value.span);
            if let Some(key) = self.key(&key, &mut known) {
                entries.push(Entry {
                    key,
                    key_span,
                    value,
                });
            }
        }
    }

    /// The text of a key, unless it is not text or is among `known` already.
    fn key(&mut self, key: &Node, known: &mut BTreeMap<String, Span>) -> Option<String> {
        let NodeKind::Scalar { text, .. } = &key.kind else {
            let message = format!("a key must be text, and this is {}", key.describe());
            let wrong = Diagnostic::error(Code::WrongType, key.span, message);
            self.diagnostics.push(
                wrong.help("`{` and `[` begin a collection: quote a text that begins with one"),
            );
            return None;
        };
        if let Some(first) = known.get(text) {
            let duplicate = Diagnostic::error(
                Code::DuplicateKey,
                key.span,
                format!("the key `{}` is there twice", super::node::abbreviate(text)),
            );
            self.diagnostics.push(
                duplicate
                    .label(*first, "first given here")
                    .help("remove one of the two"),
            );
            return None;
        }
        known.insert(text.clone(), key.span);
        Some(text.clone())
    }

    fn alias(&mut self, id: usize, at: Span) -> Result<Node, Stop> {
        let Some(Anchored { node, size }) = self.anchors.get(&id) else {
            return Err(Stop::at(at, "an alias inside the very value it stands for"));
        };
        // Counted before anything is copied: memory is what is limited.
        self.nodes += size.values;
        self.aliased_bytes += size.bytes;
        if self.nodes > MAX_NODES {
            return Err(Stop::at(
                at,
                format!("more than {MAX_NODES} values (aliases count at every use)"),
            ));
        }
        if self.aliased_bytes > MAX_ALIASED_BYTES {
            return Err(Stop::at(
                at,
                format!("aliases stand for more than {MAX_ALIASED_BYTES} bytes in all"),
            ));
        }
        Ok(Node {
            kind: node.kind.clone(),
            span: at,
            defined: Some(node.span),
        })
    }

    fn next(&mut self) -> Result<(Event<'a>, Span), Stop> {
        match self.parser.next_event() {
            Some(Ok((event, span))) => Ok((event, self.span(&span))),
            Some(Err(error)) => Err(self.syntax(&error)),
            None => {
                let end = Span::new(self.source, self.text.len(), self.text.len());
                Err(Stop::at(end, "the text ends inside a value"))
            }
        }
    }

    fn span(&self, span: &granit_parser::Span) -> Span {
        let range = span.byte_range().unwrap_or_default();
        Span::new(self.source, range.start, range.end)
    }

    /// The span of a collection with its closing bracket, if it has one.
    fn closed(&self, whole: Span, end: Span) -> Span {
        let closes = matches!(
            self.text.as_bytes().get(end.start as usize),
            Some(b']' | b'}')
        );
        if closes { whole.to(end) } else { whole }
    }

    fn syntax(&self, error: &ScanError) -> Stop {
        let marker = error.marker().byte_offset().unwrap_or(0);
        let at = self.text.floor_char_boundary(marker);
        let explained = syntax::explain(error, self.text, at);
        let span = |at: Range<usize>| Span::new(self.source, at.start, at.end);
        let mut found = Diagnostic::error(Code::InvalidYaml, span(explained.at), explained.message);
        if let Some((at, text)) = explained.label {
            found = found.label(span(at), text);
        }
        Stop(Box::new(match explained.help {
            Some(help) => found.help(help),
            None => found,
        }))
    }
}

fn scalar(text: String, style: ScalarStyle) -> NodeKind {
    let quoted = style != ScalarStyle::Plain;
    if !quoted && matches!(text.as_str(), "" | "~" | "null" | "Null" | "NULL") {
        return NodeKind::Null;
    }
    NodeKind::Scalar { text, quoted }
}

/// What a copy of a node costs.
#[derive(Debug, Clone, Copy, Default)]
struct Size {
    /// Values that hang below it.
    values: usize,
    /// Bytes of all its texts.
    bytes: usize,
}

impl Size {
    fn of(node: &Node) -> Self {
        let mut size = Self::default();
        size.add(node);
        size
    }

    fn add(&mut self, node: &Node) {
        match &node.kind {
            NodeKind::Null => {}
            NodeKind::Scalar { text, .. } => self.bytes += text.len(),
            NodeKind::Sequence(items) => {
                self.values += items.len();
                for item in items {
                    self.add(item);
                }
            }
            NodeKind::Mapping(entries) => {
                self.values += 2 * entries.len();
                for entry in entries {
                    self.bytes += entry.key.len();
                    self.add(&entry.value);
                }
            }
        }
    }
}
