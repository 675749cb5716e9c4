//! Where the progress of each build goes, and what is read of it afterwards.

use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use serde_json::Value;
use tempfile::TempDir;

use crate::cli::output::CliError;
use crate::cli::paths;
use crate::deploy::bake::{Failure, has_begun};

/// How much of a progress is read: its beginning tells that it has begun, its end
/// why it failed.
const PART: u32 = 256 << 10;

/// The folder.
pub(super) struct Logs {
    folder: PathBuf,
    /// Goes with the program, unless it is kept.
    temporary: Option<TempDir>,
}

/// The files of one build.
pub(super) struct Log {
    /// The progress.
    pub(super) progress: PathBuf,
    /// What was built, as buildx writes it.
    pub(super) metadata: PathBuf,
}

impl Logs {
    /// The folder that is named, or a temporary one.
    pub(super) fn new(folder: Option<&str>) -> Result<Self, CliError> {
        let Some(folder) = folder else {
            let made = tempfile::Builder::new().prefix("dynamo-bake-").tempdir();
            let made = made.map_err(|error| {
                CliError::Usage(format!(
                    "there is no temporary folder: {error}\nhelp: name one with `--logs FOLDER`"
                ))
            })?;
            return Ok(Self {
                folder: made.path().to_owned(),
                temporary: Some(made),
            });
        };
        fs::create_dir_all(folder).map_err(|error| {
            CliError::Usage(format!(
                "cannot make the folder `{folder}`: {error}\n\
                 help: name another with `--logs FOLDER`"
            ))
        })?;
        Ok(Self {
            folder: folder.into(),
            temporary: None,
        })
    }

    /// The files of a build, without what an earlier one has left.
    pub(super) fn of(&self, build: &str) -> Log {
        let metadata = self.folder.join(format!("{build}.json"));
        let _ = fs::remove_file(&metadata);
        Log {
            progress: self.folder.join(format!("{build}.log")),
            metadata,
        }
    }

    /// Leaves the folder where it is.
    pub(super) fn keep(mut self) {
        if let Some(folder) = self.temporary.take() {
            let _ = folder.keep();
        }
    }
}

impl Log {
    /// The file for progress.
    pub(super) fn create(&self) -> io::Result<File> {
        File::create(&self.progress)
    }

    /// The path of the metadata, for a command line.
    pub(super) fn metadata(&self) -> Result<String, CliError> {
        paths::text(&self.metadata)
    }

    /// The digest of what was built, where it is an image.
    pub(super) fn digest(&self, build: &str) -> Option<String> {
        let metadata = fs::read(&self.metadata).ok()?;
        let metadata: Value = serde_json::from_slice(&metadata).ok()?;
        let digest = metadata[build]["containerimage.digest"].as_str()?;
        Some(digest.to_owned())
    }

    /// Why the build failed, and whether the builder had begun with it.
    pub(super) fn failure(&self) -> (Failure, bool) {
        let part = |from: SeekFrom| part(&self.progress, from).unwrap_or_default();
        let end = part(SeekFrom::End(-i64::from(PART)));
        let failure = Failure {
            log: Some(self.progress.display().to_string()),
            ..Failure::read(&end)
        };
        (failure, has_begun(&part(SeekFrom::Start(0))))
    }
}

/// A part of a file; all of it, where that is less.
fn part(file: &Path, from: SeekFrom) -> io::Result<String> {
    let mut file = File::open(file)?;
    let is_long = file.metadata()?.len() > u64::from(PART);
    if is_long {
        file.seek(from)?;
    }
    let mut bytes = Vec::new();
    file.take(PART.into()).read_to_end(&mut bytes)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}
