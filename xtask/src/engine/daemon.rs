//! Daemons that are started here: a program of a Debian root, in the
//! background, with its log, its record, and a check that it came up.
//! Knows nothing of what the daemons do.

use std::fs::{self, File};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use super::cache::Cache;
use super::process::Process;
use crate::{command, terminal};

/// How long a daemon may take to come up, and to end.
const PATIENCE: Duration = Duration::from_mins(3);

/// A daemon: a program of a root, and where it keeps what it must not lose.
pub(super) struct Daemon<'a> {
    /// Names its record, its log and its data folder.
    pub(super) name: &'static str,
    pub(super) root: &'a Path,
    /// Where the program sees its data folder.
    pub(super) mountpoint: &'static str,
    pub(super) program: &'a [&'a str],
}

impl Daemon<'_> {
    /// Starts the daemon and waits until `answers` says that it is there.
    pub(super) fn start(&self, cache: &Cache, answers: impl Fn() -> bool) -> Result<()> {
        end(cache, self.name)?;
        let log = cache.logs().join(format!("{}.log", self.name));
        let mut child = self.spawn(cache, &log)?;
        Process::observe(child.id())
            .and_then(|process| process.save(&record(cache, self.name)))
            .with_context(|| format!("{} did not start; {}", self.name, command::tail(&log)))?;
        let start = Instant::now();
        while !answers() {
            if let Some(status) = child.try_wait()? {
                bail!("{} ended: {status}; {}", self.name, command::tail(&log));
            }
            if start.elapsed() > PATIENCE {
                bail!("{} does not come up; {}", self.name, command::tail(&log));
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        terminal::note(&format!(
            "{} is up after {}",
            self.name,
            terminal::seconds(start.elapsed())
        ));
        Ok(())
    }

    fn spawn(&self, cache: &Cache, log: &Path) -> Result<Child> {
        let data = cache.data(self.name);
        fs::create_dir_all(&data)
            .with_context(|| format!("cannot make the folder {}", data.display()))?;
        let log =
            File::create(log).with_context(|| format!("cannot write the log {}", log.display()))?;
        // A session of its own: it outlives this program and its terminal.
        let mut command = Command::new("setsid");
        command.args([
            "unshare",
            "--mount",
            "sh",
            "-c",
            include_str!("enter.sh"),
            self.name,
        ]);
        command
            .arg(self.root)
            .arg(cache.run())
            .arg(data)
            .arg(self.mountpoint);
        command.args(self.program);
        command.env(
            "PATH",
            "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
        );
        command
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log);
        command
            .spawn()
            .with_context(|| format!("cannot start {}", self.name))
    }
}

/// Whether the daemon that was started here still runs.
pub(super) fn is_running(cache: &Cache, name: &str) -> bool {
    Process::load(&record(cache, name)).is_some_and(|process| process.is_running())
}

/// Ends the daemon when it was started here and still runs.
pub(super) fn end(cache: &Cache, name: &str) -> Result<()> {
    let record = record(cache, name);
    if let Some(process) = Process::load(&record) {
        process
            .end(PATIENCE)
            .with_context(|| format!("cannot end {name}"))?;
        fs::remove_file(&record).with_context(|| format!("cannot remove {}", record.display()))?;
    }
    Ok(())
}

fn record(cache: &Cache, name: &str) -> std::path::PathBuf {
    cache.run().join(format!("{name}.process"))
}
