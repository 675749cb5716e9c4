//! Spec plus catalog to [`Resolved`]: every question the spec left open is
//! answered. Where the answer is the catalog's, `defaults` gives it.

use std::collections::BTreeMap;

use super::combination::{self, Choice};
use super::copied::Stages;
use super::defaults::Defaults;
use super::extend::Extending;
use super::mirrors::Rewrites;
use super::pins::Pins;
use super::placeholders::Placeholders;
use super::resolved::{Developer, Healthcheck, Images, Resolved};
use super::{Files, checksums, effects, image_tests, inside, packages, rules};
use crate::catalog::Release;
use crate::diagnostic::{Diagnostics, Span, Spanned};
use crate::spec::{
    self, Architecture, Device, DynamoSource, Feature, Framework, Keys, Spec, Target,
};

/// Answers every question the spec left open.
#[expect(
    clippy::too_many_lines,
    reason = "one line for each answer, in one literal so that none is forgotten"
)]
pub(super) fn resolve(
    spec: &Spec,
    release: &Release,
    files: Files,
    architecture: Architecture,
    diagnostics: &mut Diagnostics,
) -> Option<Resolved> {
    let keys = &spec.keys;
    let choice = choose(spec, architecture);
    rules::root_account(&choice, keys, diagnostics);
    let found = combination::find(&choice, release, diagnostics);
    let developer = developer(keys, &choice, diagnostics);
    rules::endpoint_picker(&choice, keys, diagnostics);
    let (framework, target, device) = (choice.framework?, choice.target?, choice.device?);
    let combination::Found {
        needs,
        elsewhere,
        cuda,
    } = found?;
    let framework_file = &release.frameworks.get(&framework.value)?.content;
    let file = files.framework?;
    let python = match inside(&keys.toolchain, |toolchain| &toolchain.python) {
        Some(python) => python.as_ref().map(ToString::to_string),
        None => framework_file.toolchain.python.spanned(file, Clone::clone),
    };
    let mut defaults = Defaults {
        release,
        files,
        file,
        needs: &needs,
        elsewhere: &elsewhere,
        architecture,
        placeholders: Placeholders::new(architecture, &python, cuda.as_ref()),
        rewrites: Rewrites::new(keys.mirrors.as_ref()),
        chosen_at: framework.span,
        diagnostics,
    };
    let common = &release.common.content;
    let base = defaults.device_image("base", image(keys, |images| &images.base))?;
    let runtime = defaults
        .device_image("runtime", image(keys, |images| &images.runtime))
        .unwrap_or_else(|| base.clone());
    let engine = defaults.engine(keys, framework.value, &runtime)?;
    let features = defaults.features(keys);
    let components = defaults.components(keys);
    rules::feature_needs(
        &features,
        &components,
        needs.features.get(&Feature::Kvbm).map(|one| one.span(file)),
        framework.span,
        keys,
        defaults.diagnostics,
    );
    let packages = defaults.system_packages(framework.value, device.value, !components.is_empty());
    let toolchain =
        |key: fn(&spec::Toolchain) -> &Option<Spanned<spec::Version>>| inside(&keys.toolchain, key);
    let jobs = |key: fn(&spec::Toolchain) -> &Option<Spanned<spec::Count>>, default: u32| {
        inside(&keys.toolchain, key).map_or(default, |jobs| jobs.value.0)
    };
    let version = version(keys);
    let source = choice.source?;
    let stages = Stages {
        rows: &framework_file.combinations,
        framework: framework.value,
        device: device.value,
        source: source.value,
        picker_given: image(keys, |images| &images.epp).is_some(),
    };
    let extend = Extending {
        wheel_builder: &packages.wheel_builder,
        stages,
        rewrites: &defaults.rewrites,
        diagnostics: defaults.diagnostics,
    }
    .extensions(keys.extend.as_ref());
    let downloads = defaults.downloads(keys);
    let extra_apt = added(keys, |packages| &packages.apt);
    let resolved = Resolved {
        release: release.name.clone(),
        dynamo: defaults.dynamo(keys, framework_file, &features, source.span)?,
        commit: inside(&keys.dynamo, |dynamo| &dynamo.commit)
            .map(|commit| commit.as_ref().map(ToString::to_string)),
        engine,
        images: Images {
            wheel_builder: defaults
                .device_image("wheel_builder", image(keys, |images| &images.wheel_builder))
                .unwrap_or_else(|| base.clone()),
            frontend: defaults.common_image("frontend", image(keys, |images| &images.frontend))?,
            epp_base: defaults.common_image("epp_base", image(keys, |images| &images.epp_base))?,
            docs: defaults.common_image("docs", image(keys, |images| &images.docs))?,
            epp: match image(keys, |images| &images.epp) {
                Some(epp) => defaults.common_image("epp", Some(epp)),
                None => None,
            },
            base,
            runtime,
        },
        uv: defaults.tool(
            "uv",
            image(keys, |images| &images.uv),
            inside(&keys.components, |components| &components.uv)
                .and_then(|uv| uv.value.version.as_ref()),
        )?,
        rust: defaults.tool(
            "rust",
            image(keys, |images| &images.rust),
            toolchain(|all| &all.rust),
        )?,
        go: defaults.tool(
            "go",
            image(keys, |images| &images.go),
            toolchain(|all| &all.go),
        )?,
        protoc: defaults.protoc(toolchain(|all| &all.protoc)),
        sccache: defaults.sccache(keys),
        python_tools: defaults.pinned(
            &common.build.python_tools,
            &[("maturin", toolchain(|all| &all.maturin))],
        ),
        native_tools: defaults.pinned(
            &common.build.native_tools,
            &[("meson", toolchain(|all| &all.meson))],
        ),
        cargo_jobs: jobs(|all| &all.cargo_jobs, common.build.cargo_jobs),
        max_jobs: jobs(|all| &all.max_jobs, common.build.max_jobs),
        repository: common.repository.clone(),
        python_index: defaults.python_index(keys),
        transfer: defaults.transfer(keys),
        network: inside(&keys.build, |build| &build.network).map(|network| network.value),
        servers: defaults.servers(&downloads, &extra_apt),
        downloads,
        ffmpeg: features
            .contains(&Feature::MediaFfmpeg)
            .then(|| defaults.ffmpeg(keys))
            .flatten(),
        modelexpress: defaults.modelexpress(keys, &features),
        components,
        features,
        nsight_systems: (device.value == Device::Cuda)
            .then(|| defaults.nsight(keys))
            .flatten(),
        efa: choice.efa.and_then(|place| defaults.efa(keys, place)),
        user: defaults.user(keys, target.value),
        developer,
        packages,
        python,
        extra_apt,
        extra_pip: added(keys, |packages| &packages.pip),
        requirement_files: added(keys, |packages| &packages.requirements),
        extend,
        env: keys
            .env
            .as_ref()
            .map_or_else(Vec::new, |env| env.value.0.clone()),
        labels: keys
            .labels
            .as_ref()
            .map_or_else(Vec::new, |labels| labels.value.0.clone()),
        annotations: annotations(
            release,
            keys,
            version.clone(),
            framework.value,
            target.value,
        ),
        version,
        entrypoint: arguments(keys.entrypoint.as_ref()),
        cmd: arguments(keys.cmd.as_ref()),
        default_command: (needs.entrypoint.clone(), needs.cmd.clone()),
        expose: keys.expose.as_ref().map_or_else(Vec::new, |ports| {
            let ports = ports.value.iter();
            ports.map(|port| typed(port.value.as_str())).collect()
        }),
        healthcheck: healthcheck(keys),
        stop_signal: keys
            .stop_signal
            .as_ref()
            .map(|signal| typed(signal.value.as_str())),
        tests: image_tests::tests(spec, &target, defaults.diagnostics),
        chosen_at: framework.span,
        framework,
        target,
        device,
        cuda,
        default_cuda: framework_file.default_cuda().map(str::to_owned),
        architecture,
    };
    defaults.rewrites.report_unused(defaults.diagnostics);
    let given = &spec.given;
    effects::report(given, &resolved, diagnostics);
    packages::report(given, &resolved, diagnostics);
    checksums::report(keys, given, &resolved, files, diagnostics);
    let pins = Pins {
        keys,
        given,
        resolved: &resolved,
        release,
        needs: &needs,
        files,
    };
    pins.report(diagnostics);
    Some(resolved)
}

fn image(
    keys: &Keys,
    role: impl Fn(&spec::Images) -> &Option<Spanned<spec::ImageName>>,
) -> Option<&Spanned<spec::ImageName>> {
    inside(&keys.images, role)
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
        cuda: keys.cuda.clone(),
        efa: keys
            .efa
            .as_ref()
            .filter(|efa| efa.value.0)
            .map(|efa| efa.span),
        source,
        architecture,
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

/// What the labels and annotations of every image say.
fn annotations(
    release: &Release,
    keys: &Keys,
    version: Option<String>,
    framework: Framework,
    target: Target,
) -> BTreeMap<String, String> {
    let mut all = release.common.content.labels.clone();
    let mut say = |name: &str, value: Option<String>| {
        all.extend(value.map(|value| (format!("org.opencontainers.image.{name}"), value)));
    };
    say("title", Some(format!("Dynamo {framework} {target}")));
    say("version", version);
    let commit = inside(&keys.dynamo, |dynamo| &dynamo.commit);
    say("revision", commit.map(|commit| commit.value.to_string()));
    all
}

/// The version of Dynamo: the one that is said, or that of the release.
fn version(keys: &Keys) -> Option<String> {
    let released = || match &inside(&keys.dynamo, |dynamo| &dynamo.source)?.value {
        DynamoSource::Index(version) => Some(version.value.to_string()),
        _ => None,
    };
    inside(&keys.dynamo, |dynamo| &dynamo.version)
        .map(|version| version.value.to_string())
        .or_else(released)
}

/// A value of the spec in the type of the image config, whose parser is also the
/// spec's.
fn typed<T: std::str::FromStr<Err: std::fmt::Debug>>(text: &str) -> T {
    text.parse().expect("the spec takes what this parser takes")
}

fn healthcheck(keys: &Keys) -> Option<Healthcheck> {
    let given = &keys.healthcheck.as_ref()?.value;
    let time = |value: &Option<Spanned<spec::Interval>>| value.as_ref().map(|value| value.value.0);
    let test = given.test.as_ref()?;
    Some(Healthcheck {
        test: test
            .value
            .iter()
            .map(|word| word.value.to_string())
            .collect(),
        interval: time(&given.interval),
        timeout: time(&given.timeout),
        start_period: time(&given.start_period),
        retries: given.retries.as_ref().map(|retries| retries.value.0),
    })
}
