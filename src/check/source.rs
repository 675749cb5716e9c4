//! Sources that are fetched, mirrors applied: repositories, archives, files.
//!
//! Plain data, part of the spec as meant.

use crate::diagnostic::Spanned;

/// A git repository at a ref.
#[derive(Debug, Clone)]
pub struct Git {
    /// The key of the spec that is about it. A named build context of this name
    /// takes its place.
    pub key: String,
    /// Where it is.
    pub url: Spanned<String>,
    /// The ref.
    pub reference: Spanned<String>,
    /// The commit that the ref must be, where it is known.
    pub commit: Option<Spanned<String>>,
    /// Whether the catalog has it so, wherever it is written.
    pub of_catalog: bool,
}

/// A release archive.
#[derive(Debug, Clone)]
pub struct Download {
    /// Its name in `components`.
    pub name: String,
    /// The key of the spec that is about it. A named build context of this name
    /// takes its place.
    pub key: String,
    /// Its version.
    pub version: Spanned<String>,
    /// Where it is, mirrors applied.
    pub url: Spanned<String>,
    /// Its checksum, `sha256:…`, where it is known.
    pub checksum: Option<Spanned<String>>,
    /// Whether the catalog has it so, wherever it is written.
    pub of_catalog: bool,
    /// Files of the archive and their absolute paths in the image.
    pub install: Vec<(String, String)>,
    /// Folder that joins the image's `PATH`.
    pub path: Option<String>,
}

/// An archive that is the same for every architecture.
#[derive(Debug, Clone)]
pub struct SourceArchive {
    /// The key of the spec that is about it. A named build context of this name
    /// takes its place.
    pub key: String,
    /// Its version.
    pub version: Spanned<String>,
    /// Where it is.
    pub url: Spanned<String>,
    /// Its checksum, `sha256:…`, where it is known.
    pub checksum: Option<Spanned<String>>,
    /// Whether the catalog has it so, wherever it is written.
    pub of_catalog: bool,
}

/// A wheel that is downloaded as a file.
#[derive(Debug, Clone)]
pub struct WheelFile {
    /// Where it is.
    pub url: Spanned<String>,
    /// Its checksum, `sha256:…`, where it is known.
    pub checksum: Option<Spanned<String>>,
    /// Whether the catalog has it so, wherever it is written.
    pub of_catalog: bool,
    /// Its optional parts that are installed too, separated by commas.
    pub extras: String,
}
