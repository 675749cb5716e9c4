//! Named build contexts: what a client gives in the place of a name.

use buildkit_llb::{Git, Image, Local, Output, Platform};
use serde::{Deserialize, Serialize};

use super::{Emitter, Settings};
use crate::diagnostic::Span;
use crate::plan::public_url;

/// What stands between the name of a context and a platform.
pub const PLATFORM_MARK: &str = "::";

/// What a client gives for a named build context.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum NamedContext {
    /// A directory of the client.
    Local {
        /// Its name in the session.
        name: String,
        /// The session that has it.
        session: Option<String>,
        /// Patterns of its ignore file.
        excludes: Vec<String>,
    },
    /// A git checkout, with its submodules.
    Git {
        /// The repository.
        url: String,
        /// The branch, tag or commit; the default branch when empty.
        reference: String,
        /// A folder of it; all of it when empty.
        folder: String,
    },
    /// The files of an image, by its full reference.
    Image(String),
}

/// The keys under which a client may give a context, that for one platform first.
pub fn context_keys(name: &str, platform: &Platform) -> [String; 2] {
    [format!("{name}{PLATFORM_MARK}{platform}"), name.to_owned()]
}

impl Settings {
    fn named_context(&self, name: &str, platform: &Platform) -> Option<&NamedContext> {
        let keys = context_keys(name, platform);
        keys.iter().find_map(|key| self.named_contexts.get(key))
    }
}

impl Emitter<'_> {
    /// The files of a named context. One that is not known is a directory of that
    /// name, which is right for reading a graph.
    pub(super) fn named_context(&self, name: &str, place: Span) -> Output {
        let locations = self.locations(&[place]);
        match self.settings.named_context(name, &self.platform) {
            Some(NamedContext::Git {
                url,
                reference,
                folder,
            }) => {
                let shown = public_url(url);
                Git::new(url)
                    .reference(reference)
                    .subdir(folder)
                    .name(format!("[context {name}] git {shown}"))
                    .locations(locations)
                    .output()
            }
            Some(NamedContext::Image(reference)) => Image::new(reference)
                .platform(self.platform.clone())
                .resolve_mode(self.settings.resolve_mode)
                .name(format!("[context {name}] {reference}"))
                .locations(locations)
                .output(),
            Some(NamedContext::Local {
                name: directory,
                session,
                excludes,
            }) => {
                let local = Local::new(directory).exclude_patterns(excludes);
                let local = match session {
                    Some(session) => local.session(session),
                    None => local,
                };
                Self::load(local, name).locations(locations).output()
            }
            None => Self::load(Local::new(name), name)
                .locations(locations)
                .output(),
        }
    }

    fn load(local: Local, context: &str) -> Local {
        local
            .shared_key_hint(format!("context:{context}"))
            .name(format!("[context {context}] load from client"))
    }
}
