//! `dynamo-frontend bake --build`.

mod arguments;
mod crew;
mod docker_call;
mod logs;
mod report_file;

use std::collections::BTreeMap;
use std::process::ExitCode;

pub(super) use arguments::BuildingArguments;
use crew::{Crew, Ended};
use docker_call::DockerCall;
use logs::Logs;
use report_file::{ReportFile, ReportPath};

use crate::cli::docker;
use crate::cli::output::{CliError, FINDINGS, Manner, OK, error};
use crate::cli::signals::End;
use crate::deploy::bake::{
    BuildReport, Call, Job, LeftOut, Outcome, Recipe, Record, Report, STDIN,
};
use crate::diagnostic::listed;

/// A matrix that is to be built.
pub(super) struct Matrix<'a> {
    /// What is wanted of it.
    pub(super) jobs: Vec<Job>,
    /// What of that there is already: the image of an entry.
    pub(super) there: BTreeMap<String, String>,
    /// What there is not.
    pub(super) left_out: Vec<LeftOut>,
    /// What is the same for every image.
    pub(super) recipe: &'a Recipe,
    /// The bake file.
    pub(super) file: &'a str,
}

/// Builds it.
pub(super) fn run(
    matrix: &Matrix<'_>,
    arguments: &BuildingArguments,
    manner: Manner,
) -> Result<ExitCode, CliError> {
    let at_a_time = arguments.at_a_time()?;
    let jobs = matrix.missing();
    let call = Call {
        file: STDIN,
        delivery: arguments.delivery(),
        record: at_a_time.map(|_| Record { metadata: None }),
        arguments: &arguments.more,
    };
    let docker = DockerCall::new(call, matrix.file, &jobs, manner);
    if jobs.is_empty() {
        manner.note("nothing is left to build");
    }
    let names = jobs.iter().flat_map(|job| &job.builds);
    let names: Vec<&str> = names.map(|build| build.name.as_str()).collect();
    if arguments.dry_run {
        let calls = match at_a_time {
            _ if jobs.is_empty() => Vec::new(),
            None => vec![call.of(&names)],
            Some(_) => names.iter().map(|name| call.of(&[name])).collect(),
        };
        return docker.print(&calls, manner);
    }
    if docker::is_missing() {
        return Err(CliError::Usage(docker::MISSING.to_owned()));
    }
    docker::require_buildx()?;
    match at_a_time {
        None if jobs.is_empty() => Ok(ExitCode::from(OK)),
        None => docker.become_it(&names, manner),
        Some(at_a_time) => matrix.build_each(&jobs, docker, at_a_time, arguments, manner),
    }
}

/// Says what came of all, and gives the exit code.
fn conclude(report: &Report, told: Option<End>, manner: Manner) -> ExitCode {
    let count = report.count();
    if count.failed + count.cancelled == 0 {
        manner.note(&count.to_string());
        return ExitCode::from(OK);
    }
    let failed = report.names(|outcome| matches!(outcome, Outcome::Failed { .. }));
    let cancelled = report.names(|outcome| *outcome == Outcome::Cancelled);
    let named = [("failed", listed(failed)), ("cancelled", listed(cancelled))];
    let named = named.iter().filter(|(_, names)| !names.is_empty());
    let named = named.map(|(word, names)| format!("\n{word}: {names}"));
    error(format!("{count}{}", named.collect::<String>()));
    ExitCode::from(told.map_or(FINDINGS, End::status))
}

impl Matrix<'_> {
    /// Builds each by a call of its own, and reports what came of it.
    fn build_each(
        &self,
        jobs: &[Job],
        docker: DockerCall<'_>,
        at_a_time: usize,
        arguments: &BuildingArguments,
        manner: Manner,
    ) -> Result<ExitCode, CliError> {
        // What cannot be written down is known before hours are spent.
        let files = arguments.report.iter().map(ReportPath::open);
        let files = files.collect::<Result<Vec<ReportFile<'_>>, CliError>>()?;
        let logs = Logs::new(arguments.logs.as_deref())?;
        let crew = Crew::new(docker, &logs, manner);
        let (ended, told) = crew.work(jobs, at_a_time)?;
        let report = self.report(jobs, ended);
        let count = report.count();
        if count.failed + count.cancelled > 0 {
            logs.keep();
        }
        // What came of all is known, whatever becomes of its files.
        let code = conclude(&report, told, manner);
        let written: Vec<_> = files.into_iter().map(|file| file.write(&report)).collect();
        written.into_iter().collect::<Result<(), CliError>>()?;
        Ok(code)
    }

    /// The jobs whose images there are not.
    fn missing(&self) -> Vec<Job> {
        let jobs = self.jobs.iter();
        let missing = jobs.filter(|job| !self.there.contains_key(&job.entry.name()));
        missing.cloned().collect()
    }

    /// The report of what came of the jobs that were not there.
    fn report(&self, jobs: &[Job], ended: Vec<Vec<Ended>>) -> Report {
        let mut ended: BTreeMap<String, Vec<Ended>> =
            jobs.iter().map(|job| job.entry.name()).zip(ended).collect();
        let mut builds = Vec::new();
        for job in &self.jobs {
            let name = job.entry.name();
            let ended = ended.remove(&name).unwrap_or_default();
            let there = self.there.get(&name).map(|image| Outcome::Exists {
                image: image.clone(),
            });
            let there = there.map(|there| vec![(there, None); job.builds.len()]);
            let ended = there.unwrap_or(ended);
            for (build, (outcome, took)) in job.builds.iter().zip(ended) {
                builds.push(BuildReport::new(job, build, self.recipe, outcome, took));
            }
        }
        let (version, commit) = (&self.recipe.version.tag, &self.recipe.commit);
        Report::new(
            version.clone(),
            commit.clone(),
            builds,
            self.left_out.clone(),
        )
    }
}
