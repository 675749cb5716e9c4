//! arm64 on a machine of amd64: an emulator that the kernel starts by itself,
//! and the images that stand ready for both architectures. Only the slow tests
//! need them, so they are made when asked for and not when the engine comes up.
//!
//! An engine that runs programs of arm64 already is taken as it is. What was
//! registered with the kernel lasts until the machine restarts.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result};

use super::Environment;
use super::cache::Cache;
use super::images::{self, Pair};
use crate::{command, terminal};

const RECIPE: &str = include_str!("stand_in/emulator.Dockerfile");
const PLATFORM: &str = "linux/arm64";
const NAME: &str = "dynamo-frontend-arm64";

/// Where the kernel takes rules on which emulator starts which programs.
const RULES: &str = "/proc/sys/fs/binfmt_misc";
/// How a program of arm64 begins: the header of an ELF file, 64 bits with the
/// least significant byte first, executable or shared, for machine 183.
const MAGIC: &str = r"\x7fELF\x02\x01\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00\xb7\x00";
const MASK: &str =
    r"\xff\xff\xff\xff\xff\xff\xff\x00\xff\xff\xff\xff\xff\xff\xff\xff\xfe\xff\xff\xff";

/// What there is for tests of arm64.
pub(crate) enum Arm64 {
    /// Images of both architectures, and an engine that runs both.
    Ready(Pair),
    /// Why this machine has none, in a sentence.
    Missing(String),
}

/// Makes what is missing, as far as this machine can.
pub(crate) fn up(engine: &Environment) -> Result<Arm64> {
    let cache = Cache::open()?;
    let _lock = cache.lock()?;
    if let Some(reason) = emulate(&cache, engine)? {
        return Ok(Arm64::Missing(reason));
    }
    images::arm64(&cache, &engine.client, &engine.registry, &engine.images).map(Arm64::Ready)
}

impl Arm64 {
    /// The variables that the tests read.
    pub(crate) fn variables(&self) -> Vec<(&'static str, &str)> {
        match self {
            Self::Ready(images) => vec![
                ("ARM64_BASE_IMAGE", &images.base),
                ("ARM64_UV_IMAGE", &images.uv),
            ],
            Self::Missing(reason) => vec![("ARM64_MISSING", reason)],
        }
    }
}

/// Lets the engine run programs of arm64, or says why it cannot.
fn emulate(cache: &Cache, engine: &Environment) -> Result<Option<String>> {
    if std::env::consts::ARCH != "x86_64" {
        let reason = "arm64 beside amd64 is tested on machines of amd64 only";
        return Ok(Some(reason.to_owned()));
    }
    if engine.client.runs(PLATFORM) {
        return Ok(None);
    }
    let emulator = emulator(cache, engine)?;
    terminal::note(&format!("emulating arm64 with {}", emulator.display()));
    Ok(match register(&emulator) {
        Err(error) => {
            // One line, whatever the program said.
            let why = format!("{error:#}").replace('\n', ": ");
            Some(format!("this machine cannot emulate arm64: {why}"))
        }
        Ok(()) if runs_soon(engine) => None,
        Ok(()) => Some("the engine does not use the emulation of this machine".to_owned()),
    })
}

/// Whether the engine runs programs of arm64, once it notices: on a busy machine
/// the program that it tries may take longer than it waits.
fn runs_soon(engine: &Environment) -> bool {
    (0..5).any(|_| {
        let runs = engine.client.runs(PLATFORM);
        if !runs {
            std::thread::sleep(Duration::from_secs(1));
        }
        runs
    })
}

/// The emulator, fetched when it is not there.
fn emulator(cache: &Cache, engine: &Environment) -> Result<PathBuf> {
    let folder = cache.data("emulator");
    let (program, record) = (folder.join("emulator"), folder.join("Dockerfile"));
    if program.is_file() && fs::read_to_string(&record).is_ok_and(|made| made == RECIPE) {
        return Ok(program);
    }
    let recipe = cache.data("emulator-recipe");
    fs::create_dir_all(&recipe)
        .and_then(|()| fs::write(recipe.join("Dockerfile"), RECIPE))
        .with_context(|| format!("cannot write {}", recipe.display()))?;
    let mut build = engine.docker();
    build.args(["buildx", "build", "--progress=plain"]);
    build.arg(format!("--build-arg=BASE_IMAGE={}", engine.images.base));
    build.arg(format!("--output={}", folder.display()));
    build.arg(&recipe);
    command::run_logged(&mut build, &cache.logs().join("emulator.log"))?;
    // Written at the end, so that half of it is never taken for all.
    fs::write(&record, RECIPE).with_context(|| format!("cannot write {}", record.display()))?;
    Ok(program)
}

/// Tells the kernel of it. Fails where this is not the root user's process, or
/// the kernel has no such rules.
fn register(emulator: &Path) -> Result<()> {
    let register = Path::new(RULES).join("register");
    if !register.exists() {
        let mut mount = Command::new("mount");
        command::read(mount.args(["-t", "binfmt_misc", "binfmt_misc", RULES]))?;
    }
    fs::write(&register, rule(emulator))
        .with_context(|| format!("cannot write to {}", register.display()))
}

/// A rule in the kernel's form. `F` opens the emulator now, so that containers
/// need not have it.
fn rule(emulator: &Path) -> String {
    format!(":{NAME}:M:0:{MAGIC}:{MASK}:{}:F", emulator.display())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_has_its_parts_and_a_mask_for_each_byte() {
        let rule = rule(Path::new("/a/emulator"));
        let parts: Vec<&str> = rule.split(':').collect();
        let ["", NAME, "M", "0", magic, mask, "/a/emulator", "F"] = parts.as_slice() else {
            panic!("{parts:?}")
        };
        // `ELF` stands for itself, every other byte has four characters.
        assert_eq!((magic.len() - 3) / 4 + 3, mask.len() / 4);
    }
}
