//! What every container of Dynamo gets, however it is started: engines share
//! memory between processes, and lock what network cards write to.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

/// A limit of a process.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ulimit {
    /// Its name, as Docker calls it.
    pub name: Cow<'static, str>,
    /// What holds; -1 is no limit.
    pub soft: i64,
    /// Up to what the process may raise it.
    pub hard: i64,
}

impl Ulimit {
    const fn both(name: &'static str, value: i64) -> Self {
        Self {
            name: Cow::Borrowed(name),
            soft: value,
            hard: value,
        }
    }
}

impl FromStr for Ulimit {
    type Err = String;

    /// Reads `name=value` and `name=soft:hard`.
    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || {
            format!("`{text}` is no limit; write one as in `nofile=65536` or `nofile=1024:4096`")
        };
        let (name, values) = text.split_once('=').ok_or_else(wrong)?;
        let (soft, hard) = values.split_once(':').unwrap_or((values, values));
        let number = |text: &str| text.parse().map_err(|_| wrong());
        if name.is_empty() {
            return Err(wrong());
        }
        Ok(Self {
            name: Cow::Owned(name.to_owned()),
            soft: number(soft)?,
            hard: number(hard)?,
        })
    }
}

impl fmt::Display for Ulimit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, soft, hard } = self;
        if soft == hard {
            write!(f, "{name}={soft}")
        } else {
            write!(f, "{name}={soft}:{hard}")
        }
    }
}

/// The limits. A stack of 64 MiB is what the engines' libraries ask for.
pub const ULIMITS: [Ulimit; 3] = [
    Ulimit::both("memlock", -1),
    Ulimit::both("stack", 67_108_864),
    Ulimit::both("nofile", 65_536),
];

/// The size of `/dev/shm`.
pub const SHM_SIZE: &str = "10G";
/// Shared memory is the machine's, so that processes of several containers can
/// hand tensors to each other.
pub const IPC: &str = "host";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_is_written_as_docker_reads_it() {
        for text in ["memlock=-1", "nofile=1024:4096", "stack=67108864"] {
            assert_eq!(text.parse::<Ulimit>().expect("a limit").to_string(), text);
        }
        for text in ["nofile", "nofile=", "=1", "nofile=1:", "nofile=many"] {
            assert!(text.parse::<Ulimit>().is_err(), "{text}");
        }
    }
}
