//! Checksums by architecture: whether they are for what is built.

use super::engine::{Engine, VllmInstall};
use super::resolved::Resolved;
use super::source::Download;
use super::{Files, effects, inside};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Span, Spanned};
use crate::spec::{Checksums, Given, Keys, Switch};

/// Warns of tables that check nothing of what is built, and of entries that
/// cannot both be right.
pub(super) fn report(
    keys: &Keys,
    given: &Given,
    resolved: &Resolved,
    files: Files,
    diagnostics: &mut Diagnostics,
) {
    for Checked { key, table, open } in tables(keys, resolved) {
        alike(table, diagnostics);
        let key = format!("{key}.checksum");
        let built = resolved.architecture;
        let Some((other, _)) = table.value.0.first() else {
            continue;
        };
        let Some(open) = open.filter(|_| effects::counts(&key, resolved, given)) else {
            continue;
        };
        let message =
            format!("`{key}` has none for {built}, which is built: the download is not verified");
        let place = given.place(&key).unwrap_or(table.span);
        let warning = Diagnostic::warning(Code::ChecksumArchitecture, place, message)
            .label(other.span, format!("this one is for {}", other.value.0));
        let warning = if files.are_of(open) {
            warning
        } else {
            warning.label(open, "this is downloaded")
        };
        diagnostics.push(warning.help(format!("add `{built}: \"sha256:…\"`")));
    }
}

/// What has a table of checksums.
struct Checked<'k> {
    /// The key of its section.
    key: &'static str,
    table: &'k Spanned<Checksums>,
    /// What of it is held against no checksum.
    open: Option<Span>,
}

/// The tables of the spec.
fn tables<'k>(keys: &'k Keys, resolved: &Resolved) -> Vec<Checked<'k>> {
    let mut tables = Vec::new();
    let mut add = |key, table: Option<&'k Spanned<Checksums>>, open| {
        tables.extend(table.map(|table| Checked { key, table, open }));
    };
    let components = &keys.components;
    for (key, name, download) in [
        (
            "components.nats",
            "nats",
            inside(components, |all| &all.nats),
        ),
        (
            "components.etcd",
            "etcd",
            inside(components, |all| &all.etcd),
        ),
    ] {
        let Some(Switch::On(download)) = download.map(|download| &download.value) else {
            continue;
        };
        let mut all = resolved.downloads.iter();
        let open = all.find(|one| one.name == name).and_then(unchecked);
        add(key, download.checksum.as_ref(), open);
    }
    if let Some(Switch::On(sccache)) =
        inside(&keys.build, |build| &build.sccache).map(|one| &one.value)
    {
        let open = resolved.sccache.as_ref();
        let open = open.and_then(|sccache| unchecked(&sccache.program));
        add("build.sccache", sccache.checksum.as_ref(), open);
    }
    // A table for what is no file is told elsewhere.
    let wheel = match &resolved.engine {
        Engine::Vllm(vllm) => match &vllm.install {
            VllmInstall::Wheel { file, .. } => Some(file),
            VllmInstall::Index { .. } | VllmInstall::Source => None,
        },
        _ => None,
    };
    let open = wheel.filter(|file| file.checksum.is_none());
    add(
        "vllm",
        inside(&keys.vllm, |vllm| &vllm.checksum),
        open.map(|file| file.url.span),
    );
    tables
}

/// The version of what is downloaded without a checksum.
fn unchecked(download: &Download) -> Option<Span> {
    download.checksum.is_none().then_some(download.version.span)
}

/// Entries for one architecture, or the same checksum for two.
fn alike(table: &Spanned<Checksums>, diagnostics: &mut Diagnostics) {
    let entries = &table.value.0;
    for (index, (key, checksum)) in entries.iter().enumerate() {
        for (other, first) in &entries[..index] {
            let warning = if key.value == other.value {
                let message = format!("there are two checksums for {}", key.value.0);
                Diagnostic::warning(Code::ChecksumArchitecture, key.span, message)
                    .label(other.span, "the first, which counts")
                    .help("remove one of the two")
            } else if checksum.value == first.value {
                let message = format!(
                    "the checksum for {} is the one for {}",
                    key.value.0, other.value.0
                );
                Diagnostic::warning(Code::ChecksumArchitecture, checksum.span, message)
                    .note("archives of two architectures differ")
                    .label(first.span, "the same here")
                    .help("give each architecture the checksum of its own archive")
            } else {
                continue;
            };
            diagnostics.push(warning);
        }
    }
}
