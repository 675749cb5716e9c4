//! `dynamo-frontend schema`.

use std::process::ExitCode;

use super::output::{CliError, OK, data};
use crate::schema;

/// Prints the JSON Schema of specs, for editors.
pub(super) fn run() -> Result<ExitCode, CliError> {
    data(schema::document()?.as_bytes())?;
    Ok(ExitCode::from(OK))
}
