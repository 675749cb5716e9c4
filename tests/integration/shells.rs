//! Completions and the manual page, as the programs read them that they are for.

use std::fs;
use std::process::{Command, Output};

const BINARY: &str = env!("CARGO_BIN_EXE_dynamo-frontend");

fn printed(arguments: &[&str]) -> String {
    let output = Command::new(BINARY).args(arguments).output().expect("runs");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    String::from_utf8(output.stdout).expect("UTF-8")
}

/// The commands that the help lists.
fn commands() -> Vec<String> {
    let help = printed(&["--help"]);
    let (_, list) = help.split_once("Commands:\n").expect("commands");
    let list = list.lines().take_while(|line| !line.is_empty());
    let names = list.filter(|line| line.starts_with("  ") && !line.starts_with("   "));
    let names = names.filter_map(|line| line.split_whitespace().next());
    let names: Vec<String> = names.map(str::to_owned).collect();
    assert!(names.len() > 5, "{help}");
    names
}

#[test]
fn every_shell_completes_every_command() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script = printed(&["completions", shell]);
        for command in commands() {
            assert!(script.contains(&command), "{shell}: no {command}");
        }
    }
}

/// What bash offers at the end of a command line.
fn offered(words: &[&str]) -> String {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("completions");
    fs::write(&file, printed(&["completions", "bash"])).expect("a written file");
    let script = r#"
        set -eu
        . "$1"; shift
        function=$(complete -p dynamo-frontend | sed 's/.*-F \([^ ]*\).*/\1/')
        COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
        "$function" "$1" "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
        echo "${COMPREPLY[*]}"
    "#;
    let output = Command::new("bash")
        .args(["-c", script, "bash"])
        .arg(&file)
        .args(words)
        .output()
        .expect("bash");
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!((output.status.code(), &*said), (Some(0), ""));
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

#[test]
fn bash_completes_commands_options_and_values() {
    assert_eq!(offered(&["dynamo-frontend", "sche"]), "schema");
    assert_eq!(offered(&["dynamo-frontend", "plan", "--for"]), "--format");
    let formats = offered(&["dynamo-frontend", "plan", "--format", ""]);
    assert_eq!(formats, "text markdown json");
    let frameworks = offered(&["dynamo-frontend", "init", "--framework", ""]);
    assert_eq!(frameworks, "vllm sglang trtllm dynamo");
    let frameworks = offered(&["dynamo-frontend", "bake", "--framework", ""]);
    assert_eq!(frameworks, "vllm sglang trtllm dynamo all");
    let modes = offered(&["dynamo-frontend", "compose", "--mode", ""]);
    assert_eq!(modes, "local distributed");
}

/// The page as groff renders it, with its warnings; nothing where it is not
/// installed.
fn rendered(page: &str) -> Option<Output> {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("dynamo-frontend.1");
    fs::write(&file, page).expect("a written file");
    let mut command = Command::new("groff");
    let command = command
        .args(["-man", "-ww", "-Tascii", "-P-cbou"])
        .arg(&file);
    command.output().ok()
}

#[test]
fn the_manual_page_has_every_command_exit_code_and_variable() {
    let page = printed(&["man"]);
    let mut wanted: Vec<String> = ["EXAMPLES", "EXIT STATUS", "ENVIRONMENT"]
        .map(|title| format!(".SH \"{title}\"").replace("\"EXAMPLES\"", "EXAMPLES"))
        .map(|title| title.replace("\"ENVIRONMENT\"", "ENVIRONMENT"))
        .to_vec();
    let commands = commands().into_iter().filter(|command| command != "help");
    wanted.extend(commands.map(|command| {
        let title = format!("dynamo-frontend {command}").to_uppercase();
        format!(".SH \"{title}\"")
    }));
    for line in wanted {
        assert!(page.lines().any(|one| one == line), "no {line} in:\n{page}");
    }
    let Some(output) = rendered(&page) else {
        return;
    };
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!((output.status.code(), &*said), (Some(0), ""));
    let text = String::from_utf8_lossy(&output.stdout);
    for wanted in [
        "NO_COLOR",
        "there are findings",
        "plan --diff OLD.yaml",
        "completions",
    ] {
        assert!(text.contains(wanted), "no {wanted} in:\n{text}");
    }
}
