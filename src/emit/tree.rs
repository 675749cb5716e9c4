//! The trees that steps read from: images, the build context, git checkouts,
//! downloads, and files the plan itself holds.

use buildkit_llb::{CopyFrom, FileOp, Git, Http, Image, Mkfile, Output, ProgressGroup};

use super::files::{by_id, looked_for};
use super::{BaseConfig, Emitter, Filesystem, split_env};
use crate::diagnostic::Span;
use crate::plan::{ContextTree, GitTree, ImageSource, Origin, Tree, download_places, public_url};

impl Emitter<'_> {
    /// The root filesystem of an image, to build on.
    pub(super) fn base(&self, image: &ImageSource) -> Filesystem {
        let known = self.images.get(&image.reference);
        Filesystem {
            output: self.image(image),
            env: known.map_or_else(Vec::new, |known| split_env(&known.env)),
            base: Some(BaseConfig::Image(image.reference.to_string())),
            history: Vec::new(),
            steps: Vec::new(),
        }
    }

    /// A tree, for a step of the given places. `group` is the line of progress
    /// that unpacking an archive is shown in.
    pub(super) fn tree(
        &self,
        tree: &Tree,
        places: &[Span],
        group: Option<&ProgressGroup>,
    ) -> Output {
        match tree {
            Tree::Image(image) => self.image(image),
            Tree::Stage(name) => self.left_by(name).output.clone(),
            Tree::Context(context) => self.context(context, places),
            Tree::Git(git) => self.git(git),
            Tree::Archive {
                url,
                checksum,
                place,
                ..
            } => {
                let places = download_places(places, *place);
                let archive = self.archive(url, checksum.as_deref(), &places);
                self.unpack(&archive, file_name(url), &places, group)
            }
            Tree::Download {
                url,
                checksum,
                name,
                place,
                ..
            } => {
                let places = download_places(places, *place);
                self.file(url, name, checksum.as_deref(), &places)
            }
            Tree::NamedContext(context) => self.named_context(context),
            Tree::Literal { path, content } => FileOp::on(&Output::scratch())
                .mkfile(Mkfile::new(path, 0o644, content.as_bytes()))
                .name(format!("[internal] write {}", path.trim_start_matches('/')))
                .progress_group(Self::of_plan())
                .locations(self.locations(places))
                .output(),
        }
    }

    pub(super) fn image(&self, image: &ImageSource) -> Output {
        let pinned = self
            .images
            .get(&image.reference)
            .map(|known| known.pinned.clone());
        let reference = pinned.unwrap_or_else(|| image.reference.to_string());
        Image::new(&reference)
            .platform(self.platform.clone())
            .resolve_mode(self.settings.resolve_mode)
            .name(self.internal(&format!("image {reference}")))
            .locations(self.locations(&[image.place]))
            .output()
    }

    /// A git checkout, the same for every platform.
    pub(super) fn git(&self, git: &GitTree) -> Output {
        let expected = git.commit.as_deref();
        let (reference, checksum) = match expected {
            // Whoever asks for a commit gets that one and no other.
            Some(commit) if self.settings.git_by_commit || commit == git.reference => {
                (commit, None)
            }
            _ => (git.reference.as_str(), expected),
        };
        let source = Git::new(&git.url)
            .reference(reference)
            .checksum(checksum.unwrap_or_default())
            .name(format!("[internal] git {git}"))
            .locations(self.locations(&[git.place]));
        if git.keep_git {
            source.keep_git_dir().output()
        } else {
            source.output()
        }
    }

    /// Paths of the build context or of a git checkout. What a step depends on is
    /// its own paths.
    pub(super) fn context(&self, context: &ContextTree, places: &[Span]) -> Output {
        let whole = match &context.origin {
            Origin::Context => self.build_context(places),
            Origin::Git(git) => self.git(git),
            Origin::NamedContext(context) => self.named_context(context),
        };
        self.take(&whole, context, places)
    }

    /// The paths of a tree, or what matches patterns, in a folder of a new one.
    fn take(&self, tree: &Output, context: &ContextTree, places: &[Span]) -> Output {
        let ContextTree { only, under, .. } = context;
        let of = |from: String| {
            let to = format!("{under}{from}");
            let exclude = within(&context.exclude, &from);
            let from = if context.lenient {
                looked_for(&from)
            } else {
                from
            };
            let copy = CopyFrom::new(tree, from, to)
                .directory_contents()
                .create_dest_path()
                .exclude_patterns(exclude);
            let copy = match context.owner {
                Some(owner) => copy.owner(by_id(owner)),
                None => copy,
            };
            if context.lenient {
                copy.allow_wildcard().allow_empty_wildcard()
            } else {
                copy
            }
        };
        let names = if only.is_empty() {
            context.paths.join(" ")
        } else {
            only.join(" ")
        };
        let op = FileOp::on(&Output::scratch())
            .name(format!("[internal] take {names}"))
            .progress_group(Self::parts_of(&context.origin))
            .locations(self.locations(places));
        // Path by path, so that the tree says itself which folders it is of.
        let op = context.paths.iter().fold(op, |op, path| {
            let is_file = only.iter().any(|pattern| last(pattern) == last(path));
            op.copy(if path.contains('*') {
                of("/".to_owned()).include_patterns([path])
            } else if only.is_empty() || is_file {
                of(format!("/{path}"))
            } else {
                of(format!("/{path}")).include_patterns(only)
            })
        });
        op.output()
    }

    /// An archive of a web server, as it comes.
    pub(super) fn archive(&self, url: &str, checksum: Option<&str>, places: &[Span]) -> Output {
        let http = Http::new(url).filename(file_name(url));
        self.download(http, url, checksum, places)
    }

    /// A file of a web server under a name of ours.
    pub(super) fn file(
        &self,
        url: &str,
        name: &str,
        checksum: Option<&str>,
        places: &[Span],
    ) -> Output {
        // Steps may run as anybody.
        let http = Http::new(url).filename(name).mode(0o644);
        self.download(http, url, checksum, places)
    }

    fn download(&self, http: Http, url: &str, checksum: Option<&str>, places: &[Span]) -> Output {
        http.checksum(checksum.unwrap_or_default())
            .name(self.internal(&format!("download {}", public_url(url))))
            .locations(self.locations(places))
            .output()
    }

    /// What is in an archive.
    fn unpack(
        &self,
        archive: &Output,
        name: &str,
        places: &[Span],
        group: Option<&ProgressGroup>,
    ) -> Output {
        let unpacked = FileOp::on(&Output::scratch())
            .copy(CopyFrom::new(archive, format!("/{name}"), "/").unpack())
            .name(self.internal(&format!("unpack {name}")))
            .locations(self.locations(places));
        match group {
            Some(group) => unpacked.progress_group(group.clone()).output(),
            None => unpacked.output(),
        }
    }

    fn internal(&self, what: &str) -> String {
        if self.settings.name_platform {
            format!("[{} internal] {what}", self.platform)
        } else {
            format!("[internal] {what}")
        }
    }
}

/// Those patterns of a whole tree that are about a folder, as patterns of that
/// folder.
fn within(patterns: &[String], folder: &str) -> Vec<String> {
    let folder = match folder.trim_matches('/') {
        "" => String::new(),
        folder => format!("{folder}/"),
    };
    let of = |pattern: &String| pattern.strip_prefix(&folder).map(str::to_owned);
    patterns.iter().filter_map(of).collect()
}

/// The last part of a URL's path, as the name of a file.
fn file_name(url: &str) -> &str {
    let last = url.rsplit('/').next();
    last.filter(|name| !name.is_empty()).unwrap_or("archive")
}

/// The last part of a path or pattern.
fn last(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}
