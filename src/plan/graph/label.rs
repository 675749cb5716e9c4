//! What is written on nodes: lines short enough for a picture, without anything
//! that could end one. How a language quotes them is that language's business.

use super::{Cluster, Graph, Kind, Node, Source};
use crate::diagnostic::printable;

/// Characters of a line.
const LONGEST: usize = 56;
/// Digits that tell a digest or a commit from others.
const DIGITS: usize = 12;

/// What the whole picture shows.
pub(super) fn title(graph: &Graph) -> String {
    format!("{}, {}", printable(&graph.summary), graph.platform)
}

/// The lines of a step.
pub(super) fn step(node: &Node) -> Vec<String> {
    let optional = |yes: bool| if yes { ", if there" } else { "" };
    let titles = node.titles.iter().cloned();
    let caches = node.caches.iter().map(|one| format!("cache {}", one.path));
    let secrets = node.secrets.iter();
    let secrets = secrets.map(|one| format!("secret {}{}", one.id, optional(one.optional)));
    let keeps = node.keeps.iter().map(|folder| format!("keeps {folder}"));
    let lines = titles.chain(caches).chain(secrets).chain(keeps);
    lines.map(|text| line(&text)).collect()
}

/// The line of a stage.
pub(super) fn stage(stage: &Cluster) -> String {
    line(&stage.name)
}

/// The line of something that comes from outside.
pub(super) fn source(source: &Source) -> String {
    let name = source.name.as_str();
    line(&match source.kind {
        Kind::Image => shortened(name, "@sha256:"),
        Kind::Git => shortened(without_scheme(name), "#"),
        Kind::Http => {
            let (host, file) = host_and_file(name);
            format!("{file} of {host}")
        }
        Kind::Context => name.to_owned(),
    })
}

/// Of an address, where it is and what is fetched from there.
fn host_and_file(address: &str) -> (&str, &str) {
    let address = without_scheme(address);
    let host = address.split('/').next().unwrap_or(address);
    let file = address.rsplit('/').next().unwrap_or(address);
    (host, file)
}

/// Something that comes from outside: where it is, and what it is there.
pub(super) fn source_parts(source: &Source) -> (String, String) {
    let name = source.name.as_str();
    let name = match source.kind {
        Kind::Image => shortened(name, "@sha256:"),
        Kind::Git => shortened(without_scheme(name), "#"),
        Kind::Http => {
            let (host, file) = host_and_file(name);
            return (host.to_owned(), file.to_owned());
        }
        Kind::Context => return (String::new(), name.to_owned()),
    };
    // A branch may have slashes too.
    let address = name.find('#').unwrap_or(name.len());
    match name[..address].rfind('/') {
        Some(at) => (name[..at].to_owned(), name[at + 1..].to_owned()),
        None => (String::new(), name),
    }
}

/// The name with a hash after the mark cut to what tells it from others.
fn shortened(name: &str, mark: &str) -> String {
    match name.rsplit_once(mark) {
        Some((name, hash)) if is_hash(hash) => format!("{name}{mark}{}", &hash[..DIGITS]),
        _ => name.to_owned(),
    }
}

fn is_hash(text: &str) -> bool {
    text.len() >= 40 && text.bytes().all(|c| c.is_ascii_hexdigit())
}

fn without_scheme(url: &str) -> &str {
    url.split_once("://").map_or(url, |(_, address)| address)
}

/// The text as one line that fits, with characters spelled out that would end it
/// or turn it around.
fn line(text: &str) -> String {
    let text = printable(text);
    let mut short: String = text.chars().take(LONGEST).collect();
    if text.chars().count() > LONGEST {
        short.push('…');
    }
    short
}
