//! The targets beside the runtime: development images, the frontend, the
//! endpoint picker, the documentation.

use dynamo_frontend::diagnostic::Code;
use dynamo_frontend::spec::Architecture::{Amd64, Arm64};
use dynamo_frontend::spec::Target;

use crate::family::Member;

const FRAMEWORKS: [&str; 4] = ["dynamo", "vllm", "sglang", "trtllm"];

fn of(framework: &str, target: &str, more: &str) -> Member {
    let keys = format!("framework: {framework}\ntarget: {target}\n{more}");
    Member::new(&keys, Amd64)
}

/// An image to develop in, by the key of the EFA layer.
fn local_dev(framework: &str, efa: bool) -> Member {
    let more = format!("user: {{uid: 1234, gid: 1234}}\nefa: {efa}\n");
    of(framework, "local-dev", &more)
}

#[test]
fn a_changed_example_or_test_runs_nothing_again_in_a_development_image() {
    for framework in FRAMEWORKS {
        for efa in [false, true] {
            let measured = local_dev(framework, efa).measured();
            for path in ["examples/a.py", "tests/test_a.py", "recipes/a.yaml"] {
                let again = measured.touched_by(path);
                assert!(again.is_empty(), "{framework}, {path}: {again:#?}");
            }
        }
        let measured = of(framework, "test", "").measured();
        let again = measured.touched_by("tests/test_a.py");
        assert!(again.is_empty(), "{framework}: {again:#?}");
    }
}

#[test]
fn a_changed_source_installs_dynamo_again_and_no_tool() {
    for framework in FRAMEWORKS {
        let images = [
            local_dev(framework, true),
            of(framework, "test", ""),
            of(framework, "runtime", "efa: true\n"),
        ];
        for image in images {
            let again = image.measured().touched_by("components/a.py").join("\n");
            assert!(again.contains("install the built wheels"), "{again}");
            for other in ["development tools", "requirements of", "EFA"] {
                assert!(!again.contains(other), "{framework}: {again}");
            }
        }
    }
}

#[test]
fn no_development_image_waits_for_more_than_twelve_processes_in_a_row() {
    for framework in FRAMEWORKS {
        let measured = local_dev(framework, false).measured();
        let chain = measured.longest_chain();
        assert!(chain.len() <= 12, "{framework}: {chain:#?}");
    }
}

#[test]
fn an_image_without_cuda_reaches_none_that_has_it() {
    for target in ["frontend", "epp", "docs"] {
        let graph = of("dynamo", target, "device: cuda\n").run().graph();
        let names: Vec<String> = crate::case::named(&graph).into_keys().collect();
        assert!(names.iter().any(|name| name.contains("image ")), "{target}");
        let cuda = names.iter().find(|name| name.contains("cuda"));
        assert_eq!(cuda, None, "{target}");
    }
}

#[test]
fn the_library_and_the_modules_of_the_endpoint_picker_wait_for_nothing_they_do_not_use() {
    let measured = of("dynamo", "epp", "").measured();
    let again = |path: &str| measured.touched_by(path).join(" ");
    let source = again("deploy/inference-gateway/epp/cmd/epp/main.go");
    assert!(source.contains("compile the endpoint picker"), "{source}");
    assert!(
        !source.contains("library") && !source.contains("modules"),
        "{source}"
    );
    let modules = again("deploy/inference-gateway/epp/go.sum");
    assert!(
        modules.contains("modules") && !modules.contains("library"),
        "{modules}"
    );
    let library = again("lib/bindings/c/src/lib.rs");
    assert!(
        library.contains("library") && !library.contains("crates"),
        "{library}"
    );
    assert_eq!(again("examples/a.py"), "");
}

#[test]
fn the_frontend_takes_the_endpoint_picker_from_an_image_that_is_given() {
    let plan = of(
        "dynamo",
        "frontend",
        "images: {epp: registry.example/epp:1}\n",
    )
    .plan();
    assert!(
        plan.contains("from image registry.example/epp:1\n     /epp -> /epp"),
        "{plan}"
    );
    assert!(!plan.contains("epp_builder"), "{plan}");
}

#[test]
fn nixl_that_no_release_has_is_compiled_for_the_frontend() {
    let release = of("dynamo", "frontend", "").plan();
    assert!(!release.contains("nixl from build_tools"), "{release}");
    let branch = "components: {nixl: {ref: main}}\n";
    let compiled = of("dynamo", "frontend", branch).plan();
    assert!(compiled.contains("nixl from build_tools"), "{compiled}");
}

#[test]
fn a_target_on_the_runtime_has_the_keys_of_the_runtime() {
    let keys = "components: {nats: false}\npackages: {apt: [vim], pip: [httpx]}\n";
    for target in Target::ALL {
        let user = "user: {uid: 1234, gid: 1234}\n";
        let outcome = of("dynamo", target.word(), &format!("{user}{keys}")).outcome();
        let mut stages = outcome.plans.iter().flat_map(|plan| &plan.stages);
        if stages.any(|stage| stage.name == "runtime") {
            let mut found = outcome.diagnostics.sorted().into_iter();
            let unused = found.find(|one| one.code == Code::WithoutEffect);
            let said = unused.map(|one| &one.message);
            assert!(
                said.is_none(),
                "add `{target}` to `serves` of src/check/effects.rs: {said:?}"
            );
        }
    }
}

#[test]
fn the_plans_of_the_targets_beside_the_runtime_are_these() {
    let dev = ["dev_tools", "dev", "local-dev", "efa", "image"];
    let members: [(&str, Member, &[&str]); 9] = [
        ("dev-vllm-cuda", of("vllm", "dev", ""), &dev),
        ("dev-sglang-cuda", of("sglang", "dev", ""), &dev),
        ("local-dev-trtllm-cuda", local_dev("trtllm", false), &dev),
        ("local-dev-dynamo-efa", local_dev("dynamo", true), &dev),
        (
            "frontend-cuda",
            of("dynamo", "frontend", ""),
            &["frontend", "image"],
        ),
        (
            "frontend-cpu",
            of("dynamo", "frontend", "device: cpu\n"),
            &["frontend", "image"],
        ),
        (
            "epp",
            Member::new(
                "framework: dynamo\ntarget: epp\ndynamo: {commit: abc123}\n",
                Arm64,
            ),
            &[
                "epp_builder",
                "epp_library",
                "epp_modules",
                "epp_program",
                "epp",
                "image",
            ],
        ),
        ("docs", of("dynamo", "docs", ""), &["docs", "image"]),
        ("test-sglang", of("sglang", "test", ""), &["test", "image"]),
    ];
    for (name, member, stages) in members {
        insta::assert_snapshot!(name, crate::family::stages(&member.plan(), stages));
    }
}
