//! A Docker Engine to build and test on: the one that answers, or one that is
//! brought up here from Debian packages alone, with a registry and base images.
//!
//! Supported outside engines run on this machine: the registry is on its
//! loopback. Everything that is made lives in the [`cache::Cache`] folder.
//! `up` may be repeated at any time and by several processes at once.

pub(crate) mod arm64;
pub(crate) mod beside;
mod cache;
mod client;
mod daemon;
mod debian;
mod environment;
pub(crate) mod images;
mod process;
mod registry;
pub(crate) mod releases;
mod room;
mod workshop;

use std::fs;

use anyhow::{Context, Result};

pub(crate) use self::cache::Cache;
pub(crate) use self::environment::Environment;

use self::client::Client;
use self::daemon::Daemon;
use crate::terminal;

const DOCKERD: &str = "dockerd";

/// Brings everything up that is not, and says how to use it.
pub(crate) fn up() -> Result<Environment> {
    let cache = Cache::open()?;
    let _lock = cache.lock()?;
    let (client, registry) = match running(&cache) {
        Some(environment) => (environment.client, environment.registry),
        None => bring_up(&cache)?,
    };
    let known = Environment::load(&cache).map(|environment| environment.images);
    let images = images::up(&cache, &client, &registry, known)?;
    let environment = Environment {
        client,
        registry,
        images,
    };
    environment.save(&cache)?;
    room::make(&cache, &environment.client);
    Ok(environment)
}

/// Ends what was started; roots, images and the engine's data stay for reuse.
pub(crate) fn down() -> Result<()> {
    let cache = Cache::open()?;
    let _lock = cache.lock()?;
    let environment = Environment::load(&cache);
    registry::down(
        &cache,
        environment.as_ref().map(|environment| &environment.client),
    )?;
    beside::down(&cache)?;
    daemon::end(&cache, DOCKERD)?;
    terminal::note(&format!(
        "kept for the next time: {}",
        cache.path().display()
    ));
    Ok(())
}

/// The engine that is up, or what to do when none is.
pub(crate) fn environment() -> Result<Environment> {
    running(&Cache::open()?).context("the engine is not up\nhelp: run `cargo xtask engine up`")
}

/// What came up last time, when all of it still answers and the user does not
/// ask for another engine.
fn running(cache: &Cache) -> Option<Environment> {
    let environment = Environment::load(cache)?;
    let another = std::env::var("DOCKER_HOST").is_ok_and(|host| host != environment.client.host);
    // A client of ours is of the root that this program would make today.
    let client = &environment.client;
    let current = client.bin.is_none() || debian::is_there(cache, &debian::ENGINE);
    let answers = || registry::is_up(&environment.registry) && client.answers();
    (!another && current && answers()).then_some(environment)
}

fn bring_up(cache: &Cache) -> Result<(Client, String)> {
    let client = match Client::outside(cache)? {
        Some(client) => {
            terminal::note(&format!("using the Docker Engine at {}", client.host));
            client
        }
        None => start(cache)?,
    };
    let registry = registry::up(cache, &client)?;
    Ok((client, registry))
}

fn start(cache: &Cache) -> Result<Client> {
    let root = debian::root(cache, &debian::ENGINE)?;
    let client = Client::own(cache, &root)?;
    if daemon::is_running(cache, DOCKERD) && client.answers() {
        return Ok(client);
    }
    let settings = cache.run().join("dockerd.json");
    fs::write(&settings, room::DOCKERD)
        .with_context(|| format!("cannot write {}", settings.display()))?;
    let program = [
        "dockerd",
        "--host=unix:///run/host/docker.sock",
        "--config-file=/run/host/dockerd.json",
    ];
    let daemon = Daemon {
        name: DOCKERD,
        root: &root,
        mountpoint: "/var/lib/docker",
        program: &program,
    };
    daemon.start(cache, || client.answers())?;
    Ok(client)
}
