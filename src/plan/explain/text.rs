//! A step for a person to read.

use std::fmt::Write as _;

use super::{Command, StepStory};

/// The story of a step as text: a heading, and one paragraph for each question.
pub fn to_text(story: &StepStory) -> String {
    let mut text = format!("{}: {}\n", story.name, story.title);
    let component = story.component.as_ref();
    let component = component.map_or_else(String::new, |name| format!(", component {name}"));
    let _ = writeln!(text, "for {}{component}", story.platform);
    if let Some(command) = &story.command {
        write_command(&mut text, command);
    }
    write_list(&mut text, "files", &story.files);
    for file in &story.contents {
        let _ = writeln!(text, "\n{} is", file.path);
        for line in file.content.lines() {
            let _ = writeln!(text, "{}", format!("  {line}").trim_end());
        }
    }
    write_list(&mut text, "sees", &story.sees);
    write_list(&mut text, "needs", &story.needs);
    write_list(&mut text, "leaves", std::slice::from_ref(&story.leaves));
    text.push_str("\nbecause of\n");
    for line in &story.because_of {
        let _ = writeln!(text, "  {}:{}: {}", line.file, line.line, line.text);
    }
    write_list(&mut text, "runs again when", &story.runs_again);
    text
}

fn write_command(text: &mut String, command: &Command) {
    let network = if command.network {
        "with network"
    } else {
        "without network"
    };
    let _ = writeln!(
        text,
        "\nruns as {} in {}, {network}",
        command.user, command.cwd
    );
    for variable in &command.env {
        let _ = writeln!(text, "  {variable}");
    }
    let words: Vec<String> = command.args.iter().map(|one| quoted(one)).collect();
    let _ = writeln!(text, "  $ {}", words.join(" "));
}

fn write_list(text: &mut String, heading: &str, lines: &[String]) {
    if !lines.is_empty() {
        let _ = writeln!(text, "\n{heading}");
        for line in lines {
            let _ = writeln!(text, "  {line}");
        }
    }
}

/// An argument as a shell would take it, so that the line can be copied.
fn quoted(argument: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=+,@%".contains(c);
    if !argument.is_empty() && argument.chars().all(plain) {
        argument.to_owned()
    } else {
        format!("'{}'", argument.replace('\'', r"'\''"))
    }
}
