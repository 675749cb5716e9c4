//! Where an operation comes from: files the user wrote, and ranges in them.

use std::sync::Arc;

use buildkit_proto::pb;

/// A file the user wrote; the daemon prints lines of it when a step fails.
#[derive(Clone, Debug, PartialEq)]
pub struct SourceFile {
    /// The name as the user knows it.
    pub filename: String,
    /// The whole content.
    pub data: Vec<u8>,
    /// The language by its name on GitHub, such as `YAML`; may be empty.
    pub language: String,
    /// The graph that loads the file, if it is known.
    pub definition: Option<pb::Definition>,
}

impl SourceFile {
    /// A file, ready to be shared by all locations in it.
    pub fn new(
        filename: impl Into<String>,
        data: impl Into<Vec<u8>>,
        language: impl Into<String>,
    ) -> Arc<Self> {
        Arc::new(Self {
            filename: filename.into(),
            data: data.into(),
            language: language.into(),
            definition: None,
        })
    }

    /// The file as the daemon and its clients take it.
    pub fn to_pb(&self) -> pb::SourceInfo {
        pb::SourceInfo {
            filename: self.filename.clone(),
            data: self.data.clone(),
            definition: self.definition.clone(),
            language: self.language.clone(),
        }
    }
}

impl From<pb::SourceInfo> for SourceFile {
    fn from(info: pb::SourceInfo) -> Self {
        Self {
            filename: info.filename,
            data: info.data,
            language: info.language,
            definition: info.definition,
        }
    }
}

/// A place in a text: lines count from 1, characters from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// The line, from 1.
    pub line: u32,
    /// The character in the line, from 0; 0 also stands for the whole line.
    pub character: u32,
}

/// A range of text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Range {
    /// Where it begins.
    pub start: Position,
    /// Where it ends.
    pub end: Position,
}

impl Range {
    /// The lines from `first` to `last`, both included, counted from 1.
    pub fn lines(first: u32, last: u32) -> Self {
        let at = |line| Position { line, character: 0 };
        Self {
            start: at(first),
            end: at(last),
        }
    }

    /// The range as the daemon and its clients take it.
    pub fn to_pb(self) -> pb::Range {
        let number = |value| i32::try_from(value).unwrap_or(i32::MAX);
        let place = |position: Position| pb::Position {
            line: number(position.line),
            character: number(position.character),
        };
        pb::Range {
            start: Some(place(self.start)),
            end: Some(place(self.end)),
        }
    }
}

impl From<&pb::Range> for Range {
    fn from(range: &pb::Range) -> Self {
        let number = |value: i32| u32::try_from(value).unwrap_or(0);
        let place = |position: &Option<pb::Position>| {
            position.as_ref().map_or(
                Position {
                    line: 0,
                    character: 0,
                },
                |position| Position {
                    line: number(position.line),
                    character: number(position.character),
                },
            )
        };
        Self {
            start: place(&range.start),
            end: place(&range.end),
        }
    }
}

/// Ranges in one file that led to an operation.
#[derive(Clone, Debug, PartialEq)]
pub struct Location {
    /// The file.
    pub file: Arc<SourceFile>,
    /// The ranges in it.
    pub ranges: Vec<Range>,
}

impl Location {
    /// Ranges in a file.
    pub fn new(file: &Arc<SourceFile>, ranges: impl IntoIterator<Item = Range>) -> Self {
        Self {
            file: Arc::clone(file),
            ranges: ranges.into_iter().collect(),
        }
    }
}
