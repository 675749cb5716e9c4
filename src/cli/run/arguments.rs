//! The arguments of `dynamo-frontend run`, and what they mean.

use clap::builder::{BoolishValueParser, NonEmptyStringValueParser};
use clap::{Args, ValueHint};

use crate::cli::image_choice::ImageChoice;
use crate::cli::input_arguments::InputArguments;
use crate::cli::output::CliError;
use crate::cli::{SpecArguments, paths, words};
use crate::deploy::run::{HfCache, Wish};
use crate::deploy::{Gpus, Network, Start, Ulimit, Variable};

#[derive(Debug, Args)]
pub(in crate::cli) struct Arguments {
    #[command(flatten)]
    pub(super) choice: ImageChoice,
    /// Run this image, whatever a spec says
    #[arg(long, value_name = "NAME", value_parser = words::image())]
    pub(super) image: Option<String>,
    /// Build the spec's image first, of which only what has changed is built
    #[arg(long, conflicts_with = "image")]
    pub(super) build: bool,
    #[command(flatten)]
    pub(super) inputs: InputArguments,
    #[command(flatten)]
    pub(super) container: ContainerArguments,
    #[command(flatten)]
    pub(super) start: StartArguments,
    /// Print the command instead, on one line for a shell; with `--build` that too
    #[arg(long)]
    pub(super) dry_run: bool,
    /// What the container runs instead of its image's command
    #[arg(last = true, value_name = "COMMAND")]
    pub(super) command: Vec<String>,
}

/// What the container gets.
#[derive(Debug, Args)]
pub(super) struct ContainerArguments {
    /// GPUs, as `docker run` takes them; `none` is none. The default is all for an
    /// image that computes on CUDA
    #[arg(long, value_name = "GPUS")]
    gpus: Option<Gpus>,
    /// The runtime of a container with GPUs; the default is `nvidia` where the engine
    /// has it
    #[arg(long, value_name = "RUNTIME")]
    runtime: Option<String>,
    /// Mount the checkout of the spec at /workspace, with /tmp, /mnt and the cache of
    /// Hugging Face
    #[arg(long)]
    mount_workspace: bool,
    /// Mount a cache of Hugging Face; without DIR this machine's own. `NONE` mounts none
    #[arg(long, visible_alias = "hf-home", value_name = "DIR", num_args = 0..=1, default_missing_value = "", value_hint = ValueHint::DirPath)]
    hf_cache: Option<String>,
    /// Let NIXL use GDS, the direct path between storage and GPUs
    #[arg(long)]
    use_nixl_gds: bool,
    /// The network: host, bridge, none, container:NAME, or one of yours
    #[arg(long, default_value = "host")]
    network: Network,
    /// Publish a port, on another network than the host's
    #[arg(
        short,
        long = "port",
        visible_alias = "publish",
        value_name = "HOST:CONTAINER"
    )]
    port: Vec<String>,
    /// Mount a folder or volume
    #[arg(short, long = "volume", value_name = "SOURCE:TARGET")]
    volume: Vec<String>,
    /// Set a variable; a name alone takes its value from here
    #[arg(short, long = "env", value_name = "NAME[=VALUE]")]
    env: Vec<String>,
    /// The account; any but root is in the group 0 as well
    #[arg(short, long, value_name = "USER[:GROUP]")]
    user: Option<String>,
    /// Where it starts
    #[arg(short, long, value_name = "DIR")]
    workdir: Option<String>,
    /// The program, instead of the image's
    #[arg(long, value_name = "PROGRAM")]
    entrypoint: Option<String>,
    /// A limit in the place of the usual one: memlock=-1, stack=67108864, nofile=65536
    #[arg(long, value_name = "NAME=VALUE")]
    ulimit: Vec<Ulimit>,
    /// Give it all rights and devices of the machine
    #[arg(long, value_name = "BOOL", num_args = 0..=1, default_value = "false", default_missing_value = "true", value_parser = BoolishValueParser::new())]
    privileged: bool,
}

/// How it is started.
#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "flags of a command line")]
pub(super) struct StartArguments {
    /// The name of the container
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// Keep standard input open; `-it` for a shell
    #[arg(short, long)]
    interactive: bool,
    /// Give it a terminal
    #[arg(short, long)]
    tty: bool,
    /// Leave it running in the background
    #[arg(short, long)]
    detach: bool,
    /// Remove it at its end
    #[arg(long, value_name = "BOOL", num_args = 0..=1, default_value = "true", default_missing_value = "true", value_parser = BoolishValueParser::new())]
    rm: bool,
    /// When to pull the image; the default is `missing` for `--image`, else `never`
    #[arg(long, value_name = "WHEN", value_parser = ["always", "missing", "never"])]
    pull: Option<String>,
    /// Set the variables of a file
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    env_file: Vec<String>,
    /// Another argument of `docker run`: `--docker-arg=--init`
    #[arg(long, value_name = "ARG", allow_hyphen_values = true, value_parser = NonEmptyStringValueParser::new())]
    docker_arg: Vec<String>,
}

impl Arguments {
    pub(super) fn wish(&self) -> Result<Wish, CliError> {
        let own = &self.container;
        Ok(Wish {
            name: self.start.name.clone(),
            entrypoint: own.entrypoint.clone(),
            command: self.command.clone(),
            working_dir: own.workdir.clone(),
            user: own.user.clone(),
            gpus: own.gpus.clone(),
            runtime: own.runtime.clone(),
            network: own.network.clone(),
            ports: own.port.clone(),
            env: own.env.iter().map(|text| Variable::read(text)).collect(),
            volumes: own.volume.clone(),
            ulimits: own.ulimit.clone(),
            mount_workspace: own.mount_workspace,
            hf_cache: match own.hf_cache.as_deref() {
                None => HfCache::Unsaid,
                Some("") => HfCache::Own,
                Some(word) if word.eq_ignore_ascii_case("none") => HfCache::Never,
                Some(folder) => HfCache::At(paths::text(&paths::whole(folder)?)?),
            },
            nixl_gds: own.use_nixl_gds,
            privileged: own.privileged,
        })
    }
}

impl StartArguments {
    pub(super) fn start(&self, spec: &SpecArguments) -> Result<Start, CliError> {
        let ([] | [_]) = spec.platform.as_slice() else {
            return Err(CliError::Usage(
                "a container is of one platform\nhelp: name one with `--platform`".to_owned(),
            ));
        };
        Ok(Start {
            remove: self.rm,
            interactive: self.interactive,
            terminal: self.tty,
            detach: self.detach,
            pull: self.pull.clone(),
            platform: spec.platform.first().cloned(),
            env_files: self.env_file.clone(),
            arguments: self.docker_arg.clone(),
        })
    }
}
