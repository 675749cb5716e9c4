//! Spec plus catalog to [`Resolved`]: every question the spec left open is
//! answered. Where the answer is the catalog's, `defaults` gives it.

use super::Files;
use super::combination::{self, Choice};
use super::defaults::Defaults;
use super::mirrors::Rewrites;
use super::resolved::{Developer, Dynamo, Resolved};
use super::{inside, rules};
use crate::catalog::{At, DeviceNeeds, FrameworkFile, Release};
use crate::diagnostic::{Diagnostics, SourceId, Span, Spanned};
use crate::spec::{self, Architecture, Device, DynamoSource, Framework, Keys, Spec, Target};

/// Answers every question the spec left open.
pub(super) fn resolve(
    spec: &Spec,
    release: &Release,
    files: Files,
    architecture: Architecture,
    diagnostics: &mut Diagnostics,
) -> Option<Resolved> {
    let keys = &spec.keys;
    rules::root_account(keys, diagnostics);
    let choice = choose(spec, architecture);
    let needs = combination::find(&choice, release, diagnostics);
    let developer = developer(keys, &choice, diagnostics);
    let (framework, target) = (choice.framework?, choice.target?);
    let needs = needs?;
    let file = &release.frameworks.get(&framework.value)?.content;
    let framework_file = files.framework?;
    let rewrites = Rewrites::new(keys.mirrors.as_ref());
    let mut defaults = Defaults {
        release,
        files,
        architecture,
        rewrites,
        diagnostics,
    };
    let python = match inside(&keys.toolchain, |toolchain| &toolchain.python) {
        Some(python) => python.as_ref().map(ToString::to_string),
        None => file.toolchain.python.spanned(framework_file, Clone::clone),
    };
    let apt = |list: &[At<String>]| packages_of(list, framework_file, &python);
    let common = &release.common.content;
    let resolved = Resolved {
        release: release.name.clone(),
        dynamo: dynamo(keys, file, choice.source?.span)?,
        commit: inside(&keys.dynamo, |dynamo| &dynamo.commit)
            .map(|commit| commit.as_ref().map(ToString::to_string)),
        base: defaults.base(keys, needs, framework_file)?,
        uv: defaults.uv(keys)?,
        rust: defaults.rust(keys)?,
        python_tools: defaults.python_tools(),
        cargo_jobs: inside(&keys.toolchain, |toolchain| &toolchain.cargo_jobs)
            .map_or(common.build.cargo_jobs, |jobs| jobs.value.0),
        repository: common.repository.clone(),
        python_index: defaults.python_index(),
        downloads: defaults.downloads(keys),
        user: defaults.user(keys, target.value),
        developer,
        apt: apt(&needs.apt.base),
        wheel_builder_apt: apt(&needs.apt.wheel_builder),
        dev_apt: packages_of(&common.dev_apt, files.common, &python),
        python,
        extra_apt: added(keys, |packages| &packages.apt),
        extra_pip: added(keys, |packages| &packages.pip),
        requirement_files: added(keys, |packages| &packages.requirements),
        env: keys
            .env
            .as_ref()
            .map_or_else(Vec::new, |env| env.value.0.clone()),
        labels: keys
            .labels
            .as_ref()
            .map_or_else(Vec::new, |labels| labels.value.0.clone()),
        entrypoint: arguments(keys.entrypoint.as_ref()).unwrap_or_default(),
        cmd: command(keys, needs),
        chosen_at: framework.span,
        framework,
        target,
        device: choice.device?,
        architecture,
    };
    defaults.rewrites.report_unused(defaults.diagnostics);
    Some(resolved)
}

fn choose(spec: &Spec, architecture: Architecture) -> Choice {
    let keys = &spec.keys;
    // The first line of the spec stands for what no key causes.
    let head = Span {
        end: spec.span.start,
        ..spec.span
    };
    let at = keys.framework.as_ref().map_or(head, |given| given.span);
    let readable = |key| !keys.unread.contains(&key);
    let source = match inside(&keys.dynamo, |dynamo| &dynamo.source) {
        Some(source) => Some(source.as_ref().map(DynamoSource::word)),
        None if !readable("dynamo") || unread(&keys.dynamo, |dynamo| &dynamo.unread, "source") => {
            None
        }
        None => Some(Spanned::new("context", at)),
    };
    Choice {
        framework: readable("framework")
            .then(|| or_default(keys.framework.as_ref(), Framework::Vllm, at)),
        target: readable("target").then(|| or_default(keys.target.as_ref(), Target::Runtime, at)),
        device: readable("device").then(|| or_default(keys.device.as_ref(), Device::Cuda, at)),
        source,
        architecture,
        defaults: [
            ("framework", keys.framework.is_none()),
            ("target", keys.target.is_none()),
            ("device", keys.device.is_none()),
        ]
        .into_iter()
        .filter_map(|(key, missing)| missing.then_some(key))
        .collect(),
    }
}

fn or_default<T: Copy>(given: Option<&Spanned<T>>, default: T, at: Span) -> Spanned<T> {
    given.cloned().unwrap_or(Spanned::new(default, at))
}

/// Whether a section has the key in a form that could not be read.
#[expect(clippy::ref_option, reason = "this is how sections hold their values")]
fn unread<S>(
    section: &Option<Spanned<S>>,
    keys: impl Fn(&S) -> &Vec<&'static str>,
    key: &'static str,
) -> bool {
    section
        .as_ref()
        .is_some_and(|section| keys(&section.value).contains(&key))
}

fn dynamo(keys: &Keys, file: &FrameworkFile, place: Span) -> Option<Dynamo> {
    match inside(&keys.dynamo, |dynamo| &dynamo.source).map(|source| &source.value) {
        Some(DynamoSource::Index(version)) => Some(Dynamo::Index {
            version: version.as_ref().map(ToString::to_string),
            distributions: file.wheels.clone(),
        }),
        Some(DynamoSource::Context) | None => Some(Dynamo::Context { place }),
        // The matrix has no row for it.
        Some(DynamoSource::Git(_)) => None,
    }
}

/// The ids of a `local-dev` image, which only the user knows.
fn developer(keys: &Keys, choice: &Choice, diagnostics: &mut Diagnostics) -> Option<Developer> {
    let target = choice.target.as_ref()?;
    if target.value != Target::LocalDev {
        return None;
    }
    let id = |id: &Spanned<spec::Id>| id.as_ref().map(|id| id.0);
    let uid = inside(&keys.user, |user| &user.uid).map(id);
    let gid = inside(&keys.user, |user| &user.gid).map(id);
    if let (Some(uid), Some(gid)) = (uid, gid) {
        return Some(Developer { uid, gid });
    }
    let is_unread = |key| unread(&keys.user, |user| &user.unread, key);
    if !keys.unread.contains(&"user") && !is_unread("uid") && !is_unread("gid") {
        rules::missing_ids(target.span, diagnostics);
    }
    None
}

/// Packages of the catalog. One that is named after the Python release line
/// stands where that was chosen.
fn packages_of(
    list: &[At<String>],
    file: SourceId,
    python: &Spanned<String>,
) -> Vec<Spanned<String>> {
    const PYTHON: &str = "{python}";
    list.iter()
        .map(|package| {
            if package.value.contains(PYTHON) {
                let name = |version: &String| package.value.replace(PYTHON, version);
                python.as_ref().map(name)
            } else {
                package.spanned(file, Clone::clone)
            }
        })
        .collect()
}

fn added<T: Clone>(
    keys: &Keys,
    list: impl Fn(&spec::Packages) -> &Option<Spanned<spec::List<T>>>,
) -> Vec<Spanned<T>> {
    inside(&keys.packages, list).map_or_else(Vec::new, |list| list.value.clone())
}

fn arguments(list: Option<&Spanned<spec::Arguments>>) -> Option<Vec<String>> {
    list.map(|list| {
        list.value
            .iter()
            .map(|argument| argument.value.to_string())
            .collect()
    })
}

fn command(keys: &Keys, needs: &DeviceNeeds) -> Vec<String> {
    match (&keys.cmd, &keys.entrypoint) {
        (Some(cmd), _) => arguments(Some(cmd)).unwrap_or_default(),
        // A command made for the default entrypoint means nothing to another.
        (None, Some(_)) => Vec::new(),
        (None, None) => needs.cmd.clone(),
    }
}
