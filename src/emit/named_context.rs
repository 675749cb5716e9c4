//! Named build contexts: what a client gives in the place of a name.

use buildkit_llb::{CopyFrom, FileOp, Http, Image, Local, OciLayout, Output, Platform};
use serde::{Deserialize, Serialize};

use super::build_context::CONTEXT_FILE;
use super::git_url::GitUrl;
use super::{BaseConfig, Emitter, Filesystem, KnownImage, Settings, history};
use crate::plan::{Holds, NamedTree, public_url};

/// What stands between the name of a context and a platform.
pub const PLATFORM_MARK: &str = "::";

/// What a client gives for a named build context.
#[derive(Debug, Clone, Serialize, Deserialize)]
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
        /// What the client recognises the directory by, if it says so.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        shared_key: Option<String>,
    },
    /// A git checkout.
    Git(GitUrl),
    /// The file at a URL.
    Http(String),
    /// An image of a registry.
    Image(KnownImage),
    /// An image that the client has in a folder.
    OciLayout {
        /// `NAME@DIGEST`.
        reference: String,
        /// The session that has it.
        session: Option<String>,
        /// The folder's name there.
        store: String,
        /// Its environment, `NAME=value`.
        #[serde(default)]
        env: Vec<String>,
    },
    /// What another build of the client makes.
    Input {
        /// Its graph, which is nowhere written down.
        #[serde(skip)]
        graph: Graph,
        /// Its environment, `NAME=value`.
        #[serde(default)]
        env: Vec<String>,
    },
    /// Nothing.
    Scratch,
}

/// The graph of another build.
#[derive(Debug, Clone, Default)]
pub struct Graph(pub Output);

/// The keys under which a client may give a context, that for one platform first.
pub fn context_keys(name: &str, platform: &Platform) -> [String; 2] {
    [format!("{name}{PLATFORM_MARK}{platform}"), name.to_owned()]
}

/// The names among keys that are given for a platform or for all.
pub fn context_names<'a>(
    keys: impl Iterator<Item = &'a String>,
    platform: &Platform,
) -> Vec<&'a str> {
    let platform = platform.to_string();
    let name = |key: &'a String| match key.split_once(PLATFORM_MARK) {
        Some((name, own)) => (own == platform).then_some(name),
        None => Some(key.as_str()),
    };
    keys.filter_map(name).collect()
}

impl NamedContext {
    /// The environment of what is an image, `NAME=value`.
    fn env(&self) -> &[String] {
        match self {
            Self::Image(KnownImage { env, .. })
            | Self::OciLayout { env, .. }
            | Self::Input { env, .. } => env,
            Self::Local { .. } | Self::Git(_) | Self::Http(_) | Self::Scratch => &[],
        }
    }

    /// Whether it is files without an image's config, and so one layer without a
    /// history of its own.
    fn is_plain(&self) -> bool {
        matches!(self, Self::Local { .. } | Self::Git(_) | Self::Http(_))
    }
}

impl Settings {
    /// The names of the contexts that there are for a platform.
    pub fn context_names(&self, platform: &Platform) -> Vec<&str> {
        context_names(self.named_contexts.keys(), platform)
    }

    /// What the client gives under a name, with the key it is given under.
    pub fn named_context(&self, name: &str, platform: &Platform) -> Option<(&str, &NamedContext)> {
        let keys = context_keys(name, platform);
        keys.iter().find_map(|key| {
            let (key, context) = self.named_contexts.get_key_value(key)?;
            Some((key.as_str(), context))
        })
    }
}

impl Emitter<'_> {
    /// A named context to build on.
    pub(super) fn base_of_context(&self, tree: &NamedTree) -> Filesystem {
        let given = self.settings.named_context(&tree.name, &self.platform);
        let env = given.map_or(&[][..], |(_, context)| context.env());
        let plain = given.is_none_or(|(_, context)| context.is_plain());
        let title = format!("use the build context {}", tree.name);
        Filesystem {
            output: self.named_context(tree),
            env: super::split_env(env),
            base: given.map(|(key, _)| BaseConfig::NamedContext(key.to_owned())),
            history: plain
                .then(|| history::entry(&title, self.settings.source_date_epoch))
                .into_iter()
                .collect(),
            steps: Vec::new(),
        }
    }

    /// The files of a named context. One that is not known is a directory of that
    /// name, which is right for reading a graph.
    pub(super) fn named_context(&self, tree: &NamedTree) -> Output {
        let NamedTree { name, place, .. } = tree;
        let locations = self.locations(&[*place]);
        let given = self.settings.named_context(name, &self.platform);
        match given.map(|(_, context)| context) {
            Some(NamedContext::Git(git)) => git
                .source(self.settings.git_by_commit)
                .name(format!("[context {name}] git {}", git.shown()))
                .locations(locations)
                .output(),
            Some(NamedContext::Http(url)) => self.file_of_context(url, tree),
            Some(NamedContext::Image(KnownImage { pinned, .. })) => Image::new(pinned)
                .platform(self.platform.clone())
                .resolve_mode(self.settings.resolve_mode)
                .name(format!("[context {name}] {pinned}"))
                .locations(locations)
                .output(),
            Some(NamedContext::OciLayout {
                reference,
                session,
                store,
                ..
            }) => {
                let shown = reference.rsplit('@').next().unwrap_or(reference);
                OciLayout::new(reference)
                    .platform(self.platform.clone())
                    .session(session.as_deref().unwrap_or_default())
                    .store(store)
                    .name(format!("[context {name}] {name}@{shown}"))
                    .locations(locations)
                    .output()
            }
            Some(NamedContext::Input { graph, .. }) => graph.0.clone(),
            Some(NamedContext::Scratch) => Output::scratch(),
            Some(NamedContext::Local {
                name: directory,
                session,
                excludes,
                shared_key,
            }) => {
                let local = Local::new(directory).exclude_patterns(excludes);
                let local = match session {
                    Some(session) => local.session(session),
                    None => local,
                };
                let key = shared_key.as_deref().unwrap_or(name);
                self.load(local, name, key).locations(locations).output()
            }
            None => self
                .load(Local::new(name), name, name)
                .locations(locations)
                .output(),
        }
    }

    fn load(&self, local: Local, context: &str, key: &str) -> Local {
        let uses = self.plan.named_contexts();
        let paths = uses.into_iter().find(|one| one.name == context);
        let local = match paths.and_then(|one| one.paths) {
            Some(paths) => local.follow_paths(paths),
            None => local,
        };
        let hint = if key == context {
            format!("context:{context}")
        } else {
            format!("context:{context}-{key}")
        };
        local
            .shared_key_hint(hint)
            .name(format!("[context {context}] load from client"))
    }

    /// The file at a URL, in the form of what it stands for.
    fn file_of_context(&self, url: &str, tree: &NamedTree) -> Output {
        let NamedTree { name, holds, place } = tree;
        let file = match holds {
            Holds::File(file) => file,
            Holds::Files | Holds::Archive => CONTEXT_FILE,
        };
        let downloaded = Http::new(url)
            .filename(file)
            // Steps may run as anybody.
            .mode(0o644)
            .name(format!("[context {name}] {}", public_url(url)))
            .locations(self.locations(&[*place]))
            .output();
        if *holds != Holds::Archive {
            return downloaded;
        }
        FileOp::on(&Output::scratch())
            .copy(CopyFrom::new(&downloaded, format!("/{file}"), "/").unpack())
            .name(format!("[context {name}] unpack {}", public_url(url)))
            .locations(self.locations(&[*place]))
            .output()
    }
}
