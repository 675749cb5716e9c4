//! Checksums by architecture: whether they are for what is built.

use super::engine::{Engine, VllmInstall};
use super::resolved::Resolved;
use super::{effects, inside};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Spanned};
use crate::spec::{Checksums, Given, Keys, Switch};

/// Warns of tables that check nothing of what is built, and of entries that
/// cannot both be right.
pub(super) fn report(
    keys: &Keys,
    given: &Given,
    resolved: &Resolved,
    diagnostics: &mut Diagnostics,
) {
    for (key, table, is_checked) in tables(keys, resolved) {
        alike(table, diagnostics);
        let key = format!("{key}.checksum");
        let built = resolved.architecture;
        let Some((other, _)) = table.value.0.first() else {
            continue;
        };
        if is_checked || !effects::counts(&key, resolved, given) {
            continue;
        }
        let message =
            format!("`{key}` has none for {built}, which is built: the download is not verified");
        diagnostics.push(
            Diagnostic::warning(
                Code::ChecksumArchitecture,
                given.place(&key).unwrap_or(table.span),
                message,
            )
            .label(other.span, format!("this one is for {}", other.value.0))
            .help(format!("add `{built}: \"sha256:…\"`")),
        );
    }
}

/// The tables of the spec, each with the key of its section and whether what
/// they are about is held against any checksum.
fn tables<'k>(
    keys: &'k Keys,
    resolved: &Resolved,
) -> Vec<(&'static str, &'k Spanned<Checksums>, bool)> {
    let mut tables = Vec::new();
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
        let is_checked = all.any(|one| one.name == name && one.checksum.is_some());
        tables.extend(
            download
                .checksum
                .as_ref()
                .map(|table| (key, table, is_checked)),
        );
    }
    if let Some(Switch::On(sccache)) =
        inside(&keys.build, |build| &build.sccache).map(|one| &one.value)
    {
        let program = resolved.sccache.as_ref().map(|sccache| &sccache.program);
        let is_checked = program.is_some_and(|program| program.checksum.is_some());
        let table = sccache.checksum.as_ref();
        tables.extend(table.map(|table| ("build.sccache", table, is_checked)));
    }
    if let Some(table) = inside(&keys.vllm, |vllm| &vllm.checksum) {
        let is_checked = match &resolved.engine {
            Engine::Vllm(vllm) => match &vllm.install {
                VllmInstall::Wheel { file, .. } => file.checksum.is_some(),
                // That it is no file is told elsewhere.
                VllmInstall::Index { .. } | VllmInstall::Source => true,
            },
            _ => true,
        };
        tables.push(("vllm", table, is_checked));
    }
    tables
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
