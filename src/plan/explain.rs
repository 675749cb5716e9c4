//! One step of a plan, told in full: what it does, what it sees and needs, which
//! lines it stems from, what would make it run again.
//!
//! Owns the words; what a step is was decided before.

mod again;
mod find;
mod text;

use serde::Serialize;

use super::render::{self, copied, describe, linked, who};
use super::{Action, Base, FileAction, Mount, Plan, Run, Stage, Step, Tree};
use crate::diagnostic::{Sources, Span, printable};

pub use find::{StepName, step_named, steps_like, steps_of};
pub use text::to_text as step_to_text;

/// A step, told in full.
#[derive(Debug, Clone, Serialize)]
pub struct StepStory {
    /// Its name: `runtime/3`.
    pub name: String,
    /// What it does, as its line of progress says.
    pub title: String,
    /// The component it belongs to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub component: Option<String>,
    /// What it is for.
    pub platform: String,
    /// The command, if it runs one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub command: Option<Command>,
    /// The files that it makes or takes over, if it runs no command.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<String>,
    /// The content of the files that the plan itself holds.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub contents: Vec<Content>,
    /// What it sees besides the files of the steps before.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub sees: Vec<String>,
    /// What must be there before it runs.
    pub needs: Vec<String>,
    /// What is there after it.
    pub leaves: String,
    /// The lines that made it so, the main one first.
    pub because_of: Vec<Line>,
    /// What would make it run again.
    pub runs_again: Vec<String>,
}

/// A command in full.
#[derive(Debug, Clone, Serialize)]
pub struct Command {
    /// The argument vector.
    pub args: Vec<String>,
    /// Its variables besides those of the image it runs on.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub env: Vec<String>,
    /// Who runs it.
    pub user: String,
    /// Where it runs.
    pub cwd: String,
    /// Whether it may use the network.
    pub network: bool,
}

/// A file that the plan itself holds: a script or a setting of a command, or what
/// a step makes.
#[derive(Debug, Clone, Serialize)]
pub struct Content {
    /// Where it is.
    pub path: String,
    /// What is in it.
    pub content: String,
}

/// A line of a spec, of the command line, or of the catalog.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Line {
    /// The file.
    pub file: String,
    /// Its number.
    pub line: u32,
    /// What is in it, without blanks around.
    pub text: String,
}

impl Line {
    /// The first line of a place.
    pub fn of(place: Span, sources: &Sources) -> Self {
        let source = sources.get(place.source);
        let line = sources.lines(place).0;
        let text = source.text.lines().nth(line.saturating_sub(1) as usize);
        Self {
            file: source.name.clone(),
            line,
            text: printable(text.unwrap_or_default().trim()),
        }
    }
}

/// Tells of a step of the plan; `None` where there is no such step.
pub fn explain_step(plan: &Plan, name: &StepName, sources: &Sources) -> Option<StepStory> {
    let stage = plan.stages.iter().find(|one| one.name == name.stage)?;
    let step = stage.steps.get(name.number.checked_sub(1)?)?;
    let mut because_of = Vec::new();
    for place in &step.places {
        let line = Line::of(*place, sources);
        if !because_of.contains(&line) {
            because_of.push(line);
        }
    }
    Some(StepStory {
        name: name.to_string(),
        title: step.title.clone(),
        component: step.component.clone(),
        platform: plan.architecture.platform().to_string(),
        command: command(&step.action),
        files: files(&step.action),
        contents: contents(&step.action),
        sees: sees(&step.action),
        needs: needs(plan, stage, name.number, step),
        leaves: leaves(&step.action),
        because_of,
        runs_again: again::again(stage, name.number, step),
    })
}

fn command(action: &Action) -> Option<Command> {
    let Action::Run(run) = action else {
        return None;
    };
    let variables = run.env.iter();
    Some(Command {
        args: run.args.clone(),
        env: variables
            .map(|(name, change)| render::variable(name, change))
            .collect(),
        user: who(run),
        cwd: run.cwd.clone(),
        network: run.network,
    })
}

fn contents(action: &Action) -> Vec<Content> {
    let held = |path: &String, content: &String| Content {
        path: path.clone(),
        content: content.clone(),
    };
    let bound = |mount: &Mount| match mount {
        Mount::Bind {
            tree: Tree::Literal { content, .. },
            target,
            ..
        } => Some(held(target, content)),
        _ => None,
    };
    let made = |file: &FileAction| match file {
        FileAction::File { path, content, .. } => Some(held(path, content)),
        FileAction::Folder { .. } => None,
    };
    match action {
        Action::Run(run) => run.mounts.iter().filter_map(bound).collect(),
        Action::Files(files) => files.iter().filter_map(made).collect(),
        Action::Link(_) | Action::Copy(_) => Vec::new(),
    }
}

fn files(action: &Action) -> Vec<String> {
    match action {
        Action::Run(_) => Vec::new(),
        Action::Files(files) => files.iter().map(render::file_text).collect(),
        Action::Link(link) => link.files.iter().map(linked).collect(),
        Action::Copy(link) => link.files.iter().map(copied).collect(),
    }
}

fn sees(action: &Action) -> Vec<String> {
    let Action::Run(run) = action else {
        return Vec::new();
    };
    // What the plan itself holds is shown in full.
    let is_held = |mount: &Mount| {
        let Mount::Bind { tree, .. } = mount else {
            return false;
        };
        matches!(tree, Tree::Literal { .. })
    };
    let held = run
        .mounts
        .iter()
        .map(is_held)
        .chain(std::iter::repeat(false));
    let seen = render::seen(run).zip(held);
    seen.filter(|(_, held)| !held)
        .map(|(line, _)| line)
        .collect()
}

/// The step or base below, and the trees that are read, each once.
fn needs(plan: &Plan, stage: &Stage, number: usize, step: &Step) -> Vec<String> {
    let mut needs = Vec::new();
    if !matches!(step.action, Action::Link(_)) {
        needs.extend(below(plan, stage, number));
    }
    for tree in step.action.trees() {
        let need = match tree {
            Tree::Literal { .. } => continue,
            Tree::Stage(name) => last_of(plan, name),
            other => describe(other),
        };
        if !needs.contains(&need) {
            needs.push(need);
        }
    }
    needs
}

fn below(plan: &Plan, stage: &Stage, number: usize) -> Option<String> {
    let before = number.checked_sub(2).filter(|_| !stage.checks_image());
    match before.and_then(|index| stage.steps.get(index)) {
        Some(before) => Some(format!("{}/{} {}", stage.name, number - 1, before.title)),
        None => match &stage.base {
            Base::Stage(name) => Some(last_of(plan, name)),
            Base::Scratch => None,
            other => Some(render::base(other)),
        },
    }
}

/// A stage by its last step, which is done when the stage is.
fn last_of(plan: &Plan, name: &str) -> String {
    let stage = plan.stages.iter().find(|stage| stage.name == name);
    let last = stage.and_then(|stage| Some((stage.steps.len(), stage.steps.last()?)));
    match last {
        Some((number, step)) => format!("{name}/{number} {}", step.title),
        None => format!("stage {name}"),
    }
}

fn leaves(action: &Action) -> String {
    match action {
        Action::Run(Run {
            output: Some(folder),
            ..
        }) => format!("what is in {folder}, and nothing else"),
        Action::Run(_) => "what it changes in the files of the stage".to_owned(),
        Action::Files(_) => "the files".to_owned(),
        Action::Link(_) => "the files, in a layer of their own".to_owned(),
        Action::Copy(_) => "the files, in the files of the stage".to_owned(),
    }
}
