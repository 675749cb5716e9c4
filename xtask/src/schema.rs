//! The committed JSON Schema of specs: what the program prints, written where
//! editors look for it. A test fails when the two differ.

use anyhow::{Context, Result};

use crate::{command, repository, terminal};

/// Where it is.
const FILE: &str = "docs/dynamo.schema.json";

/// Writes it anew.
pub(crate) fn write() -> Result<()> {
    let mut program = repository::cargo()?;
    program.args([
        "run",
        "--quiet",
        "--package",
        "dynamo-frontend",
        "--",
        "schema",
    ]);
    let schema = command::read(&mut program)?;
    std::fs::write(repository::root()?.join(FILE), schema + "\n")
        .with_context(|| format!("cannot write {FILE}"))?;
    terminal::note(&format!("wrote {FILE}"));
    Ok(())
}
