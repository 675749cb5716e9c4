//! The path of a spec as bake reads it: from the build context. Bake follows such
//! paths as texts, and so does this.

use std::path::{self, Component, Path, PathBuf};

use crate::cli::output::CliError;

/// The path from the build context to a file.
pub(super) fn from_context(context: &str, file: &str) -> Result<String, CliError> {
    let is_here = Path::new(context)
        .components()
        .all(|one| one == Component::CurDir);
    if is_here || Path::new(file).is_absolute() {
        return Ok(file.to_owned());
    }
    let path = between(&folded(context)?, &folded(file)?);
    path.into_os_string().into_string().map_err(|path| {
        CliError::Usage(format!("`{}` is no path in UTF-8", path.to_string_lossy()))
    })
}

/// The whole path, without `.` and `..`.
fn folded(text: &str) -> Result<PathBuf, CliError> {
    let failed = |source| CliError::Read {
        path: format!("`{text}`"),
        source,
    };
    let whole = path::absolute(text).map_err(failed)?;
    let mut folded = PathBuf::new();
    for one in whole.components() {
        match one {
            Component::ParentDir => drop(folded.pop()),
            one => folded.push(one),
        }
    }
    Ok(folded)
}

/// The way from a folder to a file.
fn between(folder: &Path, file: &Path) -> PathBuf {
    let mut from = folder.components().peekable();
    let mut to = file.components().peekable();
    while from.peek().is_some() && from.peek() == to.peek() {
        from.next();
        to.next();
    }
    from.map(|_| Component::ParentDir).chain(to).collect()
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
