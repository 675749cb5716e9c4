//! Debian packages.

use crate::check::{Resolved, Transfer};
use crate::diagnostic::Spanned;
use crate::image::Reference;
use crate::plan::action::{Action, EnvChange, Mount, Run, Tree};
use crate::plan::script::{self, Script};
use crate::plan::{Step, cache, title};

/// apt's settings for a build. Mounted over the file with which Docker's base
/// images make apt delete what it downloaded, which would empty the cache.
const SETTINGS_PATH: &str = "/etc/apt/apt.conf.d/docker-clean";

/// Numbers are all that a spec has in it.
fn settings(transfer: Transfer) -> String {
    let Transfer { retries, timeout } = transfer;
    format!(
        "APT::Keep-Downloaded-Packages \"true\";
Acquire::Retries \"{retries}\";
Acquire::http::Timeout \"{timeout}\";
Dpkg::Use-Pty \"0\";
"
    )
}

/// Installs packages on what stands on `base`; nothing when there are none.
pub(in crate::plan) fn install<T: std::fmt::Display>(
    resolved: &Resolved,
    base: &Spanned<Reference>,
    title: &str,
    packages: &[Spanned<T>],
) -> Option<Step> {
    if packages.is_empty() {
        return None;
    }
    let names: Vec<String> = packages
        .iter()
        .map(|package| package.value.to_string())
        .collect();
    let script = script::apt_install(names.iter().cloned());
    Some(Step {
        title: format!("{title}: {}", title::list(&names)),
        component: None,
        places: packages.iter().map(|package| package.span).collect(),
        action: Action::Run(run(resolved, base, script)),
    })
}

/// A script that uses apt, on what stands on `base`: its caches, its settings.
pub(in crate::plan) fn run(resolved: &Resolved, base: &Spanned<Reference>, script: Script) -> Run {
    let settings = Mount::Bind {
        tree: Tree::Literal {
            path: "/settings".to_owned(),
            content: settings(resolved.transfer),
        },
        source: "/settings".to_owned(),
        target: SETTINGS_PATH.to_owned(),
        scratch: false,
    };
    Run {
        env: vec![EnvChange::set("DEBIAN_FRONTEND", "noninteractive")],
        mounts: cache::apt(resolved, &base.value)
            .into_iter()
            .chain([settings, script.mount])
            .collect(),
        network: true,
        ..Run::new(script.args)
    }
}
