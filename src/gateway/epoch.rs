//! The time that a build context has of its own: that of a commit, of a file of a
//! web server, of the files in an archive.
//!
//! Owns how each is found.

use buildkit_llb::{Definition, MarshalOptions, Output, caps, marshal};
use buildkit_proto::{gateway, pb};
use prost::Message;

use super::bridge::{Bridge, SourceMeta, SourceQuery};
use super::error::FrontendError;
use super::named_contexts::Given;
use super::options::{Options, SOURCE_DATE_EPOCH, SourceDateEpoch};
use crate::emit::{BuildContext, CONTEXT_NAME, PLATFORM_MARK, git_context, remote_file, unpacked};
use crate::image::Epoch;

/// The scheme of git repositories.
const GIT: &str = "git://";
/// What the URL of an archive begins with that the client sends over its session.
const SESSION: &str = "http://buildkit-session/";
/// What to do where there is no time to be had.
const GIVE_SECONDS: &str = "give the seconds since 1970, as in \
     `--build-arg SOURCE_DATE_EPOCH=$(git log -1 --pretty=%ct)`";
/// The directory among the bits of a mode, as Go has them.
const DIRECTORY: u32 = 1 << 31;
/// All bits that say what something is; a regular file has none of them.
const TYPE: u32 = DIRECTORY | 1 << 27 | 1 << 26 | 1 << 25 | 1 << 24 | 1 << 21 | 1 << 19;
const NANOSECONDS: i64 = 1_000_000_000;

/// What a time can be taken from; a directory of the client has none.
#[derive(Debug, Default)]
struct Dated {
    /// The one operation that it comes from: a git repository, or a file of a web
    /// server.
    source: Option<Output>,
    /// What is in it, if that file is an archive.
    files: Option<Output>,
}

/// The time that the client wants, if any: one that is given, that of the main
/// context, or that of a named one.
pub(super) async fn asked<B: Bridge>(
    bridge: &B,
    options: &Options,
    main: &BuildContext,
) -> Result<Option<Epoch>, FrontendError> {
    let name = match &options.source_date_epoch {
        None => return Ok(None),
        Some(SourceDateEpoch::At(epoch)) => return Ok(Some(*epoch)),
        Some(SourceDateEpoch::Of(name)) => name,
    };
    let by_commit = !bridge.caps().llb.supports(caps::SOURCE_GIT_CHECKSUM);
    let context = if name == CONTEXT_NAME {
        Dated::of_main(main, by_commit)
    } else {
        Dated::of_named(options, name, by_commit)
    };
    let found = of(bridge, name, context).await;
    found.map(Some).map_err(|error| error.help(GIVE_SECONDS))
}

impl Dated {
    fn of_main(context: &BuildContext, by_commit: bool) -> Self {
        match context {
            BuildContext::Local { .. } | BuildContext::Input(_) => Self::default(),
            BuildContext::Git(git) => Self::of_source(git_context(git, by_commit).output()),
            BuildContext::File(url) => Self::of_source(remote_file(url).output()),
            BuildContext::Archive(url) => {
                let file = remote_file(url).output();
                let files = unpacked(&file, url);
                Self {
                    files: Some(files.output()),
                    // What a client sends over its session has no server to ask.
                    source: (!url.starts_with(SESSION)).then_some(file),
                }
            }
        }
    }

    /// One that is given for a single platform is as good as one for all.
    fn of_named(options: &Options, name: &str, by_commit: bool) -> Self {
        let mut given = options.named_contexts.iter();
        let own = given.find(|(key, _)| key.split(PLATFORM_MARK).next() == Some(name));
        match own.map(|(_, value)| Given::parse(value)) {
            Some(Ok(Given::Git(git))) => Self::of_source(git_context(&git, by_commit).output()),
            Some(Ok(Given::Http(url))) => Self::of_source(remote_file(&url).output()),
            _ => Self::default(),
        }
    }

    fn of_source(source: Output) -> Self {
        Self {
            source: Some(source),
            files: None,
        }
    }
}

/// The time of a context. What a web server says comes before what is in an archive.
async fn of<B: Bridge>(bridge: &B, name: &str, context: Dated) -> Result<Epoch, FrontendError> {
    let failed = |error: FrontendError| {
        error.context(format_args!(
            "failed to find the time of the build context `{name}`"
        ))
    };
    let said = match context.source {
        None => None,
        Some(source) => {
            let said = ask(bridge, &source, name).await.map_err(failed)?;
            if said.source.identifier.starts_with(GIT) {
                return of_commit(name, said.git);
            }
            said.http
        }
    };
    let said = said.and_then(|file| Epoch::new(file.last_modified?.seconds));
    let found = match (said, context.files) {
        (None, Some(files)) => newest(bridge, &files).await.map_err(failed)?,
        (said, _) => said,
    };
    found.ok_or_else(|| {
        FrontendError::new(format!(
            "{SOURCE_DATE_EPOCH}: the build context `{name}` has no time of its own; a git commit \
             has one, an archive, and a file that a web server dates"
        ))
    })
}

async fn ask<B: Bridge>(
    bridge: &B,
    source: &Output,
    name: &str,
) -> Result<SourceMeta, FrontendError> {
    let definition = marshalled(bridge, source)?;
    let first = definition.ops().first().cloned().unwrap_or_default();
    let Ok(pb::Op {
        op: Some(pb::op::Op::Source(source)),
        ..
    }) = pb::Op::decode(first)
    else {
        return Err(FrontendError::bug("a source is no source"));
    };
    let query = SourceQuery {
        source,
        log_name: format!("[internal] find the time of the build context {name}"),
        return_object: true,
        ..SourceQuery::default()
    };
    Ok(bridge.resolve_source_meta(query).await?)
}

fn marshalled<B: Bridge>(bridge: &B, output: &Output) -> Result<Definition, FrontendError> {
    let options = MarshalOptions::default().caps(bridge.caps().llb.clone());
    let graph = marshal(output, &options).map_err(|error| FrontendError::new(error.to_string()))?;
    Ok(graph.definition)
}

fn of_commit(
    name: &str,
    said: Option<gateway::ResolveSourceGitResponse>,
) -> Result<Epoch, FrontendError> {
    let object = said.map(|git| git.commit_object).unwrap_or_default();
    if object.is_empty() {
        return Err(FrontendError::new(format!(
            "{SOURCE_DATE_EPOCH}: this daemon does not say when the commit of the build context \
             `{name}` was made, which BuildKit does since v0.26"
        )));
    }
    committed(&object).ok_or_else(|| {
        FrontendError::new(format!(
            "{SOURCE_DATE_EPOCH}: the commit of the build context `{name}` has no time that can be read"
        ))
    })
}

/// When a commit was made, by git's object for it: the last words but one of the
/// line of the committer, above the message.
fn committed(object: &[u8]) -> Option<Epoch> {
    let header = object.split(|byte| *byte == b'\n');
    let mut header = header.take_while(|line| !line.is_empty());
    let line = header.find_map(|line| line.strip_prefix(b"committer "))?;
    // Names are in any encoding, the numbers behind them in none.
    let line = String::from_utf8_lossy(line);
    let (before, _zone) = line.rsplit_once(' ')?;
    let (_who, seconds) = before.rsplit_once(' ')?;
    Epoch::parse(seconds)
}

/// The time of the newest regular file of a tree.
async fn newest<B: Bridge>(bridge: &B, tree: &Output) -> Result<Option<Epoch>, FrontendError> {
    let definition = marshalled(bridge, tree)?.into_pb();
    let tree = bridge.solve(definition.into()).await?;
    let mut newest = None;
    let mut folders = vec!["/".to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in bridge.read_dir(&tree, &folder, None).await? {
            if entry.mode & DIRECTORY != 0 {
                folders.push(format!("{folder}{}/", entry.path));
            } else if entry.mode & TYPE == 0 {
                newest = newest.max(Epoch::new(entry.mod_time.div_euclid(NANOSECONDS)));
            }
        }
    }
    Ok(newest)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(object: &[u8]) -> Option<u64> {
        committed(object).map(Epoch::seconds)
    }

    #[test]
    fn a_commit_says_when_it_was_committed_and_not_when_it_was_written() {
        let signed = "tree 1\nparent 2\nauthor A B <a@b> 1600000000 +0200\n\
                      committer C 1 2 <c@d> 1700000000 -0330\n\
                      gpgsig -----BEGIN PGP SIGNATURE-----\n \n committer X <x> 1 +0000\n\n\
                      message\ncommitter Y <y> 2 +0000\n";
        assert_eq!(seconds(signed.as_bytes()), Some(1_700_000_000));
        let latin = b"tree 1\ncommitter M\xfcller <m> 5 +0100\n\n";
        assert_eq!(seconds(latin), Some(5));
    }

    #[test]
    fn what_has_no_committer_above_its_message_has_no_time() {
        for object in [
            "",
            "tree 1\n\ncommitter Y <y> 2 +0000\n",
            "committer Y <y>\n",
            "committer Y <y> -2 +0000\n",
            "committer Y <y> 2\n",
        ] {
            assert_eq!(seconds(object.as_bytes()), None, "{object}");
        }
    }
}
