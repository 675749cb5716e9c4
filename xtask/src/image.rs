//! The frontend image: built on the engine from frontend.Dockerfile, pushed to
//! the engine's registry. What is in it is the Dockerfile's business.

use anyhow::Result;

use crate::engine::{Environment, images};
use crate::{command, repository, terminal};

/// Builds and pushes the image, and returns its reference.
pub(crate) fn build(engine: &Environment) -> Result<String> {
    let reference = format!("{}/dynamo-frontend:dev", engine.registry);
    let mut build = engine.docker();
    build.args([
        "buildx",
        "build",
        "--file=frontend.Dockerfile",
        "--provenance=false",
    ]);
    build.arg(format!("--build-arg=VERSION={}", env!("CARGO_PKG_VERSION")));
    if images::stands_in(&engine.images.rust) {
        build.arg(format!(
            "--build-context=rust=docker-image://{}",
            engine.images.rust
        ));
    }
    build.args(["--push", "--tag", &reference, "."]);
    // Standard output is for the reference alone.
    build
        .current_dir(repository::root()?)
        .stdout(std::io::stderr());
    terminal::show(&build);
    command::run(&mut build)?;
    say_size(engine, &reference);
    Ok(reference)
}

/// Says how large the image is, where the engine's image store can tell.
fn say_size(engine: &Environment, reference: &str) {
    let inspect = ["image", "inspect", "--format", "{{.Size}}", reference];
    if let Ok(bytes) = command::read(engine.docker().args(inspect)) {
        terminal::note(&format!("{reference} has {} KiB", kibibytes(&bytes)));
    }
}

fn kibibytes(bytes: &str) -> u64 {
    bytes.parse::<u64>().unwrap_or_default().div_ceil(1024)
}

#[cfg(test)]
mod tests {
    use super::kibibytes;

    #[test]
    fn a_size_is_rounded_up() {
        assert_eq!(kibibytes("1025"), 2);
        assert_eq!(kibibytes("0"), 0);
    }
}
