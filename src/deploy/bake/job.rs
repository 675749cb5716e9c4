//! What is built of a matrix, where it is built image by image.

use serde::Serialize;
use thiserror::Error;

use super::entry::{CHECKS, DEFAULT, Entry};
use crate::diagnostic::nearest;

/// One call's worth of work: a build of the bake file, by its name there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Build {
    /// What bake calls it.
    pub name: String,
    /// What comes of it.
    pub kind: Kind,
}

/// What comes of a build.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// An image.
    Image,
    /// Files on the machine of who builds.
    Files,
    /// Nothing: what an image must hold is looked at.
    Check,
}

/// An entry with what is wanted of it, in the order that it is built in: who checks
/// an image that could not be built learns nothing new.
#[derive(Debug, Clone)]
pub struct Job {
    /// The entry.
    pub entry: Entry,
    /// One build at least.
    pub builds: Vec<Build>,
}

/// A name that nothing of the matrix has.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("nothing of this matrix is called `{name}`{help}")]
pub struct UnknownBuild {
    name: String,
    help: String,
}

impl Job {
    /// What these names of builds and groups choose, in the order of the matrix; no
    /// name is every image.
    pub fn chosen(entries: &[Entry], names: &[String]) -> Result<Vec<Self>, UnknownBuild> {
        let default = [DEFAULT.to_owned()];
        let names = if names.is_empty() { &default } else { names };
        for name in names {
            let is_known = |entry: &Entry| entry.is_called(name) || entry.is_checked_as(name);
            // Where nothing is left to build, building all of it is no mistake.
            if name != DEFAULT && !entries.iter().any(is_known) {
                return Err(UnknownBuild::new(name, entries));
            }
        }
        let jobs = entries.iter().map(|entry| Self::of(entry, names));
        Ok(jobs.filter(|job| !job.builds.is_empty()).collect())
    }

    fn of(entry: &Entry, names: &[String]) -> Self {
        let image = Build {
            name: entry.name(),
            kind: if entry.leaves_image() {
                Kind::Image
            } else {
                Kind::Files
            },
        };
        let check = Build {
            name: entry.check_name(),
            kind: Kind::Check,
        };
        let is_built = names.iter().any(|name| entry.is_called(name));
        let is_checked = names.iter().any(|name| entry.is_checked_as(name));
        let wanted = [(image, is_built), (check, is_checked)].into_iter();
        Self {
            entry: entry.clone(),
            builds: wanted
                .filter_map(|(build, is_wanted)| is_wanted.then_some(build))
                .collect(),
        }
    }
}

impl UnknownBuild {
    fn new(name: &str, entries: &[Entry]) -> Self {
        let words = entries.iter().flat_map(|entry| {
            let checks = [CHECKS.to_owned(), entry.check_name()];
            let checks = checks.into_iter().filter(|_| entry.is_checked);
            let groups = entry.groups().map(str::to_owned).into_iter();
            groups.chain([entry.name()]).chain(checks)
        });
        let words: Vec<String> = words.collect();
        let near = nearest(name, words.iter().map(String::as_str));
        let help = match (near, entries.first()) {
            (Some(near), _) => format!("\nhelp: did you mean `{near}`?"),
            (None, Some(entry)) => {
                let group = entry.image.target.word();
                let others = if words.iter().any(|word| word == CHECKS) {
                    format!(", a group such as `{group}`, or `{CHECKS}`")
                } else {
                    format!(", or a group such as `{group}`")
                };
                format!("\nhelp: name an image such as `{}`{others}", entry.name())
            }
            (None, None) => String::new(),
        };
        Self {
            name: name.to_owned(),
            help,
        }
    }
}
