//! The steps that a spec adds to stages.
//!
//! They come after all else of their stage, in the order written, and see what a
//! `RUN` on top of its image would see: its variables, its folder, its account.
//! In an image that stands on the stage they come after that image's own steps,
//! so that none of those runs again because of them.

use super::action::{
    Action, ContextTree, EnvChange, Link, LinkedFile, Mount, NamedTree, Origin, Owner, Run,
    SecretVariable, Tree,
};
use super::builder::Builder;
use super::component::account::{home, owner};
use super::component::{apt, compile, dnf, python};
use super::script::{self, Script};
use super::{ImageSource, Plan, Step, cache, config, stage, title};
use crate::check::{
    ExtraCommand, ExtraCopy, ExtraPackages, ExtraRun, ExtraSecret, ExtraSource, ExtraStep,
    ExtraWork, Resolved,
};
use crate::diagnostic::{Span, Spanned, printable};
use crate::image::Reference;
use crate::spec::{Account, ExtendedStage, ImagePath, Target, abbreviate};

impl Plan {
    /// Whether the steps of a stage are in this plan.
    pub fn extends(&self, stage: ExtendedStage) -> bool {
        let has = |name: &str| self.stages.iter().any(|one| one.name == name);
        // `local-dev` is made beside `dev`, with its steps.
        has(stage.word()) || (stage == ExtendedStage::Dev && has(ExtendedStage::LocalDev.word()))
    }
}

/// The steps that are added to a stage.
pub(super) fn steps(builder: &mut Builder<'_>, stage: ExtendedStage) -> Vec<Step> {
    let resolved = builder.resolved;
    let extra = resolved.extra_steps(stage).iter();
    extra
        .flat_map(|step| match &step.work {
            ExtraWork::Packages(packages) => install(resolved, stage, step, packages),
            ExtraWork::Copy(copy) => vec![self::copy(builder, step, copy)],
            ExtraWork::Run(run) => vec![command(resolved, stage, step, run)],
        })
        .collect()
}

/// Installs packages, one step for each installer.
fn install(
    resolved: &Resolved,
    stage: ExtendedStage,
    step: &ExtraStep,
    packages: &ExtraPackages,
) -> Vec<Step> {
    let ExtraPackages { apt, dnf, .. } = packages;
    let base = base(resolved, stage);
    let title = step.name.as_deref().unwrap_or("install packages");
    let mut steps: Vec<Step> = apt::install(resolved, base, title, apt)
        .into_iter()
        .chain(dnf::install(resolved, base, title, dnf))
        .collect();
    for mut one in python::added(resolved, &packages.pip, &packages.requirements) {
        if let Some(name) = &step.name {
            let installed = one.title.strip_prefix("install ").unwrap_or(&one.title);
            one.title = format!("{name}: {installed}");
        }
        steps.push(one);
    }
    steps
}

/// The image whose packages a stage has.
fn base(resolved: &Resolved, stage: ExtendedStage) -> &Spanned<Reference> {
    let images = &resolved.images;
    match stage {
        ExtendedStage::Runtime
        | ExtendedStage::Dev
        | ExtendedStage::LocalDev
        | ExtendedStage::Test => &images.runtime,
        ExtendedStage::Frontend => &images.frontend,
        ExtendedStage::Framework | ExtendedStage::DynamoBase => &images.base,
        ExtendedStage::BuildTools | ExtendedStage::WheelBuilder => &images.wheel_builder,
        ExtendedStage::Epp | ExtendedStage::EppBuilder => &images.epp_base,
        ExtendedStage::Docs => &images.docs,
    }
}

/// Copies files onto what the stage has: folders on the way stay as they are.
fn copy(builder: &mut Builder<'_>, step: &ExtraStep, copy: &ExtraCopy) -> Step {
    let resolved = builder.resolved;
    let paths: Vec<String> = copy
        .paths
        .iter()
        .map(|path| path.value.as_str().trim_matches('/').to_owned())
        .collect();
    let (tree, from) = source(builder, &copy.from, &paths);
    let written: Vec<&str> = copy.paths.iter().map(|path| path.value.as_str()).collect();
    let what = match written.as_slice() {
        [] => "everything".to_owned(),
        written => title::list(written),
    };
    let owner = match copy.owner {
        Account::Dynamo => account(resolved),
        Account::Root => Owner { uid: 0, gid: 0 },
    };
    let named = copy.paths.iter().map(|path| Some(path.span));
    let file = |((from, to), place): ((String, String), Option<Span>)| LinkedFile {
        owner,
        mode: copy.mode.map(|mode| mode.0),
        place,
        ..LinkedFile::of_root(from, to)
    };
    let files = places(&paths, &copy.to).into_iter();
    let action = Action::Copy(Link {
        tree,
        files: files.zip(named.chain([None])).map(file).collect(),
    });
    added(step, &format!("copy {what}{from} to {}", copy.to), action)
}

/// A step with the name that the spec gives it, or else a title.
fn added(step: &ExtraStep, title: &str, action: Action) -> Step {
    Step {
        title: printable(step.name.as_deref().unwrap_or(title)),
        component: None,
        places: vec![step.place],
        action,
    }
}

/// Where the files are, and what is said of that.
fn source(builder: &mut Builder<'_>, from: &ExtraSource, paths: &[String]) -> (Tree, String) {
    let of = |origin: Origin| {
        Tree::Context(ContextTree {
            origin,
            own: true,
            ..ContextTree::of(paths)
        })
    };
    match from {
        ExtraSource::Context => (of(Origin::Context), String::new()),
        ExtraSource::NamedContext(name) => {
            let context = NamedTree::new(name.value.as_str(), name.span);
            let from = format!(" of {}", name.value);
            match paths {
                [] => (Tree::NamedContext(context), from),
                _ => (of(Origin::NamedContext(context)), from),
            }
        }
        ExtraSource::Image(image) => {
            let from = format!(" of {}", image.value.familiar());
            (Tree::Image(ImageSource::of(image)), from)
        }
        ExtraSource::Stage(stage) => {
            let name = stage::extended(builder, *stage);
            let from = format!(" of {name}");
            (Tree::Stage(name), from)
        }
    }
}

/// What goes where.
fn places(paths: &[String], to: &ImagePath) -> Vec<(String, String)> {
    let folder = to.trimmed();
    if paths.is_empty() {
        return vec![("/".to_owned(), format!("{folder}/"))];
    }
    let place = |path: &String| {
        let name = path.rsplit('/').next().unwrap_or(path);
        let to = if to.names_folder() {
            format!("{folder}/{name}")
        } else {
            folder.to_owned()
        };
        (format!("/{path}"), to)
    };
    paths.iter().map(place).collect()
}

/// Runs a program or a script.
fn command(resolved: &Resolved, stage: ExtendedStage, step: &ExtraStep, run: &ExtraRun) -> Step {
    let image = Surroundings::of(resolved, stage);
    let user = run.user.unwrap_or(image.user);
    let owner = (user == Account::Dynamo).then(|| account(resolved));
    let home = match user {
        Account::Dynamo => home(resolved),
        Account::Root => "/root".to_owned(),
    };
    let mut env = image.env;
    env.push(EnvChange::set("HOME", home));
    env.extend(
        run.env
            .iter()
            .map(|(name, value)| EnvChange::written(name, value)),
    );
    let (args, mounts) = program(&run.command, user);
    let caches = run.caches.iter();
    let caches = caches.map(|one| cache::extra(resolved, one, owner));
    let files = run.secrets.iter().filter_map(|one| secret_file(one, owner));
    let variables = run.secrets.iter().filter_map(secret_variable);
    let action = Action::Run(Run {
        env,
        secrets: variables.collect(),
        user: owner,
        cwd: run.workdir.clone().unwrap_or(image.workdir),
        mounts: caches.chain(mounts).chain(files).collect(),
        network: run.network,
        ..Run::new(args)
    });
    added(step, &format!("run {}", summary(&run.command)), action)
}

/// What runs. A script is a file of the step, so that neither a message about the
/// step nor an argument repeats it. What the account makes its group can change.
fn program(command: &ExtraCommand, user: Account) -> (Vec<String>, Vec<Mount>) {
    let (args, mut mounts) = match command {
        ExtraCommand::Program(words) => (words.clone(), Vec::new()),
        ExtraCommand::Script(text) => {
            let Script { args, mount } = script::of_user(text);
            (args, vec![mount])
        }
    };
    if user == Account::Root {
        return (args, mounts);
    }
    let Script { args, mount } = script::group_writable(args);
    mounts.push(mount);
    (args, mounts)
}

/// The command in a line.
fn summary(command: &ExtraCommand) -> String {
    match command {
        ExtraCommand::Program(words) => abbreviate(&words.join(" ")),
        ExtraCommand::Script(text) => {
            let mut lines = text
                .lines()
                .map(str::trim)
                .filter(|line| !line.is_empty() && !line.starts_with('#'));
            let first = lines.next().unwrap_or("a script");
            let more = if lines.next().is_some() { " …" } else { "" };
            format!(
                "{}{more}",
                abbreviate(first.trim_end_matches('\\').trim_end())
            )
        }
    }
}

fn secret_file(secret: &ExtraSecret, owner: Option<Owner>) -> Option<Mount> {
    Some(Mount::Secret {
        id: secret.id.clone(),
        target: secret.target.clone()?,
        mode: 0o400,
        owner,
        optional: secret.optional,
        place: secret.place,
    })
}

fn secret_variable(secret: &ExtraSecret) -> Option<SecretVariable> {
    Some(SecretVariable {
        id: secret.id.clone(),
        name: secret.env.clone()?,
        optional: secret.optional,
        place: secret.place,
    })
}

/// The account by number. In `local-dev` it has the uid of the person by then, and
/// is in the group that may change what the image has.
pub(super) fn account(resolved: &Resolved) -> Owner {
    let account = owner(resolved);
    match &resolved.developer {
        Some(person) => Owner {
            uid: person.uid.value,
            ..account
        },
        None => account,
    }
}

/// What a command on top of a stage's image would find.
struct Surroundings {
    env: Vec<(String, EnvChange)>,
    user: Account,
    workdir: String,
}

impl Surroundings {
    fn of(resolved: &Resolved, stage: ExtendedStage) -> Self {
        let target = match stage {
            // Stages that are no target, and no image.
            ExtendedStage::BuildTools => return Self::of_builder(compile::env(resolved)),
            ExtendedStage::EppBuilder => return Self::of_builder(Vec::new()),
            stage => stage.target(),
        };
        let root = config::runs_as_root(target) || target == Target::Epp;
        let mut env = config::env(resolved, target);
        // Those of the spec are the image's, and no business of what it is made with.
        if target == resolved.target.value || matches!(target, Target::Runtime | Target::Dev) {
            env.extend(config::env_of_spec(resolved));
        }
        Self {
            env,
            user: if root { Account::Root } else { Account::Dynamo },
            workdir: config::working_dir(resolved, target),
        }
    }

    fn of_builder(env: Vec<(String, EnvChange)>) -> Self {
        Self {
            env,
            user: Account::Root,
            workdir: "/".to_owned(),
        }
    }
}
