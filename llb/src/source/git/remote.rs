//! The address of a git repository.

use crate::path;

/// The address of a git repository, taken apart.
///
/// ```
/// use buildkit_llb::GitRemote;
///
/// let remote = GitRemote::parse("git@github.com:moby/buildkit.git");
/// assert!(remote.is_ssh());
/// assert_eq!(remote.identity(), "github.com/moby/buildkit.git");
/// assert_eq!(remote.url(), "git@github.com:moby/buildkit.git");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GitRemote {
    url: String,
    host: String,
    path: String,
    ssh: bool,
}

impl GitRemote {
    /// Takes an address apart. One without a protocol gets `https://`; a fragment is
    /// dropped.
    pub fn parse(url: &str) -> Self {
        let url = url.split_once('#').map_or(url, |(url, _)| url);
        if let Some((scheme, rest)) = url.split_once("://")
            && ["http", "https", "git", "ssh"].contains(&scheme)
        {
            let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
            let host = authority
                .rsplit_once('@')
                .map_or(authority, |(_, host)| host);
            return Self::new(url, host, path, scheme == "ssh");
        }
        if let Some((host, path)) = scp_like(url) {
            return Self::new(url, host, path, true);
        }
        let (host, path) = url.split_once('/').unwrap_or((url, ""));
        Self::new(&format!("https://{url}"), host, path, false)
    }

    fn new(url: &str, host: &str, path: &str, ssh: bool) -> Self {
        Self {
            url: url.to_owned(),
            host: host.to_owned(),
            path: path::clean(path),
            ssh,
        }
    }

    /// The address that git is called with.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Host and path: what names the repository whatever the protocol.
    pub fn identity(&self) -> String {
        match self.path.as_str() {
            "/" => self.host.clone(),
            path => format!("{}{path}", self.host),
        }
    }

    /// Whether it is reached over SSH.
    pub fn is_ssh(&self) -> bool {
        self.ssh
    }
}

/// `user@host:path`: the user is mandatory, or the rest could be anything.
fn scp_like(url: &str) -> Option<(&str, &str)> {
    let (user, rest) = url.split_once('@')?;
    let (host, path) = rest.split_once(':')?;
    let plain = |text: &str| !text.is_empty() && !text.contains(['/', ':']);
    (plain(user) && plain(host)).then_some((host, path))
}

#[cfg(test)]
mod tests {
    use super::GitRemote;

    #[test]
    fn the_identity_does_not_depend_on_the_protocol() {
        for url in [
            "https://example.com/a/b.git",
            "https://user:secret@example.com/a/b.git#ref",
            "git://example.com/a/b.git",
            "ssh://git@example.com/a/b.git",
            "git@example.com:a/b.git",
            "example.com/a/b.git",
        ] {
            assert_eq!(
                GitRemote::parse(url).identity(),
                "example.com/a/b.git",
                "{url}"
            );
        }
    }

    #[test]
    fn a_port_is_part_of_the_host() {
        let remote = GitRemote::parse("ssh://git@example.com:2222/a.git");
        assert_eq!(remote.identity(), "example.com:2222/a.git");
        assert!(remote.is_ssh());
    }

    #[test]
    fn a_missing_protocol_is_https() {
        let remote = GitRemote::parse("example.com/a.git");
        assert_eq!(remote.url(), "https://example.com/a.git");
        assert!(!remote.is_ssh());
    }
}
