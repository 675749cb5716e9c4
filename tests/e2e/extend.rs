//! Steps of the user's own, looked at from inside the container: what they leave,
//! what they do not, and what runs again when one of them changes.

use std::fs;

use tempfile::TempDir;

use crate::built::Built;
use crate::engine::{Build, Door, Engine, docker, unique};
use crate::turn::Alone;

/// Steps of every kind. The last is a script with a secret and a cache.
const STEPS: &str = "\
extend:
  runtime:
    - name: a tool
      packages: {apt: [tree], pip: [iniconfig==2.0.0]}
    - copy: {paths: [tools/hello.sh], to: /bin/, mode: 0755}
    - copy: {paths: [tools/data, notes.txt], to: /srv/of/mine/, owner: dynamo}
    - copy:
        from: {image: UV}
        paths: [/uvx]
        to: /opt/other
    - run: [/bin/hello.sh, \"$HOME; two\"]
      network: none
    - name: a script
      run: |
        # MARK
        umask
        test \"$(cat /run/secrets/token)\" = \"$TOKEN\"
        test \"$(stat -c %u:%a /run/secrets/token)\" = 1000:400
        tree /srv
        date +%N >> /var/cache/mine/runs
        wc -l < /var/cache/mine/runs > /workspace/runs
        mkdir -p /workspace/made
        python -c 'import iniconfig, sys; print(sys.prefix)' > /workspace/made/prefix
      caches: [{target: /var/cache/mine, id: CACHE}]
      secrets:
        - {id: token, target: /run/secrets/token, env: TOKEN}
        - {id: not-given, env: NOT_GIVEN, required: false}
";
const HELLO: &str = "#!/bin/sh\nprintf '%s' \"$1\" > said\nid -u >> said\nmkdir from-hello\n";

/// The steps with a mark that no build had before, and a cache of their own.
fn steps(engine: &Engine, mark: u64) -> String {
    STEPS
        .replace("UV", engine.uv())
        .replace("MARK", &format!("{mark:x}"))
        .replace("CACHE", &format!("e2e-{mark:x}"))
}

/// A build with its files and a secret, and the folder that the secret is in. The mark
/// is in a file too, so that the steps run.
fn build(engine: &Engine, mark: u64, spec: &str, tag: &str, secret: &str) -> (Build, TempDir) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("token");
    fs::write(&file, secret).expect("a written secret");
    let build = engine
        .build(spec, Door::SyntaxLine)
        .file("tools/hello.sh", format!("{HELLO}# {mark:x}\n"))
        .file("tools/data/a/b.txt", "b")
        .file("notes.txt", "notes")
        .arg(&format!("--secret=id=token,src={}", file.display()))
        .arg("--load")
        .arg(&format!("--tag={tag}"));
    (build, folder)
}

fn inside(tag: &str, script: &str) -> String {
    docker(&["run", "--rm", "--entrypoint=bash", tag, "-c", script])
}

/// The added steps with how each ended.
fn added(built: &Built) -> Vec<(String, String)> {
    const ADDED: [&str; 4] = ["] a tool", "] copy ", "] run ", "] a script"];
    let steps = built.steps().into_iter();
    steps
        .filter(|(name, _)| ADDED.iter().any(|title| name.contains(title)))
        .collect()
}

#[test]
fn added_steps_make_the_image_and_a_secret_stays_out_of_it() {
    let engine = Engine::of_environment();
    let (tag, secret) = ("e2e-extend", format!("secret{:016x}", unique()));
    let mark = unique();
    let spec = engine.spec(&steps(&engine, mark));
    let (build, _folder) = build(&engine, mark, &spec, tag, &secret);
    let first = build.run().succeeds();

    assert!(inside(tag, "tree --version").starts_with("tree v"));
    assert_eq!(
        inside(tag, "cat /workspace/made/prefix"),
        "/opt/dynamo/venv"
    );
    // An argument is no text of a shell, and the account is whom the image runs as.
    assert_eq!(inside(tag, "cat /workspace/said"), "$HOME; two1000");
    // Folders that were there are as they were: `/bin` is a link of the base.
    let modes = "stat -c '%n %a %u:%g %F' /bin /bin/hello.sh /srv /srv/of/mine /srv/of/mine/* \
                 /srv/of/mine/data/a/b.txt /opt/other /workspace/from-hello /workspace/made";
    assert_eq!(
        inside(tag, modes),
        "/bin 777 0:0 symbolic link\n\
         /bin/hello.sh 755 0:0 regular file\n\
         /srv 755 0:0 directory\n\
         /srv/of/mine 755 1000:0 directory\n\
         /srv/of/mine/data 755 1000:0 directory\n\
         /srv/of/mine/notes.txt 644 1000:0 regular file\n\
         /srv/of/mine/data/a/b.txt 644 1000:0 regular file\n\
         /opt/other 755 0:0 regular file\n\
         /workspace/from-hello 775 1000:0 directory\n\
         /workspace/made 775 1000:0 directory"
    );
    let cached = "cat /workspace/runs; test ! -e /var/cache/mine && echo gone";
    assert_eq!(
        inside(tag, cached),
        "1
gone"
    );

    first.hides(&secret);
    for kept in [
        docker(&["history", "--no-trunc", tag]),
        docker(&["image", "inspect", tag]),
    ] {
        assert!(!kept.contains(&secret), "{kept}");
        assert!(!kept.contains("TOKEN="), "{kept}");
    }
    let look = format!(
        "(grep -rl {secret} / --exclude-dir=proc --exclude-dir=sys; ls -A /run/secrets /run/dynamo) \
         2>/dev/null; true"
    );
    let entry = ["run", "--rm", "--user=root", "--entrypoint=sh", tag, "-c"];
    assert_eq!(docker(&[&entry[..], &[look.as_str()]].concat()), "");
}

#[test]
fn a_changed_step_runs_again_with_those_after_it_and_keeps_its_cache() {
    let _alone = Alone::wait();
    let engine = Engine::of_environment();
    let mark = unique();
    let spec = engine.spec(&steps(&engine, mark));
    let run = |spec: &str, tag: &str| {
        let (build, _folder) = build(&engine, mark, spec, tag, "secret");
        build.run().succeeds()
    };
    run(&spec, "e2e-extend-1");
    let again = run(&spec, "e2e-extend-2");
    assert_eq!(added(&again).len(), 7, "{}", again.progress);
    for (name, end) in added(&again) {
        assert_eq!(end, "CACHED", "`{name}` ran again:\n{}", again.progress);
    }
    // Nor does another secret.
    let (other, _folder) = build(&engine, mark, &spec, "e2e-extend-3", "another");
    let other = other.run().succeeds();
    for (name, end) in added(&other) {
        assert_eq!(end, "CACHED", "`{name}` ran again:\n{}", other.progress);
    }

    let changed = run(&spec.replace("umask\n", "umask; true\n"), "e2e-extend-4");
    for (name, end) in added(&changed) {
        let ran = end != "CACHED";
        assert_eq!(
            ran,
            name.contains("a script"),
            "`{name}`:\n{}",
            changed.progress
        );
    }
    assert_eq!(inside("e2e-extend-4", "cat /workspace/runs"), "2");
}

#[test]
fn case_83_a_script_that_fails_is_shown_with_its_lines() {
    let engine = Engine::of_environment();
    let spec = engine.spec(
        "extend:
  runtime:
    - name: doomed
      run: |
        echo before
        no-such-program | cat
        echo after | tr a-z A-Z
",
    );
    engine
        .build(&spec, Door::SyntaxLine)
        .run()
        .fails()
        .shows("/run/dynamo/script: line 2: no-such-program: command not found")
        .hides("AFTER")
        .shows("12 | >>>         echo before")
        .shows("13 | >>>         no-such-program | cat");
}

#[test]
fn case_134_a_secret_of_a_step_that_is_not_given_is_named_with_its_line() {
    let engine = Engine::of_environment();
    let spec = engine.spec(
        "extend:
  runtime:
    - run: [\"true\"]
      secrets: [{id: nobody-has-it, env: TOKEN}]
",
    );
    engine
        .build(&spec, Door::SyntaxLine)
        .run()
        .fails()
        .shows("secret nobody-has-it: not found")
        .shows("11 | >>>       secrets: [{id: nobody-has-it");
}
