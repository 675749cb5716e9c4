//! GPUs of NVIDIA: which ones a container is to have, and by which way an engine
//! gives them.

use std::convert::Infallible;
use std::str::FromStr;

/// The kind of NVIDIA's devices in the Container Device Interface.
const CDI_KIND: &str = "nvidia.com/gpu";

/// Which GPUs are wanted.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Gpus {
    /// None.
    None,
    /// All of the machine.
    #[default]
    All,
    /// So many; no machine has more than can be counted so.
    Count(u16),
    /// These, by number or UUID.
    Devices(Vec<String>),
    /// As Docker understands it: `all,capabilities=utility`.
    Other(String),
}

impl FromStr for Gpus {
    type Err = Infallible;

    /// Reads the value of Docker's option `--gpus`, and `none`. Lists of devices
    /// are read with and without the quotes that Docker wants around them.
    fn from_str(text: &str) -> Result<Self, Infallible> {
        let bare = text.trim_matches(['"', '\'']);
        let count = bare.strip_prefix("count=").unwrap_or(text);
        let devices = bare.strip_prefix("device=").filter(|list| {
            // Of several fields only Docker knows which belongs to the list.
            !list.is_empty() && !list.contains(['=', '"'])
        });
        Ok(if text.eq_ignore_ascii_case("none") {
            Self::None
        } else if count == "all" {
            Self::All
        } else if let Ok(count) = count.parse() {
            Self::Count(count)
        } else if let Some(list) = devices {
            Self::Devices(list.split(',').map(str::to_owned).collect())
        } else {
            Self::Other(text.to_owned())
        })
    }
}

impl Gpus {
    /// The value of Docker's option `--gpus`; none where there is nothing to ask
    /// for. Docker reads it as a line of CSV, so a list is one quoted field.
    pub fn docker(&self) -> Option<String> {
        Some(match self {
            Self::None => return None,
            Self::All => "all".to_owned(),
            Self::Count(count) => count.to_string(),
            Self::Devices(devices) if devices.len() == 1 => format!("device={}", devices[0]),
            Self::Devices(devices) => format!("\"device={}\"", devices.join(",")),
            Self::Other(text) => text.clone(),
        })
    }

    /// The names of the devices in the Container Device Interface; none where only
    /// Docker can tell which are meant.
    fn cdi(&self) -> Option<Vec<String>> {
        let name = |device: &str| format!("{CDI_KIND}={device}");
        match self {
            Self::None => Some(Vec::new()),
            Self::All => Some(vec![name("all")]),
            Self::Count(count) => Some((0..*count).map(|one| name(&one.to_string())).collect()),
            Self::Devices(devices) => Some(devices.iter().map(|one| name(one)).collect()),
            Self::Other(_) => None,
        }
    }
}

/// By which way an engine gives GPUs to a container.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GpuAccess {
    /// NVIDIA's runtime is registered.
    Runtime,
    /// Its devices are described in the Container Device Interface.
    Cdi,
    /// NVIDIA's hook is there, which Docker calls for `--gpus` by itself.
    Hook,
    /// By none that is known.
    None,
}

/// What a container gets for its GPUs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct GpuRequest {
    /// The value of `--gpus`.
    pub gpus: Option<String>,
    /// The runtime of the container.
    pub runtime: Option<String>,
    /// Devices by their names in the Container Device Interface.
    pub devices: Vec<String>,
}

/// There is no way to the GPUs that are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoGpuAccess;

impl GpuRequest {
    /// How GPUs are asked for. A runtime that the user names is taken as it is,
    /// and without GPUs there is none.
    pub fn new(
        wanted: &Gpus,
        runtime: Option<&str>,
        access: GpuAccess,
    ) -> Result<Self, NoGpuAccess> {
        let gpus = wanted.docker();
        if gpus.is_none() {
            return Ok(Self::default());
        }
        let by = |runtime: Option<&str>| Self {
            gpus: gpus.clone(),
            runtime: runtime.map(str::to_owned),
            devices: Vec::new(),
        };
        match (runtime, access) {
            (Some(runtime), _) => Ok(by(Some(runtime))),
            (None, GpuAccess::Runtime) => Ok(by(Some("nvidia"))),
            (None, GpuAccess::Cdi) => Ok(wanted.cdi().map_or_else(
                || by(None),
                |devices| Self {
                    devices,
                    ..Self::default()
                },
            )),
            (None, GpuAccess::Hook) => Ok(by(None)),
            (None, GpuAccess::None) => Err(NoGpuAccess),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gpus(text: &str) -> Gpus {
        text.parse().unwrap()
    }

    #[test]
    fn a_list_of_devices_is_quoted_for_docker_however_it_was_typed() {
        for (typed, docker) in [
            ("all", Some("all")),
            ("NONE", None),
            ("2", Some("2")),
            ("count=2", Some("2")),
            ("count=all", Some("all")),
            ("count=2,driver=nvidia", Some("count=2,driver=nvidia")),
            ("device=0", Some("device=0")),
            ("device=0,1", Some("\"device=0,1\"")),
            ("\"device=0,1\"", Some("\"device=0,1\"")),
            ("all,capabilities=utility", Some("all,capabilities=utility")),
            (
                "\"device=0,1\",capabilities=utility",
                Some("\"device=0,1\",capabilities=utility"),
            ),
        ] {
            assert_eq!(gpus(typed).docker().as_deref(), docker, "{typed}");
        }
    }

    #[test]
    fn gpus_come_by_the_way_the_engine_has() {
        let new = |wanted: &str, runtime, access| GpuRequest::new(&gpus(wanted), runtime, access);
        let with = |gpus: &str, runtime: Option<&str>| {
            Ok(GpuRequest {
                gpus: Some(gpus.to_owned()),
                runtime: runtime.map(str::to_owned),
                devices: Vec::new(),
            })
        };
        let devices = |names: &[&str]| {
            Ok(GpuRequest {
                devices: names.iter().map(|one| (*one).to_owned()).collect(),
                ..GpuRequest::default()
            })
        };
        assert_eq!(
            new("all", None, GpuAccess::Runtime),
            with("all", Some("nvidia"))
        );
        assert_eq!(new("all", None, GpuAccess::Hook), with("all", None));
        assert_eq!(
            new("all", None, GpuAccess::Cdi),
            devices(&["nvidia.com/gpu=all"])
        );
        assert_eq!(
            new("2", None, GpuAccess::Cdi),
            devices(&["nvidia.com/gpu=0", "nvidia.com/gpu=1"])
        );
        assert_eq!(new("all", None, GpuAccess::None), Err(NoGpuAccess));
        // Whoever names a runtime knows the machine.
        assert_eq!(
            new("all", Some("runc"), GpuAccess::None),
            with("all", Some("runc"))
        );
        assert_eq!(
            new("none", Some("nvidia"), GpuAccess::Runtime),
            Ok(GpuRequest::default())
        );
    }
}
