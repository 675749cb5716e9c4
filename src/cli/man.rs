//! `dynamo-frontend man`: one page with all commands.

use std::io;
use std::process::ExitCode;

use clap::{Command, CommandFactory};
use clap_mangen::Man;
use clap_mangen::roff::{Roff, bold, roman};

use super::output::{CliError, OK, data};
use super::{Cli, help};

/// Prints the page as `man` reads it.
pub(super) fn run() -> Result<ExitCode, CliError> {
    let mut page = Vec::new();
    write(&mut page)?;
    data(&page)?;
    Ok(ExitCode::from(OK))
}

fn write(page: &mut Vec<u8>) -> io::Result<()> {
    let mut command = Cli::command().disable_help_subcommand(true);
    command.build();
    let man = Man::new(command.clone()).manual("dynamo-frontend").date("");
    man.render_title(page)?;
    man.render_name_section(page)?;
    man.render_synopsis_section(page)?;
    man.render_description_section(page)?;
    man.render_options_section(page)?;
    for command in command.get_subcommands() {
        write_command(page, command)?;
    }
    let mut roff = Roff::new();
    table(&mut roff, "EXAMPLES", &help::EXAMPLES);
    table(&mut roff, "EXIT STATUS", &help::EXIT_CODES);
    table(&mut roff, "ENVIRONMENT", &help::ENVIRONMENT);
    roff.to_writer(page)
}

/// A command as a section, and what would be sections of a page of its own in it.
fn write_command(page: &mut Vec<u8>, command: &Command) -> io::Result<()> {
    let mut own = Vec::new();
    // Those of the program are in its own section.
    let command = command.clone().mut_args(|argument| {
        let hide = argument.is_global_set() || argument.get_id() == "help";
        argument.hide(hide)
    });
    let name = command.get_bin_name().unwrap_or(command.get_name());
    let title = name.to_uppercase();
    let has_extra = command.get_after_help().is_some();
    let man = Man::new(command);
    man.render_synopsis_section(&mut own)?;
    man.render_description_section(&mut own)?;
    man.render_options_section(&mut own)?;
    if has_extra {
        man.render_extra_section(&mut own)?;
    }
    let own = String::from_utf8_lossy(&own);
    let below: Vec<String> = own
        .lines()
        .map(|line| match line.strip_prefix(".SH ") {
            Some(title) => format!(".SS {title}"),
            None => line.to_owned(),
        })
        .collect();
    Roff::new()
        .control("SH", [title.as_str()])
        .to_writer(page)?;
    page.extend(format!("{}\n", below.join("\n")).bytes());
    Ok(())
}

/// A section of words and what they mean.
fn table(roff: &mut Roff, title: &str, rows: &[(&str, &str)]) {
    roff.control("SH", [title]);
    for (word, meaning) in rows {
        roff.control("TP", []);
        roff.text([bold(*word)]);
        roff.text([roman(*meaning)]);
    }
}
