//! The archive of the command line: the program of the released image, so that
//! both are one, with its manual page and completions.
//!
//! The same files give the same bytes: entries are sorted and have the time of
//! the commit.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

use super::image;
use crate::{command, repository, terminal};

const PROGRAM: &str = "dynamo-frontend";
/// Each shell, and how it names what completes a command.
const COMPLETIONS: [(&str, &str); 5] = [
    ("bash", "dynamo-frontend.bash"),
    ("zsh", "_dynamo-frontend"),
    ("fish", "dynamo-frontend.fish"),
    ("elvish", "dynamo-frontend.elv"),
    ("powershell", "_dynamo-frontend.ps1"),
];
/// What of the repository goes along.
const DOCUMENTS: [&str; 2] = ["LICENSE", "README.md"];

/// Takes the program out of the image's build and makes the archive of it.
pub(super) fn build(more: &[&str]) -> Result<PathBuf> {
    let folder = empty(repository::target()?.join("release-program"))?;
    let mut build = image::build()?;
    // What proves where the image is from proves nothing of a file.
    build.args(["--provenance=false", "--sbom=false"]);
    build.arg(format!("--output=type=local,dest={}", folder.display()));
    build.args(more).arg(".");
    terminal::show(&build);
    command::run(&mut build)?;
    check(&folder.join(PROGRAM))
}

/// Makes the archive of a program, unpacks it elsewhere, and runs what is in it.
/// Returns where the archive is; its checksum is beside it.
pub(crate) fn check(program: &Path) -> Result<PathBuf> {
    let name = name(std::env::consts::ARCH);
    let folder = empty(repository::target()?.join("release-archive"))?;
    fill(&empty(folder.join(&name))?, program)?;
    let archive = pack(&folder, &name)?;
    let unpacked = empty(repository::target()?.join("release-unpacked"))?;
    unpack(&archive, &unpacked)?;
    run(&unpacked.join(name))?;
    Ok(archive)
}

/// The name of the archive and of the folder in it.
fn name(architecture: &str) -> String {
    let architecture = match architecture {
        "x86_64" => "amd64",
        "aarch64" => "arm64",
        other => other,
    };
    let version = env!("CARGO_PKG_VERSION");
    format!("{PROGRAM}-v{version}-linux-{architecture}")
}

/// Lays out what is in the archive.
fn fill(folder: &Path, program: &Path) -> Result<()> {
    fs::copy(program, folder.join(PROGRAM))
        .with_context(|| format!("cannot copy {}", program.display()))?;
    let root = repository::root()?;
    for document in DOCUMENTS {
        fs::copy(root.join(document), folder.join(document))
            .with_context(|| format!("cannot copy {document}"))?;
    }
    let said = |arguments: &[&str]| {
        let text = command::read(Command::new(program).args(arguments))?;
        ensure!(
            !text.is_empty(),
            "`{PROGRAM} {}` says nothing",
            arguments.join(" ")
        );
        anyhow::Ok(format!("{text}\n"))
    };
    let write = |path: PathBuf, text: String| {
        fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))
    };
    let completions = empty(folder.join("completions"))?;
    for (shell, file) in COMPLETIONS {
        write(completions.join(file), said(&["completions", shell])?)?;
    }
    let manual = empty(folder.join("man"))?;
    write(manual.join("dynamo-frontend.1"), said(&["man"])?)
}

fn pack(folder: &Path, name: &str) -> Result<PathBuf> {
    let time = Command::new("git")
        .args(["log", "-1", "--format=@%ct"])
        .current_dir(repository::root()?)
        .output();
    let time = time.context("cannot start `git`")?.stdout;
    let time = String::from_utf8_lossy(&time).trim().to_owned();
    let file = format!("{name}.tar.gz");
    let mut tar = Command::new("tar");
    tar.args(["--sort=name", "--owner=0", "--group=0", "--numeric-owner"]);
    tar.args(["--mode=go=rX,u+rw,a-s", "--format=gnu"]);
    tar.arg(format!("--mtime={time}"));
    // No name and no time in the head of what is compressed.
    tar.args([
        "--use-compress-program=gzip -9n",
        "--create",
        "--file",
        &file,
        name,
    ]);
    command::run(tar.current_dir(folder))?;
    let mut sum = Command::new("sha256sum");
    let sum = command::read(sum.arg(&file).current_dir(folder))?;
    let beside = folder.join(format!("{file}.sha256"));
    fs::write(&beside, format!("{sum}\n"))
        .with_context(|| format!("cannot write {}", beside.display()))?;
    Ok(folder.join(file))
}

fn unpack(archive: &Path, folder: &Path) -> Result<()> {
    let beside = archive.parent().context("an archive is in a folder")?;
    let mut check = Command::new("sha256sum");
    check.args(["--check", "--quiet"]);
    check.arg(archive.with_added_extension("sha256"));
    command::read(check.current_dir(beside))?;
    let mut tar = Command::new("tar");
    tar.arg("--extract").arg("--file").arg(archive);
    command::read(tar.current_dir(folder)).map(drop)
}

/// Uses what was unpacked as its users will.
fn run(folder: &Path) -> Result<()> {
    let program = folder.join(PROGRAM);
    let version = command::read(Command::new(&program).arg("--version"))?;
    let wanted = concat!("dynamo-frontend ", env!("CARGO_PKG_VERSION"));
    ensure!(version == wanted, "it says `{version}`, and not `{wanted}`");
    let spec = "examples/hello/dynamo.yaml";
    let mut check = Command::new(&program);
    check
        .args(["check", "-f", spec])
        .current_dir(repository::root()?);
    command::read(&mut check).context("the program of the archive")?;
    let bash = folder.join("completions").join(COMPLETIONS[0].1);
    command::read(Command::new("bash").arg("-n").arg(bash)).map(drop)
}

/// A folder with nothing in it.
fn empty(folder: PathBuf) -> Result<PathBuf> {
    if folder.exists() {
        fs::remove_dir_all(&folder)
            .with_context(|| format!("cannot remove {}", folder.display()))?;
    }
    fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
    Ok(folder)
}

#[cfg(test)]
mod tests {
    use super::name;

    #[test]
    fn an_archive_is_named_as_docker_names_platforms() {
        let version = env!("CARGO_PKG_VERSION");
        for (rust, docker) in [("x86_64", "amd64"), ("aarch64", "arm64")] {
            let wanted = format!("dynamo-frontend-v{version}-linux-{docker}");
            assert_eq!(name(rust), wanted);
        }
    }
}
