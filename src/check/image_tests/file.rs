//! What a check expects of a path.

use super::Testing;
use crate::check::tested::{Expected, FileTest};
use crate::diagnostic::{Code, Diagnostic, Span, Spanned};
use crate::spec::{ExpectedFile, FileKind, ImagePath};

impl Testing<'_> {
    /// What is expected of a path: first that it is there, or that it is not.
    pub(super) fn file(
        &mut self,
        path: &Spanned<ImagePath>,
        file: &Spanned<ExpectedFile>,
    ) -> Vec<Spanned<Expected>> {
        let name = match path.value.trimmed() {
            "" => "/",
            trimmed => trimmed,
        };
        let more = self.there(name, &file.value);
        let absent = file.value.exists.as_ref().filter(|exists| !exists.value.0);
        let first = match absent {
            None => Spanned::new(FileTest::Exists, path.span),
            Some(absent) => Spanned::new(FileTest::Absent, absent.span),
        };
        if let (Some(absent), Some(one)) = (absent, more.first()) {
            let message = format!("`{name}` is to be absent, and has nothing else");
            let wrong = Diagnostic::error(Code::ConflictingValues, one.span, message)
                .label(absent.span, "said here")
                .help("remove `exists: false`, or what else is expected of the path");
            self.diagnostics.push(wrong);
        }
        let all = [first].into_iter().chain(more);
        all.map(|one| one.map(|test| Expected::File(name.to_owned(), test)))
            .collect()
    }

    /// What is expected of a path that is there.
    fn there(&mut self, name: &str, file: &ExpectedFile) -> Vec<Spanned<FileTest>> {
        let ExpectedFile {
            exists: _,
            kind,
            mode,
            owner,
            group,
            contains,
            matches,
            does_not_match,
            unread: _,
        } = file;
        let texts = self.texts([contains, matches, does_not_match].map(Option::as_ref));
        if let Some(text) = texts.first() {
            self.text_of_folder(name, kind.as_ref(), text.span);
        }
        let given = [
            test(kind.as_ref(), |kind| FileTest::Kind(*kind)),
            test(mode.as_ref(), |mode| FileTest::Mode(mode.0)),
            test(owner.as_ref(), |owner| FileTest::Owner(owner.to_string())),
            test(group.as_ref(), |group| FileTest::Group(group.to_string())),
        ];
        let texts = texts.into_iter().map(|text| text.map(FileTest::Content));
        given.into_iter().flatten().chain(texts).collect()
    }

    /// Reports that a folder is to have a text.
    fn text_of_folder(&mut self, name: &str, kind: Option<&Spanned<FileKind>>, text: Span) {
        let Some(folder) = kind.filter(|kind| kind.value == FileKind::Dir) else {
            return;
        };
        let message = format!("`{name}` is to be a folder, which has no text");
        let wrong = Diagnostic::error(Code::ConflictingValues, text, message)
            .label(folder.span, "said here")
            .help("remove one of the two");
        self.diagnostics.push(wrong);
    }
}

/// A test of what is given, at its place.
fn test<T>(
    given: Option<&Spanned<T>>,
    test: impl FnOnce(&T) -> FileTest,
) -> Option<Spanned<FileTest>> {
    given.map(|given| given.as_ref().map(test))
}
