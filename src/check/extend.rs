//! The section `extend`: which keys of a step go together, and what each step
//! means.
//!
//! Which stages can be copied from is `copied`'s, which caches hide something is
//! `shadowed`'s business.

use super::Resolved;
use super::copied::{self, Stages};
use super::extended::{
    Extension, ExtraCache, ExtraCommand, ExtraCopy, ExtraPackages, ExtraRun, ExtraSecret,
    ExtraSource, ExtraStep, ExtraWork,
};
use super::mirrors::Rewrites;
use super::resolved::WheelBuilderPackages;
use super::shadowed;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Span, Spanned};
use crate::spec::{
    Account, CacheSharing, Command, CopySource, Extend, ExtendCopy, ExtendNetwork, ExtendPackages,
    ExtendSecret, ExtendStep, ExtendedStage,
};

/// What the steps of a spec are checked against.
pub(super) struct Extending<'a, 's> {
    /// Which package manager the stages that compile have.
    pub(super) wheel_builder: &'a WheelBuilderPackages,
    /// Which stages there are to copy from.
    pub(super) stages: Stages<'a>,
    /// Where images are.
    pub(super) rewrites: &'a Rewrites<'s>,
    pub(super) diagnostics: &'a mut Diagnostics,
}

impl Extending<'_, '_> {
    /// The steps as meant; what is wrong with one leaves that one out.
    pub(super) fn extensions(&mut self, extend: Option<&Spanned<Extend>>) -> Vec<Extension> {
        let Some(extend) = extend else {
            return Vec::new();
        };
        copied::report(&extend.value, &self.stages, self.diagnostics);
        let stages = extend.value.0.iter();
        let extension = |(stage, steps): &(Spanned<ExtendedStage>, Spanned<Vec<_>>)| Extension {
            stage: stage.clone(),
            steps: steps
                .value
                .iter()
                .filter_map(|step| self.step(stage.value, step))
                .collect(),
        };
        stages.map(extension).collect()
    }

    fn step(&mut self, stage: ExtendedStage, step: &Spanned<ExtendStep>) -> Option<ExtraStep> {
        let keys = &step.value;
        let kinds = kinds(keys);
        let work = match (kinds.as_slice(), &keys.packages, &keys.copy, &keys.run) {
            ([(_, place)], Some(packages), None, None) => {
                self.only_of_run(keys, "packages", *place);
                ExtraWork::Packages(self.packages(stage, packages)?)
            }
            ([(_, place)], None, Some(copy), None) => {
                self.only_of_run(keys, "copy", *place);
                ExtraWork::Copy(self.copy(&copy.as_ref().map(|copy| &copy.0))?)
            }
            ([_], None, None, Some(command)) => {
                self.has_account(stage, keys);
                ExtraWork::Run(self.run(keys, command)?)
            }
            _ => {
                self.not_one_kind(step, &kinds);
                return None;
            }
        };
        Some(ExtraStep {
            name: keys.name.as_ref().map(|name| name.value.to_string()),
            work,
            place: kinds.first().map_or(step.span, |(_, place)| *place),
        })
    }

    /// A step that does nothing, or more than one thing.
    fn not_one_kind(&mut self, step: &Spanned<ExtendStep>, kinds: &[(&str, Span)]) {
        const HELP: &str = "give each step exactly one of `packages`, `copy` and `run`";
        if let [(first, place), (second, again), ..] = kinds {
            let message = format!("a step has either `{first}` or `{second}`, as the order counts");
            self.diagnostics.push(
                Diagnostic::error(Code::ConflictingValues, *again, message)
                    .label(*place, format!("this step has `{first}` already"))
                    .help("make it two steps, in the order in which they are to be done"),
            );
            return;
        }
        let unread = ["packages", "copy", "run"];
        if !unread.iter().any(|key| step.value.unread.contains(key)) {
            let message = "this step does nothing: it has none of `packages`, `copy` and `run`";
            self.diagnostics
                .push(Diagnostic::error(Code::MissingValue, step.span, message).help(HELP));
        }
    }

    /// Something that is not there, unless it is only that it could not be read, which
    /// is told already.
    fn missing(&mut self, missing: Diagnostic) {
        let place = missing.primary;
        let is_inside = |one: &&Diagnostic| {
            let places = place.zip(one.primary);
            places.is_some_and(|(place, other)| place != other && place.holds(other))
        };
        if self.diagnostics.errors().iter().any(is_inside) {
            return;
        }
        self.diagnostics.push(missing);
    }

    /// A command of the account, on a stage that has none.
    fn has_account(&mut self, stage: ExtendedStage, keys: &ExtendStep) {
        let user = keys.user.as_ref();
        if let Some(user) = user.filter(|user| user.value == Account::Dynamo && !is_ours(stage)) {
            let message = format!("`{stage}` has no account `dynamo` yet, only root");
            self.diagnostics.push(
                Diagnostic::error(Code::ConflictingValues, user.span, message)
                    .help("remove `user`: without it the step runs as root here"),
            );
        }
    }

    /// Keys that say how a command runs, in a step that runs none.
    fn only_of_run(&mut self, keys: &ExtendStep, kind: &str, place: Span) {
        let given = [
            ("env", keys.env.as_ref().map(|one| one.span)),
            ("workdir", keys.workdir.as_ref().map(|one| one.span)),
            ("user", keys.user.as_ref().map(|one| one.span)),
            ("network", keys.network.as_ref().map(|one| one.span)),
            ("caches", keys.caches.as_ref().map(|one| one.span)),
            ("secrets", keys.secrets.as_ref().map(|one| one.span)),
        ];
        for (key, at) in given {
            let Some(at) = at else { continue };
            let message = format!("`{key}` goes with `run`, and this step has `{kind}`");
            let conflict = Diagnostic::error(Code::ConflictingValues, at, message)
                .label(place, format!("`{kind}` is here"));
            self.diagnostics.push(match (key, kind) {
                ("user", "copy") => conflict.help("write `owner` inside of `copy`"),
                ("secrets", "packages") => {
                    conflict.help("credentials of a Python index go to `build.python.netrc_secret`")
                }
                _ => conflict.help("remove it, or make it a step of its own with `run`"),
            });
        }
    }

    fn packages(
        &mut self,
        stage: ExtendedStage,
        packages: &Spanned<ExtendPackages>,
    ) -> Option<ExtraPackages> {
        let given = &packages.value;
        self.installers(stage, given);
        let list = ExtraPackages {
            apt: all(given.apt.as_ref()),
            dnf: all(given.dnf.as_ref()),
            pip: all(given.pip.as_ref()),
            requirements: all(given.requirements.as_ref()),
        };
        let ExtraPackages {
            apt,
            dnf,
            pip,
            requirements,
        } = &list;
        let none = apt.is_empty() && dnf.is_empty() && pip.is_empty() && requirements.is_empty();
        if none && given.unread.is_empty() {
            let message = "this step installs nothing";
            self.missing(
                Diagnostic::error(Code::MissingValue, packages.span, message)
                    .help("name packages, such as `{apt: [gdb]}`, or remove the step"),
            );
        }
        (!none).then_some(list)
    }

    /// Reports installers that the stage does not have.
    fn installers(&mut self, stage: ExtendedStage, given: &ExtendPackages) {
        let has_dnf = matches!(self.wheel_builder, WheelBuilderPackages::Dnf(_))
            && matches!(
                stage,
                ExtendedStage::BuildTools | ExtendedStage::WheelBuilder
            );
        let wrong = match (&given.apt, &given.dnf) {
            (Some(apt), _) if has_dnf => Some((apt.span, "apt", "AlmaLinux", "dnf")),
            (_, Some(dnf)) if !has_dnf => Some((dnf.span, "dnf", "Debian or Ubuntu", "apt")),
            _ => None,
        };
        if let Some((place, key, system, other)) = wrong {
            let message =
                format!("`{key}` does not install on `{stage}`, which stands on {system}");
            let help = format!("write `{other}`, with the names that packages have there");
            self.diagnostics
                .push(Diagnostic::error(Code::ConflictingValues, place, message).help(help));
        }
        let pip = given.pip.as_ref().map(|pip| pip.span);
        let requirements = given.requirements.as_ref().map(|files| files.span);
        if let Some(place) = pip.or(requirements).filter(|_| !is_ours(stage)) {
            let message = format!("`{stage}` has no Python environment of the image to install to");
            self.diagnostics.push(
                Diagnostic::error(Code::ConflictingValues, place, message)
                    .help("add the packages to `runtime`, or install them with `run`"),
            );
        }
    }

    fn copy(&mut self, copy: &Spanned<&ExtendCopy>) -> Option<ExtraCopy> {
        let given = copy.value;
        if given.unread.contains(&"from") || given.unread.contains(&"paths") {
            return None;
        }
        let from = given
            .from
            .as_ref()
            .map_or(&CopySource::Context, |from| &from.value);
        let paths = given.paths.as_ref().map_or(&[][..], |paths| &paths.value);
        let to = given.to.as_ref()?;
        if paths.is_empty() && (given.paths.is_some() || matches!(from, CopySource::Context)) {
            let place = given.paths.as_ref().map_or(copy.span, |paths| paths.span);
            let message = "no path is named that could be copied";
            self.missing(
                Diagnostic::error(Code::MissingValue, place, message).help(
                    "add `paths`, such as `paths: [tools]`; only they are sent to the daemon",
                ),
            );
            return None;
        }
        if paths.len() > 1 && !to.value.names_folder() {
            let message = format!("{} paths cannot all become `{}`", paths.len(), to.value);
            let help = format!("write `{}/` to put them into that folder", to.value);
            self.diagnostics
                .push(Diagnostic::error(Code::ConflictingValues, to.span, message).help(help));
        }
        shadowed::copied(to, self.diagnostics);
        Some(ExtraCopy {
            from: match from {
                CopySource::Context => ExtraSource::Context,
                CopySource::Stage(stage) => ExtraSource::Stage(stage.value),
                CopySource::Image(image) => {
                    let image = image.as_ref().map(|name| name.0.with_default_tag());
                    ExtraSource::Image(self.rewrites.image(image, self.diagnostics))
                }
                CopySource::NamedContext(name) => ExtraSource::NamedContext(name.clone()),
            },
            paths: paths.to_vec(),
            to: to.value.clone(),
            owner: given
                .owner
                .as_ref()
                .map_or(Account::Root, |owner| owner.value),
            mode: given.mode.as_ref().map(|mode| mode.value),
        })
    }

    fn run(&mut self, keys: &ExtendStep, command: &Spanned<Command>) -> Option<ExtraRun> {
        let (command, empty) = match &command.value {
            Command::Program(words) => {
                let words: Vec<String> = words.iter().map(|word| word.value.to_string()).collect();
                let empty = words.first().is_none_or(String::is_empty);
                (ExtraCommand::Program(words), empty.then_some(command.span))
            }
            Command::Script(script) => {
                let empty = script.as_str().trim().is_empty();
                let script = ExtraCommand::Script(script.to_string());
                (script, empty.then_some(command.span))
            }
        };
        if let Some(place) = empty {
            self.missing(
                Diagnostic::error(Code::MissingValue, place, "there is nothing to run")
                    .help("write `[PROGRAM, ARGUMENT]`, or `|` and a script"),
            );
            return None;
        }
        let secrets = self.secrets(keys);
        shadowed::report(keys, self.diagnostics);
        let env = keys.env.as_ref().map_or(&[][..], |env| &env.value.0);
        let caches = keys.caches.as_ref().map_or(&[][..], |caches| &caches.value);
        let caches = caches.iter().filter_map(|cache| {
            let cache = &cache.value.0;
            Some(ExtraCache {
                target: cache.target.as_ref()?.value.trimmed().to_owned(),
                id: cache.id.as_ref().map(|id| id.value.to_string()),
                sharing: cache
                    .sharing
                    .as_ref()
                    .map_or(CacheSharing::Shared, |sharing| sharing.value),
            })
        });
        Some(ExtraRun {
            command,
            env: env
                .iter()
                .map(|(name, value)| (name.value.to_string(), value.value.to_string()))
                .collect(),
            workdir: keys.workdir.as_ref().map(|path| path.value.to_string()),
            user: keys.user.as_ref().map(|user| user.value),
            network: keys.network.as_ref().map(|one| one.value) != Some(ExtendNetwork::None),
            caches: caches.collect(),
            secrets,
        })
    }

    /// The secrets; reports variables that are set twice.
    fn secrets(&mut self, keys: &ExtendStep) -> Vec<ExtraSecret> {
        let env = keys.env.as_ref().map_or(&[][..], |env| &env.value.0);
        let mut names: Vec<(&str, Span)> = env
            .iter()
            .map(|(name, _)| (name.value.as_str(), name.span))
            .collect();
        let given = keys.secrets.as_ref().map_or(&[][..], |all| &all.value);
        let mut secrets = Vec::new();
        for secret in given {
            let place = secret.span;
            let ExtendSecret {
                id,
                env,
                target,
                required,
                ..
            } = &secret.value.0;
            let Some(id) = id else { continue };
            if let Some(env) = env {
                let name = env.value.as_str();
                if let Some((_, first)) = names.iter().find(|(known, _)| *known == name) {
                    let message = format!("the variable `{name}` is set twice");
                    self.diagnostics.push(
                        Diagnostic::error(Code::ConflictingValues, env.span, message)
                            .label(*first, "first set here")
                            .help("remove one of the two"),
                    );
                }
                names.push((name, env.span));
            }
            let file = || format!("/run/secrets/{}", id.value);
            secrets.push(ExtraSecret {
                id: id.value.to_string(),
                env: env.as_ref().map(|env| env.value.to_string()),
                target: match target {
                    Some(target) => Some(target.value.trimmed().to_owned()),
                    None => env.is_none().then(file),
                },
                optional: required.as_ref().is_some_and(|required| !required.value.0),
                place,
            });
        }
        secrets
    }
}

/// The items of a list; none without it.
fn all<T: Clone>(list: Option<&Spanned<Vec<T>>>) -> Vec<T> {
    list.map_or_else(Vec::new, |list| list.value.clone())
}

/// What the step is, by each key that says so, in the order written.
fn kinds(keys: &ExtendStep) -> Vec<(&'static str, Span)> {
    let given = [
        ("packages", keys.packages.as_ref().map(|one| one.span)),
        ("copy", keys.copy.as_ref().map(|one| one.span)),
        ("run", keys.run.as_ref().map(|one| one.span)),
    ];
    let mut kinds: Vec<(&str, Span)> = given
        .into_iter()
        .filter_map(|(key, span)| Some((key, span?)))
        .collect();
    kinds.sort_by_key(|(_, span)| *span);
    kinds
}

/// Whether a stage has the account of the image, and the Python environment that
/// Dynamo is installed to.
fn is_ours(stage: ExtendedStage) -> bool {
    const HAVE: [ExtendedStage; 6] = [
        ExtendedStage::Runtime,
        ExtendedStage::Dev,
        ExtendedStage::LocalDev,
        ExtendedStage::Test,
        ExtendedStage::Frontend,
        ExtendedStage::Docs,
    ];
    HAVE.contains(&stage)
}

impl Resolved {
    /// The steps that are added to a stage.
    pub fn extra_steps(&self, stage: ExtendedStage) -> &[ExtraStep] {
        let extension = self.extend.iter().find(|one| one.stage.value == stage);
        extension.map_or(&[], |extension| &extension.steps)
    }
}
