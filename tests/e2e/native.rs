//! Native components, really compiled, and looked for in the image by the
//! loader and by Python.

use std::collections::BTreeMap;

use crate::engine::{Door, Engine, docker, fixture, unique};
use crate::git_mirror::Repository;
use crate::mirror::Mirror;
use crate::releases::Release;
use crate::turn::Alone;

/// Hosts UCX and the stand-in of NIXL where the catalog looks for them.
fn mirror(ucx: &Release) -> Mirror {
    let nixl = Repository::of_folder(&fixture("nixl"), "0.9.0");
    let repositories = [
        ("/openucx/ucx".to_owned(), ucx.repository()),
        ("/ai-dynamo/nixl".to_owned(), nixl),
    ];
    Mirror::with(BTreeMap::new(), BTreeMap::from(repositories))
}

/// The keys that choose them.
fn components(ucx: &Release, mirror: &Mirror) -> String {
    format!(
        "mirrors: {{https://github.com/: {}/}}\n\
         components: {{nats: false, etcd: false, ucx: {{ref: v{}}}, nixl: true}}\n",
        mirror.url(),
        ucx.version
    )
}

#[test]
#[ignore = "needs releases, compiles UCX: `cargo xtask e2e --all`"]
fn the_image_finds_ucx_and_nixl_and_a_second_build_compiles_nothing() {
    let _alone = Alone::wait();
    let engine = Engine::of_environment();
    let ucx = Release::of("ucx");
    let mirror = mirror(&ucx);
    let spec = engine.spec_with_services(&components(&ucx, &mirror));
    let tag = "e2e-native";
    let build = |spec: &str, arguments: &[&str]| {
        let build = engine.build(spec, Door::SyntaxLine).arg("--load");
        let build = build.arg(&format!("--tag={tag}"));
        let build = arguments.iter().fold(build, |build, one| build.arg(one));
        build.run().succeeds()
    };
    // What an engine has of an earlier run may be without what the steps that run
    // again stand on.
    build(&spec, &["--no-cache"]).shows(&format!("build UCX v{}", ucx.version));

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

    let again = build(
        &format!("{spec}packages: {{pip: [iniconfig==2.0.0]}}\n"),
        &[],
    );
    let steps = again.steps();
    let compiled = steps.iter().filter(|(name, _)| name.contains("] build "));
    let ends: Vec<_> = compiled.map(|(_, end)| end.as_str()).collect();
    assert!(
        ends.len() >= 3 && ends.iter().all(|end| *end == "CACHED"),
        "{ends:?}"
    );
}

#[test]
#[ignore = "needs releases, compiles UCX: `cargo xtask e2e --all`"]
fn packages_with_a_wheel_of_their_own_are_built_out_of_the_repository() {
    let _alone = Alone::wait();
    let engine = Engine::of_environment();
    let ucx = Release::of("ucx");
    let mirror = mirror(&ucx);
    let spec = engine
        .spec_of_context("target: wheels\nfeatures: {kvbm: true, gpu_memory_service: true}\n")
        .replace(
            "components: {nats: false, etcd: false}\n",
            &components(&ucx, &mirror),
        );
    let out = tempfile::tempdir().expect("a temporary folder");
    let output = format!("--output={}", out.path().display());
    // Another note in both builds: what an engine has of an earlier run may be
    // without what the step that runs again stands on.
    let build = || {
        let note = format!("# {}\n", unique());
        engine
            .build(&spec, Door::SyntaxLine)
            .workspace()
            .file("lib/gpu_memory_service/note.py", note)
            .arg(&output)
            .run()
            .succeeds()
    };
    build();
    let wheels = std::fs::read_dir(out.path()).expect("wheels");
    let names = wheels.map(|wheel| wheel.expect("a wheel").file_name());
    let mut names: Vec<String> = names
        .map(|name| name.to_string_lossy().into_owned())
        .map(|name| name.split('-').next().unwrap_or_default().to_owned())
        .collect();
    names.sort();
    let expected = [
        "ai_dynamo",
        "ai_dynamo_runtime",
        "gpu_memory_service",
        "kvbm",
        "nixl",
        "nixl_cpu",
    ];
    assert_eq!(names, expected);

    for (name, end) in build().steps() {
        let own = name.contains("GPU memory service") || name.contains("gpu-memory-service");
        assert_eq!(end != "CACHED", own, "`{name}` {end}");
    }
}
