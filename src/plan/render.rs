//! The plan for people and for programs.

use std::fmt::Write as _;

use serde_json::Value;

use super::{
    Action, Base, ContextTree, EnvChange, FileAction, GitTree, LinkedFile, Mount, NamedTree,
    Origin, Plan, Run, SecretVariable, Sharing, Step, Tree, title,
};
use crate::diagnostic::{Sources, Span};

/// The plan as JSON; each step has `places`, `file:line` of the values it
/// comes from.
pub fn to_json(plan: &Plan, sources: &Sources) -> Value {
    let mut json = serde_json::to_value(plan).unwrap_or_default();
    for (at, stage) in plan.stages.iter().enumerate() {
        for (index, step) in stage.steps.iter().enumerate() {
            let places = step
                .places
                .iter()
                .map(|span| place(*span, sources).into())
                .collect();
            json["stages"][at]["steps"][index]["places"] = Value::Array(places);
        }
    }
    json
}

/// The plan as text, a few lines per step.
pub fn to_text(plan: &Plan, sources: &Sources) -> String {
    let mut text = format!("{}, linux/{}\n", plan.summary, plan.architecture);
    for stage in &plan.stages {
        let side_by_side = if stage.checks_image() {
            ", side by side"
        } else {
            ""
        };
        let _ = writeln!(
            text,
            "\n{} from {}{side_by_side}",
            stage.name,
            base(&stage.base)
        );
        for (index, step) in stage.steps.iter().enumerate() {
            write_step(&mut text, index + 1, step, sources);
        }
    }
    for limit in &plan.layer_limits {
        let (check, most) = (&limit.check, limit.most);
        let _ = writeln!(text, "\n{check}: {most} layers at most");
    }
    write_image(&mut text, plan);
    text
}

/// What a stage stands on.
pub(super) fn base(base: &Base) -> String {
    match base {
        Base::Image(image) => image.reference.familiar(),
        Base::Stage(name) => name.clone(),
        Base::NamedContext(context) => named(context),
        Base::Scratch => "nothing".to_owned(),
    }
}

fn place(span: Span, sources: &Sources) -> String {
    format!(
        "{}:{}",
        sources.get(span.source).name,
        sources.lines(span).0
    )
}

fn write_step(text: &mut String, number: usize, step: &Step, sources: &Sources) {
    let _ = writeln!(text, "  {number}. {}", step.title);
    match &step.action {
        Action::Run(run) => {
            let network = if run.network { "" } else { ", no network" };
            let _ = writeln!(text, "     run as {} in {}{network}", who(run), run.cwd);
            for expectation in &run.expects {
                let _ = writeln!(text, "     expect {expectation}");
            }
            for line in seen(run) {
                let _ = writeln!(text, "     {line}");
            }
            if let Some(gpu) = &run.gpu {
                let _ = writeln!(text, "     with {gpu}, if there");
            }
            if let Some(output) = &run.output {
                let _ = writeln!(text, "     keep {output}");
            }
        }
        Action::Files(files) => files.iter().for_each(|file| write_file(text, file)),
        Action::Link(link) => {
            let _ = writeln!(text, "     from {}", describe(&link.tree));
            for file in &link.files {
                let _ = writeln!(text, "     {}", linked(file));
            }
        }
        Action::Copy(link) => {
            let _ = writeln!(text, "     from {}", describe(&link.tree));
            for file in &link.files {
                let _ = writeln!(text, "     copy {}", copied(file));
            }
        }
    }
    let _ = writeln!(text, "     because of {}", reasons(&step.places, sources));
}

/// Who runs a command.
pub(super) fn who(run: &Run) -> String {
    run.runs_as().unwrap_or_else(|| "root".to_owned())
}

/// What a command sees besides the files of its stage, a line each.
pub(super) fn seen(run: &Run) -> impl Iterator<Item = String> {
    let mount = |mount: &Mount| {
        let kind = match mount {
            Mount::Cache(_) => "cache",
            Mount::Bind { .. } => "bind",
            Mount::Secret { .. } => "secret",
        };
        format!("{kind} {}", mount_text(mount))
    };
    let variable = |secret: &SecretVariable| {
        let optional = if_there(secret.optional);
        format!("secret {} in {}{optional}", secret.id, secret.name)
    };
    let mounts = run.mounts.iter().map(mount);
    mounts.chain(run.secrets.iter().map(variable))
}

/// A mount without the word for its kind.
pub(super) fn mount_text(mount: &Mount) -> String {
    match mount {
        Mount::Cache(cache) => {
            let sharing = match cache.sharing {
                Sharing::Shared => "",
                Sharing::Private => ", private",
                Sharing::Locked => ", locked",
            };
            format!("{} ({}{sharing})", cache.target, cache.id)
        }
        Mount::Bind {
            tree,
            source,
            target,
            scratch,
        } => {
            let writable = if *scratch { ", writes thrown away" } else { "" };
            format!("{target} from {source} of {}{writable}", describe(tree))
        }
        Mount::Secret {
            id,
            target,
            mode,
            owner,
            optional,
            ..
        } => {
            let owner = owner.map(|owner| format!(" {owner}")).unwrap_or_default();
            let optional = if_there(*optional);
            format!("{id} at {target} {mode:04o}{owner}{optional}")
        }
    }
}

/// What is said of something that may be missing.
pub(super) fn if_there(optional: bool) -> &'static str {
    if optional { ", if there" } else { "" }
}

/// What goes where.
pub(super) fn linked(file: &LinkedFile) -> String {
    let mut text = format!("{} -> {}", file.from, file.to);
    for (word, patterns) in [("only", &file.only), ("without", &file.exclude)] {
        if !patterns.is_empty() {
            let _ = write!(text, ", {word} {}", title::list(patterns));
        }
    }
    text.push_str(if_there(file.optional));
    text
}

/// What goes where on what is there, whose it is then, and its mode if it is given.
pub(super) fn copied(file: &LinkedFile) -> String {
    let mode = file.mode.map(|mode| format!(" {mode:04o}"));
    let mode = mode.unwrap_or_default();
    format!("{}, {}{mode}", linked(file), file.owner)
}

fn write_file(text: &mut String, file: &FileAction) {
    let _ = writeln!(text, "     {}", file_text(file));
}

/// A file that is made, without its content.
pub(super) fn file_text(file: &FileAction) -> String {
    match file {
        FileAction::File {
            path,
            mode,
            content,
        } => format!("file {path} {mode:04o}, {} bytes", content.len()),
        FileAction::Folder { path, mode, owner } => {
            let owner = owner.map(|owner| format!(" {owner}")).unwrap_or_default();
            format!("folder {path} {mode:04o}{owner}")
        }
    }
}

/// A variable with its value.
pub(super) fn variable(name: &str, change: &EnvChange) -> String {
    format!("{name}={}", value(change))
}

/// The value of a variable; `…` stands for what the base has.
pub(super) fn value(change: &EnvChange) -> String {
    match change {
        EnvChange::Set(value) => value.clone(),
        EnvChange::Prepend(folders) => format!("{}:…", folders.join(":")),
        EnvChange::Around(before, after) => format!("{before}…{after}"),
    }
}

fn write_image(text: &mut String, plan: &Plan) {
    let image = &plan.image;
    if image.user.is_empty() {
        let _ = writeln!(text, "\nleaves files and no image");
        return;
    }
    let _ = writeln!(text, "\nimage");
    for (name, change) in &image.env {
        let _ = writeln!(text, "  {}", variable(name, change));
    }
    let _ = writeln!(text, "  user {}, in {}", image.user, image.working_dir);
    let _ = writeln!(
        text,
        "  entrypoint {:?}, cmd {:?}",
        image.entrypoint, image.cmd
    );
    for (name, value) in &image.labels {
        let _ = writeln!(text, "  label {name}={value}");
    }
    for (name, value) in &image.annotations {
        let _ = writeln!(text, "  annotation {name}={value}");
    }
    for port in &image.expose {
        let _ = writeln!(text, "  port {port}");
    }
    if let Some(check) = &image.healthcheck {
        let _ = writeln!(text, "  healthcheck {:?}", check.test);
    }
    if let Some(signal) = &image.stop_signal {
        let _ = writeln!(text, "  stopped by {signal}");
    }
}

/// A tree and what is known of it.
pub(super) fn describe(tree: &Tree) -> String {
    match tree {
        Tree::Image(image) => format!("image {}", image.reference.familiar()),
        Tree::Stage(name) => format!("stage {name}"),
        Tree::Context(ContextTree {
            origin,
            paths,
            only,
            exclude,
            ..
        }) => {
            let origin = match origin {
                Origin::Context => "the build context".to_owned(),
                Origin::Git(git) => checkout(git),
                Origin::NamedContext(context) => named(context),
            };
            let mut text = format!("{origin} ({}", paths.join(", "));
            for (word, patterns) in [("only", only), ("without", exclude)] {
                if !patterns.is_empty() {
                    let _ = write!(text, "; {word} {}", patterns.join(", "));
                }
            }
            text.push(')');
            text
        }
        Tree::Git(git) => checkout(git),
        Tree::Archive { url, checksum, .. } => fetched("archive", url, checksum.as_ref()),
        Tree::Download { url, checksum, .. } => fetched("file", url, checksum.as_ref()),
        Tree::NamedContext(context) => named(context),
        Tree::Literal { content, .. } => format!("{} bytes of the plan", content.len()),
    }
}

fn named(context: &NamedTree) -> String {
    format!("the build context `{}`", context.name)
}

fn fetched(what: &str, url: &str, checksum: Option<&String>) -> String {
    let checksum = checksum.map_or("no checksum known", String::as_str);
    format!("{what} {} ({checksum})", title::public_url(url))
}

fn checkout(git: &GitTree) -> String {
    match &git.commit {
        Some(commit) => format!("git {git} at {commit}"),
        None if git.is_pinned() => format!("git {git}"),
        None => format!("git {git}, no commit known"),
    }
}

/// Places in their order without repetition; lines that follow each other in
/// one file are one range.
fn reasons(places: &[Span], sources: &Sources) -> String {
    let mut ranges: Vec<(&str, u32, u32)> = Vec::new();
    for span in places {
        let file = sources.get(span.source).name.as_str();
        let (line, end) = sources.lines(*span);
        let known = ranges
            .iter_mut()
            .find(|(known, first, last)| *known == file && (*first..=*last + 1).contains(&line));
        match known {
            Some((_, _, last)) => *last = end.max(*last),
            None => ranges.push((file, line, end)),
        }
    }
    let text = |(file, first, last): &(&str, u32, u32)| {
        if first == last {
            format!("{file}:{first}")
        } else {
            format!("{file}:{first}-{last}")
        }
    };
    ranges.iter().map(text).collect::<Vec<_>>().join(", ")
}
