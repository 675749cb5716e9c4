//! Where people read the sources that a remote of git names.

/// The address of a remote as a browser takes it, without the name and the
/// password that the remote may have in it. None where it is no place on the web.
pub fn web_address(remote: &str) -> Option<String> {
    let remote = remote.trim();
    let (host, path) = match remote.split_once("://") {
        Some(("https" | "http" | "ssh" | "git", rest)) => {
            let (authority, path) = rest.split_once('/')?;
            let host = after_user(authority);
            // The port of SSH is none of the web's.
            let is_web = remote.starts_with("http");
            let name = || host.split(':').next().unwrap_or(host);
            (if is_web { host } else { name() }, path)
        }
        Some(_) => return None,
        // As SSH has it: `git@host:path`. A path of this machine has no user.
        None => {
            let (authority, path) = remote.split_once(':')?;
            authority.contains('@').then_some(())?;
            (after_user(authority), path)
        }
    };
    let path = path.trim_matches('/');
    let path = path.strip_suffix(".git").unwrap_or(path);
    let is_whole = !host.is_empty() && !path.is_empty();
    let scheme = if remote.starts_with("http:") {
        "http"
    } else {
        "https"
    };
    is_whole.then(|| format!("{scheme}://{host}/{path}"))
}

/// A host without who asks it.
fn after_user(authority: &str) -> &str {
    authority
        .rsplit_once('@')
        .map_or(authority, |(_, host)| host)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_no_user_no_password_and_no_ending() {
        let dynamo = Some("https://github.com/ai-dynamo/dynamo");
        for (remote, address) in [
            ("https://github.com/ai-dynamo/dynamo", dynamo),
            ("https://github.com/ai-dynamo/dynamo.git\n", dynamo),
            (
                "https://x-access-token:s3cret@github.com/ai-dynamo/dynamo.git/",
                dynamo,
            ),
            ("https://user:p@ss@github.com/ai-dynamo/dynamo", dynamo),
            ("git@github.com:ai-dynamo/dynamo.git", dynamo),
            ("ssh://git@github.com:22/ai-dynamo/dynamo.git", dynamo),
            (
                "https://git.example:8443/a/b",
                Some("https://git.example:8443/a/b"),
            ),
            (
                "http://git.example:8080/a",
                Some("http://git.example:8080/a"),
            ),
            ("/srv/git/dynamo.git", None),
            ("../dynamo", None),
            ("C:\\dynamo", None),
            ("file:///srv/git/dynamo.git", None),
            ("https://github.com", None),
            ("", None),
        ] {
            assert_eq!(web_address(remote).as_deref(), address, "{remote}");
        }
    }
}
