//! Stages and their steps.

use buildkit_llb::{
    CopyFrom, Exec, FileOp, Merge, Mkdir, Mkfile, Mount as LlbMount, Output, Owner as LlbOwner,
    ProgressGroup, Sharing as LlbSharing,
};

use super::{Emitter, Filesystem, history};
use crate::diagnostic::Span;
use crate::plan::{
    Action, CacheMount, EnvChange, FileAction, Link, Mount, Owner, Run, Sharing, Stage, Step, Tree,
};

/// Folder inside the prepared tree that a cache mount with an owner begins as.
const PREPARED_CACHE: &str = "/cache";

impl Emitter<'_> {
    /// A stage on its base. Links at its end become one merge, so that they
    /// depend neither on the steps nor on each other.
    pub(super) fn stage(&self, stage: &Stage, base: Filesystem) -> Filesystem {
        let mut done = base;
        let mut links: Vec<(Output, Vec<Span>)> = Vec::new();
        for (index, step) in stage.steps.iter().enumerate() {
            let name = self.step_name(stage, index, &step.title);
            match &step.action {
                Action::Link(link) => {
                    links.push((self.link(link, stage, step, name), step.places.clone()));
                    done.history.push(history::entry(&step.title));
                    continue;
                }
                Action::Run(run) => {
                    self.join(&mut done, &mut links, stage);
                    done.output = self.run(run, stage, step, name, &done);
                }
                Action::Files(files) => {
                    self.join(&mut done, &mut links, stage);
                    done.output = self.files(files, stage, step, name, &done.output);
                }
            }
            done.history.push(history::entry(&step.title));
        }
        self.join(&mut done, &mut links, stage);
        done
    }

    /// The stage in names, with the platform where there are several.
    fn stage_name(&self, stage: &Stage) -> String {
        if self.settings.name_platform {
            format!("{} {}", self.platform, stage.name)
        } else {
            stage.name.clone()
        }
    }

    fn step_name(&self, stage: &Stage, index: usize, title: &str) -> String {
        format!(
            "[{} {}/{}] {title}",
            self.stage_name(stage),
            index + 1,
            stage.steps.len()
        )
    }

    fn run(&self, run: &Run, stage: &Stage, step: &Step, name: String, on: &Filesystem) -> Output {
        let mut exec = Exec::new(&run.args)
            .root(&on.output)
            .platform(self.platform.clone())
            .envs(on.env.clone())
            .envs(changed(&run.env, &on.env))
            .cwd(&run.cwd)
            .ignore_cache(self.settings.no_cache.covers(&stage.name))
            .name(name)
            .locations(self.locations(&step.places));
        if let Some(user) = run.user {
            exec = exec.user(user.to_string());
        }
        exec = self.settings.process.apply(exec, run.network);
        for mount in &run.mounts {
            exec = exec.mount(match mount {
                Mount::Cache(cache) => self.cache(cache, step),
                Mount::Bind {
                    tree,
                    source,
                    target,
                    scratch,
                } => {
                    let tree = self.tree(tree, &step.places, None);
                    let mount = if *scratch {
                        LlbMount::discarded(target, &tree)
                    } else {
                        LlbMount::read_only(target, &tree)
                    };
                    if source == "/" {
                        mount
                    } else {
                        mount.selector(source)
                    }
                }
            });
        }
        match &run.output {
            None => exec.run().root(),
            Some(folder) => {
                let exec = exec.mount(LlbMount::writable(folder, &Output::scratch()));
                exec.run()
                    .output(folder)
                    .expect("mounted writable the line before")
            }
        }
    }

    fn cache(&self, cache: &CacheMount, step: &Step) -> LlbMount {
        let id = match &self.settings.cache_namespace {
            Some(namespace) => format!("{namespace}/{}", cache.id),
            None => cache.id.clone(),
        };
        let mount = LlbMount::cache(&cache.target, id).sharing(match cache.sharing {
            Sharing::Shared => LlbSharing::Shared,
            Sharing::Locked => LlbSharing::Locked,
        });
        let Some(owner) = cache.owner else {
            return mount;
        };
        // A new cache belongs to root; one that begins as a part of a tree
        // belongs to whom that part belongs to.
        let prepared = FileOp::on(&Output::scratch())
            .mkdir(Mkdir::new(PREPARED_CACHE, 0o755).owner(by_id(owner)))
            .name(format!("[internal] prepare the cache {}", cache.target))
            .locations(self.locations(&step.places))
            .output();
        mount.base(&prepared).selector(PREPARED_CACHE)
    }

    fn files(
        &self,
        files: &[FileAction],
        stage: &Stage,
        step: &Step,
        name: String,
        on: &Output,
    ) -> Output {
        let op = FileOp::on(on)
            .name(name)
            .ignore_cache(self.settings.no_cache.covers(&stage.name))
            .locations(self.locations(&step.places));
        let op = files.iter().fold(op, |op, file| match file {
            FileAction::File {
                path,
                mode,
                content,
            } => op.mkfile(Mkfile::new(path, *mode, content.as_bytes())),
        });
        op.output()
    }

    fn link(&self, link: &Link, stage: &Stage, step: &Step, name: String) -> Output {
        // An archive is downloaded, unpacked and linked: three operations, and
        // one line of progress.
        let archive = matches!(link.tree, Tree::Archive { .. });
        let group = step.component.as_ref().filter(|_| archive);
        let group = group.map(|component| ProgressGroup::new(component, &name));
        let tree = self.tree(&link.tree, &step.places, group.as_ref());
        let op = FileOp::on(&Output::scratch())
            .name(name)
            .ignore_cache(self.settings.no_cache.covers(&stage.name))
            .locations(self.locations(&step.places));
        let op = match group {
            Some(group) => op.progress_group(group),
            None => op,
        };
        let op = link.files.iter().fold(op, |op, file| {
            // The path is meant as it is written, so that a missing file is an
            // error and not an empty match.
            let owner = LlbOwner::ids(file.owner.uid, file.owner.gid);
            let (folder, name) = file.to.rsplit_once('/').unwrap_or(("", &file.to));
            let copy = if !name.is_empty() && file.from.ends_with(&format!("/{name}")) {
                CopyFrom::new(&tree, &file.from, format!("{folder}/"))
            } else {
                CopyFrom::new(&tree, &file.from, &file.to).directory_contents()
            };
            let copy = copy.create_dest_path().owner(owner);
            op.copy(match file.mode {
                Some(mode) => copy.mode(mode),
                None => copy,
            })
        });
        op.output()
    }

    /// Lays the links over what was built so far.
    fn join(&self, done: &mut Filesystem, links: &mut Vec<(Output, Vec<Span>)>, stage: &Stage) {
        if links.is_empty() {
            return;
        }
        let places: Vec<Span> = links
            .iter()
            .flat_map(|(_, places)| places)
            .copied()
            .collect();
        let trees = std::iter::once(&done.output).chain(links.iter().map(|(tree, _)| tree));
        done.output = Merge::new(trees)
            .name(format!("[{}] join", self.stage_name(stage)))
            .locations(self.locations(&places))
            .output();
        if self.settings.merge_copies {
            history::combine(&mut done.history, links.len());
        }
        links.clear();
    }
}

/// Variables after changes, in the order of the changes.
fn changed(changes: &[(String, EnvChange)], base: &[(String, String)]) -> Vec<(String, String)> {
    let mut env: Vec<(String, String)> = Vec::new();
    for (name, change) in changes {
        // A change may build on one before it.
        let old = env
            .iter()
            .rev()
            .chain(base)
            .find(|(known, _)| known == name);
        let value = change.value(old.map(|(_, value)| value.as_str()));
        env.push((name.clone(), value));
    }
    env
}

fn by_id(owner: Owner) -> LlbOwner {
    LlbOwner::ids(owner.uid, owner.gid)
}
