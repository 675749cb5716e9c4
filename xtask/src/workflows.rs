//! What no machine of ours runs: workflows of GitHub and GitLab, and manifests of
//! Kubernetes. Held against the schemas that their readers publish, and against
//! linters. The tools are in `tests/workflows`, pinned.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

use crate::{command, python, repository, terminal};

const REQUIREMENTS: &str = "tests/workflows/requirements.txt";
/// Schemas, and the files that they are for.
const SCHEMAS: [(&str, &[&str]); 3] = [
    ("vendor.github-workflows", &GITHUB),
    ("vendor.gitlab-ci", &GITLAB),
    ("vendor.dependabot", &[".github/dependabot.yml"]),
];
const GITHUB: [&str; 2] = [".github/workflows", "examples/ci/github-actions"];
const GITLAB: [&str; 1] = ["examples/ci/gitlab-ci"];
const SHELL: [&str; 3] = [
    "examples/ci",
    "examples/builders/kubernetes",
    "examples/builders/remote",
];
const KUBERNETES: [&str; 1] = ["examples/builders/kubernetes"];
/// The oldest and the newest Kubernetes that manifests are for.
const KUBERNETES_VERSIONS: [&str; 2] = ["1.30", "1.37"];

/// Checks all of them.
pub(crate) fn check() -> Result<()> {
    let bin = python::environment("workflows", REQUIREMENTS)?;
    for (schema, places) in SCHEMAS {
        let mut check = tool(&bin, "check-jsonschema")?;
        check
            .args(["--builtin-schema", schema])
            .args(files(places)?);
        shown(&mut check)?;
    }
    let mut audit = tool(&bin, "zizmor")?;
    // What asks GitHub is for GitHub's own runs.
    audit.args(["--offline", "--no-progress", "--quiet"]);
    audit.args(files(&GITHUB)?);
    shown(&mut audit)?;
    let mut scripts = tool(&bin, "python3")?;
    scripts
        .arg("tests/workflows/scripts.py")
        .arg(bin.join("shellcheck"));
    scripts.args(files(&GITHUB)?).args(files(&GITLAB)?);
    shown(&mut scripts)?;
    let mut shellcheck = tool(&bin, "shellcheck")?;
    shown(shellcheck.args(named(&SHELL, &["sh"])?))?;
    for version in KUBERNETES_VERSIONS {
        let mut validate = tool(&bin, "kubernetes-validate")?;
        validate.args(["--strict", "--kubernetes-version", version]);
        shown(validate.args(files(&KUBERNETES)?))?;
    }
    Ok(())
}

fn tool(bin: &Path, name: &str) -> Result<Command> {
    let mut command = Command::new(bin.join(name));
    command.current_dir(repository::root()?);
    Ok(command)
}

fn shown(command: &mut Command) -> Result<()> {
    terminal::show(command);
    command::run(command)
}

/// The YAML files in folders, or a file itself, as the repository names them.
fn files(places: &[&str]) -> Result<Vec<PathBuf>> {
    named(places, &["yaml", "yml"])
}

/// The same of files whose names end so.
fn named(places: &[&str], endings: &[&str]) -> Result<Vec<PathBuf>> {
    let root = repository::root()?;
    let mut found = Vec::new();
    for place in places {
        let path = root.join(place);
        if path.is_file() {
            found.push(PathBuf::from(place));
            continue;
        }
        let entries = fs::read_dir(&path).with_context(|| format!("cannot read {place}"))?;
        for entry in entries {
            let name = PathBuf::from(entry?.file_name());
            let end = name.extension().unwrap_or_default().to_string_lossy();
            if endings.contains(&&*end) {
                found.push(Path::new(place).join(name));
            }
        }
    }
    ensure!(!found.is_empty(), "no such file in {}", places.join(", "));
    found.sort();
    Ok(found)
}

#[cfg(test)]
mod tests {
    use crate::HELP;

    #[test]
    fn a_workflow_calls_commands_that_there_are() {
        let workflows = [
            include_str!("../../.github/workflows/checks.yaml"),
            include_str!("../../.github/workflows/release.yaml"),
        ];
        let mut called = 0;
        for words in workflows.join("\n").split("cargo xtask ").skip(1) {
            let word = words.split([' ', '\n', '`']).next().unwrap_or_default();
            assert!(HELP.contains(&format!("\n  {word} ")), "no `{word}`");
            called += 1;
        }
        assert!(called > 5, "only {called} calls");
    }
}
