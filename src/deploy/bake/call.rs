//! How `docker buildx bake` is called.

/// The variable by which bake does not ask whether it may read the places that the
/// file names: they were named on the command line that wrote the file.
pub const UNASKED: (&str, &str) = ("BUILDX_BAKE_ENTITLEMENTS_FS", "0");

/// The file that is read from standard input.
pub const STDIN: &str = "-";

/// A call of it.
#[derive(Debug, Clone, Copy)]
pub struct Call<'a> {
    /// The bake file.
    pub file: &'a str,
    /// What becomes of the images, if anything is said.
    pub delivery: Option<Delivery>,
    /// Where progress and results go, where the call is one of many.
    pub record: Option<Record<'a>>,
    /// Arguments of who builds.
    pub arguments: &'a [String],
}

/// What becomes of images.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delivery {
    /// They go to their registry.
    Push,
    /// Docker on this machine gets them.
    Load,
}

/// What is written down of a call. Progress is plain then, to be read afterwards.
#[derive(Debug, Clone, Copy)]
pub struct Record<'a> {
    /// The file for what was built; none where that is not known yet.
    pub metadata: Option<&'a str>,
}

impl Call<'_> {
    /// The arguments of `docker`, for builds by their names; none is the default.
    pub fn of(&self, builds: &[&str]) -> Vec<String> {
        let mut words = vec!["buildx", "bake", "-f", self.file];
        if let Some(record) = self.record {
            words.extend(["--progress", "plain"]);
            let metadata = record.metadata.map(|file| ["--metadata-file", file]);
            words.extend(metadata.into_iter().flatten());
        }
        words.extend(self.delivery.map(|delivery| match delivery {
            Delivery::Push => "--push",
            Delivery::Load => "--load",
        }));
        words.extend(self.arguments.iter().map(String::as_str));
        let words = words.iter().chain(builds);
        words.map(|word| (*word).to_owned()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_user_gives_comes_before_the_names_and_after_what_is_ours() {
        let given = ["--set".to_owned(), "*.platform=linux/arm64".to_owned()];
        let one = Call {
            file: STDIN,
            delivery: Some(Delivery::Push),
            record: None,
            arguments: &given,
        };
        assert_eq!(
            one.of(&[]).join(" "),
            "buildx bake -f - --push --set *.platform=linux/arm64"
        );
        let many = Call {
            record: Some(Record {
                metadata: Some("logs/a.json"),
            }),
            delivery: None,
            ..one
        };
        assert_eq!(
            many.of(&["a"]).join(" "),
            "buildx bake -f - --progress plain --metadata-file logs/a.json \
             --set *.platform=linux/arm64 a"
        );
    }
}
