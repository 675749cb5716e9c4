//! Wrong specs, as the user of `docker buildx build` sees them.

use crate::engine::{Door, Engine, unique};

#[test]
fn case_80_a_syntax_error_points_at_its_line_and_not_at_the_syntax_line() {
    let engine = Engine::of_environment();
    let spec = "# syntax=nvidia/dynamo-frontend:1\nframework: dynamo\n\ndevice: cpu\n\n\nuser: {name: [x}\n";
    engine
        .build(spec, Door::SyntaxLine)
        .run()
        .fails()
        .shows("dynamo.yaml:7:")
        .shows("7 | >>> user: {name: [x}")
        .hides(">>> # syntax");
}

#[test]
fn case_81_82_a_misspelt_key_gets_a_suggestion_and_two_errors_are_shown_together() {
    let engine = Engine::of_environment();
    let spec =
        "# syntax=nvidia/dynamo-frontend:1\nframewrok: dynamo\ntarget: runtime\ndevice: cpuu\n";
    engine
        .build(spec, Door::SyntaxLine)
        .run()
        .fails()
        .shows("unknown key `framewrok`")
        .shows("did you mean `framework`?")
        .shows("did you mean `cpu`?")
        .shows("2 | >>> framewrok: dynamo")
        .shows("4 | >>> device: cpuu");
}

#[test]
fn case_117_118_119_120_hostile_and_odd_specs_are_located_errors() {
    let engine = Engine::of_environment();
    let deep = format!("cmd: {}", "[".repeat(100_000));
    let bomb = "a: &a [x,x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a,*a]\n\
                c: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c,*c]\n\
                e: &e [*d,*d,*d,*d,*d,*d,*d,*d,*d,*d]\n";
    let large = format!("# {}\n", "x".repeat(20 << 20));
    let cases: [(&[u8], &str); 6] = [
        (
            deep.as_bytes(),
            "dynamo.yaml:1:70: nested deeper than 64 levels",
        ),
        (bomb.as_bytes(), "more than 20000 values"),
        (b"# only a comment\n", "dynamo.yaml:1:1: the spec is empty"),
        (b"- a\n- b\n", "a spec is a mapping of keys"),
        (
            b"env:\n  A: \xff\xfe\n",
            "dynamo.yaml:2:6: the spec is not UTF-8",
        ),
        (large.as_bytes(), "is larger than 1 MiB"),
    ];
    for (spec, wanted) in cases {
        engine
            .build(spec, Door::BuildArg)
            .run()
            .fails()
            .shows(wanted)
            .shows(">>>");
    }
}

#[test]
fn case_84_129_a_base_image_that_is_not_there_is_named_with_its_line() {
    let engine = Engine::of_environment();
    let missing = "127.0.0.1:1/no/such-image:1";
    let spec = engine.spec_on(missing, "");
    engine
        .build(spec, Door::SyntaxLine)
        .run()
        .fails()
        .shows(missing)
        .shows("connection refused")
        .shows(&format!("5 | >>> images: {{base: {missing}"));
}

#[test]
fn a_file_that_is_not_there_is_named_at_its_line_with_what_is_spelt_nearly_so() {
    let engine = Engine::of_environment();
    let steps = format!(
        "extend:\n\
         \x20 runtime:\n\
         \x20   - copy: {{paths: [tools/strat.sh, models], to: /opt/}}\n\
         \x20   - copy: {{paths: [moved.txt], to: /opt/}}\n\
         \x20   - run: [echo, {}]\n",
        unique()
    );
    engine
        .build(engine.spec(&steps), Door::SyntaxLine)
        .file("tools/start.sh", "")
        .file("deps/moved.txt", "")
        .file("models/one", "")
        .file(".dockerignore", "mod*\n")
        .run()
        .fails()
        .shows("there is no `tools/strat.sh` in the build context")
        .shows("did you mean `tools/start.sh`?")
        .shows("`.dockerignore` leaves `models` out of the build context")
        .shows("did you mean `deps/moved.txt`?");
    let base = engine.base();
    let image = format!(
        "extend:\n\
         \x20 runtime:\n\
         \x20   - copy: {{from: {{image: \"{base}\"}}, paths: [etc/oss-release], to: /opt/}}\n"
    );
    engine
        .build(engine.spec(&image), Door::SyntaxLine)
        .run()
        .fails()
        .shows("there is no `etc/oss-release` in the image")
        .shows("did you mean `etc/os-release`?");
}
