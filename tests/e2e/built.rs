//! What came of a build: what the user saw, and how its steps ended.

use std::collections::BTreeMap;

/// A build that has run.
pub(crate) struct Built {
    pub(crate) success: bool,
    /// What the user saw.
    pub(crate) progress: String,
}

impl Built {
    /// Fails the test with the whole progress unless the build succeeded.
    #[track_caller]
    pub(crate) fn succeeds(self) -> Self {
        assert!(self.success, "the build failed:\n{}", self.progress);
        self
    }

    /// Fails the test with the whole progress unless the build failed.
    #[track_caller]
    pub(crate) fn fails(self) -> Self {
        assert!(!self.success, "the build succeeded:\n{}", self.progress);
        self
    }

    /// Fails the test unless the progress holds the text.
    #[track_caller]
    pub(crate) fn shows(self, wanted: &str) -> Self {
        assert!(
            self.progress.contains(wanted),
            "no `{wanted}` in:\n{}",
            self.progress
        );
        self
    }

    /// Fails the test if the progress holds the text.
    #[track_caller]
    pub(crate) fn hides(self, unwanted: &str) -> Self {
        assert!(
            !self.progress.contains(unwanted),
            "`{unwanted}` in:\n{}",
            self.progress
        );
        self
    }

    /// The lines that hold the text.
    pub(crate) fn lines_with(&self, text: &str) -> Vec<&str> {
        self.progress
            .lines()
            .filter(|line| line.contains(text))
            .collect()
    }

    /// How many vertices have the text in their names. A line may be shown again
    /// where others came between.
    pub(crate) fn count(&self, name: &str) -> usize {
        let vertices = self.vertices().into_values();
        vertices.filter(|(one, _)| one.contains(name)).count()
    }

    /// How a step ended that ran again; nothing where it was cached, or not even
    /// shown because the engine had the whole result.
    pub(crate) fn reruns(&self, step: &str) -> Option<String> {
        let mut vertices = self.vertices().into_values();
        let ran = vertices.find(|(name, end)| name.contains(step) && end != "CACHED");
        ran.map(|(_, end)| end)
    }

    /// The steps of the stages, each with how it ended: their names say which
    /// of how many they are.
    pub(crate) fn steps(&self) -> Vec<(String, String)> {
        let step = |(name, _): &(String, String)| {
            let stage = name
                .strip_prefix('[')
                .and_then(|name| name.split(']').next());
            let count = stage.and_then(|stage| stage.rsplit_once(' ')?.1.split_once('/'));
            count.is_some_and(|(of, all)| of.parse::<u32>().is_ok() && all.parse::<u32>().is_ok())
        };
        self.vertices().into_values().filter(step).collect()
    }

    /// What came of each numbered vertex: its name and how it ended.
    pub(crate) fn vertices(&self) -> BTreeMap<u32, (String, String)> {
        let mut vertices = BTreeMap::new();
        for line in self.progress.lines() {
            let Some((number, rest)) = line.strip_prefix('#').and_then(|line| line.split_once(' '))
            else {
                continue;
            };
            let Ok(number) = number.parse() else { continue };
            let (_, end) = vertices
                .entry(number)
                .or_insert_with(|| (rest.to_owned(), String::new()));
            rest.clone_into(end);
        }
        vertices
    }
}
