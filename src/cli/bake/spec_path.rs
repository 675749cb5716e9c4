//! The path of a spec as bake reads it: from the build context.

use std::path::{Component, Path};

use crate::cli::output::CliError;
use crate::cli::paths;

/// The path from the build context to a file.
pub(super) fn from_context(context: &str, file: &str) -> Result<String, CliError> {
    let is_here = Path::new(context)
        .components()
        .all(|one| one == Component::CurDir);
    if is_here || Path::new(file).is_absolute() {
        return Ok(file.to_owned());
    }
    paths::text(&paths::way(&paths::whole(context)?, &paths::whole(file)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_spec_is_found_from_the_build_context() {
        for (context, file, wanted) in [
            (".", "dynamo.yaml", "dynamo.yaml"),
            ("./", "../a/dynamo.yaml", "../a/dynamo.yaml"),
            ("dynamo", "dynamo.yaml", "../dynamo.yaml"),
            ("dynamo", "./dynamo/b/x.yaml", "b/x.yaml"),
            ("../dynamo", "/etc/dynamo.yaml", "/etc/dynamo.yaml"),
            ("a/../b/./c", "a/d.yaml", "../../a/d.yaml"),
        ] {
            let path = from_context(context, file).expect("a path");
            assert_eq!(path, wanted, "{context} {file}");
        }
    }
}
