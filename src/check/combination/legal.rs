//! What stands instead of a value that the matrix has no row for: another value,
//! or the same one with others around it.

use super::Choice;
use crate::catalog::Combination;
use crate::diagnostic::{Diagnostic, listed};
use crate::spec::{Framework, Target};

/// A key that rows of the matrix are about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Key {
    Device,
    Cuda,
    Target,
    Source,
    Platform,
    Efa,
}

impl Key {
    fn noun(self) -> &'static str {
        match self {
            Self::Device => "the device",
            Self::Cuda => "the release",
            Self::Target => "the target",
            Self::Source => "the source",
            Self::Platform => "the platform",
            Self::Efa => "EFA",
        }
    }
}

/// What a row says about a key of the spec.
struct Side {
    key: Key,
    /// Whether the row has what the spec chose.
    fits: bool,
    /// What the row has, as it is written.
    legal: Vec<String>,
}

/// Adds what to do about a value that is refused: `allowed` are the values that
/// could stand in its place.
pub(super) fn help(
    mut refusal: Diagnostic,
    refused: Key,
    allowed: &[String],
    choice: &Choice,
    rows: &[Combination],
) -> Diagnostic {
    if !allowed.is_empty() {
        refusal = refusal.help(format!("choose from {}", listed(allowed)));
    }
    let all: Vec<(&Combination, Vec<Side>)> =
        rows.iter().map(|row| (row, sides(row, choice))).collect();
    let keeps = |sides: &[Side]| sides.iter().all(|side| side.key != refused || side.fits);
    let misfits = |sides: &[Side]| sides.iter().filter(|side| !side.fits).count();
    let keeping = all.iter().filter(|(_, sides)| keeps(sides));
    if let Some((_, sides)) = keeping.min_by_key(|(_, sides)| misfits(sides)) {
        let others: Vec<String> = sides
            .iter()
            .filter(|side| !side.fits)
            .map(Side::written)
            .collect();
        let either = if allowed.is_empty() { "" } else { "or " };
        refusal = refusal.help(format!(
            "{either}keep {} with {}",
            refused.noun(),
            others.join(" and ")
        ));
    }
    let nearest = all.iter().map(|(_, sides)| misfits(sides)).min();
    let near = all
        .iter()
        .filter(|(_, sides)| Some(misfits(sides)) == nearest);
    if let Some(framework) = &choice.framework {
        for (row, _) in near {
            refusal = refusal.help(told(framework.value, row));
        }
    }
    refusal
}

/// A row of the matrix in one line.
pub(super) fn told(framework: Framework, row: &Combination) -> String {
    let words = |all: &[Target]| {
        let words: Vec<&str> = all.iter().map(|one| one.word()).collect();
        words.join(", ")
    };
    let releases: Vec<&str> = row.cuda.iter().map(|one| one.value.as_str()).collect();
    let cuda = if releases.is_empty() {
        String::new()
    } else {
        format!(" {}", releases.join(", "))
    };
    let architectures: Vec<&str> = row.architectures.iter().map(|one| one.word()).collect();
    let efa = if row.efa.is_empty() {
        String::new()
    } else {
        format!("; with EFA {}", words(&row.efa))
    };
    format!(
        "there is {framework} on {}{cuda} for {}, with Dynamo from {}: {}{efa}",
        row.device.value,
        architectures.join(", "),
        row.sources.join(" or "),
        words(&row.targets),
    )
}

impl Side {
    /// What the spec would have to say.
    fn written(&self) -> String {
        let one_of = |key: &str| match self.legal.as_slice() {
            [one] => format!("`{key}: {one}`"),
            all => format!("`{key}` one of {}", listed(all)),
        };
        match self.key {
            Key::Device => one_of("device"),
            Key::Cuda if self.legal.is_empty() => "no `cuda`".to_owned(),
            Key::Cuda => one_of("cuda"),
            Key::Target => one_of("target"),
            Key::Source => one_of("dynamo.source"),
            Key::Platform => listed(&self.legal),
            Key::Efa => "no `efa`".to_owned(),
        }
    }
}

fn sides(row: &Combination, choice: &Choice) -> Vec<Side> {
    let target = choice.target.as_ref().map(|target| target.value);
    let cuda = choice.cuda.as_ref().map(|cuda| cuda.value.as_str());
    let architecture = choice.architecture;
    let side = |key, fits, legal| Side { key, fits, legal };
    let words = |all: &[Target]| all.iter().map(ToString::to_string).collect();
    let device = choice.device.as_ref().map(|device| device.value);
    let source = choice.source.as_ref().map(|source| source.value);
    vec![
        side(
            Key::Device,
            device.is_none_or(|device| row.device.value == device),
            vec![row.device.value.to_string()],
        ),
        side(
            Key::Cuda,
            cuda.is_none_or(|cuda| row.cuda.iter().any(|one| one.value == cuda)),
            row.cuda.iter().map(|one| one.value.clone()).collect(),
        ),
        side(
            Key::Target,
            target.is_none_or(|target| row.targets.contains(&target)),
            words(&row.targets),
        ),
        side(
            Key::Source,
            source.is_none_or(|source| row.sources.iter().any(|one| one == source)),
            row.sources.clone(),
        ),
        side(
            Key::Platform,
            row.architectures.contains(&architecture),
            row.architectures
                .iter()
                .map(|one| format!("--platform {}", one.platform()))
                .collect(),
        ),
        side(
            Key::Efa,
            choice.efa.is_none() || target.is_none_or(|target| row.efa.contains(&target)),
            Vec::new(),
        ),
    ]
}
