//! What the daemon tells a frontend through its environment variables.
//!
//! Owns the variables and nothing behind them: the meaning of an option is
//! `options`'s business. It takes the variables as values, so that two requests
//! in one process, or a test, never meet in the real environment.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};

use buildkit_llb::Platform;
use serde::Deserialize;

/// Before the number of an option.
const OPTION_PREFIX: &str = "BUILDKIT_FRONTEND_OPT_";
/// The session of the client that asked for the build.
const SESSION: &str = "BUILDKIT_SESSION_ID";
/// The workers of the daemon, as JSON.
const WORKERS: &str = "BUILDKIT_WORKERS";
/// What the user calls the daemon.
const PRODUCT: &str = "BUILDKIT_EXPORTEDPRODUCT";

/// Everything the daemon said before the first call.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Environment {
    /// Options by their key, as written.
    pub options: BTreeMap<String, String>,
    /// The client's session; a daemon always gives one.
    pub session_id: Option<String>,
    /// The workers; empty if the daemon named none that could be read.
    pub workers: Vec<Worker>,
    /// `buildkit` or `docker`, for sentences that ask for an update.
    pub product: Option<String>,
}

/// One worker of the daemon.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Worker {
    /// Its id.
    pub id: String,
    /// The platforms it builds for, its own first.
    pub platforms: Vec<WorkerPlatform>,
}

/// A platform in the form the daemon writes it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct WorkerPlatform {
    /// Operating system in Go's naming.
    pub os: String,
    /// CPU architecture in Go's naming.
    pub architecture: String,
    /// Variant of the architecture, or empty.
    pub variant: String,
    /// Version of the operating system, or empty.
    #[serde(rename = "os.version")]
    pub os_version: String,
    /// Required features of the operating system.
    #[serde(rename = "os.features")]
    pub os_features: Vec<String>,
}

impl Environment {
    /// Reads the variables; whatever is not the daemon's is passed over.
    pub fn from_vars<I>(vars: I) -> Self
    where
        I: IntoIterator<Item = (OsString, OsString)>,
    {
        let mut environment = Self::default();
        for (name, value) in vars {
            let Some(name) = name.to_str() else { continue };
            // A daemon sends UTF-8 only. Whatever else comes must not end the
            // build with a panic, and shows in an error better than it hides.
            let value = value.to_string_lossy();
            match name {
                SESSION => environment.session_id = filled(&value),
                PRODUCT => environment.product = filled(&value),
                WORKERS => environment.workers = parse_workers(&value),
                _ if name.starts_with(OPTION_PREFIX) => environment.add_option(&value),
                _ => {}
            }
        }
        environment
    }

    /// The platform that steps run on: the first of the first worker, or our own
    /// where the daemon did not say.
    pub fn build_platform(&self) -> WorkerPlatform {
        let first = self
            .workers
            .first()
            .and_then(|worker| worker.platforms.first());
        first.cloned().unwrap_or_else(WorkerPlatform::own)
    }

    fn add_option(&mut self, text: &str) {
        let (key, value) = text.split_once('=').unwrap_or((text, ""));
        if !key.is_empty() {
            self.options.insert(key.to_owned(), value.to_owned());
        }
    }
}

impl From<WorkerPlatform> for Platform {
    fn from(platform: WorkerPlatform) -> Self {
        let WorkerPlatform {
            os,
            architecture,
            variant,
            os_version,
            os_features,
        } = platform;
        let platform = Self {
            os,
            architecture,
            variant,
            os_version,
            os_features,
        };
        platform.normalized()
    }
}

impl WorkerPlatform {
    /// The platform this program was compiled for.
    fn own() -> Self {
        let architecture = match std::env::consts::ARCH {
            "x86_64" => "amd64",
            "aarch64" => "arm64",
            "x86" => "386",
            other => other,
        };
        Self {
            os: std::env::consts::OS.to_owned(),
            architecture: architecture.to_owned(),
            ..Self::default()
        }
    }
}

/// Whether a process with these variables was started by a daemon.
pub fn is_gateway_start<I>(vars: I) -> bool
where
    I: IntoIterator<Item = (OsString, OsString)>,
{
    let is_ours = |name: &OsStr| {
        name == SESSION
            || name
                .to_str()
                .is_some_and(|name| name.starts_with(OPTION_PREFIX))
    };
    vars.into_iter().any(|(name, _)| is_ours(&name))
}

/// An unreadable list is an absent one: no build fails for it.
fn parse_workers(json: &str) -> Vec<Worker> {
    let workers: Vec<Worker> = serde_json::from_str(json).unwrap_or_default();
    let known =
        |platform: &WorkerPlatform| !platform.os.is_empty() && !platform.architecture.is_empty();
    if workers
        .iter()
        .flat_map(|worker| &worker.platforms)
        .all(known)
    {
        workers
    } else {
        Vec::new()
    }
}

fn filled(text: &str) -> Option<String> {
    Some(text.to_owned()).filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use std::os::unix::ffi::OsStringExt;

    use super::*;

    fn vars(pairs: &[(&str, &str)]) -> Vec<(OsString, OsString)> {
        pairs
            .iter()
            .map(|(name, value)| (name.into(), value.into()))
            .collect()
    }

    fn read(pairs: &[(&str, &str)]) -> Environment {
        Environment::from_vars(vars(pairs))
    }

    #[test]
    fn options_are_split_at_the_first_equals_sign_and_odd_ones_ignored() {
        let environment = read(&[
            ("BUILDKIT_FRONTEND_OPT_10", "target=dev"),
            ("BUILDKIT_FRONTEND_OPT_3", "build-arg:X=a=b==c"),
            ("BUILDKIT_FRONTEND_OPT_4", "label:only"),
            ("BUILDKIT_FRONTEND_OPT_5", "="),
            ("BUILDKIT_FRONTEND_OPT_6", ""),
            ("PATH", "/bin"),
        ]);
        let options: Vec<_> = environment
            .options
            .iter()
            .map(|(k, v)| (&**k, &**v))
            .collect();
        assert_eq!(
            options,
            [
                ("build-arg:X", "a=b==c"),
                ("label:only", ""),
                ("target", "dev")
            ]
        );
    }

    #[test]
    fn the_first_platform_of_the_first_worker_is_the_build_platform() {
        let environment = read(&[(
            WORKERS,
            r#"[{"id":"a","labels":{},"platforms":[{"architecture":"arm64","os":"linux"},
                {"architecture":"arm","os":"linux","variant":"v7"}]},{"id":"b"}]"#,
        )]);
        let platform = environment.build_platform();
        assert_eq!((&*platform.os, &*platform.architecture), ("linux", "arm64"));
        assert_eq!(environment.workers[0].platforms[1].variant, "v7");
    }

    #[test]
    fn missing_or_broken_workers_mean_our_own_platform() {
        let own = WorkerPlatform::own();
        assert!(!own.architecture.is_empty());
        for json in [
            "",
            "{",
            "[]",
            "null",
            "{}",
            r#"[{"id":"a"}]"#,
            r#"[{"platforms":[{"os":""}]}]"#,
        ] {
            assert_eq!(read(&[(WORKERS, json)]).build_platform(), own, "{json}");
        }
        assert_eq!(read(&[]).build_platform(), own);
    }

    #[test]
    fn session_and_product_may_be_absent_or_empty() {
        assert_eq!(read(&[]), Environment::default());
        assert_eq!(
            read(&[(SESSION, ""), (PRODUCT, "")]),
            Environment::default()
        );
        let environment = read(&[(SESSION, "s"), (PRODUCT, "docker")]);
        assert_eq!(environment.session_id.as_deref(), Some("s"));
        assert_eq!(environment.product.as_deref(), Some("docker"));
    }

    #[test]
    fn bytes_that_are_no_text_do_not_panic() {
        let odd = OsString::from_vec(b"build-arg:X=\xff".to_vec());
        let environment = Environment::from_vars([
            ("BUILDKIT_FRONTEND_OPT_0".into(), odd.clone()),
            (odd.clone(), odd.clone()),
            (SESSION.into(), odd.clone()),
            (WORKERS.into(), odd),
        ]);
        assert_eq!(environment.options["build-arg:X"], "\u{fffd}");
    }

    #[test]
    fn a_daemon_is_recognised_by_its_variables() {
        assert!(is_gateway_start(vars(&[
            ("A", "b"),
            ("BUILDKIT_FRONTEND_OPT_0", "")
        ])));
        assert!(is_gateway_start(vars(&[("BUILDKIT_SESSION_ID", "x")])));
        assert!(!is_gateway_start(vars(&[
            ("PATH", "/bin"),
            ("BUILDKIT_HOST", "x")
        ])));
    }
}
