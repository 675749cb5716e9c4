//! The container that a person gets: by what they ask, with what the image is, and
//! what the machine has.

use std::collections::BTreeSet;

use super::host::{Host, SHARED};
use super::image::RunImage;
use super::wish::{HfCache, Wish};
use crate::deploy::{
    Container, GpuRequest, Gpus, HF_HOME, HF_TOKEN, Mount, NoGpuAccess, Ulimit, Variable, WORKSPACE,
};
use crate::spec::Device;

/// A container that can be started.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prepared {
    /// The container.
    pub container: Container,
    /// Folders of the machine that have to be there.
    pub folders: Vec<String>,
    /// What is good to know before, a warning and what helps.
    pub advice: Vec<(String, String)>,
}

impl Wish {
    /// The container. Fails where GPUs are wanted, said or not, that the engine has
    /// no way to.
    pub fn prepare(&self, image: &RunImage, host: &Host) -> Result<Prepared, NoGpuAccess> {
        let gpus = GpuRequest::new(&self.gpus(image), self.runtime.as_deref(), host.gpus)?;
        let mut container = Container {
            name: self.name.clone(),
            entrypoint: self.entrypoint.clone(),
            command: self.command.clone(),
            working_dir: self.working_dir(image),
            user: self.user.clone(),
            groups: self.groups(image, host),
            network: self.network.clone(),
            ports: self.ports.clone(),
            devices: match image.device {
                Device::Xpu => vec!["/dev/dri".to_owned()],
                Device::Cuda | Device::Cpu => Vec::new(),
            },
            gpus,
            privileged: self.privileged,
            ..Container::new(&image.name)
        };
        self.limit(&mut container.ulimits);
        let folders = self.mount(&mut container, image, host);
        container.env.extend(self.env.iter().cloned());
        Ok(Prepared {
            container,
            folders,
            advice: self.advice(image, host),
        })
    }

    /// The GPUs that are wanted.
    pub fn gpus(&self, image: &RunImage) -> Gpus {
        self.gpus.clone().unwrap_or(match image.device {
            Device::Cuda => Gpus::All,
            Device::Xpu | Device::Cpu => Gpus::None,
        })
    }

    /// The workspace where there is one of somebody; an image's own place is its
    /// own to say.
    fn working_dir(&self, image: &RunImage) -> Option<String> {
        let workspace = self.mount_workspace || image.developer.is_some();
        let usual = || workspace.then(|| WORKSPACE.to_owned());
        let wanted = self.working_dir.clone().or_else(usual)?;
        (self.working_dir.is_some() || wanted != image.working_dir).then_some(wanted)
    }

    /// An account that is not the image's own is in the group that may write where
    /// the image's may.
    fn groups(&self, image: &RunImage, host: &Host) -> Vec<String> {
        let other = self.user.as_deref().is_some_and(|user| !is_root(user));
        let mut groups = Vec::new();
        if other {
            groups.push("0".to_owned());
        }
        if image.device == Device::Xpu {
            groups.extend(host.render_group.map(|group| group.to_string()));
        }
        groups
    }

    fn limit(&self, ulimits: &mut Vec<Ulimit>) {
        ulimits.retain(|one| self.ulimits.iter().all(|own| own.name != one.name));
        ulimits.extend(self.ulimits.iter().cloned());
    }

    /// Adds what is mounted and the variables that go with it. Returns the folders
    /// that have to be there first.
    fn mount(&self, container: &mut Container, image: &RunImage, host: &Host) -> Vec<String> {
        let mut folders = Vec::new();
        let cache = self.hf_cache(host);
        let mounts = &mut container.mounts;
        if self.mount_workspace {
            mounts.push(Mount::bind(&host.workspace, WORKSPACE));
            mounts.extend(host.shared.iter().map(|one| Mount::bind(one, one)));
        }
        if self.nixl_gds {
            mounts.push(Mount::Bind {
                source: "/run/udev".to_owned(),
                target: "/run/udev".to_owned(),
                read_only: true,
            });
            let temporary = Mount::bind(SHARED[0], SHARED[0]);
            if !mounts.contains(&temporary) {
                mounts.push(temporary);
            }
            container.capabilities.push("IPC_LOCK".to_owned());
        }
        let own: BTreeSet<&str> = self.env.iter().map(Variable::name).collect();
        if (self.mount_workspace || cache.is_some()) && !own.contains(HF_TOKEN) {
            container.env.push(Variable::Inherited(HF_TOKEN.to_owned()));
        }
        if let Some(cache) = cache {
            let home = self.home(image).trim_end_matches('/');
            let target = format!("{home}/.cache/huggingface");
            mounts.push(Mount::bind(&cache, &target));
            if !own.contains(HF_HOME) {
                let variable = Variable::Set(HF_HOME.to_owned(), target);
                container.env.push(variable);
            }
            folders.push(cache);
        }
        let written = self.volumes.iter().cloned().map(Mount::Written);
        mounts.extend(written);
        folders
    }

    /// Where the account of the container is at home.
    fn home<'a>(&self, image: &'a RunImage) -> &'a str {
        match self.user.as_deref() {
            Some(user) if is_root(user) => "/root",
            Some(_) if is_root(&image.user) => "/home/dynamo",
            _ => &image.home,
        }
    }

    fn hf_cache(&self, host: &Host) -> Option<String> {
        match &self.hf_cache {
            HfCache::At(folder) => Some(folder.clone()),
            HfCache::Own => host.hf_cache.clone(),
            HfCache::Unsaid if self.mount_workspace => host.hf_cache.clone(),
            HfCache::Unsaid | HfCache::Never => None,
        }
    }

    fn advice(&self, image: &RunImage, host: &Host) -> Vec<(String, String)> {
        let mut advice = Vec::new();
        let (own, theirs) = (image.developer, host.workspace_owner);
        if let (Some((uid, _)), Some((owner, group))) = (own, theirs)
            && self.mount_workspace
            && self.user.is_none()
            && uid != owner
        {
            let what = format!(
                "the image is for the user id {uid}, and `{}` belongs to {owner}: \
                 what one makes the other cannot change",
                host.workspace
            );
            let help = match owner {
                0 => "run it as root with `--user root`".to_owned(),
                _ => format!(
                    "build it with `--build-arg user.uid={owner} --build-arg user.gid={group}`"
                ),
            };
            advice.push((what, help));
        }
        if image.device == Device::Xpu && host.render_group.is_none() {
            advice.push((
                "this machine has no group `render`, whose members may use `/dev/dri`".to_owned(),
                "name the group that the devices belong to with `--docker-arg=--group-add=GID`"
                    .to_owned(),
            ));
        }
        advice
    }
}

/// Whether an account, as Docker's option `--user` names it, is root.
fn is_root(user: &str) -> bool {
    matches!(user.split(':').next(), Some("root" | "0"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::deploy::GpuAccess;

    fn host() -> Host {
        Host {
            gpus: GpuAccess::None,
            render_group: Some(992),
            hf_cache: None,
            workspace: "/checkout".to_owned(),
            workspace_owner: Some((1001, 1002)),
            shared: Vec::new(),
        }
    }

    #[test]
    fn an_intel_device_comes_with_the_group_that_may_use_it() {
        let image = RunImage::assumed("i", Device::Xpu);
        let wish = Wish {
            user: Some("1234".to_owned()),
            ..Wish::default()
        };
        let prepared = wish.prepare(&image, &host()).unwrap();
        assert_eq!(prepared.container.devices, ["/dev/dri"]);
        assert_eq!(prepared.container.groups, ["0", "992"]);
        assert_eq!(prepared.advice, []);
        let without = Host {
            render_group: None,
            ..host()
        };
        let (what, _) = &wish.prepare(&image, &without).unwrap().advice[0];
        assert!(what.contains("no group `render`"), "{what}");
    }

    #[test]
    fn a_checkout_of_somebody_else_is_warned_of_where_it_is_mounted() {
        let image = RunImage {
            developer: Some((1000, 1000)),
            ..RunImage::assumed("i", Device::Cpu)
        };
        let advice = |wish: Wish, owner| {
            let host = Host {
                workspace_owner: Some(owner),
                ..host()
            };
            wish.prepare(&image, &host).unwrap().advice
        };
        let mounted = || Wish {
            mount_workspace: true,
            ..Wish::default()
        };
        let warned = advice(mounted(), (1001, 1002));
        assert!(
            warned[0]
                .1
                .contains("user.uid=1001 --build-arg user.gid=1002")
        );
        assert!(advice(mounted(), (0, 0))[0].1.contains("--user root"));
        assert_eq!(advice(mounted(), (1000, 50)), []);
        assert_eq!(advice(Wish::default(), (1001, 1002)), []);
    }
}
