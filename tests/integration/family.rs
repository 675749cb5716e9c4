//! The images of the family: how much of a build must wait for the rest of it,
//! and what a change in the repository builds again.

use std::collections::BTreeMap;

use dynamo_frontend::gateway::double::Daemon;
use dynamo_frontend::pipeline::{self, Outcome};
use dynamo_frontend::plan::to_text;
use dynamo_frontend::spec::{Architecture, Input};

use crate::case::{CONFIG, Case, DIGEST, Ran, named};
use crate::measure::Measured;

/// A member of the family, by its keys.
pub(crate) struct Member {
    spec: String,
    architecture: Architecture,
    options: Vec<(&'static str, &'static str)>,
}

impl Member {
    pub(crate) fn new(keys: &str, architecture: Architecture) -> Self {
        Self {
            spec: format!("# syntax=nvidia/dynamo-frontend:1\n{keys}"),
            architecture,
            options: Vec::new(),
        }
    }

    /// With an option of the client's.
    pub(crate) fn option(mut self, name: &'static str, value: &'static str) -> Self {
        self.options.push((name, value));
        self
    }

    /// What comes of planning it.
    pub(crate) fn outcome(&self) -> Outcome {
        let input = Input {
            name: "dynamo.yaml",
            bytes: self.spec.as_bytes(),
            build_args: &BTreeMap::new(),
            target: None,
        };
        pipeline::plan(input, &[self.architecture]).expect("a catalog that reads")
    }

    /// The plan as people read it.
    #[track_caller]
    pub(crate) fn plan(&self) -> String {
        let outcome = self.outcome();
        let plan = outcome.plans.first();
        let plan = plan.unwrap_or_else(|| panic!("{:?}", outcome.diagnostics.sorted()));
        to_text(plan, &outcome.sources)
    }

    /// The figures of its graph.
    #[track_caller]
    pub(crate) fn measured(&self) -> Measured {
        Measured::of(&self.run().graph())
    }

    /// The build, against a daemon whose registry has its images.
    #[track_caller]
    pub(crate) fn run(&self) -> Ran {
        let config = CONFIG.replace("amd64", self.architecture.word());
        let platform = format!("linux/{}", self.architecture);
        let mut case = Case::on(Daemon::head(), &self.spec).option("platform", &platform);
        for image in self.outcome().plans.iter().flat_map(|plan| plan.images()) {
            let reference = image.reference.to_string();
            case = case.script(|double| double.image(&reference, DIGEST, config.clone()));
        }
        for (name, value) in &self.options {
            case = case.option(name, value);
        }
        case.run()
    }
}

/// Files of the repository, and how many processes at most run again when one of
/// them changes.
const CHANGES: [(&str, usize); 5] = [
    ("lib/runtime/src/lib.rs", 4),
    ("components/src/x.py", 3),
    ("examples/a.py", 0),
    ("tests/a.py", 0),
    ("container/deps/requirements.txt", 2),
];

/// Images, and how many processes at most run one after another.
const CHAINS: [(&str, usize); 6] = [
    ("framework: vllm\ntarget: framework\n", 5),
    ("framework: vllm\ndevice: xpu\ntarget: framework\n", 3),
    ("framework: vllm\n", 12),
    ("framework: vllm\ncuda: \"13.0\"\n", 12),
    ("framework: vllm\nefa: true\n", 12),
    ("framework: vllm\ndevice: cpu\n", 12),
];

#[test]
fn few_processes_wait_for_each_other() {
    for (keys, most) in CHAINS {
        let measured = Member::new(keys, Architecture::Amd64).measured();
        let chain = measured.longest_chain();
        assert!(chain.len() <= most, "{keys}: {chain:#?}");
    }
}

#[test]
fn a_change_in_the_repository_builds_little_again() {
    for keys in ["framework: vllm\n", "framework: vllm\ndevice: xpu\n"] {
        let measured = Member::new(keys, Architecture::Amd64).measured();
        for (path, most) in CHANGES {
            let again = measured.touched_by(path);
            assert!(again.len() <= most, "{keys}{path}: {again:#?}");
            assert_eq!(again.is_empty(), most == 0, "{keys}{path}");
        }
    }
}

#[test]
fn the_plan_of_every_vllm_is_this() {
    let members = [
        ("vllm-12.9-amd64", "cuda: \"12.9\"\n", Architecture::Amd64),
        ("vllm-13.0-arm64", "cuda: \"13.0\"\n", Architecture::Arm64),
        ("vllm-xpu-amd64", "device: xpu\n", Architecture::Amd64),
        ("vllm-cpu-amd64", "device: cpu\n", Architecture::Amd64),
        ("vllm-efa-amd64", "efa: true\n", Architecture::Amd64),
        (
            "vllm-framework-amd64",
            "target: framework\nvllm: {deepgemm: v2.1.0}\n",
            Architecture::Amd64,
        ),
    ];
    for (name, keys, architecture) in members {
        let plan = Member::new(&format!("framework: vllm\n{keys}"), architecture).plan();
        // The builds of Dynamo and of what engines are built with have tests of
        // their own.
        insta::assert_snapshot!(
            name,
            stages(&plan, &["framework", "runtime", "efa", "image"])
        );
    }
}

/// The parts of a plan's text that these stages and the image are, without the
/// lines of the catalog: a longer catalog is no other plan.
pub(crate) fn stages(plan: &str, wanted: &[&str]) -> String {
    let parts = plan.split("\n\n").filter(|part| {
        let name = part.split_whitespace().next();
        name.is_some_and(|name| wanted.contains(&name))
    });
    let parts = parts.collect::<Vec<_>>().join("\n\n");
    let lines = parts.lines();
    lines
        .filter(|line| !line.trim_start().starts_with("because of "))
        .collect::<Vec<_>>()
        .join("\n")
}

#[test]
fn vllm_is_installed_as_its_device_needs() {
    let installs = [
        (
            "cuda: \"12.9\"\n",
            "install vLLM 0.15.1",
            "--torch-backend cu129 vllm[flashinfer,runai]==0.15.1",
        ),
        (
            "cuda: \"12.9\"\nmirrors: {https://download.pytorch.org/: https://torch.local/}\n",
            "install vLLM 0.15.1",
            "--index https://torch.local/whl/cu129 --index-strategy unsafe-best-match \
             vllm[flashinfer,runai]==0.15.1",
        ),
        (
            "cuda: \"12.9\"\n",
            "with LMCache",
            "3.12 /opt/dynamo/venv --torch-backend cu129 lmcache==0.3.13",
        ),
        (
            "cuda: \"13.0\"\n",
            "install the wheel of vLLM 0.15.1",
            "--torch-backend cu130 \
             /run/wheel/vllm-0.15.1+cu130-cp38-abi3-manylinux_2_35_x86_64.whl[flashinfer,runai]",
        ),
        (
            "cuda: \"13.0\"\nvllm: {deepgemm: v2.1.0}\n",
            "compile the kernels",
            "/opt/vllm --cuda-version 13.0 --ref v2.1.0",
        ),
        (
            "device: xpu\n",
            "compile vLLM 0.17.1 for xpu",
            "/opt/dynamo/venv/bin/python 0.17.1 --index https://download.pytorch.org/whl/xpu \
             --index-strategy unsafe-best-match -r /run/vllm/requirements/xpu.txt",
        ),
        (
            "device: cpu\nvllm: {ref: main}\n",
            "compile vLLM main for cpu",
            // Without a release git tells the version.
            "/opt/dynamo/venv/bin/python  --index https://download.pytorch.org/whl/cpu \
             --index-strategy unsafe-best-match -r /run/vllm/requirements/cpu-build.txt \
             -r /run/vllm/requirements/cpu.txt",
        ),
    ];
    for (keys, title, end) in installs {
        let keys = format!("framework: vllm\ntarget: framework\n{keys}");
        let ran = Member::new(&keys, Architecture::Amd64).run();
        let all = named(&ran.graph());
        let found = all.iter().find(|(name, _)| name.contains(title));
        let (_, step) = found.unwrap_or_else(|| panic!("no {title}: {:#?}", all.keys()));
        let meta = step
            .exec()
            .and_then(|exec| exec.meta.as_ref())
            .expect("a process");
        let args = meta.args.join(" ");
        assert!(args.ends_with(end), "{args}");
        assert_eq!(meta.user, "1000:0", "nothing changes its owner later");
        assert!(
            meta.env
                .contains(&"VIRTUAL_ENV=/opt/dynamo/venv".to_owned())
        );
    }
}
