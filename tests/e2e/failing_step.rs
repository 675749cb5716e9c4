//! A step that fails shows its log and the lines of the spec it stems from.

use crate::engine::{Door, Engine};

#[test]
fn case_83_a_package_that_does_not_exist_is_shown_with_its_line() {
    let engine = Engine::of_environment();
    let spec = engine.spec("packages:\n  apt:\n    - no-such-package-exists\n");
    for door in [Door::SyntaxLine, Door::BuildArg] {
        engine
            .build(&spec, door)
            .run()
            .fails()
            .shows("Unable to locate package no-such-package-exists")
            .shows("dynamo.yaml:10")
            .shows("10 | >>>     - no-such-package-exists");
    }
}
