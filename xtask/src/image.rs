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
    build.args(rust(engine));
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

/// The image by its digest. An engine that ran the frontend of a tag before goes
/// on running that one when the tag moves, where it is asked for by tag.
pub(crate) fn pinned(engine: &Environment, reference: &str) -> Result<String> {
    let inspect = [
        "image",
        "inspect",
        "--format",
        "{{index .RepoDigests 0}}",
        reference,
    ];
    Ok(command::read(engine.docker().args(inspect))?
        .trim()
        .to_owned())
}

/// Puts the engine's Rust image in place of the public one where that cannot be
/// had; for Dockerfiles with a stage `rust`.
pub(crate) fn rust(engine: &Environment) -> Option<String> {
    let image = &engine.images.rust;
    images::stands_in(image).then(|| format!("--build-context=rust=docker-image://{image}"))
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
