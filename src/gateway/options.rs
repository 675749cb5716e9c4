//! The options of a build, typed.
//!
//! Owns the names and text forms of the options that `buildx`, `buildctl` and
//! the daemon send. All wrong values are found at once; unknown options are
//! passed over, because clients send what only other frontends read.

use std::collections::BTreeMap;

mod attest;
mod epoch;
mod error;
mod process;
mod resources;
#[cfg(test)]
mod tests;
mod text;

pub use attest::{Sbom, Scanned};
pub use buildkit_llb::ResolveMode;
pub use epoch::{SOURCE_DATE_EPOCH, SourceDateEpoch};
pub use error::{OptionError, OptionErrors};

pub use crate::emit::{NoCache, ProcessSettings};
use text::parse_bool;
use text::parse_fields;

/// The spec's name where the client gives none: what `BuildKit`'s own loader takes.
const DEFAULT_FILENAME: &str = "Dockerfile";
/// The client-side directory that holds the spec.
const DEFAULT_SPEC_LOCAL: &str = "dockerfile";
/// The option that holds the URL of a remote context.
const DEFAULT_CONTEXT_KEY: &str = "context";
/// Overrides `multi-platform`.
const MULTI_PLATFORM_ARG: &str = "BUILDKIT_MULTI_PLATFORM";
/// Keeps the repository of a context that is a git checkout.
const KEEP_GIT_DIR_ARG: &str = "BUILDKIT_CONTEXT_KEEP_GIT_DIR";
/// Did without file operations, on daemons that none of today's needs.
const NO_FILE_OPERATIONS_ARG: &str = "BUILDKIT_DISABLE_FILEOP";
/// Named the image that did their work.
const COPY_IMAGE: &str = "override-copy-image";

/// What may stand in `frontend.caps`; the image's label says the same.
pub const FRONTEND_CAPS: [&str; 4] = [
    "moby.buildkit.frontend.contexts",
    "moby.buildkit.frontend.gitquerystring",
    "moby.buildkit.frontend.inputs",
    "moby.buildkit.frontend.subrequests",
];

/// Where the spec is. Known even when other options are wrong, so that their
/// errors can point into the spec.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SpecLocation {
    /// The file's path.
    pub filename: String,
    /// The client-side directory that holds it.
    pub local: String,
    /// Whether that directory holds it even if the context is remote.
    pub forced_local: bool,
    /// URL of the build context if it is not the client's directory.
    pub context: Option<String>,
}

/// A place to import build cache from.
#[derive(Clone, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct CacheImport {
    /// The kind of place, such as `registry`.
    #[serde(rename = "Type")]
    pub kind: String,
    /// Its attributes.
    #[serde(default)]
    pub attrs: BTreeMap<String, String>,
}

/// The options of one request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// Where the spec is.
    pub spec: SpecLocation,
    /// The target, as written.
    pub target: Option<String>,
    /// Platforms to build for, as written; empty means the build platform.
    pub platforms: Vec<String>,
    /// Whether the result lists its platforms, even if there is only one.
    pub multi_platform: bool,
    /// Build arguments.
    pub build_args: BTreeMap<String, String>,
    /// Labels for the image.
    pub labels: BTreeMap<String, String>,
    /// Steps that ignore the cache.
    pub no_cache: NoCache,
    /// How images are looked up.
    pub resolve_mode: ResolveMode,
    /// What holds for every process.
    pub process: ProcessSettings,
    /// The list of what is in the image, if it is wanted.
    pub sbom: Option<Sbom>,
    /// The time that stands for the time of the build.
    pub source_date_epoch: Option<SourceDateEpoch>,
    /// The subrequest asked for instead of a build.
    pub request_id: Option<String>,
    /// What follows `syntax=`: the reference of this frontend and more words.
    pub cmdline: Option<String>,
    /// The reference of this frontend.
    pub source: Option<String>,
    /// Directory of a remote context to use as its root.
    pub context_subdir: Option<String>,
    /// Named contexts by name, which may end in `::` and a platform.
    pub named_contexts: BTreeMap<String, String>,
    /// Metadata of inputs, by input name, as JSON.
    pub input_metadata: BTreeMap<String, String>,
    /// Where cache is imported from, in order.
    pub cache_imports: Vec<CacheImport>,
    /// Sessions that hold a client-side directory, where it is not the main one.
    pub local_sessions: BTreeMap<String, String>,
    /// What tells the client's directories apart, by the name of the directory.
    pub shared_keys: BTreeMap<String, String>,
    /// Whether a context that is a git checkout keeps its repository.
    pub keep_git_dir: bool,
}

impl SpecLocation {
    /// Reads the location, which no value can make wrong.
    pub fn parse(options: &BTreeMap<String, String>) -> Self {
        let local = filled(options, "dockerfilekey");
        let context_key = filled(options, "contextkey");
        let context_key = context_key.unwrap_or_else(|| DEFAULT_CONTEXT_KEY.to_owned());
        Self {
            filename: filled(options, "filename").unwrap_or_else(|| DEFAULT_FILENAME.to_owned()),
            forced_local: local.is_some(),
            local: local.unwrap_or_else(|| DEFAULT_SPEC_LOCAL.to_owned()),
            context: filled(options, &context_key),
        }
    }
}

impl Options {
    /// Reads all options and reports all wrong ones.
    pub fn parse(options: &BTreeMap<String, String>) -> Result<Self, OptionErrors> {
        let mut errors = Vec::new();
        let build_args = with_prefix(options, "build-arg:");
        let platforms = options.get("platform").map(|text| parse_platforms(text));
        let platforms = platforms.unwrap_or_default();
        let multi_platform = parse_multi_platform(options, &build_args, &platforms);
        let resolve_mode = options
            .get("image-resolve-mode")
            .map(|text| parse_resolve_mode(text));
        let no_cache = options.get("no-cache").map(|text| parse_no_cache(text));
        let named_contexts = with_prefix(options, "context:");
        let source_date_epoch = epoch::parse(&build_args, &named_contexts);
        let parsed = Self {
            spec: SpecLocation::parse(options),
            target: filled(options, "target"),
            multi_platform: keep(multi_platform, &mut errors),
            platforms,
            labels: with_prefix(options, "label:"),
            no_cache: keep(no_cache.transpose(), &mut errors).unwrap_or_default(),
            resolve_mode: keep(resolve_mode.transpose(), &mut errors).unwrap_or_default(),
            process: process::parse(options, &build_args, &mut errors),
            sbom: attest::parse(options, &build_args, &mut errors),
            source_date_epoch: keep(source_date_epoch, &mut errors),
            request_id: filled(options, "requestid"),
            cmdline: filled(options, "cmdline"),
            source: filled(options, "source"),
            context_subdir: filled(options, "contextsubdir"),
            named_contexts,
            input_metadata: with_prefix(options, "input-metadata:"),
            cache_imports: keep(parse_cache_imports(options), &mut errors),
            local_sessions: with_prefix(options, "local-sessionid:"),
            shared_keys: with_prefix(options, "sharedkey:localdir:"),
            keep_git_dir: keep(flag(&build_args, KEEP_GIT_DIR_ARG), &mut errors),
            build_args,
        };
        errors.extend(removed(options, &parsed.build_args));
        errors.extend(refused_caps(options));
        if errors.is_empty() {
            Ok(parsed)
        } else {
            Err(OptionErrors(errors))
        }
    }
}

fn keep<T: Default>(value: Result<T, OptionError>, errors: &mut Vec<OptionError>) -> T {
    value.unwrap_or_else(|error| {
        errors.push(error);
        T::default()
    })
}

fn filled(options: &BTreeMap<String, String>, key: &str) -> Option<String> {
    options.get(key).filter(|value| !value.is_empty()).cloned()
}

/// A build argument that is true or false; one without a value is not given.
fn flag(build_args: &BTreeMap<String, String>, name: &str) -> Result<bool, OptionError> {
    let Some(value) = filled(build_args, name) else {
        return Ok(false);
    };
    parse_bool(&value).ok_or_else(|| OptionError::Boolean {
        option: format!("build-arg:{name}"),
        value,
    })
}

/// What once changed how files are copied, and is no more: who sets it relies
/// on something that would not happen.
fn removed(
    options: &BTreeMap<String, String>,
    build_args: &BTreeMap<String, String>,
) -> Vec<OptionError> {
    let copy_image = filled(options, COPY_IMAGE).map(|_| COPY_IMAGE.to_owned());
    let value = build_args.get(NO_FILE_OPERATIONS_ARG);
    let without = value.is_some_and(|value| parse_bool(value) == Some(true));
    let without = without.then(|| format!("build-arg:{NO_FILE_OPERATIONS_ARG}"));
    let given = copy_image.into_iter().chain(without);
    given.map(OptionError::Removed).collect()
}

fn with_prefix(options: &BTreeMap<String, String>, prefix: &str) -> BTreeMap<String, String> {
    let named = |(key, value): (&String, &String)| {
        let name = key.strip_prefix(prefix)?;
        Some((name.to_owned(), value.clone()))
    };
    options
        .iter()
        .filter_map(named)
        .filter(|(name, _)| !name.is_empty())
        .collect()
}

fn parse_platforms(text: &str) -> Vec<String> {
    if text.is_empty() {
        return Vec::new();
    }
    text.split(',').map(str::to_owned).collect()
}

fn parse_multi_platform(
    options: &BTreeMap<String, String>,
    build_args: &BTreeMap<String, String>,
    platforms: &[String],
) -> Result<bool, OptionError> {
    let argument = build_args
        .get(MULTI_PLATFORM_ARG)
        .map(|value| (format!("build-arg:{MULTI_PLATFORM_ARG}"), value));
    let option = options
        .get("multi-platform")
        .map(|value| ("multi-platform".to_owned(), value));
    let Some((option, value)) = argument.or(option).filter(|(_, value)| !value.is_empty()) else {
        return Ok(platforms.len() > 1);
    };
    match parse_bool(value) {
        None => Err(OptionError::Boolean {
            option,
            value: value.clone(),
        }),
        Some(false) if platforms.len() > 1 => Err(OptionError::OnePlatformOnly {
            platforms: platforms.join(","),
            value: value.clone(),
        }),
        Some(multi_platform) => Ok(multi_platform),
    }
}

fn parse_resolve_mode(text: &str) -> Result<ResolveMode, OptionError> {
    match text {
        "" | "default" => Ok(ResolveMode::Default),
        "pull" => Ok(ResolveMode::ForcePull),
        "local" => Ok(ResolveMode::PreferLocal),
        _ => Err(OptionError::ResolveMode(text.to_owned())),
    }
}

fn parse_no_cache(text: &str) -> Result<NoCache, OptionError> {
    if text.is_empty() {
        return Ok(NoCache::All);
    }
    match parse_fields(text) {
        Some(stages) => Ok(NoCache::Stages(stages)),
        None => Err(OptionError::List {
            option: "no-cache".to_owned(),
            value: text.to_owned(),
        }),
    }
}

/// The JSON list first, then the references of the older comma list.
fn parse_cache_imports(
    options: &BTreeMap<String, String>,
) -> Result<Vec<CacheImport>, OptionError> {
    let mut imports = match filled(options, "cache-imports") {
        None => Vec::new(),
        Some(value) => serde_json::from_str(&value).map_err(|source| OptionError::Json {
            option: "cache-imports".to_owned(),
            value,
            source,
        })?,
    };
    let references = options
        .get("cache-from")
        .map(String::as_str)
        .unwrap_or_default();
    imports.extend(
        references
            .split(',')
            .filter(|reference| !reference.is_empty())
            .map(|reference| CacheImport {
                kind: "registry".to_owned(),
                attrs: [("ref".to_owned(), reference.to_owned())].into(),
            }),
    );
    Ok(imports)
}

/// A capability marked `+forward` may be left to a frontend we hand over to;
/// there is none, so it counts like the others.
fn refused_caps(options: &BTreeMap<String, String>) -> Vec<OptionError> {
    let asked = options
        .get("frontend.caps")
        .map(String::as_str)
        .unwrap_or_default();
    asked
        .split(',')
        .map(|cap| cap.split('+').next().unwrap_or_default().trim())
        .filter(|cap| !cap.is_empty() && !FRONTEND_CAPS.contains(cap))
        .map(|cap| OptionError::FrontendCap(cap.to_owned()))
        .collect()
}
