//! `dynamo-frontend compose`.

mod place;

use std::path::Path;
use std::process::ExitCode;

use clap::ValueHint;

use super::image_choice::ImageChoice;
use super::input_arguments::{self, InputArguments};
use super::output::{CliError, FINDINGS, Manner, OK, data};
use super::{SpecArguments, docker, files, input, words};
use crate::deploy::compose::{
    ASSUMED, Backend, ENV_FILE, EventPlane, File, Mode, Refusal, RequestPlane, Router, Version,
    Wish, to_env_file, to_yaml,
};
use crate::deploy::{Built, Gpus, Inputs, shell_word};
use place::Place;

/// Names that Compose looks for by itself.
const USUAL: [&str; 4] = [
    "compose.yaml",
    "compose.yml",
    "docker-compose.yaml",
    "docker-compose.yml",
];

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    choice: ImageChoice,
    #[command(flatten)]
    inputs: InputArguments,
    /// What the deployment is for
    #[arg(long, value_enum, default_value_t = ModeWord::Local)]
    mode: ModeWord,
    /// What computes; `engine` if the framework has one
    #[arg(long, value_enum)]
    backend: Option<BackendWord>,
    /// A model of Hugging Face, a folder of this machine that begins with `.` or `/`,
    /// or one of the image as `image:/PATH`
    #[arg(long, default_value = "Qwen/Qwen3-0.6B")]
    model: String,
    /// The port of this machine that answers
    #[arg(long, value_name = "PORT", default_value_t = 8000, value_parser = clap::value_parser!(u16).range(1..))]
    http_port: u16,
    /// GPUs of each backend: `all`, `none`, a number, or `device=0,1`; the default
    /// is all for an engine on CUDA
    #[arg(long)]
    gpus: Option<Gpus>,
    /// How many backends; on CUDA each gets GPUs of its own
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=64))]
    replicas: u32,
    /// Let engines make do with a fifth of a GPU
    #[arg(long)]
    small_gpu: bool,
    /// The GPUs are of the Blackwell generation: SGLang chooses its kernels itself
    #[arg(long)]
    blackwell: bool,
    /// By what the frontend chooses a backend
    #[arg(long, value_enum, default_value_t = RouterWord::RoundRobin)]
    router: RouterWord,
    /// How requests reach backends; `tcp` in local mode, `nats` otherwise
    #[arg(long, value_enum, value_name = "PLANE")]
    request_plane: Option<RequestWord>,
    /// How events reach the frontend; `zmq` in local mode where Dynamo can, `nats`
    /// otherwise
    #[arg(long, value_enum, value_name = "PLANE")]
    event_plane: Option<EventWord>,
    /// The release of Dynamo whose flags are written, where the spec says none
    #[arg(long, value_name = "VERSION")]
    dynamo_version: Option<Version>,
    /// Deploy this image; the default is the spec's, which Compose then builds
    #[arg(long, value_name = "NAME", value_parser = words::image())]
    image: Option<String>,
    /// The image of NATS; the default is the spec's if it has NATS, or the official
    /// one
    #[arg(long, value_name = "IMAGE", value_parser = words::image())]
    nats_image: Option<String>,
    /// The image of etcd, likewise
    #[arg(long, value_name = "IMAGE", value_parser = words::image())]
    etcd_image: Option<String>,
    /// Keep models in this folder of the machine instead of a volume
    #[arg(long, visible_alias = "hf-home", value_name = "DIR", value_hint = ValueHint::DirPath)]
    hf_cache: Option<String>,
    /// The name of the deployment; the default is `dynamo-` and the backend
    #[arg(long, value_parser = project_name)]
    name: Option<String>,
    /// Where to write it, with a `.env` beside it; the default is standard output
    #[arg(short, long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    output: Option<String>,
    /// Replace the file if there is one; a `.env` is never replaced
    #[arg(long)]
    force: bool,
    /// More arguments of the backend
    #[arg(last = true, value_name = "ARGUMENT")]
    backend_args: Vec<String>,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum ModeWord {
    /// One machine: processes find each other by files, and nothing else runs
    Local,
    /// With etcd and NATS
    Distributed,
}

impl From<ModeWord> for Mode {
    fn from(word: ModeWord) -> Self {
        match word {
            ModeWord::Local => Self::Local,
            ModeWord::Distributed => Self::Distributed,
        }
    }
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum BackendWord {
    /// That of the framework
    Engine,
    /// Answers with words at random, without a GPU
    Mocker,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum RouterWord {
    /// In turn
    RoundRobin,
    /// At random
    Random,
    /// By what each has in its KV cache
    Kv,
}

impl From<RouterWord> for Router {
    fn from(word: RouterWord) -> Self {
        match word {
            RouterWord::RoundRobin => Self::RoundRobin,
            RouterWord::Random => Self::Random,
            RouterWord::Kv => Self::Kv,
        }
    }
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum RequestWord {
    /// Directly
    Tcp,
    /// Through NATS
    Nats,
}

impl From<RequestWord> for RequestPlane {
    fn from(word: RequestWord) -> Self {
        match word {
            RequestWord::Tcp => Self::Tcp,
            RequestWord::Nats => Self::Nats,
        }
    }
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum EventWord {
    /// Through NATS
    Nats,
    /// Directly
    Zmq,
}

impl From<EventWord> for EventPlane {
    fn from(word: EventWord) -> Self {
        match word {
            EventWord::Nats => Self::Nats,
            EventWord::Zmq => Self::Zmq,
        }
    }
}

/// Reads what Compose takes as the name of a project.
fn project_name(text: &str) -> Result<String, String> {
    let fits = |one: char| one.is_ascii_lowercase() || one.is_ascii_digit();
    let begins = text.starts_with(fits);
    if begins && text.chars().all(|one| fits(one) || "-_".contains(one)) {
        Ok(text.to_owned())
    } else {
        Err("use lower-case letters, digits, `-` and `_`, and begin with a letter or digit".into())
    }
}

/// Writes the deployment and says what to do next.
pub(super) fn run(arguments: &Arguments, manner: Manner) -> Result<ExitCode, CliError> {
    if arguments.choice.spec.platform.len() > 1 {
        let message = "a deployment is for one platform\nhelp: name one with `--platform`";
        return Err(CliError::Usage(message.to_owned()));
    }
    let spec = input::with_ids(&arguments.choice.written_out())?;
    let output = arguments.output.as_deref().filter(|output| *output != "-");
    let place = Place::of(output)?;
    let repository = arguments.choice.repository.read()?;
    let inputs = arguments.inputs.read_for(&place.folder)?;
    let Some(built) = input::built(&spec, &repository, &inputs, manner)? else {
        return Ok(ExitCode::from(FINDINGS));
    };
    let wish = wish(arguments, &spec, &built, &place, &inputs)?;
    let refused = |refusal: Refusal| CliError::Usage(refusal.to_string());
    let file = File::new(&wish, &built).map_err(refused)?;
    if wish.version.is_none() && built.dynamo_version.is_none() {
        manner.note(&assumption(&arguments.choice.spec.file));
    }
    if let Some(note) = place::beside(&arguments.model) {
        manner.note(&note);
    }
    if wish.build.is_some() {
        input_arguments::warn(&built.needs, &inputs, manner);
    }
    let next = next(output, wish.http_port);
    let text = to_yaml(&file, &comments(&next))
        .map_err(|error| CliError::Graph(format!("this is a bug in dynamo-frontend: {error}")))?;
    match output {
        None => data(text.as_bytes())?,
        Some(output) => {
            files::write_new(Path::new(output), &text, arguments.force, "-o")?;
            let env = write_env(&place.folder.join(ENV_FILE))?;
            let next = next.replace('\n', "\n  ");
            manner.note(&format!("wrote {output}{env}\nnext:\n  {next}"));
        }
    }
    Ok(ExitCode::from(OK))
}

/// Writes the variables beside the file, unless somebody has some there: a token is
/// not to be lost. Says which.
fn write_env(env: &Path) -> Result<String, CliError> {
    if env.exists() {
        return Ok(format!("; {ENV_FILE} is left as it was"));
    }
    files::write_new(env, &to_env_file(), false, "-o")?;
    Ok(format!(" and {ENV_FILE}"))
}

fn assumption(spec: &str) -> String {
    format!(
        "note: `{spec}` does not say which version of Dynamo it builds, so flags are those of \
         {ASSUMED}\nhelp: say it with `dynamo.version` in the spec, or with `--dynamo-version`"
    )
}

fn wish(
    arguments: &Arguments,
    spec: &SpecArguments,
    built: &Built,
    place: &Place,
    inputs: &Inputs,
) -> Result<Wish, CliError> {
    Ok(Wish {
        mode: arguments.mode.into(),
        backend: arguments.backend.map(|word| match word {
            BackendWord::Engine => Backend::Engine(built.framework()),
            BackendWord::Mocker => Backend::Mocker,
        }),
        model: place::model(&arguments.model)?,
        name: arguments.name.clone(),
        image: arguments.image.clone(),
        build: match arguments.image {
            Some(_) => None,
            None => place.build(spec, inputs)?,
        },
        http_port: arguments.http_port,
        gpus: arguments.gpus.clone(),
        replicas: arguments.replicas,
        request_plane: arguments.request_plane.map(RequestPlane::from),
        event_plane: arguments.event_plane.map(EventPlane::from),
        router: arguments.router.into(),
        version: arguments.dynamo_version,
        small_gpu: arguments.small_gpu,
        blackwell: arguments.blackwell,
        nats_image: arguments.nats_image.clone(),
        etcd_image: arguments.etcd_image.clone(),
        hf_cache: match &arguments.hf_cache {
            Some(folder) => Some(place::cache(folder)?),
            None => None,
        },
        render_group: docker::group("render"),
        backend_args: arguments.backend_args.clone(),
    })
}

/// What is done with the file, a line each.
fn next(output: Option<&str>, port: u16) -> String {
    let compose = match output {
        Some(file) if !USUAL.contains(&file) => {
            format!("docker compose -f {}", shell_word(file))
        }
        _ => "docker compose".to_owned(),
    };
    format!(
        "{compose} up -d --wait\ncurl localhost:{port}/v1/models\n\
         {compose} logs -f\n{compose} down -v"
    )
}

fn comments(next: &str) -> Vec<String> {
    let about = "Written by `dynamo-frontend compose`; write it again, or go on from here by hand.";
    let mut lines = vec![about.to_owned(), String::new()];
    lines.extend(next.lines().map(|line| format!("  {line}")));
    lines
}
