//! Native components, really compiled, and looked for in the image by the
//! loader and by Python.

use std::collections::BTreeMap;

use crate::engine::{Door, Engine, docker, fixture};
use crate::git_mirror::Repository;
use crate::mirror::Mirror;
use crate::releases::Release;

#[test]
#[ignore = "needs releases, compiles UCX: `cargo xtask e2e --all`"]
fn the_image_finds_ucx_and_nixl_and_a_second_build_compiles_nothing() {
    let engine = Engine::of_environment();
    let ucx = Release::of("ucx");
    let nixl = Repository::of_folder(&fixture("nixl"), "0.9.0");
    let mirror = Mirror::with(
        BTreeMap::new(),
        BTreeMap::from([
            ("/openucx/ucx".to_owned(), ucx.repository()),
            ("/ai-dynamo/nixl".to_owned(), nixl),
        ]),
    );
    let spec = engine.spec_with_services(&format!(
        "mirrors: {{https://github.com/: {}/}}\n\
         components: {{nats: false, etcd: false, ucx: {{ref: v{}}}, nixl: true}}\n",
        mirror.url(),
        ucx.version
    ));
    let tag = "e2e-native";
    let build = |spec: &str| {
        let build = engine.build(spec, Door::SyntaxLine).arg("--load");
        build.arg(&format!("--tag={tag}")).run().succeeds()
    };
    build(&spec).shows(&format!("build UCX v{}", ucx.version));

    // As the account of the image, with its variables and nothing else.
    let run = |script: &str| docker(&["run", "--rm", tag, "sh", "-c", script]);
    let version = &ucx.version[..ucx.version.rfind('.').expect("a dot")];
    let said = run("/usr/local/ucx/bin/ucx_info -v");
    assert!(said.contains(&format!("Version {version}")), "{said}");
    assert!(said.contains("--prefix=/usr/local/ucx"), "{said}");
    let linked = run("ldd /usr/local/ucx/bin/ucx_info $NIXL_PLUGIN_DIR/libplugin_UCX.so");
    assert!(
        linked.contains("=> /usr/local/ucx/lib/libucp.so.0"),
        "{linked}"
    );
    assert!(!linked.contains("not found"), "{linked}");
    let names = run("ls /usr/local/ucx/lib | grep libucp.so");
    assert_eq!(names, "libucp.so\nlibucp.so.0\nlibucp.so.0.0.0");
    assert_eq!(
        run("readlink /usr/local/ucx/lib/libucp.so.0"),
        "libucp.so.0.0.0"
    );

    let nixl = "import nixl, nixl_cpu; print(nixl.version(), nixl.backend_version('UCX'))";
    let said = docker(&["run", "--rm", tag, "python", "-c", nixl]);
    assert!(said.starts_with(&format!("0.9.0 {version}")), "{said}");
    let owners = "stat -c '%n %a %u:%g' /opt /opt/nvidia /opt/nvidia/nvda_nixl \
                  /usr/local /usr/local/lib /usr/local/ucx";
    for line in run(owners).lines() {
        assert!(line.ends_with(" 755 0:0"), "{line}");
    }

    let again = build(&format!("{spec}packages: {{pip: [iniconfig==2.0.0]}}\n"));
    let built = again.steps();
    let built = built.iter().filter(|(name, _)| name.contains("] build "));
    let ends: Vec<_> = built.map(|(_, end)| end.as_str()).collect();
    assert!(
        ends.len() >= 3 && ends.iter().all(|end| *end == "CACHED"),
        "{ends:?}"
    );
}
