//! Files that the command line writes: none that somebody else wrote is replaced
//! unasked.

use std::fs;
use std::io::{self, Write};
use std::path::Path;

use super::output::CliError;

/// Writes a file that is not there yet, or over one that is. `option` is the one
/// that names another.
pub(super) fn write_new(
    file: &Path,
    text: &str,
    force: bool,
    option: &str,
) -> Result<(), CliError> {
    let mut options = fs::OpenOptions::new();
    options.write(true);
    if force {
        options.create(true).truncate(true);
    } else {
        options.create_new(true);
    }
    let written = options
        .open(file)
        .and_then(|mut opened| opened.write_all(text.as_bytes()));
    let name = file.display();
    let is_named = !file.as_os_str().is_empty();
    written.map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => CliError::Usage(format!(
            "`{name}` is there already\n\
             help: write another one with `{option} FILE`, or replace it with `--force`"
        )),
        _ if file.is_dir() => CliError::Usage(format!(
            "`{name}` is a directory\nhelp: name a file in it with `{option} FILE`"
        )),
        io::ErrorKind::NotFound if is_named => CliError::Usage(format!(
            "the folder of `{name}` is not there\n\
             help: make it, or name another file with `{option} FILE`"
        )),
        _ if !is_named => CliError::Usage(format!(
            "`{option}` names no file\nhelp: name one with `{option} FILE`"
        )),
        _ => CliError::Usage(format!("cannot write `{name}`: {error}")),
    })
}
