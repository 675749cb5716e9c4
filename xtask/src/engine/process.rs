//! Records of the processes that were started here, and ending them. A record
//! holds the start time and the boot beside the pid: a pid is given out again,
//! and another program must never be ended in place of ours.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::command;

/// One process as it was when it was recorded.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Process {
    pid: u32,
    /// Field 22 of `/proc/PID/stat`: clock ticks since boot.
    start: u64,
    boot: String,
}

impl Process {
    /// Takes down a process that is running now.
    pub(crate) fn observe(pid: u32) -> Result<Self> {
        let start = start_time(pid).with_context(|| format!("process {pid} has ended"))?;
        Ok(Self {
            pid,
            start,
            boot: boot_id()?,
        })
    }

    /// Reads a record; `None` when there is none or it cannot be understood.
    pub(crate) fn load(file: &Path) -> Option<Self> {
        Self::parse(&fs::read_to_string(file).ok()?)
    }

    /// Writes the record.
    pub(crate) fn save(&self, file: &Path) -> Result<()> {
        fs::write(file, format!("{} {} {}\n", self.pid, self.start, self.boot))
            .with_context(|| format!("cannot write {}", file.display()))
    }

    /// Whether the recorded process is still running, and not another one
    /// that was given its pid.
    pub(crate) fn is_running(&self) -> bool {
        start_time(self.pid) == Some(self.start) && boot_id().is_ok_and(|boot| boot == self.boot)
    }

    /// Asks the process to end, and ends it when it has not after `patience`.
    /// What it leaves behind in a mount namespace of its own is ended too.
    pub(crate) fn end(&self, patience: Duration) -> Result<()> {
        if !self.is_running() {
            return Ok(());
        }
        let namespace = self.private_mount_namespace();
        signal("TERM", self.pid)?;
        if !self.ends_within(patience) {
            signal("KILL", self.pid)?;
            if !self.ends_within(Duration::from_mins(1)) {
                bail!("process {} does not end", self.pid);
            }
        }
        if let Some(namespace) = namespace {
            for pid in members(&namespace) {
                signal("KILL", pid).ok();
            }
        }
        Ok(())
    }

    fn ends_within(&self, patience: Duration) -> bool {
        let start = Instant::now();
        while self.is_running() {
            if start.elapsed() > patience {
                return false;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        true
    }

    /// The namespace's name, unless it is the one that this program is in.
    fn private_mount_namespace(&self) -> Option<PathBuf> {
        let theirs = mount_namespace(&self.pid.to_string())?;
        (Some(&theirs) != mount_namespace("self").as_ref()).then_some(theirs)
    }

    fn parse(text: &str) -> Option<Self> {
        let mut words = text.split_whitespace();
        let process = Self {
            pid: words.next()?.parse().ok()?,
            start: words.next()?.parse().ok()?,
            boot: words.next()?.to_owned(),
        };
        words.next().is_none().then_some(process)
    }
}

fn mount_namespace(pid: &str) -> Option<PathBuf> {
    fs::read_link(format!("/proc/{pid}/ns/mnt")).ok()
}

fn members(namespace: &Path) -> Vec<u32> {
    let Ok(entries) = fs::read_dir("/proc") else {
        return Vec::new();
    };
    entries
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
        .filter(|pid: &u32| mount_namespace(&pid.to_string()).as_deref() == Some(namespace))
        .collect()
}

fn signal(name: &str, pid: u32) -> Result<()> {
    // The shell's own `kill`: sending a signal by hand needs unsafe code, and
    // the program of that name is not on every machine.
    let script = format!("kill -{name} {pid}");
    command::read(Command::new("sh").args(["-c", &script])).map(drop)
}

fn boot_id() -> Result<String> {
    let file = "/proc/sys/kernel/random/boot_id";
    let text = fs::read_to_string(file).with_context(|| format!("cannot read {file}"))?;
    Ok(text.trim().to_owned())
}

fn start_time(pid: u32) -> Option<u64> {
    parse_stat(&fs::read_to_string(format!("/proc/{pid}/stat")).ok()?)
}

/// The start time out of `/proc/PID/stat`; `None` for a process that has ended
/// and only waits for its parent to notice.
fn parse_stat(stat: &str) -> Option<u64> {
    // The second field is the program's name in parentheses, and may itself
    // hold spaces and parentheses: count from the last one.
    let (_, after_name) = stat.rsplit_once(')')?;
    let mut fields = after_name.split_whitespace();
    let state = fields.next()?;
    if matches!(state, "Z" | "X") {
        return None;
    }
    fields.nth(18)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_survives_being_written() {
        let text = "41 977 0f-1e\n";
        let process = Process {
            pid: 41,
            start: 977,
            boot: "0f-1e".to_owned(),
        };
        assert_eq!(Process::parse(text), Some(process));
        assert_eq!(Process::parse("41 977"), None);
        assert_eq!(Process::parse("41 977 0f-1e more"), None);
    }

    #[test]
    fn the_start_time_is_found_behind_any_program_name() {
        let stat = "7 (a) b (c) S 1 7 7 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 12345 99 1";
        assert_eq!(parse_stat(stat), Some(12345));
        assert_eq!(parse_stat(&stat.replace(" S ", " Z ")), None);
    }

    #[test]
    fn a_pid_given_out_again_is_not_ours() {
        let mut process = Process::observe(std::process::id()).expect("this test runs");
        assert!(process.is_running());
        process.start += 1;
        assert!(!process.is_running());
        process.end(Duration::ZERO).expect("nothing is ended");
    }

    #[test]
    fn a_process_is_ended_by_its_record() {
        let mut child = Command::new("sleep")
            .arg("60")
            .spawn()
            .expect("sleep starts");
        let process = Process::observe(child.id()).expect("it runs");
        process
            .end(Duration::from_mins(1))
            .expect("it can be ended");
        assert!(!process.is_running());
        assert!(!child.wait().expect("it is our child").success());
    }
}
