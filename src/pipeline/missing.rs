//! Paths that a spec names and that are not there.
//!
//! Owns what is said of them. Who can look says what is there: the daemon, or the
//! command line in a folder of its own.

use super::Outcome;
use crate::diagnostic::{Code, Diagnostic, Sources, Span, listed};
use crate::emit::{TakenFrom, written};
use crate::plan::{ContextTree, Origin, Plan, Tree};

/// How many paths of Dynamo's repository are named.
const MOST: usize = 3;

/// Why a path is not there.
#[derive(Debug, PartialEq, Eq)]
pub enum Absence {
    /// The client has it, and this ignore file leaves it out.
    Ignored(String),
    /// There is another one that may be meant.
    Near(String),
    /// Nobody knows.
    Unknown,
}

/// A path of the build context that a plan takes by name.
#[derive(Debug, PartialEq, Eq)]
pub struct ContextFile<'a> {
    /// The path.
    pub path: &'a str,
    /// The value of the user that names it.
    pub place: Span,
    /// Whether it is a part of Dynamo's repository, and no file of the user's own.
    pub of_dynamo: bool,
}

/// The paths of the build context that a plan takes by name, each once.
pub fn context_files<'a>(plan: &'a Plan, sources: &Sources) -> Vec<ContextFile<'a>> {
    let mut files = Vec::new();
    for named in plan.named_paths() {
        let Tree::Context(ContextTree {
            origin: Origin::Context,
            own,
            ..
        }) = named.tree
        else {
            continue;
        };
        for (path, place) in named.paths {
            let file = ContextFile {
                path,
                place: written(place, plan, sources),
                of_dynamo: !own,
            };
            if !files.contains(&file) {
                files.push(file);
            }
        }
    }
    files
}

/// Where the sources of Dynamo are chosen.
pub fn chosen_dynamo(outcome: &Outcome, plan: &Plan) -> Span {
    let resolved = outcome.resolved.as_ref();
    let place = resolved.map_or(plan.chosen_at, |resolved| resolved.dynamo.place());
    written(place, plan, &outcome.sources)
}

/// What a build context has of the paths of Dynamo's repository.
#[derive(Debug, Default)]
pub struct Checkout<'a> {
    missing: Vec<&'a str>,
    has_any: bool,
}

impl<'a> Checkout<'a> {
    /// Notes whether a path is there.
    pub fn add(&mut self, path: &'a str, is_missing: bool) {
        self.has_any |= !is_missing;
        if is_missing && !self.missing.contains(&path) {
            self.missing.push(path);
        }
    }

    /// What is wrong, if something is. `place` is where Dynamo's sources are chosen.
    pub fn finding(&self, place: Span) -> Option<Diagnostic> {
        let paths = self.missing.iter().take(MOST);
        let named = listed(paths);
        let message = match (self.missing.as_slice(), self.has_any) {
            ([], _) => return None,
            (_, true) => {
                format!("the build context has no {named}, which a build of Dynamo needs")
            }
            (_, false) => {
                format!("the build context is no checkout of Dynamo: it has no {named}")
            }
        };
        let missing = Diagnostic::error(Code::MissingFile, place, message)
            .help("give a checkout of Dynamo as the build context, and name the spec with `-f`");
        Some(missing.help("for released wheels write `dynamo: {source: {index: 1.0.0}}`"))
    }
}

/// A path that is not there.
pub fn not_there(from: &TakenFrom, path: &str, place: Span, why: &Absence) -> Diagnostic {
    let (tree, help) = match from {
        TakenFrom::Context | TakenFrom::Checkout => (
            "the build context".to_owned(),
            "paths begin at the build context, the folder at the end of `docker buildx build`",
        ),
        TakenFrom::NamedContext(name) => (
            format!("the build context `{name}`"),
            "paths begin at what `--build-context` gives under that name",
        ),
        TakenFrom::Git(url) => (
            format!("the repository `{url}`"),
            "check what is checked out",
        ),
        TakenFrom::Image(image) => (
            format!("the image `{image}`"),
            "paths begin at the root of the image",
        ),
        TakenFrom::Stage(stage) => (
            format!("the stage `{stage}`"),
            "paths begin at the root of what the stage leaves",
        ),
    };
    let message = match why {
        Absence::Ignored(file) => format!("`{file}` leaves `{path}` out of {tree}"),
        Absence::Near(_) | Absence::Unknown => format!("there is no `{path}` in {tree}"),
    };
    let missing = Diagnostic::error(Code::MissingFile, place, message);
    match why {
        Absence::Ignored(_) => {
            missing.help(format!("add the line `!{path}` at the end of that file"))
        }
        Absence::Near(near) => missing.did_you_mean(place, near),
        Absence::Unknown => missing.help(help),
    }
}
