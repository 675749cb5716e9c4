//! Files of a build context on this machine that a spec names and that are not
//! there, or that its ignore file leaves out.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::output::CliError;
use crate::diagnostic::Diagnostic;
use crate::emit::{TakenFrom, written};
use crate::pipeline::Outcome;
use crate::pipeline::ignore_file::{self, IGNORE_FILE};
use crate::pipeline::ignored::Ignored;
use crate::pipeline::missing::{Checkout, chosen_dynamo, context_files, not_there};
use crate::pipeline::near::{Candidate, absence, candidates};
use crate::pipeline::requirements::{LIMIT, not_named};
use crate::plan::Plan;

/// What is not there in a folder that is the build context of a spec.
pub(super) fn missing(
    folder: &str,
    spec: &str,
    outcome: &Outcome,
) -> Result<Vec<Diagnostic>, CliError> {
    let root = Path::new(folder);
    if !root.is_dir() {
        return Err(CliError::Usage(format!(
            "there is no folder `{folder}`\n\
             help: give the folder that stands at the end of `docker buildx build`"
        )));
    }
    let context = Context::new(root, spec)?;
    let mut found = Vec::new();
    for plan in &outcome.plans {
        found.extend(context.not_sent(plan, outcome));
        found.extend(context.not_taken_in(plan, outcome));
    }
    Ok(found)
}

/// A folder, and what a client would not send of it.
struct Context<'r> {
    root: &'r Path,
    ignore_file: String,
    ignored: Ignored,
}

impl<'r> Context<'r> {
    /// The ignore file beside the spec counts, or else that of the folder.
    fn new(root: &'r Path, spec: &str) -> Result<Self, CliError> {
        let beside = PathBuf::from(format!("{spec}{IGNORE_FILE}"));
        let (path, ignore_file) = match beside.file_name().and_then(|name| name.to_str()) {
            Some(name) if beside.is_file() => (beside.clone(), name.to_owned()),
            _ => (root.join(IGNORE_FILE), IGNORE_FILE.to_owned()),
        };
        let text = match fs::read(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
            read => read.map_err(|source| CliError::Read {
                path: path.display().to_string(),
                source,
            })?,
        };
        let unparsed = |error: &dyn std::fmt::Display| {
            CliError::Usage(format!("failed parsing `{}`: {error}", path.display()))
        };
        let patterns = ignore_file::parse(&text).map_err(|error| unparsed(&error))?;
        let ignored = Ignored::new(&patterns).map_err(|error| unparsed(&error))?;
        Ok(Self {
            root,
            ignore_file,
            ignored,
        })
    }

    /// The paths of a plan that a client would not send.
    fn not_sent(&self, plan: &Plan, outcome: &Outcome) -> Vec<Diagnostic> {
        let mut found = Vec::new();
        let mut checkout = Checkout::default();
        for file in context_files(plan, &outcome.sources) {
            let is_missing = !self.sends(file.path);
            if file.of_dynamo {
                checkout.add(file.path, is_missing);
            } else if is_missing {
                let why = absence(file.path, &self.near(file.path), &self.ignore_file);
                found.push(not_there(&TakenFrom::Context, file.path, file.place, &why));
            }
        }
        found.extend(checkout.finding(chosen_dynamo(outcome, plan)));
        found
    }

    /// The requirement files of a plan that take in others which their step does not
    /// have.
    fn not_taken_in(&self, plan: &Plan, outcome: &Outcome) -> Vec<Diagnostic> {
        let mut found = Vec::new();
        for files in plan.installs().into_iter().filter_map(|one| one.files) {
            let named: Vec<&str> = files.paths.iter().map(|(path, _)| *path).collect();
            for (path, place) in files.paths {
                let text = self.requirements(path).unwrap_or_default();
                let place = written(place, plan, &outcome.sources);
                found.extend(not_named(path, &text, &named, place));
            }
        }
        found
    }

    /// The text of a requirement file; none where it is no file, as a pipe is not, or
    /// is too large to be one.
    fn requirements(&self, path: &str) -> Option<String> {
        let path = self.root.join(path);
        let file = fs::metadata(&path).ok()?;
        let bytes = (file.is_file() && file.len() <= LIMIT).then(|| fs::read(path));
        Some(String::from_utf8_lossy(&bytes?.ok()?).into_owned())
    }

    /// Whether a client would send something at this path.
    fn sends(&self, path: &str) -> bool {
        self.has(path) && (!self.ignored.leaves_out(path) || self.sends_inside(path))
    }

    /// A link that leads nowhere is there.
    fn has(&self, path: &str) -> bool {
        fs::symlink_metadata(self.root.join(path)).is_ok()
    }

    /// Whether something of a folder that is left out is taken back.
    fn sends_inside(&self, folder: &str) -> bool {
        let folder = folder.trim_end_matches('/');
        self.ignored.takes_back()
            && self.names(folder).iter().any(|name| {
                let path = format!("{folder}/{name}");
                !self.ignored.leaves_out(&path) || self.sends_inside(&path)
            })
    }

    /// The names in a folder; none where it is not one, as a link is not.
    fn names(&self, folder: &str) -> Vec<String> {
        let path = self.root.join(folder);
        if !folder.is_empty() && path.is_symlink() {
            return Vec::new();
        }
        let entries = fs::read_dir(path).into_iter().flatten();
        let names = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
        names.collect()
    }

    /// What may be meant by a path that is not sent.
    fn near(&self, path: &str) -> BTreeSet<String> {
        // Candidates are many, their folders few.
        let mut folders = BTreeMap::new();
        let mut found = BTreeSet::new();
        for candidate in candidates(path) {
            match &candidate {
                Candidate::Path(path) => found.extend([path.clone()]),
                Candidate::Around { folder, rest, .. } => {
                    let names = folders
                        .entry(folder.clone())
                        .or_insert_with(|| self.names(folder));
                    let paths = names.iter().map(|name| joined([folder, name, rest]));
                    found.extend(paths.filter(|path| candidate.has(path)));
                }
            }
        }
        found.retain(|path| self.has(path));
        found
    }
}

fn joined(parts: [&str; 3]) -> String {
    let parts = parts.into_iter().filter(|part| !part.is_empty());
    parts.collect::<Vec<_>>().join("/")
}
