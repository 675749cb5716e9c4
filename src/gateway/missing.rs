//! Paths that the spec names and that are not there.
//!
//! Owns where and when they are looked for: by a build only after a step that takes
//! files has failed, so that all others pay nothing, and by the request `lint` in the
//! client's directory. What is said of them is `pipeline::missing`'s, what else is in
//! the directory `near`'s business.

use std::collections::BTreeSet;

use buildkit_llb::{Differ, Local, Output, Platform, digests};

use super::bridge::{Bridge, BridgeError, Ref};
use super::build::Build;
use super::error::FrontendError;
use super::excludes;
use super::fetches;
use super::findings;
use super::installs;
use super::near::{self, Directory};
use super::spec_source::{LoadedSpec, escape};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::emit::{
    BuildContext, CONTEXT_NAME, Emitted, InstallStep, NamedContext, Taken, TakenFrom, written,
};
use crate::pipeline::Outcome;
use crate::pipeline::ignore_file::IGNORE_FILE;
use crate::pipeline::missing::{
    Absence, Checkout, ContextFile, chosen_dynamo, context_files, not_there,
};
use crate::plan::{Installs, Plan};

impl<B: Bridge + 'static> Build<'_, B> {
    /// Why a build failed: a path that is not there, at the line that names it, or
    /// what the daemon says, with what it was about where that is known.
    pub(super) async fn explained(
        &self,
        error: BridgeError,
        emitted: &Emitted,
        plan: &Plan,
        platform: &Platform,
    ) -> FrontendError {
        let is_cancelled = error.is_cancelled();
        let error = FrontendError::from(error);
        if is_cancelled {
            return error;
        }
        let vertices = error.vertices();
        let sources = emitted.fetched.iter().map(|one| &one.operation);
        let failed = self.among(sources, &vertices, platform);
        let mut fetched = emitted.fetched.iter().zip(failed);
        if let Some((one, _)) = fetched.find(|(_, failed)| *failed) {
            return fetches::unfetched(error, one, plan, self.outcome);
        }
        let taken = &emitted.taken;
        let missing = self.missing(taken, &vertices, plan, platform).await;
        if missing.has_errors() {
            return findings::failure(&missing, &self.outcome.sources);
        }
        let operations = emitted.installs.iter().map(|one| &one.operation);
        let failed = self.among(operations, &vertices, platform);
        let mut installs = emitted.installs.iter().zip(failed);
        match installs.find(|(_, failed)| *failed) {
            Some((step, _)) => self.uninstalled(error, step, emitted, plan, platform).await,
            None => error,
        }
    }

    /// Why a step that installs Python packages failed, as far as that is known.
    async fn uninstalled(
        &self,
        error: FrontendError,
        step: &InstallStep,
        emitted: &Emitted,
        plan: &Plan,
        platform: &Platform,
    ) -> FrontendError {
        let all = plan.installs();
        let is_it = |one: &&Installs<'_>| one.stage == step.stage && one.step == step.step;
        let reads = |one: &&Installs<'_>| one.files.is_some();
        if let Some(one) = all.iter().find(is_it).filter(reads)
            && let Ok(tree) = self.solved(&emitted.context, platform).await
        {
            let sources = &self.outcome.sources;
            let found = installs::not_taken_in(&*self.bridge, &tree, one, plan, sources).await;
            if !found.is_empty() {
                let mut missing = Diagnostics::default();
                missing.extend(found);
                return findings::failure(&missing, sources);
            }
        }
        match &self.outcome.resolved {
            Some(resolved) => installs::uninstalled(error, resolved),
            None => error,
        }
    }

    /// The paths that are not there, if an operation that takes some is what failed.
    async fn missing(
        &self,
        taken: &[Taken],
        vertices: &[String],
        plan: &Plan,
        platform: &Platform,
    ) -> Diagnostics {
        let failed = self.failed(taken, vertices, platform);
        let mut missing = Diagnostics::default();
        if !failed.contains(&true) {
            return missing;
        }
        let mut told = BTreeSet::new();
        let mut checkout = Checkout::default();
        for (one, has_failed) in taken.iter().zip(failed) {
            let Some(place) = self.place(one, has_failed, platform).await else {
                continue;
            };
            for (path, span) in &one.paths {
                let is_missing = place.lacks(&*self.bridge, path).await;
                if one.from == TakenFrom::Checkout {
                    checkout.add(path, is_missing);
                } else if is_missing && told.insert((path, *span)) {
                    let at = written(*span, plan, &self.outcome.sources);
                    let why = self.absence(&one.from, path, &place).await;
                    missing.push(not_there(&one.from, path, at, &why));
                }
            }
        }
        missing.extend(checkout.finding(chosen_dynamo(self.outcome, plan)));
        missing
    }

    /// Where paths are taken from, if looking there costs little: what is not the
    /// client's may take long to get, unless a step had it already.
    async fn place(&self, taken: &Taken, has_failed: bool, platform: &Platform) -> Option<Place> {
        let directory = self.directory(&taken.from, platform);
        if directory.is_none() && !has_failed {
            return None;
        }
        let tree = self.solved(&taken.tree, platform).await.ok()?;
        Some(Place { tree, directory })
    }

    async fn absence(&self, from: &TakenFrom, path: &str, place: &Place) -> Absence {
        let bridge = &*self.bridge;
        let Some(directory) = &place.directory else {
            return near::sibling(bridge, &place.tree, path).await;
        };
        let ignore_file = match from {
            TakenFrom::Context => excludes::file_name(bridge, self.loaded).await,
            _ => IGNORE_FILE.to_owned(),
        };
        near::why(bridge, directory, path, &ignore_file).await
    }

    /// The directory of the client that paths are taken from, if they are.
    fn directory(&self, from: &TakenFrom, platform: &Platform) -> Option<Directory> {
        match from {
            TakenFrom::Context | TakenFrom::Checkout => match &self.context {
                BuildContext::Local { session, .. } => Some(Directory {
                    name: CONTEXT_NAME.to_owned(),
                    session: session.clone(),
                }),
                _ => None,
            },
            TakenFrom::NamedContext(context) => {
                match self.settings().named_context(context, platform)?.1 {
                    NamedContext::Local { name, session, .. } => Some(Directory {
                        name: name.clone(),
                        session: session.clone(),
                    }),
                    _ => None,
                }
            }
            TakenFrom::Git(_) | TakenFrom::Image(_) | TakenFrom::Stage(_) => None,
        }
    }

    /// Which of the operations that take paths are among those that failed: any
    /// that looks at the client's directory, where the daemon does not say.
    fn failed(&self, taken: &[Taken], vertices: &[String], platform: &Platform) -> Vec<bool> {
        if vertices.is_empty() {
            let is_client = |one: &Taken| self.directory(&one.from, platform).is_some();
            return taken.iter().map(is_client).collect();
        }
        self.among(taken.iter().map(|one| &one.operation), vertices, platform)
    }

    /// Which operations are among these vertices.
    fn among<'o>(
        &self,
        operations: impl Iterator<Item = &'o Output>,
        vertices: &[String],
        platform: &Platform,
    ) -> Vec<bool> {
        let operations: Vec<_> = operations.cloned().collect();
        let digests = digests(&operations, &self.marshalling(platform)).unwrap_or_default();
        let is_among =
            |own: &Option<String>| own.as_ref().is_some_and(|own| vertices.contains(own));
        digests.iter().map(is_among).collect()
    }
}

/// What paths are taken from, within reach.
struct Place {
    tree: Ref,
    directory: Option<Directory>,
}

impl Place {
    /// Whether it has no such path. Not where it cannot be read at all.
    async fn lacks<B: Bridge>(&self, bridge: &B, path: &str) -> bool {
        let mut path = path.trim_matches('/');
        loop {
            let (folder, name) = path.rsplit_once('/').unwrap_or((".", path));
            let name = escape(name);
            match bridge.read_dir(&self.tree, folder, Some(&name)).await {
                Ok(entries) => return entries.is_empty(),
                // The folder is not there either.
                Err(_) if folder != "." => path = folder,
                Err(_) => return false,
            }
        }
    }
}

/// What is not there in the client's directory, for a spec that is only looked at.
pub(super) async fn in_directory<B: Bridge>(
    bridge: &B,
    loaded: &LoadedSpec,
    session: Option<&String>,
    outcome: &Outcome,
) -> Vec<Diagnostic> {
    let directory = Directory {
        name: CONTEXT_NAME.to_owned(),
        session: session.cloned(),
    };
    let mut found = Vec::new();
    for plan in &outcome.plans {
        let files = context_files(plan, &outcome.sources);
        let Some(place) = listing(bridge, loaded, &directory, &files).await else {
            continue;
        };
        let mut checkout = Checkout::default();
        for file in &files {
            let is_missing = place.lacks(bridge, file.path).await;
            if file.of_dynamo {
                checkout.add(file.path, is_missing);
            } else if is_missing {
                let ignore_file = excludes::file_name(bridge, loaded).await;
                let why = near::why(bridge, &directory, file.path, &ignore_file).await;
                found.push(not_there(&TakenFrom::Context, file.path, file.place, &why));
            }
        }
        found.extend(checkout.finding(chosen_dynamo(outcome, plan)));
        for one in plan.installs() {
            let sources = &outcome.sources;
            found.extend(installs::not_taken_in(bridge, &place.tree, &one, plan, sources).await);
        }
    }
    found
}

/// These paths as the client would send them, without what is inside of folders.
async fn listing<B: Bridge>(
    bridge: &B,
    loaded: &LoadedSpec,
    directory: &Directory,
    files: &[ContextFile<'_>],
) -> Option<Place> {
    if files.is_empty() {
        return None;
    }
    let session = directory.session.as_deref();
    let ignored = excludes::excludes(bridge, loaded, session).await.ok()?;
    let inside = |folder: &str, path: &str| {
        let rest = path.strip_prefix(folder);
        rest.is_some_and(|rest| rest.starts_with('/'))
    };
    let holds_another = |folder: &&str| files.iter().any(|file| inside(folder, file.path));
    let paths = files.iter().map(|file| file.path);
    let paths: Vec<String> = paths
        .filter(|path| !holds_another(path))
        .map(escape)
        .collect();
    // The ignore file comes last: a folder may be there only for what it takes back.
    let mut patterns: Vec<String> = paths.iter().map(|path| format!("{path}/*")).collect();
    patterns.extend(ignored);
    let local = Local::new(&directory.name)
        // As a build asks for them: where a link leads is sent too.
        .follow_paths(paths)
        .exclude_patterns(patterns)
        .shared_key_hint(format!("{}-named", directory.name))
        .differ(Differ::None)
        .name("[internal] look for files of the build context");
    let tree = near::solve(bridge, local, directory).await?;
    let directory = Some(directory.clone());
    Some(Place { tree, directory })
}
