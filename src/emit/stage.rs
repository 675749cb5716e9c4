//! Stages and their steps.

use buildkit_llb::{
    Exec, FileOp, Merge, Mkdir, Mount as LlbMount, Output, SecretEnv, SecretFile,
    Sharing as LlbSharing,
};

use super::files::by_id;
use super::{Emitter, Filesystem, history};
use crate::diagnostic::Span;
use crate::plan::{Action, CacheMount, EnvChange, Mount, Owner, Run, Sharing, Stage, Step};

/// Folder inside the prepared tree that a cache mount with an owner begins as.
const PREPARED_CACHE: &str = "/cache";

impl Emitter<'_> {
    /// A stage on its base. Links at its end become one merge, so that they
    /// depend neither on the steps nor on each other.
    pub(super) fn stage(&self, stage: &Stage, base: Filesystem) -> Filesystem {
        let mut done = Filesystem {
            steps: Vec::new(),
            ..base
        };
        let mut links: Vec<(Output, Vec<Span>)> = Vec::new();
        let epoch = self.settings.source_date_epoch;
        for (index, step) in stage.steps.iter().enumerate() {
            let name = self.step_name(stage, index, &step.title);
            let time = self.time(stage, index);
            match &step.action {
                Action::Link(link) => {
                    let linked = self.link(link, stage, step, name, time);
                    done.steps.push(linked.clone());
                    links.push((linked, step.places.clone()));
                    done.history.push(history::entry(&step.title, epoch));
                    continue;
                }
                Action::Run(run) => {
                    self.join(&mut done, &mut links, stage);
                    done.output = self.run(run, stage, step, name, &done);
                }
                Action::Copy(link) => {
                    self.join(&mut done, &mut links, stage);
                    done.output = self.copied(link, stage, step, name, time, &done.output);
                }
                Action::Files(files) => {
                    self.join(&mut done, &mut links, stage);
                    done.output = self.files(files, stage, step, name, time, &done.output);
                }
            }
            done.steps.push(done.output.clone());
            done.history.push(history::entry(&step.title, epoch));
        }
        self.join(&mut done, &mut links, stage);
        done
    }

    /// The stage in names, with the platform where there are several.
    pub(super) fn stage_name(&self, stage: &Stage) -> String {
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
        let exec = self.exec(run, stage, step, name, on);
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

    /// The process of a command, without what it leaves.
    pub(super) fn exec(
        &self,
        run: &Run,
        stage: &Stage,
        step: &Step,
        name: String,
        on: &Filesystem,
    ) -> Exec {
        // A secret that the client does not have fails the step before it runs.
        let places: Vec<Span> = step
            .places
            .iter()
            .copied()
            .chain(run.secret_places())
            .collect();
        let mut exec = Exec::new(&run.args)
            .root(&on.output)
            .platform(self.platform.clone())
            .envs(on.env.clone())
            .envs(changed(&run.env, &on.env))
            .cwd(&run.cwd)
            .ignore_cache(self.settings.no_cache.covers(&stage.name))
            .name(name)
            .locations(self.locations(&places));
        if let Some(user) = run.runs_as() {
            exec = exec.user(user);
        }
        if let Some(gpu) = &run.gpu {
            exec = exec.cdi_device(gpu, true);
        }
        exec = self
            .settings
            .process
            .apply(exec, run.network, self.plan.network);
        for mount in &run.mounts {
            exec = self.mount(exec, mount, step);
        }
        for secret in &run.secrets {
            let variable = SecretEnv::new(&secret.id, &secret.name);
            exec = exec.secret_env(if secret.optional {
                variable.optional()
            } else {
                variable
            });
        }
        exec
    }

    fn mount(&self, exec: Exec, mount: &Mount, step: &Step) -> Exec {
        match mount {
            Mount::Cache(cache) => exec.mount(self.cache(cache, step)),
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
                exec.mount(if source == "/" {
                    mount
                } else {
                    mount.selector(source)
                })
            }
            Mount::Secret {
                id,
                target,
                mode,
                owner,
                optional,
                ..
            } => {
                let owner = owner.unwrap_or(Owner { uid: 0, gid: 0 });
                let file = SecretFile::new(id).target(target).mode(*mode);
                let file = file.owner(owner.uid, owner.gid);
                exec.secret(if *optional { file.optional() } else { file })
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
            Sharing::Private => LlbSharing::Private,
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
            .progress_group(Self::of_plan())
            .locations(self.locations(&step.places))
            .output();
        mount.base(&prepared).selector(PREPARED_CACHE)
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
            let epoch = self.settings.source_date_epoch;
            history::combine(&mut done.history, links.len(), epoch);
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
        let value = change.value(name, old.map(|(_, value)| value.as_str()));
        env.push((name.clone(), value));
    }
    env
}
