//! The binary: started by BuildKit it is the frontend, by a person the command
//! line. Decides which, and nothing else.

#![forbid(unsafe_code)]

use std::io::IsTerminal;
use std::process::ExitCode;

use dynamo_frontend::gateway::{self, Environment};
use dynamo_frontend::{cli, gateway::frontend};

fn main() -> ExitCode {
    let arguments = std::env::args_os().len() > 1;
    if !arguments && gateway::is_gateway_start(std::env::vars_os()) {
        return gateway::run(
            Environment::from_vars(std::env::vars_os()),
            frontend::handle,
        );
    }
    if !arguments && !std::io::stdout().is_terminal() {
        eprintln!(
            "error: there is no command, and BuildKit did not start this\n\
             help: `dynamo-frontend --help` lists the commands"
        );
        return ExitCode::from(2);
    }
    cli::main()
}
