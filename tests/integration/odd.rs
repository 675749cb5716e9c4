//! Names and paths that nobody means well with.

use crate::case::{Case, MINIMAL, named};

#[test]
fn case_123_a_target_means_the_same_in_any_case_and_odd_names_are_refused_with_a_place() {
    let plain = Case::spec(MINIMAL).run().graph();
    for same in ["runtime", "RUNTIME", "Runtime"] {
        let ran = Case::spec(MINIMAL).option("target", same).run();
        assert_eq!(ran.graph().def, plain.def, "{same}");
    }
    let long = "x".repeat(300);
    let odd = [
        "scratch",
        "context",
        "0",
        "../x",
        "a/b",
        "runtime ",
        "rùntime",
        "\u{1b}[31m",
        &long,
    ];
    for name in odd {
        let ran = Case::spec(MINIMAL).option("target", name).run();
        assert_eq!(ran.places(), ["command line:1-1"], "{name}");
        let message = &ran.error().message;
        assert!(message.contains("is not one of"), "{message}");
        assert!(
            message.len() < 600 && !message.contains('\u{1b}'),
            "{message}"
        );
    }
    // Not a name at all: what the spec says counts.
    assert_eq!(
        Case::spec(MINIMAL).option("target", "").run().graph().def,
        plain.def
    );
}

#[test]
fn case_124_odd_paths_are_refused_at_their_line_or_mean_a_file_of_that_name() {
    let build = |path: &str| {
        let path = serde_json::to_string(path).expect("a text");
        let spec = format!("{MINIMAL}packages: {{requirements: [{path}]}}\n");
        Case::spec(spec).run()
    };
    let outside = [
        "..",
        "../a",
        "a/../../etc/passwd",
        "/../../etc/passwd",
        "//",
        "/",
        "",
        "./a",
        "*",
        "[a]",
        "a\nb",
        "C:\\x",
    ];
    for path in outside {
        let ran = build(path);
        assert_eq!(ran.places(), ["dynamo.yaml:6-6"], "{path:?}");
    }
    for path in ["~", "$HOME", "a b", "a.txt ", "%TEMP%", "-r"] {
        let ran = build(path);
        let graph = ran.graph();
        let all = named(&graph);
        let context = all
            .values()
            .filter_map(crate::case::Named::source)
            .find(|source| source.identifier == "local://context")
            .expect("the context");
        let followed: Vec<String> =
            serde_json::from_str(&context.attrs["local.followpaths"]).expect("JSON");
        assert_eq!(followed, [path], "as it is written");
    }
}
