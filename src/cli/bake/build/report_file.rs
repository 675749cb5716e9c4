//! Files for a report: which form each has, and that it can be written is known
//! before hours are spent.

use std::fs::File;
use std::io::Write;
use std::path::Path;

use crate::cli::output::CliError;
use crate::deploy::bake::Report;

/// Where a report goes, in the form that the name ends with.
#[derive(Debug, Clone)]
pub(super) struct ReportPath {
    path: String,
    form: Form,
}

/// An open one.
pub(super) struct ReportFile<'a> {
    path: &'a ReportPath,
    file: File,
}

#[derive(Debug, Clone, Copy)]
enum Form {
    Markdown,
    Json,
    Junit,
}

impl ReportPath {
    /// Reads the form off the name.
    pub(super) fn parse(path: &str) -> Result<Self, String> {
        let extension = Path::new(path).extension().and_then(|end| end.to_str());
        let form = match extension {
            Some("md") => Form::Markdown,
            Some("json") => Form::Json,
            Some("xml") => Form::Junit,
            _ => return Err("the name has to end with .md, .json or .xml".to_owned()),
        };
        let path = path.to_owned();
        Ok(Self { path, form })
    }

    /// Makes the file, or empties one of an earlier run.
    pub(super) fn open(&self) -> Result<ReportFile<'_>, CliError> {
        let file = File::create(&self.path);
        let file = file.map_err(|error| self.unwritten(&error))?;
        Ok(ReportFile { path: self, file })
    }

    fn unwritten(&self, error: &std::io::Error) -> CliError {
        CliError::Usage(format!(
            "cannot write `{}`: {error}\nhelp: name another file with `--report FILE`",
            self.path
        ))
    }
}

impl ReportFile<'_> {
    /// Writes the report into it.
    pub(super) fn write(mut self, report: &Report) -> Result<(), CliError> {
        let text = match self.path.form {
            Form::Markdown => report.to_markdown(),
            Form::Json => report.to_json(),
            Form::Junit => report.to_junit(),
        };
        let written = self.file.write_all(text.as_bytes());
        written.map_err(|error| self.path.unwritten(&error))
    }
}
