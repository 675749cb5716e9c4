//! `examples/hello` on an engine that is up: what the demo shows and the bench
//! measures. Where the result of the build goes is theirs to say.

use anyhow::{Context, Result};

use crate::engine::{Environment, images};
use crate::repository;

/// The folder of the example, which is also the build context.
pub(crate) const FOLDER: &str = "examples/hello";
/// What the first line of the example asks for.
const SYNTAX: &str = "nvidia/dynamo-frontend:1";

/// The arguments of `docker buildx build` that build the example with
/// `frontend` in place of the released one.
pub(crate) fn arguments(engine: &Environment, frontend: &str) -> Result<Vec<String>> {
    let spec = format!("{FOLDER}/dynamo.yaml");
    std::fs::metadata(repository::root()?.join(&spec))
        .with_context(|| format!("there is no {spec}"))?;
    let mut arguments = vec![
        "--file".to_owned(),
        spec,
        format!("--build-context={SYNTAX}=docker-image://{frontend}"),
    ];
    for argument in stand_ins(engine) {
        arguments.extend(["--build-arg".to_owned(), argument]);
    }
    Ok(arguments)
}

/// Where public images cannot be had, the spec's own knobs put others in their
/// place.
fn stand_ins(engine: &Environment) -> Vec<String> {
    let images = &engine.images;
    if !images::stands_in(&images.uv) {
        return Vec::new();
    }
    vec![
        format!("images.base={}", images.base),
        format!("images.uv={}", images.uv),
        format!("toolchain.python={}", images.python),
    ]
}
