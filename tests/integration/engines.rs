//! SGLang and TensorRT-LLM: what their stages do, in what the catalog and the
//! spec say of them.

use buildkit_proto::pb;
use dynamo_frontend::spec::Architecture;

use crate::case::named;
use crate::family::{Member, stages};

/// The ways to get TensorRT-LLM: a name, keys, where the wheel is bound from, and
/// what is installed at last.
const WAYS: [(&str, &str, Option<&str>, &str); 4] = [
    (
        "image",
        "",
        Some("/app/tensorrt_llm of image nvcr.io/nvidia/tensorrt-llm/release:1.3.0rc1"),
        "triton==3.5.1",
    ),
    (
        "wheel_dir",
        "trtllm: {install: {wheel_dir: trtllm_wheel}}\n",
        Some("/ of the build context `trtllm_wheel`"),
        "triton==3.5.1",
    ),
    (
        "index",
        "trtllm: {install: {index: {version: 1.3.0rc2, url: \"https://index.example/simple\"}}}\n",
        None,
        "--index https://index.example/simple --index-strategy unsafe-best-match \
         triton==3.5.1 tensorrt-llm==1.3.0rc2",
    ),
    (
        "git",
        "trtllm: {install: {git: {url: \"https://github.com/NVIDIA/TensorRT-LLM\", ref: v1.3.0rc2}}}\n",
        Some("/ of stage trtllm_build"),
        "triton==3.5.1",
    ),
];

fn trtllm(keys: &str) -> Member {
    Member::new(&format!("framework: trtllm\n{keys}"), Architecture::Amd64)
        .option("context:trtllm_wheel", "local:trtllm_wheel")
}

fn sglang(keys: &str, architecture: Architecture) -> Member {
    Member::new(&format!("framework: sglang\n{keys}"), architecture)
}

/// The processes of a stage in the order of their steps.
fn processes(member: &Member, stage: &str) -> Vec<pb::Meta> {
    let all = named(&member.run().graph());
    let mut found: Vec<(usize, pb::Meta)> = all
        .into_iter()
        .filter_map(|(name, op)| {
            let (number, _) = name.strip_prefix(&format!("[{stage} "))?.split_once('/')?;
            Some((number.parse().ok()?, op.exec()?.meta.clone()?))
        })
        .collect();
    found.sort_by_key(|(number, _)| *number);
    found.into_iter().map(|(_, meta)| meta).collect()
}

#[test]
fn the_plan_of_every_sglang_is_this() {
    let members = [
        ("sglang-12.9-amd64", "cuda: \"12.9\"\n", Architecture::Amd64),
        ("sglang-13.0-arm64", "cuda: \"13.0\"\n", Architecture::Arm64),
    ];
    for (name, keys, architecture) in members {
        let plan = sglang(keys, architecture).plan();
        insta::assert_snapshot!(name, stages(&plan, &["runtime", "image"]));
    }
}

#[test]
fn the_plan_of_every_way_to_get_trtllm_is_this() {
    for (name, keys, ..) in WAYS {
        let plan = trtllm(keys).plan();
        let own = ["trtllm_build", "framework", "runtime", "image"];
        insta::assert_snapshot!(format!("trtllm-{name}-amd64"), stages(&plan, &own));
    }
}

#[test]
fn trtllm_comes_from_one_place_alone() {
    for (name, keys, bound, installed) in WAYS {
        let member = trtllm(keys);
        let plan = member.plan();
        let binds: Vec<&str> = plan
            .lines()
            .filter_map(|line| line.trim().strip_prefix("bind /run/trtllm from "))
            .collect();
        assert_eq!(binds, Vec::from_iter(bound), "{name}");
        let framework = processes(&member, "framework");
        let engine = framework[framework.len() - 2].args.join(" ");
        assert!(engine.ends_with(installed), "{name}: {engine}");
        let wheel = engine.contains("/run/dynamo/trtllm-wheel /run/trtllm ");
        assert_eq!(wheel, bound.is_some(), "{name}: {engine}");
    }
}

#[test]
fn the_constraints_of_the_base_image_do_not_bind() {
    for (name, keys, ..) in WAYS {
        let framework = processes(&trtllm(keys), "framework");
        // The step before has the same name in the stage that builds the wheel.
        let installs: Vec<&pb::Meta> = framework.iter().rev().take(3).collect();
        assert_eq!(installs.len(), 3, "{name}");
        for process in installs {
            for cleared in ["PIP_CONSTRAINT=", "UV_CONSTRAINT="] {
                let found = process.env.contains(&cleared.to_owned());
                assert!(found, "{name}: {cleared} {:?}", process.args);
            }
        }
    }
}

#[test]
fn few_processes_of_these_engines_wait_for_each_other() {
    let trtllm = WAYS.map(|(_, keys, ..)| trtllm(keys));
    let sglang =
        ["12.9", "13.0"].map(|cuda| sglang(&format!("cuda: \"{cuda}\"\n"), Architecture::Amd64));
    let members = sglang.into_iter().map(|member| (member, 11));
    for (member, most) in members.chain(trtllm.into_iter().map(|member| (member, 10))) {
        let measured = member.measured();
        let chain = measured.longest_chain();
        assert!(chain.len() <= most, "{chain:#?}");
    }
    let framework = Member::new(
        "framework: trtllm\ntarget: framework\n",
        Architecture::Amd64,
    );
    let measured = framework.measured();
    assert!(measured.longest_chain().len() <= 5);
}

#[test]
fn a_change_of_dynamo_installs_no_engine_again() {
    for member in [sglang("", Architecture::Amd64), trtllm("")] {
        let measured = member.measured();
        for path in ["examples/a.py", "tests/a.py"] {
            let again = measured.touched_by(path);
            assert!(again.is_empty(), "{path}: {again:#?}");
        }
        let again = measured.touched_by("components/src/x.py");
        assert_eq!(again.len(), 2, "the wheel and its installation: {again:#?}");
        let again = measured.touched_by("container/deps/requirements.txt");
        assert_eq!(again.len(), 2, "requirements and Dynamo: {again:#?}");
    }
}

#[test]
fn nothing_moves_what_the_image_of_sglang_brought() {
    let member = sglang(
        "cuda: \"12.9\"\npackages: {pip: [httpx]}\n",
        Architecture::Amd64,
    );
    let installs: Vec<pb::Meta> = processes(&member, "runtime")
        .into_iter()
        .filter(|process| process.args.contains(&"install".to_owned()))
        .collect();
    let [forced, rest @ ..] = installs.as_slice() else {
        panic!("{installs:#?}")
    };
    let is_named = |process: &pb::Meta| process.args.contains(&"sglang==0.5.7".to_owned());
    assert!(!is_named(forced), "it would be installed again");
    assert_eq!(rest.len(), 3, "requirements, Dynamo, the spec's");
    for process in rest {
        assert!(is_named(process), "{:?}", process.args);
        let overrides = "UV_OVERRIDE=/run/overrides".to_owned();
        assert!(process.env.contains(&overrides), "{:?}", process.args);
    }
}
