//! How `docker` is called to build of a matrix.

use std::fs::File;
use std::io::{Seek, Write};
use std::process::{Command, ExitCode};

use crate::cli::output::{CliError, Manner, OK, data};
use crate::cli::{docker, host};
use crate::deploy::bake::{Ask, Call, Job, UNASKED};
use crate::deploy::shell_word;

/// The call, with what it reads and sees.
pub(super) struct DockerCall<'a> {
    /// Its arguments, but for what is built.
    pub(super) call: Call<'a>,
    /// The bake file.
    file: &'a str,
    variables: Vec<(&'static str, String)>,
}

impl<'a> DockerCall<'a> {
    /// The calls for some jobs.
    pub(super) fn new(call: Call<'a>, file: &'a str, jobs: &[Job], manner: Manner) -> Self {
        let (name, value) = UNASKED;
        let mut variables = vec![(name, value.to_owned())];
        variables.extend(ids(jobs, manner));
        Self {
            call,
            file,
            variables,
        }
    }

    /// The program with these arguments, the bake file on its standard input.
    pub(super) fn command(&self, arguments: &[String], manner: Manner) -> std::io::Result<Command> {
        // A file, as a pipe has to be written to while the program runs.
        let mut file = tempfile::tempfile()?;
        file.write_all(self.file.as_bytes())?;
        file.rewind()?;
        let mut command = docker::build_command(manner);
        command.args(arguments).stdin::<File>(file);
        command.envs(self.variables.iter().map(|(name, value)| (name, value)));
        Ok(command)
    }

    /// Prints what would be run: a call for each build, or one for all.
    pub(super) fn print(
        &self,
        calls: &[Vec<String>],
        manner: Manner,
    ) -> Result<ExitCode, CliError> {
        manner.note(
            "note: bake reads its file from standard input: what this command writes \
             without `--build`",
        );
        let set = |(name, value): &(&str, String)| format!("{name}={} ", shell_word(value));
        let variables: String = self.variables.iter().map(set).collect();
        let line = |call: &Vec<String>| format!("{variables}{}\n", docker::line(call.clone()));
        data(calls.iter().map(line).collect::<String>().as_bytes())?;
        Ok(ExitCode::from(OK))
    }

    /// Makes one call for these builds in the place of this program.
    pub(super) fn become_it(&self, builds: &[&str], manner: Manner) -> Result<ExitCode, CliError> {
        let command = self.command(&self.call.of(builds), manner)?;
        Ok(ExitCode::from(docker::become_it(command)?))
    }
}

/// What bake asks of who builds, unless the environment says it.
fn ids(jobs: &[Job], manner: Manner) -> Vec<(&'static str, String)> {
    let asked = |ask: &Ask| jobs.iter().any(|job| job.entry.asks.contains(ask));
    let unset = |ask: &Ask| std::env::var_os(ask.variable()).is_none();
    let (uid, gid) = host::account();
    let id = |ask: Ask| match ask {
        Ask::Uid => (ask.variable(), uid.to_string()),
        Ask::Gid => (ask.variable(), gid.to_string()),
    };
    let asked = Ask::ALL.into_iter().filter(asked).filter(unset);
    let ids: Vec<_> = asked.map(id).collect();
    if !ids.is_empty() {
        let said: Vec<String> = ids
            .iter()
            .map(|(name, id)| format!("{name}={id}"))
            .collect();
        manner.note(&format!("`local-dev` is built for {}", said.join(" ")));
    }
    ids
}
