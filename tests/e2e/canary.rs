//! Values that a shell would obey, in everything that a spec hands to steps.

use crate::engine::{Door, Engine, docker, unique};

/// Makes a file where a step runs, if a shell reads it: inside of quotes of
/// either kind or outside of them.
const COMMAND: &str = "$(touch obeyed-it)`touch obeyed-it`';touch obeyed-it;'";

#[test]
fn case_125_no_shell_of_a_build_obeys_a_value_of_the_spec() {
    let engine = Engine::of_environment();
    let file = format!("a{COMMAND}.txt");
    let tag = "e2e-canary";
    let value = serde_json::to_string(COMMAND).expect("text");
    let path = serde_json::to_string(&file).expect("text");
    let marker = format!("iniconfig; sys_platform != \"{COMMAND}\"");
    let marker = serde_json::to_string(&marker).expect("text");
    let spec = engine.spec(&format!(
        "env: {{HOSTILE: {value}}}\n\
         labels: {{hostile: {value}}}\n\
         cmd: [echo, {value}]\n\
         packages: {{pip: [{marker}], requirements: [{path}]}}\n\
         user: {{name: u{:x}}}\n",
        unique()
    ));
    engine
        .build(&spec, Door::SyntaxLine)
        .file(&file, "# nothing\n")
        .arg("--load")
        .arg(&format!("--tag={tag}"))
        .run()
        .succeeds();
    assert_eq!(docker(&["run", "--rm", tag]), COMMAND);
    let look = "find / -xdev -name 'obeyed-it*'";
    let root = ["run", "--rm", "--user=root", "--entrypoint=sh", tag, "-c"];
    assert_eq!(docker(&[&root[..], &[look]].concat()), "");
}
