//! The URL of a git repository as clients give it for a build context.
//!
//! Owns the two forms in which it says what is checked out: `URL#REF:FOLDER` and
//! `URL?ref=REF&subdir=FOLDER`. Whether a commit exists is the daemon's business.

use std::borrow::Cow;

use buildkit_llb::{Git, GitMtime, GitRemote};
use percent_encoding::percent_decode_str;
use serde::{Deserialize, Serialize};

use crate::plan::public_url;

/// How the URL of a repository on a web server ends.
const SUFFIX: &str = ".git";

/// A repository and what is checked out of it.
#[expect(
    clippy::struct_excessive_bools,
    reason = "independent flags of the URL's query"
)]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct GitUrl {
    /// The repository.
    pub url: String,
    /// The branch, tag or commit; the default branch when empty.
    pub reference: String,
    /// A folder of it; all of it when empty.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub folder: String,
    /// The commit that the reference must be at; any when empty.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub commit: String,
    /// Whether the folder `.git` stays.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub keep_git: bool,
    /// Whether submodules are left out.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub without_submodules: bool,
    /// Whether files have the time of the commit.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub commit_time: bool,
    /// Whether the commit is fetched without asking where the reference is.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub by_commit: bool,
}

impl GitUrl {
    /// Whether a text is the URL of a git repository rather than of a file.
    pub fn is_git(text: &str) -> bool {
        let path = text.split(['#', '?']).next().unwrap_or(text);
        match text.split_once("://") {
            Some(("git" | "ssh", _)) => true,
            Some(("http" | "https", _)) => path.ends_with(SUFFIX),
            Some(_) => false,
            None if text.starts_with("./") || text.starts_with("../") => false,
            None => text.starts_with("github.com/") || GitRemote::parse(text).is_ssh(),
        }
    }

    /// Takes a URL apart. The error says what is wrong with it, for a sentence
    /// that begins with what it was given for.
    pub fn parse(text: &str) -> Result<Self, String> {
        let (rest, fragment) = text.split_once('#').unwrap_or((text, ""));
        let (url, query) = rest.split_once('?').unwrap_or((rest, ""));
        // What was built is written down, and nobody's password belongs there.
        if !GitRemote::parse(url).is_ssh() && public_url(url) != url {
            return Err(format!(
                "holds credentials, which belong into the secret `GIT_AUTH_TOKEN`: `{}`",
                public_url(url)
            ));
        }
        let (reference, folder) = fragment.split_once(':').unwrap_or((fragment, ""));
        let mut parsed = Self {
            url: url.to_owned(),
            reference: reference.to_owned(),
            folder: folder.to_owned(),
            ..Self::default()
        };
        parsed.read_query(query)?;
        if parsed.reference.is_empty() {
            parsed.reference.clone_from(&parsed.commit);
        }
        if parsed.by_commit && parsed.commit.is_empty() {
            return Err("has `fetch-by-commit` and no `commit` to fetch".to_owned());
        }
        Ok(parsed)
    }

    fn read_query(&mut self, query: &str) -> Result<(), String> {
        let mut seen: Vec<String> = Vec::new();
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
            let value = decoded(value)?;
            // Two names for one thing are one thing given twice.
            let name = if key == "checksum" { "commit" } else { key };
            if seen.iter().any(|known| known == name) {
                return Err(format!("has `{key}` twice in its query"));
            }
            seen.push(name.to_owned());
            let flag = matches!(name, "keep-git-dir" | "submodules" | "fetch-by-commit");
            if value.is_empty() && !flag {
                return Err(format!("has `{key}` without a value in its query"));
            }
            let value = value.into_owned();
            match name {
                "ref" => agree(&mut self.reference, value, "reference")?,
                "tag" => agree(&mut self.reference, full("refs/tags/", &value), "reference")?,
                "branch" => agree(
                    &mut self.reference,
                    full("refs/heads/", &value),
                    "reference",
                )?,
                "subdir" => agree(&mut self.folder, value, "folder")?,
                "commit" => self.commit = value,
                "keep-git-dir" => self.keep_git = switch(name, &value)?,
                "submodules" => self.without_submodules = !switch(name, &value)?,
                "fetch-by-commit" => self.by_commit = switch(name, &value)?,
                "mtime" => {
                    self.commit_time = match value.as_str() {
                        "commit" => true,
                        "checkout" => false,
                        _ => {
                            return Err(format!(
                                "has `mtime={value}` in its query, which is neither `commit` nor `checkout`"
                            ));
                        }
                    };
                }
                _ => {
                    return Err(format!(
                        "has `{key}` in its query, which is none of `ref`, `tag`, `branch`, `subdir`, \
                         `commit`, `keep-git-dir`, `submodules`, `mtime`, `fetch-by-commit`"
                    ));
                }
            }
        }
        Ok(())
    }

    /// The checkout. `by_commit` is whether the daemon cannot compare a checkout
    /// with the commit that is expected, and is asked for that commit instead.
    pub(super) fn source(&self, by_commit: bool) -> Git {
        let mut git = Git::new(&self.url).subdir(&self.folder);
        git = if by_commit && !self.commit.is_empty() {
            git.reference(&self.commit)
        } else {
            git.reference(&self.reference).checksum(&self.commit)
        };
        if self.keep_git {
            git = git.keep_git_dir();
        }
        if self.without_submodules {
            git = git.skip_submodules();
        }
        if self.commit_time {
            git = git.mtime(GitMtime::Commit);
        }
        if self.by_commit {
            git = git.fetch_by_commit();
        }
        git
    }

    /// The checkout for people: no password is in it.
    pub fn shown(&self) -> String {
        let mut text = public_url(&self.url);
        let folder = Some(&self.folder).filter(|folder| !folder.is_empty());
        if !self.reference.is_empty() || folder.is_some() {
            text.push('#');
            text.push_str(&self.reference);
        }
        if let Some(folder) = folder {
            text.push(':');
            text.push_str(folder);
        }
        text
    }
}

fn decoded(text: &str) -> Result<Cow<'_, str>, String> {
    percent_decode_str(text)
        .decode_utf8()
        .map_err(|_| format!("has `{text}` in its query, which is not UTF-8 text"))
}

/// A name in full, for which the short form may be given.
fn full(prefix: &str, name: &str) -> String {
    if name.starts_with(prefix) {
        name.to_owned()
    } else {
        format!("{prefix}{name}")
    }
}

/// Sets what may have been said before, and then in the same words.
fn agree(known: &mut String, value: String, what: &str) -> Result<(), String> {
    if !known.is_empty() && *known != value {
        return Err(format!("has two {what}s, `{known}` and `{value}`"));
    }
    *known = value;
    Ok(())
}

/// A boolean as Go reads it; a bare name says yes.
fn switch(name: &str, value: &str) -> Result<bool, String> {
    match value {
        "" | "1" | "t" | "T" | "true" | "TRUE" | "True" => Ok(true),
        "0" | "f" | "F" | "false" | "FALSE" | "False" => Ok(false),
        _ => Err(format!(
            "has `{name}={value}` in its query, which is neither true nor false"
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const REPOSITORY: &str = "https://example.org/r.git";

    fn parse(rest: &str) -> Result<GitUrl, String> {
        GitUrl::parse(&format!("{REPOSITORY}{rest}"))
    }

    #[test]
    fn repositories_are_told_from_files_and_folders() {
        for git in [
            "https://example.org/r.git",
            "http://example.org/r.git?branch=main",
            "https://example.org/r.git#main:sub",
            "git://example.org/r",
            "ssh://git@example.org/r",
            "git@example.org:r",
            "github.com/ai-dynamo/dynamo",
        ] {
            assert!(GitUrl::is_git(git), "{git}");
        }
        for other in [
            "https://example.org/dynamo.tar.gz",
            "https://example.org/x.tar#a.git",
            "./r.git",
            "../git@example.org:r",
            "folder",
            "oci-layout://x",
        ] {
            assert!(!GitUrl::is_git(other), "{other}");
        }
    }

    #[test]
    fn both_forms_say_the_same() {
        let fragment = parse("#main:sub").expect("a repository");
        assert_eq!(parse("?ref=main&subdir=sub"), Ok(fragment.clone()));
        assert_eq!(parse("?subdir=sub#main"), Ok(fragment.clone()));
        assert_eq!(fragment.shown(), "https://example.org/r.git#main:sub");
        let tag = parse("?tag=v1%2B2&checksum=abc&keep-git-dir&submodules=false&mtime=commit");
        let wanted = GitUrl {
            url: REPOSITORY.to_owned(),
            reference: "refs/tags/v1+2".to_owned(),
            commit: "abc".to_owned(),
            keep_git: true,
            without_submodules: true,
            commit_time: true,
            ..GitUrl::default()
        };
        assert_eq!(tag, Ok(wanted));
        assert_eq!(parse("?branch=x").expect("ok").reference, "refs/heads/x");
        let commit = parse("?commit=abc&fetch-by-commit=1").expect("ok");
        assert_eq!((&*commit.reference, commit.by_commit), ("abc", true));
    }

    #[test]
    fn what_cannot_be_meant_is_said() {
        for (rest, part) in [
            (
                "?branch=a&tag=b",
                "two references, `refs/heads/a` and `refs/tags/b`",
            ),
            ("?ref=a#b", "two references"),
            ("?subdir=a#b:c", "two folders"),
            ("?ref=a&ref=a", "`ref` twice"),
            ("?commit=a&checksum=a", "`checksum` twice"),
            ("?ref=", "`ref` without a value"),
            ("?submodules=2", "neither true nor false"),
            ("?mtime=now", "neither `commit` nor `checkout`"),
            ("?depth=1", "`depth` in its query, which is none of"),
            ("?fetch-by-commit", "no `commit`"),
            ("?ref=%ff", "not UTF-8"),
        ] {
            let why = parse(rest).expect_err(rest);
            assert!(why.contains(part), "{rest}: {why}");
        }
        let why = GitUrl::parse("https://me:secret@example.org/r.git").expect_err("a password");
        assert!(
            why.contains("GIT_AUTH_TOKEN") && !why.contains("secret@"),
            "{why}"
        );
    }
}
