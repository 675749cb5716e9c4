//! The trees that steps read from: images, the build context, archives, and
//! files the plan itself holds.

use buildkit_llb::{CopyFrom, FileOp, Http, Image, Local, Mkfile, Output, Owner, ProgressGroup};

use super::{CONTEXT_NAME, Emitter, Filesystem};
use crate::diagnostic::Span;
use crate::plan::{ContextTree, ImageSource, Tree};

impl Emitter<'_> {
    /// The root filesystem of an image, to build on.
    pub(super) fn base(&self, image: &ImageSource) -> Filesystem {
        let known = self.images.get(&image.reference);
        let env = known.map_or_else(Vec::new, |known| {
            let split = |pair: &String| {
                pair.split_once('=')
                    .map(|(name, value)| (name.to_owned(), value.to_owned()))
            };
            known.env.iter().filter_map(split).collect()
        });
        Filesystem {
            output: self.image(image),
            env,
            base: Some(image.reference.to_string()),
            history: Vec::new(),
        }
    }

    /// A tree, for a step of the given places. `group` is the line of progress
    /// that what it takes to make an archive's tree is shown in.
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
            Tree::Archive {
                url,
                checksum,
                place,
            } => {
                // Version and checksum are what the user can correct; the URL
                // may come from a mirror, and so from another line.
                let places = [places, &[*place]].concat();
                self.archive(url, checksum.as_deref(), &places, group)
            }
            Tree::Literal { path, content } => FileOp::on(&Output::scratch())
                .mkfile(Mkfile::new(path, 0o644, content.as_bytes()))
                .name(format!("[internal] write {}", path.trim_start_matches('/')))
                .locations(self.locations(places))
                .output(),
        }
    }

    fn image(&self, image: &ImageSource) -> Output {
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

    /// Paths of the build context. All steps share one transfer of the paths
    /// that the whole plan uses; what a step depends on is its own paths.
    fn context(&self, context: &ContextTree, places: &[Span]) -> Output {
        let locations = self.locations(places);
        let mut local = Local::new(CONTEXT_NAME)
            .follow_paths(self.plan.context_paths())
            .shared_key_hint(CONTEXT_NAME)
            .name("[internal] load build context")
            .locations(locations.clone());
        if let Some(session) = &self.settings.session {
            local = local.session(session);
        }
        if !self.settings.context_excludes.is_empty() {
            local = local.exclude_patterns(&self.settings.context_excludes);
        }
        let local = local.output();
        let of = |from: String| {
            let to = format!("{}{from}", context.under);
            let copy = CopyFrom::new(&local, &from, to)
                .directory_contents()
                .create_dest_path();
            let copy = match context.owner {
                Some(owner) => copy.owner(Owner::ids(owner.uid, owner.gid)),
                None => copy,
            };
            if context.lenient {
                copy.allow_wildcard().allow_empty_wildcard()
            } else {
                copy
            }
        };
        let op = FileOp::on(&Output::scratch()).locations(locations);
        let op = if context.only.is_empty() {
            let op = op.name(format!("[internal] take {}", context.paths.join(" ")));
            context
                .paths
                .iter()
                .fold(op, |op, path| op.copy(of(format!("/{path}"))))
        } else {
            let op = op.name(format!("[internal] take {}", context.only.join(" ")));
            op.copy(of("/".to_owned()).include_patterns(&context.only))
        };
        op.output()
    }

    /// An archive, unpacked.
    fn archive(
        &self,
        url: &str,
        checksum: Option<&str>,
        places: &[Span],
        group: Option<&ProgressGroup>,
    ) -> Output {
        let name = url
            .rsplit('/')
            .next()
            .filter(|name| !name.is_empty())
            .unwrap_or("archive");
        let locations = self.locations(places);
        let mut download = Http::new(url)
            .filename(name)
            .name(self.internal(&format!("download {url}")))
            .locations(locations.clone());
        if let Some(checksum) = checksum {
            download = download.checksum(checksum);
        }
        if let Some(group) = group {
            download = download.progress_group(group.clone());
        }
        let unpacked = FileOp::on(&Output::scratch())
            .copy(CopyFrom::new(&download.output(), format!("/{name}"), "/").unpack())
            .name(self.internal(&format!("unpack {name}")))
            .locations(locations);
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
