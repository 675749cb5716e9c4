//! The step that lists what is in a root filesystem, by a program of the client's
//! choice: `BuildKit`'s protocol for scanners.
//!
//! Owns what such a program sees. Whether there is one is decided elsewhere.

use std::collections::BTreeMap;

use buildkit_llb::{Exec, Image, Mount, Output, Platform};

use super::{Emitted, Settings};
use crate::plan::Plan;

/// Where a scanner finds the root filesystem. The last part names the list.
const SOURCE: &str = "/run/src/core/sbom";
/// Where it finds what else is to be listed.
const EXTRAS: &str = "/run/src/extras";
/// Where it leaves the lists.
const DESTINATION: &str = "/run/out/";
/// What the variables of the protocol begin with.
const PREFIX: &str = "BUILDKIT_SCAN_";
/// The name of the build context among what else is listed.
const CONTEXT: &str = "context";

/// A program that lists what is in a root filesystem.
#[derive(Debug, Clone)]
pub struct Scanner {
    /// Its image, as the client names it.
    pub image: String,
    /// The same with its digest.
    pub pinned: String,
    /// The platform that it is for.
    pub platform: Platform,
    /// Its command.
    pub args: Vec<String>,
    /// The environment of its image, `NAME=value`.
    pub env: Vec<String>,
    /// Where it starts.
    pub cwd: String,
    /// What the client tells it, by name.
    pub parameters: BTreeMap<String, String>,
}

impl Emitted {
    /// What a scanner leaves that lists the root filesystem, those stages beside it
    /// that `wanted` says, and the build context if `with_context`.
    #[expect(
        clippy::missing_panics_doc,
        reason = "what it would be about is mounted here"
    )]
    pub fn scan(
        &self,
        scanner: &Scanner,
        plan: &Plan,
        settings: &Settings,
        id: &str,
        wanted: impl Fn(&str) -> bool,
        with_context: bool,
    ) -> Output {
        let stages = self.stages.iter().filter(|(name, _)| wanted(name));
        let stages = stages.map(|(name, tree)| (name.as_str(), tree));
        let context = with_context.then_some((CONTEXT, &self.context));
        let extras: BTreeMap<&str, &Output> = stages.chain(context).collect();
        let image = Image::new(&scanner.pinned)
            .platform(scanner.platform.clone())
            .resolve_mode(settings.resolve_mode)
            .name(format!("[internal] image {}", scanner.pinned))
            .locations(self.chosen_at.clone())
            .output();
        // What is listed may be another thing although its steps are the same.
        let ignore_cache = |stage: &crate::plan::Stage| settings.no_cache.covers(&stage.name);
        let exec = Exec::new(&scanner.args)
            .root(&image)
            .envs(super::split_env(&scanner.env))
            .env(format!("{PREFIX}DESTINATION"), DESTINATION)
            .env(format!("{PREFIX}SOURCE"), SOURCE);
        let exec = if extras.is_empty() {
            exec
        } else {
            exec.env(format!("{PREFIX}SOURCE_EXTRAS"), EXTRAS)
        };
        let parameters = scanner.parameters.iter();
        let exec = exec
            .envs(parameters.map(|(name, value)| (format!("{PREFIX}{name}"), value)))
            .cwd(&scanner.cwd)
            .ignore_cache(plan.stages.iter().any(ignore_cache))
            .name(format!("[{id}] generating sbom using {}", scanner.image))
            .locations(self.chosen_at.clone());
        let exec = settings.process.apply(exec, true, plan.network);
        let exec = exec
            .mount(Mount::tmpfs("/tmp"))
            .mount(Mount::read_only(SOURCE, &self.output))
            .mount(Mount::writable(DESTINATION, &Output::scratch()));
        let exec = extras.into_iter().fold(exec, |exec, (name, tree)| {
            exec.mount(Mount::read_only(format!("{EXTRAS}/sbom-{name}"), tree))
        });
        let lists = exec.run().output(DESTINATION);
        lists.expect("mounted writable a few lines before")
    }
}
