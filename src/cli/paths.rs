//! Paths of this machine as texts: whole, and from one folder to another. A `..` is
//! followed by its text alone, as docker does.

use std::path::{self, Component, Path, PathBuf};

use super::output::CliError;

/// The whole path, without `.` and `..`; that of no name is this folder's.
pub(super) fn whole(path: impl AsRef<Path>) -> Result<PathBuf, CliError> {
    let path = path.as_ref();
    let named = if path.as_os_str().is_empty() {
        Path::new(".")
    } else {
        path
    };
    let absolute = path::absolute(named).map_err(|source| CliError::Read {
        path: format!("`{}`", path.display()),
        source,
    })?;
    let mut whole = PathBuf::new();
    for part in absolute.components() {
        match part {
            Component::ParentDir => drop(whole.pop()),
            part => whole.push(part),
        }
    }
    Ok(whole)
}

/// The way from a folder to a place, both whole.
pub(super) fn way(folder: &Path, place: &Path) -> PathBuf {
    let mut from = folder.components().peekable();
    let mut to = place.components().peekable();
    while from.peek().is_some() && from.peek() == to.peek() {
        from.next();
        to.next();
    }
    let way: PathBuf = from.map(|_| Component::ParentDir).chain(to).collect();
    if way.as_os_str().is_empty() {
        PathBuf::from(".")
    } else {
        way
    }
}

/// The text of a path. Another one than it is would be another place.
pub(super) fn text(path: &Path) -> Result<String, CliError> {
    path.to_str().map(str::to_owned).ok_or_else(|| {
        CliError::Usage(format!(
            "`{}` cannot be said to docker: it is not in UTF-8",
            path.display()
        ))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_way_begins_at_the_folder() {
        for (from, to, wanted) in [
            ("/a/b", "/a/b", "."),
            ("/a/b", "/a/b/c/dynamo.yaml", "c/dynamo.yaml"),
            ("/a/b/deploy", "/a/b", ".."),
            ("/a/b", "/x", "../../x"),
        ] {
            let found = way(Path::new(from), Path::new(to));
            assert_eq!(found, Path::new(wanted), "{from} {to}");
        }
    }

    #[test]
    fn a_whole_path_has_no_dots() {
        let whole = |path: &str| whole(path).expect("a path");
        assert_eq!(whole("/a/./b/../c"), Path::new("/a/c"));
        assert_eq!(whole("/../a"), Path::new("/a"));
        assert_eq!(whole(""), whole("."));
        assert_eq!(whole("x/../y"), whole("y"));
    }

    #[cfg(unix)]
    #[test]
    fn a_path_that_is_no_text_is_refused() {
        use std::ffi::OsStr;
        use std::os::unix::ffi::OsStrExt;
        assert!(text(Path::new(OsStr::from_bytes(b"/a/\xff"))).is_err());
    }
}
