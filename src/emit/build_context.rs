//! The build context, wherever the client has it.

use buildkit_llb::{CopyFrom, FileOp, Git, Http, Local, Output};
use serde::{Deserialize, Serialize};

use super::Emitter;
use super::git_url::GitUrl;
use super::named_context::Graph;
use crate::diagnostic::Span;
use crate::plan::public_url;

/// The client's directory that is the build context.
pub const CONTEXT_NAME: &str = "context";
/// The name of a file that is downloaded as a context.
pub const CONTEXT_FILE: &str = "context";

/// What the build context is.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum BuildContext {
    /// The directory of the client.
    Local {
        /// The session that has it.
        session: Option<String>,
        /// Patterns of its ignore file.
        #[serde(default)]
        excludes: Vec<String>,
        /// Whether all else is sent, and not only the paths that are used.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        whole: bool,
    },
    /// A git checkout.
    Git(GitUrl),
    /// What is in the archive at a URL.
    Archive(String),
    /// The one file at a URL.
    File(String),
    /// What another build of the client makes.
    Input(#[serde(skip)] Graph),
}

impl Default for BuildContext {
    fn default() -> Self {
        Self::Local {
            session: None,
            excludes: Vec::new(),
            whole: false,
        }
    }
}

impl Emitter<'_> {
    /// The build context. All steps share one transfer of the paths that the whole
    /// plan uses.
    pub(super) fn build_context(&self, places: &[Span]) -> Output {
        let locations = self.locations(places);
        let whole = match &self.settings.context {
            BuildContext::Local {
                session,
                excludes,
                whole,
            } => {
                let local = self.client_directory(session.as_deref(), excludes, *whole);
                return local.locations(locations).output();
            }
            BuildContext::Git(git) => git_context(git, self.settings.git_by_commit)
                .locations(locations)
                .output(),
            BuildContext::Archive(url) => {
                let archive = remote_file(url).locations(locations).output();
                unpacked(&archive, url)
                    .locations(self.locations(places))
                    .output()
            }
            BuildContext::File(url) => remote_file(url).locations(locations).output(),
            BuildContext::Input(graph) => graph.0.clone(),
        };
        let folder = self.settings.context_folder.trim_matches('/');
        if folder.is_empty() || folder == "." {
            return whole;
        }
        let copy = CopyFrom::new(&whole, format!("/{folder}"), "/").directory_contents();
        FileOp::on(&Output::scratch())
            .copy(copy)
            .name(format!("[internal] take {folder} of the build context"))
            .locations(self.locations(places))
            .output()
    }

    fn client_directory(&self, session: Option<&str>, excludes: &[String], whole: bool) -> Local {
        let mut local = Local::new(CONTEXT_NAME)
            .shared_key_hint(CONTEXT_NAME)
            .name("[internal] load build context");
        if !whole {
            local = local.follow_paths(self.plan.context_paths());
        }
        if let Some(session) = session {
            local = local.session(session);
        }
        if !excludes.is_empty() {
            local = local.exclude_patterns(excludes);
        }
        local
    }
}

/// The file at a URL, before anybody knows what it is. One operation, whether a
/// spec is looked for in it or a step takes files from it.
pub fn remote_file(url: &str) -> Http {
    Http::new(url).filename(CONTEXT_FILE).name(format!(
        "[internal] load remote build context {}",
        public_url(url)
    ))
}

/// The content of the archive that [`remote_file`] is.
pub fn unpacked(archive: &Output, url: &str) -> FileOp {
    let copy = CopyFrom::new(archive, format!("/{CONTEXT_FILE}"), "/").unpack();
    FileOp::on(&Output::scratch())
        .copy(copy)
        .name(format!("[internal] unpack {}", public_url(url)))
}

/// The checkout that a build context is, for looking into it before the graph is
/// made: the same operation as in the graph.
pub fn git_context(git: &GitUrl, by_commit: bool) -> Git {
    git.source(by_commit)
        .name(format!("[internal] load git source {}", git.shown()))
}
