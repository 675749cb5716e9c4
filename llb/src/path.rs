//! Paths inside a tree, written the one way the daemon compares them.

/// An absolute path without `.`, `..`, doubled or trailing slashes.
pub(crate) fn clean(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    format!("/{}", parts.join("/"))
}

/// [`clean`], but a final `/` or `/.` stays: it says that the path is a directory.
pub(crate) fn clean_destination(path: &str) -> String {
    let mut cleaned = clean(path);
    if path.ends_with('/') && cleaned != "/" {
        cleaned.push('/');
    } else if path.ends_with("/.") {
        if cleaned != "/" {
            cleaned.push('/');
        }
        cleaned.push('.');
    }
    cleaned
}

#[cfg(test)]
mod tests {
    use super::{clean, clean_destination};

    #[test]
    fn paths_are_absolute_and_minimal() {
        for (path, cleaned) in [
            ("", "/"),
            ("a", "/a"),
            ("/a//b/./c/", "/a/b/c"),
            ("/../a/..", "/"),
            ("a/../../b", "/b"),
        ] {
            assert_eq!(clean(path), cleaned, "{path}");
        }
    }

    #[test]
    fn a_destination_keeps_saying_that_it_is_a_directory() {
        for (path, cleaned) in [
            ("/", "/"),
            ("x/", "/x/"),
            ("/x/.", "/x/."),
            ("/.", "/."),
            ("/x/..", "/"),
            ("/x", "/x"),
            (".", "/"),
        ] {
            assert_eq!(clean_destination(path), cleaned, "{path}");
        }
    }
}
