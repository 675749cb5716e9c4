//! The spec of the command line: read, checked, planned.

use std::collections::BTreeMap;
use std::fs::{self, File, Metadata};
use std::io::{self, Read};

use buildkit_llb::Platform;

use super::output::{CliError, Manner, error};
use super::{DEFAULT_FILE, SpecArguments, host};
use crate::check::When;
use crate::deploy::{Built, Inputs, Repository};
use crate::pipeline::{self, Outcome};
use crate::spec::{Architecture, CHECK_IMAGE, Input, MAX_BYTES};

/// What a spec without a name is called.
const STANDARD_INPUT: &str = "standard input";

/// Reads the spec the arguments name and runs the pure passes over it.
pub(super) fn outcome(arguments: &SpecArguments) -> Result<Outcome, CliError> {
    outcome_of(&arguments.file, arguments)
}

/// The same of another file with the same arguments.
pub(super) fn outcome_of(file: &str, arguments: &SpecArguments) -> Result<Outcome, CliError> {
    let architectures = architectures(&arguments.platform)?;
    let build_args = build_args(&arguments.build_args)?;
    let (name, bytes) = read(file)?;
    let input = Input {
        name: &name,
        bytes: &bytes,
        build_args: &build_args,
        target: arguments.target.as_deref(),
    };
    Ok(pipeline::plan(input, &architectures)?)
}

/// Shows the findings. Whether a build would go on from here: not with errors,
/// and not with warnings where `error=true` is set.
pub(super) fn goes_on(outcome: &Outcome, manner: Manner) -> bool {
    manner.findings(&outcome.diagnostics.sorted(), &outcome.sources);
    let violation = outcome.violation();
    if let Some(violation) = &violation {
        error(violation);
    }
    violation.is_none() && !outcome.plans.is_empty()
}

/// The image of the spec, for what comes after its build. None where the findings
/// are in the way of one; only then they are shown, whose business is the build.
pub(super) fn built(
    arguments: &SpecArguments,
    repository: &Repository,
    given: &Inputs,
    manner: Manner,
) -> Result<Option<Built>, CliError> {
    let outcome = outcome(arguments)?;
    if outcome.violation().is_some() || outcome.plans.is_empty() {
        goes_on(&outcome, manner);
        return Ok(None);
    }
    let (Some(resolved), Some(plan)) = (&outcome.resolved, outcome.plans.first()) else {
        return Ok(None);
    };
    // What is given may take the place of a stage, with all that it needs.
    let mut plan = plan.clone();
    plan.use_contexts(given.contexts.keys().map(String::as_str));
    let built = Built::of(resolved, &plan, repository).ok_or_else(|| {
        no_image(match resolved.tests.when {
            When::Alone(_) => CHECK_IMAGE,
            When::Gate(_) | When::Never => resolved.target.value.word(),
        })
    })?;
    Ok(Some(built))
}

fn no_image(target: &str) -> CliError {
    CliError::Usage(format!(
        "the target `{target}` leaves files and no image\n\
         help: choose another with `--target`, such as `runtime`"
    ))
}

/// The same arguments with the ids of whoever's folder this is, where a
/// `local-dev` image lacks them.
pub(super) fn with_ids(arguments: &SpecArguments) -> Result<SpecArguments, CliError> {
    let errors = |arguments: &SpecArguments| -> Result<usize, CliError> {
        Ok(outcome(arguments)?.diagnostics.errors().len())
    };
    if read_once(&arguments.file).is_some() {
        return Ok(arguments.clone());
    }
    let without = errors(arguments)?;
    if without == 0 {
        return Ok(arguments.clone());
    }
    let (uid, gid) = host::account();
    let mut more = arguments.clone();
    let ids = [format!("user.uid={uid}"), format!("user.gid={gid}")];
    more.build_args.extend(ids);
    Ok(if errors(&more)? < without {
        more
    } else {
        arguments.clone()
    })
}

/// What a spec is called that is gone once it is read, as that of standard input and
/// of a shell's `<(…)`; none for one that stays.
pub(super) fn read_once(file: &str) -> Option<String> {
    let is_pipe = |file: Metadata| !file.is_file() && !file.is_dir();
    if file == "-" {
        return Some(STANDARD_INPUT.to_owned());
    }
    let is_gone = fs::metadata(file).is_ok_and(is_pipe);
    is_gone.then(|| format!("`{file}`"))
}

/// The name and the bytes of a spec.
pub(super) fn read(file: &str) -> Result<(String, Vec<u8>), CliError> {
    let failed = |error| unreadable(file, &error);
    let mut bytes = Vec::new();
    // One byte more than allowed is enough to see that it is too large.
    let limit = MAX_BYTES as u64 + 1;
    if file == "-" {
        io::stdin()
            .lock()
            .take(limit)
            .read_to_end(&mut bytes)
            .map_err(failed)?;
        return Ok((STANDARD_INPUT.to_owned(), bytes));
    }
    let opened = File::open(file).map_err(failed)?;
    opened.take(limit).read_to_end(&mut bytes).map_err(failed)?;
    Ok((file.to_owned(), bytes))
}

/// Why a spec cannot be read, and what to do about it.
fn unreadable(file: &str, error: &io::Error) -> CliError {
    let message = match error.kind() {
        io::ErrorKind::NotFound if file == DEFAULT_FILE => format!(
            "there is no `{file}` here\n\
             help: write one with `dynamo-frontend init`, or name yours with `-f FILE`"
        ),
        io::ErrorKind::NotFound => {
            format!("there is no `{file}`\nhelp: give the path of a spec; `-` is standard input")
        }
        io::ErrorKind::IsADirectory => format!(
            "`{file}` is a directory\nhelp: name the spec in it, such as `-f {}/{DEFAULT_FILE}`",
            file.trim_end_matches('/')
        ),
        io::ErrorKind::PermissionDenied => format!(
            "you may not read `{file}`\n\
             help: `ls -l` shows who may, and `-f -` reads standard input"
        ),
        _ => format!("cannot read `{file}`: {error}"),
    };
    CliError::Usage(message)
}

pub(super) fn build_args(given: &[String]) -> Result<BTreeMap<String, String>, CliError> {
    let pair = |argument: &String| match argument.split_once('=') {
        Some((name, value)) if !name.is_empty() => Some(Ok((name.to_owned(), value.to_owned()))),
        // As in buildx, a bare name takes its value from the environment, and
        // is dropped where there is none.
        None => environment(argument).map(|value| Ok((argument.clone(), value))),
        Some(_) => Some(Err(CliError::Usage(format!(
            "`--build-arg {argument}` has no name"
        )))),
    };
    given.iter().filter_map(pair).collect()
}

fn environment(name: &str) -> Option<String> {
    std::env::var_os(name).map(|value| value.to_string_lossy().into_owned())
}

/// The architectures of platforms, or this machine's where none is named.
pub(super) fn architectures(platforms: &[String]) -> Result<Vec<Architecture>, CliError> {
    let own = std::env::consts::ARCH;
    // As in buildx, no platform is that of the machine.
    let asked: Vec<_> = platforms.iter().filter(|text| !text.is_empty()).collect();
    if asked.is_empty() {
        return Ok(vec![own_architecture(own)?]);
    }
    let host = Platform::new("linux", own).normalized();
    let architecture = |text: &&String| {
        Architecture::of_platform(text, &host)
            .map_err(|error| CliError::Usage(format!("{error}\nhelp: {}", error.help())))
    };
    asked.iter().map(architecture).collect()
}

/// The architecture of this machine, unless no image is for it.
fn own_architecture(word: &str) -> Result<Architecture, CliError> {
    Architecture::from_word(word).ok_or_else(|| {
        CliError::Usage(format!(
            "images exist for linux/amd64 and linux/arm64, and this machine is `{word}`; \
             name one with `--platform`"
        ))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_machine_that_no_image_is_for_is_no_other_machine() {
        for known in ["x86_64", "aarch64", "amd64", "arm64"] {
            assert!(own_architecture(known).is_ok(), "{known}");
        }
        let error = own_architecture("riscv64")
            .expect_err("no image")
            .to_string();
        assert!(
            error.contains("`riscv64`") && error.contains("`--platform`"),
            "{error}"
        );
    }
}
