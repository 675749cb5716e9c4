//! A container as the arguments of `docker run`.

use super::container::{Container, Mount};
use super::csv;
use super::limits::Ulimit;

/// How a container is started, and what becomes of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "flags of a command line")]
pub struct Start {
    /// Whether it is removed at its end.
    pub remove: bool,
    /// Whether it reads what is typed.
    pub interactive: bool,
    /// Whether it gets a terminal.
    pub terminal: bool,
    /// Whether it goes on by itself in the background.
    pub detach: bool,
    /// When the image is pulled, as Docker calls it.
    pub pull: Option<String>,
    /// The platform of the image.
    pub platform: Option<String>,
    /// Files with variables.
    pub env_files: Vec<String>,
    /// More arguments of `docker run`, which hold against all others.
    pub arguments: Vec<String>,
}

/// The arguments of `docker` that start a container.
pub fn docker_run(container: &Container, start: &Start) -> Vec<String> {
    let mut arguments = Arguments(vec!["run".to_owned()]);
    beginning(&mut arguments, container, start);
    machine(&mut arguments, container);
    person(&mut arguments, container, start);
    let Arguments(mut arguments) = arguments;
    arguments.extend(start.arguments.iter().cloned());
    arguments.push(container.image.clone());
    arguments.extend(container.command.iter().cloned());
    arguments
}

/// The arguments that a container needs of its machine, for whoever else starts it.
pub fn machine_arguments(container: &Container) -> Vec<String> {
    let mut arguments = Arguments(Vec::new());
    machine(&mut arguments, container);
    arguments.0
}

fn beginning(arguments: &mut Arguments, container: &Container, start: &Start) {
    arguments.flag("--rm", start.remove);
    match (start.interactive, start.terminal) {
        (true, true) => arguments.flag("-it", true),
        (interactive, terminal) => {
            arguments.flag("-i", interactive);
            arguments.flag("-t", terminal);
        }
    }
    arguments.flag("--detach", start.detach);
    arguments.option("--pull", start.pull.as_ref());
    arguments.option("--platform", start.platform.as_ref());
    arguments.option("--name", container.name.as_ref());
}

fn machine(arguments: &mut Arguments, container: &Container) {
    arguments.option("--runtime", container.gpus.runtime.as_ref());
    arguments.option("--gpus", container.gpus.gpus.as_ref());
    arguments.options("--device", &container.gpus.devices);
    arguments.options("--device", &container.devices);
    arguments.option("--network", Some(&container.network.to_string()));
    arguments.options("--publish", &container.ports);
    arguments.option("--ipc", Some(&container.ipc));
    arguments.option("--shm-size", Some(&container.shm_size));
    let ulimits: Vec<String> = container.ulimits.iter().map(Ulimit::to_string).collect();
    arguments.options("--ulimit", &ulimits);
    arguments.options("--cap-add", &container.capabilities);
    arguments.options("--group-add", &container.groups);
    arguments.flag("--privileged", container.privileged);
}

fn person(arguments: &mut Arguments, container: &Container, start: &Start) {
    arguments.option("--user", container.user.as_ref());
    arguments.option("--workdir", container.working_dir.as_ref());
    arguments.option("--entrypoint", container.entrypoint.as_ref());
    arguments.options("--env-file", &start.env_files);
    let env: Vec<String> = container.env.iter().map(ToString::to_string).collect();
    arguments.options("--env", &env);
    for mount in &container.mounts {
        match mount {
            Mount::Written(text) => arguments.option("--volume", Some(text)),
            other => arguments.option("--mount", Some(&mount_option(other))),
        }
    }
}

/// The value of `--mount`, a line of CSV. Unlike `--volume` it takes paths with a
/// colon, and makes no folder of root's where there is none.
pub fn mount_option(mount: &Mount) -> String {
    let (fields, read_only) = match mount {
        Mount::Bind {
            source,
            target,
            read_only,
        } => (["bind", source, target], *read_only),
        Mount::Volume { name, target } => (["volume", name, target], false),
        Mount::Written(text) => return text.clone(),
    };
    let keys = ["type", "source", "target"];
    let fields = keys.iter().zip(fields);
    let fields = fields.map(|(key, value)| format!("{key}={value}"));
    csv::line(fields.chain(read_only.then(|| "readonly".to_owned())))
}

/// Arguments that are being put together.
struct Arguments(Vec<String>);

impl Arguments {
    fn flag(&mut self, name: &str, wanted: bool) {
        if wanted {
            self.0.push(name.to_owned());
        }
    }

    fn option(&mut self, name: &str, value: Option<&String>) {
        if let Some(value) = value {
            self.0.extend([name.to_owned(), value.clone()]);
        }
    }

    fn options(&mut self, name: &str, values: &[String]) {
        for value in values {
            self.option(name, Some(value));
        }
    }
}
