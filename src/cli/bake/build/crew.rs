//! Builds side by side: each is a process with a log, and one that fails does not end
//! the others.

use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::io;
use std::pin::pin;
use std::process::Stdio;
use std::time::{Duration, Instant};

use futures_util::{StreamExt, stream};
use tokio::process::{Child, Command};

use super::DockerCall;
use super::logs::{Log, Logs};
use crate::cli::output::{CliError, Manner, error};
use crate::cli::signals::{End, Signals, end};
use crate::deploy::bake::{Build, Call, Failure, Job, Outcome, Record};

/// What the builds of all have in common.
pub(super) struct Crew<'a> {
    call: DockerCall<'a>,
    logs: &'a Logs,
    manner: Manner,
    stopped: Cell<Option<Stop>>,
    /// Processes that lead a group of their own each.
    running: RefCell<BTreeSet<u32>>,
}

/// Why nothing more is begun.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stop {
    /// This program is to end.
    Ended(End),
    /// A build failed before the builder began: the next would do the same.
    NotBegun,
}

/// What came of a build, and how long it took.
pub(super) type Ended = (Outcome, Option<Duration>);

impl<'a> Crew<'a> {
    pub(super) fn new(call: DockerCall<'a>, logs: &'a Logs, manner: Manner) -> Self {
        Self {
            call,
            logs,
            manner,
            stopped: Cell::new(None),
            running: RefCell::default(),
        }
    }

    /// Builds all jobs, some at a time. What came of each build of each, in their
    /// order, and what this program was told to end by.
    pub(super) fn work(
        &self,
        jobs: &[Job],
        at_a_time: usize,
    ) -> Result<(Vec<Vec<Ended>>, Option<End>), CliError> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        let mut ended = runtime.block_on(self.all(jobs, at_a_time))?;
        ended.sort_by_key(|(index, _)| *index);
        let told = match self.stopped.get() {
            Some(Stop::Ended(how)) => Some(how),
            Some(Stop::NotBegun) | None => None,
        };
        Ok((ended.into_iter().map(|(_, one)| one).collect(), told))
    }

    async fn all(&self, jobs: &[Job], at_a_time: usize) -> io::Result<Vec<(usize, Vec<Ended>)>> {
        let mut signals = Signals::new()?;
        let jobs = stream::iter(jobs.iter().enumerate());
        let jobs = jobs.map(async |(index, job)| (index, self.job(job).await));
        let mut jobs = pin!(jobs.buffer_unordered(at_a_time));
        let mut ended = Vec::new();
        loop {
            tokio::select! {
                one = jobs.next() => match one {
                    Some(one) => ended.push(one),
                    None => return Ok(ended),
                },
                how = signals.next() => self.stop(how),
            }
        }
    }

    /// Ends what runs; told so again, by force.
    fn stop(&self, how: End) {
        let again = matches!(self.stopped.get(), Some(Stop::Ended(_)));
        if !again {
            self.stopped.set(Some(Stop::Ended(how)));
            self.manner.note("ending what is being built");
        }
        for leader in self.running.borrow().iter() {
            end(*leader, again);
        }
    }

    /// One build after the other; what comes after one that failed is of no use.
    async fn job(&self, job: &Job) -> Vec<Ended> {
        let mut ended: Vec<Ended> = Vec::new();
        for build in &job.builds {
            let before = job.builds.first().zip(ended.first());
            ended.push(match before {
                _ if self.stopped.get().is_some() => (Outcome::Cancelled, None),
                Some((first, (Outcome::Failed { .. }, _))) => {
                    let reason = format!("{} was not built", first.name);
                    (Outcome::Skipped { reason }, None)
                }
                _ => self.build(build).await,
            });
        }
        ended
    }

    async fn build(&self, build: &Build) -> Ended {
        let name = &build.name;
        self.manner.note(&format!("building {name}"));
        let start = Instant::now();
        let log = self.logs.of(name);
        let is_built = self.run(build, &log).await;
        let took = start.elapsed();
        let (outcome, has_begun) = match is_built {
            Ok(true) => {
                let digest = log.digest(name);
                (Outcome::Built { digest }, true)
            }
            Ok(false) => self.not_built(&log),
            Err(failed) => {
                let failure = Failure::read(&format!("ERROR: {failed}"));
                (Outcome::Failed { failure }, false)
            }
        };
        self.say(name, &outcome, took, &log);
        if !has_begun && self.stopped.get().is_none() {
            self.stopped.set(Some(Stop::NotBegun));
            self.manner.note(&format!(
                "nothing else is begun: {name} ended before the builder had begun with it"
            ));
        }
        (outcome, Some(took))
    }

    /// Runs one to its end. Whether it was built.
    async fn run(&self, build: &Build, log: &Log) -> Result<bool, CliError> {
        let mut child = self.start(build, log)?;
        // A process that has not been waited for has its number to itself.
        let leader = child.id();
        self.running.borrow_mut().extend(leader);
        let status = child.wait().await;
        if let Some(leader) = leader {
            self.running.borrow_mut().remove(&leader);
        }
        Ok(status?.success())
    }

    fn start(&self, build: &Build, log: &Log) -> Result<Child, CliError> {
        let metadata = log.metadata()?;
        let call = Call {
            record: Some(Record {
                metadata: Some(&metadata),
            }),
            ..self.call.call
        };
        let said = log.create()?;
        let command = self.call.command(&call.of(&[&build.name]), self.manner)?;
        let mut command = Command::from(command);
        command.stdout(Stdio::from(said.try_clone()?));
        command.stderr(said).kill_on_drop(true);
        // What a terminal sends to this program is passed on once, by it.
        #[cfg(unix)]
        command.process_group(0);
        Ok(command.spawn()?)
    }

    /// Whether a build failed, or was given up with this program or its builder; and
    /// whether the builder had begun with it.
    fn not_built(&self, log: &Log) -> (Outcome, bool) {
        let (failure, has_begun) = log.failure();
        let outcome = match self.stopped.get() {
            Some(Stop::Ended(_)) => Outcome::Cancelled,
            Some(Stop::NotBegun) if !has_begun => Outcome::Cancelled,
            _ => Outcome::Failed { failure },
        };
        (outcome, has_begun)
    }

    fn say(&self, name: &str, outcome: &Outcome, took: Duration, log: &Log) {
        let word = outcome.word();
        let took = humantime::format_duration(Duration::from_secs(took.as_secs()));
        let log = log.progress.display();
        match outcome {
            Outcome::Failed { failure } => {
                let text = &failure.text;
                error(format!("{name} failed after {took}, see {log}\n{text}"));
            }
            Outcome::Cancelled => {
                self.manner
                    .note(&format!("{word} {name} after {took}, see {log}"));
            }
            _ => self.manner.note(&format!("{word} {name} after {took}")),
        }
    }
}
