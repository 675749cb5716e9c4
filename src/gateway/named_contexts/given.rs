//! The text forms in which clients give named build contexts.

use crate::emit::GitUrl;
use crate::image::Reference;
use crate::plan::public_url;

/// What to give instead of what is not understood.
const KINDS: &str = "give a directory, a git URL, the URL of a file, `docker-image://NAME`, \
                     `oci-layout://FOLDER@DIGEST` or `target:NAME` of a bake file";
/// The image that is nothing.
const SCRATCH: &str = "scratch";

/// What a value says.
#[derive(Debug, PartialEq)]
pub(in crate::gateway) enum Given {
    Local(String),
    Git(GitUrl),
    Http(String),
    Image(Reference),
    Layout { reference: String, store: String },
    Input(String),
    Scratch,
}

impl Given {
    /// A value of the client, or what is wrong with it.
    pub(in crate::gateway) fn parse(value: &str) -> Result<Self, String> {
        if GitUrl::is_git(value) {
            return GitUrl::parse(value).map(Given::Git);
        }
        let (scheme, rest) = value.split_once(':').unwrap_or(("", value));
        let name = rest.strip_prefix("//").unwrap_or(rest);
        match scheme {
            "local" if !rest.is_empty() => Ok(Given::Local(rest.to_owned())),
            "input" if !rest.is_empty() => Ok(Given::Input(rest.to_owned())),
            "docker-image" if name == SCRATCH => Ok(Given::Scratch),
            "docker-image" => match Reference::parse(name) {
                Ok(reference) => Ok(Given::Image(reference)),
                Err(error) => Err(format!("is no image: {error}")),
            },
            "oci-layout" => layout(name),
            "http" | "https" => Ok(Given::Http(value.to_owned())),
            "" => Err(format!("is of no kind\nhelp: {KINDS}")),
            kind => Err(format!(
                "is of a kind that there is not: `{kind}` in `{}`\nhelp: {KINDS}",
                public_url(value)
            )),
        }
    }
}

/// `STORE[:TAG]@DIGEST`.
fn layout(name: &str) -> Result<Given, String> {
    let reference =
        Reference::parse(name).map_err(|error| format!("is no image in a folder: {error}"))?;
    if reference.digest().is_none() {
        return Err(format!(
            "has no digest, which an image in a folder needs: `oci-layout://{name}`"
        ));
    }
    let store = name.split('@').next().unwrap_or(name);
    let store = store.split(':').next().unwrap_or(store);
    Ok(Given::Layout {
        reference: name.to_owned(),
        store: store.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_that_clients_send_is_read() {
        let digest = format!("sha256:{}", "a".repeat(64));
        let image = |text: &str| Given::Image(Reference::parse(text).expect("a reference"));
        for (value, wanted) in [
            ("local:src", Given::Local("src".to_owned())),
            (
                "input:base::linux/arm64",
                Given::Input("base::linux/arm64".to_owned()),
            ),
            ("docker-image://alpine", image("alpine")),
            ("docker-image://scratch", Given::Scratch),
            (
                "https://example.org/x.tar.gz",
                Given::Http("https://example.org/x.tar.gz".to_owned()),
            ),
            (
                &format!("oci-layout://store:tag@{digest}"),
                Given::Layout {
                    reference: format!("store:tag@{digest}"),
                    store: "store".to_owned(),
                },
            ),
        ] {
            assert_eq!(Given::parse(value), Ok(wanted), "{value}");
        }
        for git in [
            "https://example.org/r.git#main",
            "git@example.org:r.git",
            "git://example.org/r",
        ] {
            assert!(matches!(Given::parse(git), Ok(Given::Git(_))), "{git}");
        }
    }

    #[test]
    fn what_is_no_context_is_said_without_passwords() {
        for (value, part) in [
            ("", "of no kind"),
            ("folder", "of no kind"),
            ("target:base", "a kind that there is not: `target`"),
            (
                "ftp://me:secret@example.org/x",
                "a kind that there is not: `ftp`",
            ),
            ("docker-image://UPPER", "is no image"),
            ("oci-layout://store", "has no digest"),
            ("https://me:secret@example.org/r.git", "GIT_AUTH_TOKEN"),
        ] {
            let why = Given::parse(value).expect_err(value);
            assert!(
                why.contains(part) && !why.contains("secret@"),
                "{value}: {why}"
            );
        }
    }
}
