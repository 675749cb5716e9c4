//! An image as whoever starts it has to know it: by its spec, by its config, or by
//! neither.

use crate::deploy::{Built, WORKSPACE};
use crate::spec::{Device, Target};

/// What has to be known of an image to run it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunImage {
    /// Its name.
    pub name: String,
    /// The account that it starts as.
    pub user: String,
    /// The home of that account.
    pub home: String,
    /// Where it starts.
    pub working_dir: String,
    /// What it computes on; `cpu` for images that compute nothing.
    pub device: Device,
    /// Uid and gid of the person whose image it is.
    pub developer: Option<(u32, u32)>,
}

impl From<&Built> for RunImage {
    fn from(built: &Built) -> Self {
        Self {
            name: built.image.clone(),
            user: built.user.clone(),
            home: built.home.clone(),
            working_dir: built.working_dir.clone(),
            device: device_of(built.name.target, built.device()),
            developer: built.developer,
        }
    }
}

impl RunImage {
    /// An image that no spec tells of, as far as its config does.
    pub fn inspected(
        name: &str,
        user: &str,
        home: Option<&str>,
        working_dir: &str,
        device: Device,
    ) -> Self {
        let user = match user.split(':').next().unwrap_or_default() {
            "" | "0" => "root",
            user => user,
        };
        let number = user.parse::<u32>().is_ok();
        let usual = match user {
            "root" => "/root".to_owned(),
            _ if number => "/".to_owned(),
            user => format!("/home/{user}"),
        };
        Self {
            name: name.to_owned(),
            user: user.to_owned(),
            home: home.map_or(usual, str::to_owned),
            working_dir: working_dir.to_owned(),
            device,
            developer: None,
        }
    }

    /// The image of a target, for whoever has no spec of it.
    pub fn of_target(name: &str, target: Target, device: Device) -> Self {
        let user = match target {
            Target::Dev => "root",
            _ => "dynamo",
        };
        let device = device_of(target, device);
        Self::inspected(name, user, None, WORKSPACE, device)
    }

    /// What images of Dynamo usually are, for one that nobody can be asked about.
    pub fn assumed(name: &str, device: Device) -> Self {
        Self::inspected(name, "dynamo", None, WORKSPACE, device)
    }
}

/// What the image of a target computes on, which is nothing for some.
fn device_of(target: Target, device: Device) -> Device {
    match target {
        Target::Runtime | Target::Dev | Target::LocalDev | Target::Test | Target::Framework => {
            device
        }
        _ => Device::Cpu,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_is_at_home_where_its_image_says_or_where_such_accounts_are() {
        let home = |user: &str, home: Option<&str>| {
            RunImage::inspected("i", user, home, "/", Device::Cpu).home
        };
        assert_eq!(home("", None), "/root");
        assert_eq!(home("0:0", None), "/root");
        assert_eq!(home("dynamo:0", None), "/home/dynamo");
        assert_eq!(home("65532:65534", None), "/");
        assert_eq!(home("dynamo", Some("/data")), "/data");
    }
}
