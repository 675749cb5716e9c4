//! A definition as text, for people to read and for tests to compare.
//!
//! One block per operation in the order of the definition. Operations are numbered,
//! so that a changed step does not change every line after it; `#3.0` is output 0 of
//! operation 3. Nothing here is meant to be parsed.

mod exec;
mod file;

use std::fmt::Write;

use buildkit_proto::pb;

use crate::definition::Definition;
use crate::graph::{Graph, GraphOp};
use crate::platform::Platform;

/// What to leave out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TextOptions {
    /// Print the capabilities of every operation.
    pub caps: bool,
    /// Print where operations come from.
    pub locations: bool,
}

/// A definition as text, without capabilities and locations.
///
/// ```
/// use buildkit_llb::{Exec, Image, MarshalOptions, marshal, text};
///
/// let base = Image::new("docker.io/library/debian:12").output();
/// let tree = Exec::shell("make install").root(&base).name("install").run().root();
/// let definition = marshal(&tree, &MarshalOptions::default())?.definition;
/// assert_eq!(
///     text::dump(&definition)?,
///     "\
/// #0 source docker-image://docker.io/library/debian:12 linux/amd64
/// #1 exec \"install\" linux/amd64
///   arg /bin/sh
///   arg -c
///   arg make install
///   cwd /
///   mount / #0.0 -> .0
/// #2 result #1.0
/// ",
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn dump(definition: &Definition) -> Result<String, prost::DecodeError> {
    dump_with(definition, TextOptions::default())
}

/// A definition as text.
pub fn dump_with(
    definition: &Definition,
    options: TextOptions,
) -> Result<String, prost::DecodeError> {
    let graph = Graph::decode(definition)?;
    let mut text = String::new();
    for op in graph.ops() {
        write_op(&mut text, &graph, op, options);
    }
    Ok(text)
}

/// Appends one indented line.
macro_rules! line {
    ($text:expr, $($arg:tt)*) => {{
        $text.push_str("  ");
        writeln!($text, $($arg)*).expect("a String takes any text");
    }};
}
use line;

fn write_op(text: &mut String, graph: &Graph, op: &GraphOp, options: TextOptions) {
    let mut head = vec![format!("#{} {}", op.number, op.kind())];
    if let Some(source) = op.source() {
        head.push(quote(&source.identifier));
    }
    if let Some(name) = op.name() {
        head.push(format!("{name:?}"));
    }
    if let Some(platform) = &op.op.platform {
        head.push(Platform::from(platform).format_all());
    }
    match &op.op.op {
        None => head.push(input(op, 0)),
        Some(pb::op::Op::Merge(merge)) => {
            head.extend(merge.inputs.iter().map(|tree| input(op, tree.input)));
        }
        Some(pb::op::Op::Diff(diff)) => {
            let lower = diff.lower.as_ref().map_or(-1, |lower| lower.input);
            let upper = diff.upper.as_ref().map_or(-1, |upper| upper.input);
            head.push(format!("{} -> {}", input(op, lower), input(op, upper)));
        }
        Some(pb::op::Op::Passthrough(passthrough)) => {
            head.push(passthrough.id.clone());
            head.extend((0..op.inputs.len()).map(|at| input(op, at.try_into().unwrap_or(-1))));
        }
        _ => {}
    }
    text.push_str(&head.join(" "));
    text.push('\n');
    match &op.op.op {
        Some(pb::op::Op::Source(source)) => {
            for (key, value) in &source.attrs {
                write_text(text, "", &format!("{key} ="), value);
            }
        }
        Some(pb::op::Op::Exec(exec)) => exec::write(text, op, exec),
        Some(pb::op::Op::File(file)) => file::write(text, op, file),
        _ => {}
    }
    write_metadata(text, graph, op, options);
}

fn write_metadata(text: &mut String, graph: &Graph, op: &GraphOp, options: TextOptions) {
    let metadata = &op.metadata;
    for (key, value) in &metadata.description {
        if key != crate::CUSTOM_NAME {
            write_text(text, "", &format!("description {key} ="), value);
        }
    }
    if metadata.ignore_cache {
        line!(text, "ignore cache");
    }
    if let Some(export) = &metadata.export_cache {
        line!(text, "export cache {}", export.value);
    }
    if let Some(group) = &metadata.progress_group {
        let weak = if group.weak { " weak" } else { "" };
        line!(text, "group {} {:?}{weak}", group.id, group.name);
    }
    if let Some(resources) = &metadata.linux_resources {
        line!(text, "resources {resources:?}");
    }
    if options.caps {
        let caps: Vec<&str> = metadata.caps.keys().map(String::as_str).collect();
        line!(text, "caps {}", caps.join(" "));
    }
    if options.locations {
        for location in &op.locations {
            let file = usize::try_from(location.source_index).ok();
            let file = file.and_then(|at| graph.files().get(at));
            let name = file.map_or("?", |file| file.filename.as_str());
            for range in &location.ranges {
                line!(text, "at {name}:{}", lines(range));
            }
        }
    }
}

fn lines(range: &pb::Range) -> String {
    let line = |position: &Option<pb::Position>| position.as_ref().map_or(0, |place| place.line);
    let (start, end) = (line(&range.start), line(&range.end));
    if end > start {
        format!("{start}-{end}")
    } else {
        start.to_string()
    }
}

/// An input by its position in the operation.
fn input(op: &GraphOp, at: i64) -> String {
    match usize::try_from(at).ok().and_then(|at| op.inputs.get(at)) {
        Some(Some((number, output))) => format!("#{number}.{output}"),
        Some(None) => "#?".to_owned(),
        None => "scratch".to_owned(),
    }
}

/// Text as it is if it is one word that cannot be mistaken for a quoted one.
fn quote(word: &str) -> String {
    if is_plain(word) && !word.contains(char::is_whitespace) {
        word.to_owned()
    } else {
        format!("{word:?}")
    }
}

fn is_plain(text: &str) -> bool {
    !text.is_empty()
        && text.trim() == text
        && !text.starts_with('"')
        && !text.contains(char::is_control)
}

/// Text that has the rest of the line, or a block of lines, to itself.
fn write_text(text: &mut String, indent: &str, label: &str, value: &str) {
    let lines = value.strip_suffix('\n').unwrap_or(value);
    if is_plain(value) {
        line!(text, "{indent}{label} {value}");
    } else if lines.contains('\n') && !value.contains('\r') {
        let cut = if value.ends_with('\n') { "|" } else { "|-" };
        line!(text, "{indent}{label} {cut}");
        for each in lines.split('\n') {
            line!(text, "{indent}  {each}");
        }
    } else {
        line!(text, "{indent}{label} {value:?}");
    }
}
