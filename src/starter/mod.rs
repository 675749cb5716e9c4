//! A `dynamo.yaml` to begin with: what is built, and what could be changed as
//! comments with the values that hold without them.
//!
//! Made by asking: keys and what they are for come from the decoders, values from
//! the catalog through `check`, and a line is offered only where a spec with it has
//! no finding. Writes no file.

mod offer;
mod probe;

use std::fmt::Write as _;

use crate::catalog::{self, CatalogError, Combination};
use crate::deploy::ImageName;
use crate::schema;
use crate::spec::{Device, Framework, Target};

pub use probe::Refusal;
use probe::{Answer, Probe};

/// Characters of a line of prose.
const WIDTH: usize = 100;

/// What the starter is for.
#[derive(Debug, Clone, Copy)]
pub struct Wish {
    /// The framework.
    pub framework: Framework,
    /// What is built.
    pub target: Target,
    /// What it computes on.
    pub device: Device,
    /// Uid and gid of whoever works in a `local-dev` image.
    pub account: (u32, u32),
}

impl Wish {
    /// Whether files come of it and no image.
    pub fn is_files(&self) -> bool {
        !self.target.is_image()
    }

    /// What a build of it is called, where it has to have a name.
    pub fn image_name(&self) -> String {
        let name = ImageName {
            device: self.device,
            ..ImageName::new(self.framework, self.target)
        };
        name.latest()
    }
}

/// The starter, or why there is no such build. An `Err` is a mistake in the
/// catalog, which is part of this program.
pub fn starter(wish: &Wish, build: &str) -> Result<Result<String, Refusal>, CatalogError> {
    let probe = match Probe::ask(wish)? {
        Answer::Fits(probe) => probe,
        Answer::Refused(refusal) => return Ok(Err(refusal)),
    };
    let mut text = head(wish, build);
    write_choice(&mut text, wish)?;
    for offer in offer::offers(wish, probe.resolved()) {
        let Some(line) = offer.line(|line| probe.takes(line))? else {
            continue;
        };
        text.push('\n');
        write_comment(&mut text, &offer.doc(wish)?);
        let _ = writeln!(text, "# {line}");
    }
    Ok(Ok(text))
}

fn head(wish: &Wish, build: &str) -> String {
    let checkout = if needs_sources(wish.target) {
        ", in a checkout of the Dynamo repository:"
    } else {
        ":"
    };
    format!(
        "# syntax=nvidia/dynamo-frontend:1\n\
         # yaml-language-server: $schema={}\n\
         \n\
         # Build it with Docker{checkout}\n\
         #\n\
         #     {build}\n\
         #\n\
         # Below, a key that is commented out has the value that holds without it, or an\n\
         # example. To change it, take the `# ` away; each such line works by itself.\n\n",
        schema::URL
    )
}

/// Whether the target has anything of Dynamo's in it.
fn needs_sources(target: Target) -> bool {
    !matches!(target, Target::DynamoBase | Target::Framework)
}

/// What is built, each with what else it can be.
fn write_choice(text: &mut String, wish: &Wish) -> Result<(), CatalogError> {
    let Wish {
        framework,
        target,
        device,
        account: (uid, gid),
    } = wish;
    let rows = combinations(wish)?;
    let targets = unique(rows.iter().flat_map(|row| &row.targets));
    let devices = unique(self::rows(*framework)?.iter().map(|row| row.device.value));
    let frameworks = unique(Framework::ALL);
    let _ = writeln!(text, "# {frameworks}\nframework: {framework}");
    let _ = writeln!(text, "# {targets}\ntarget: {target}");
    let _ = writeln!(text, "# {devices}\ndevice: {device}");
    if *target == Target::LocalDev {
        let _ = writeln!(
            text,
            "\n# Who works in it; your own are printed by `id`.\nuser: {{uid: {uid}, gid: {gid}}}"
        );
    }
    Ok(())
}

/// The words in their order, each once.
fn unique<T: ToString>(words: impl IntoIterator<Item = T>) -> String {
    let mut all: Vec<String> = Vec::new();
    for word in words {
        let word = word.to_string();
        if !all.contains(&word) {
            all.push(word);
        }
    }
    all.join(", ")
}

/// The newest release's combinations of the framework on the device.
fn combinations(wish: &Wish) -> Result<Vec<&'static Combination>, CatalogError> {
    let rows = rows(wish.framework)?.iter();
    Ok(rows.filter(|row| row.device.value == wish.device).collect())
}

fn rows(framework: Framework) -> Result<&'static [Combination], CatalogError> {
    let newest = catalog::releases().last().copied().unwrap_or_default();
    let file = catalog::release(newest)?.frameworks.get(&framework);
    Ok(file.map_or(&[], |file| &file.content.combinations))
}

/// The CUDA releases that there are.
fn cuda(wish: &Wish) -> Result<String, CatalogError> {
    let rows = combinations(wish)?;
    let rows = rows.iter().filter(|row| row.targets.contains(&wish.target));
    Ok(unique(
        rows.flat_map(|row| &row.cuda).map(|cuda| &cuda.value),
    ))
}

/// Prose as comments.
fn write_comment(text: &mut String, prose: &str) {
    let mut line = String::from("#");
    for word in prose.split_whitespace() {
        if line.chars().count() + word.chars().count() >= WIDTH {
            let _ = writeln!(text, "{line}");
            line = String::from("#");
        }
        let _ = write!(line, " {word}");
    }
    let _ = writeln!(text, "{line}");
}

/// The keys that say what is built.
fn choice(wish: &Wish) -> String {
    let mut text = format!(
        "framework: {}\ntarget: {}\ndevice: {}\n",
        wish.framework, wish.target, wish.device
    );
    if wish.target == Target::LocalDev {
        let (uid, gid) = wish.account;
        let _ = writeln!(text, "user: {{uid: {uid}, gid: {gid}}}");
    }
    text
}

/// Whether the starter itself has the key.
fn is_given(key: &str, wish: &Wish) -> bool {
    matches!(key, "framework" | "target" | "device")
        || (key == "user" && wish.target == Target::LocalDev)
}
