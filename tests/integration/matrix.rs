//! Every combination of framework, target, device, CUDA release, architecture,
//! source and EFA: built to a graph, or refused with the reason.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use buildkit_llb::{MarshalOptions, marshal};
use dynamo_frontend::diagnostic::Code;
use dynamo_frontend::emit::{self, Images, Settings};
use dynamo_frontend::image::ImageConfig;
use dynamo_frontend::pipeline::{self, Outcome};
use dynamo_frontend::spec::{Architecture, Device, Framework, Input, Target};

use crate::measure::Measured;

/// CUDA releases that somebody may ask for; none asks for the default.
const CUDA: [Option<&str>; 4] = [None, Some("12.9"), Some("13.0"), Some("13.1")];
const SOURCES: [&str; 3] = [
    "context",
    "{index: 1.0.0}",
    "{git: {url: https://github.com/ai-dynamo/dynamo, ref: v1.0.0}}",
];

/// What somebody asks for.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Wish {
    framework: Framework,
    device: Device,
    cuda: Option<&'static str>,
    source: &'static str,
    target: Target,
    efa: bool,
    architecture: Architecture,
}

impl Wish {
    /// Everything that can be asked of a framework.
    fn all(framework: Framework) -> Vec<Self> {
        let mut all = vec![Self {
            framework,
            device: Device::Cuda,
            cuda: None,
            source: "",
            target: Target::Runtime,
            efa: false,
            architecture: Architecture::Amd64,
        }];
        vary(&mut all, &SOURCES, |wish, source| wish.source = source);
        vary(&mut all, &Target::ALL.iter().copied(), |wish, target| {
            wish.target = target;
        });
        vary(&mut all, &[false, true], |wish, efa| wish.efa = efa);
        vary(&mut all, &Architecture::ALL.iter().copied(), |wish, one| {
            wish.architecture = one;
        });
        // Other devices have no CUDA release; a rule's folder shows that.
        let mut others = all.clone();
        vary(&mut all, &CUDA, |wish, cuda| wish.cuda = cuda);
        vary(&mut others, &[Device::Xpu, Device::Cpu], |wish, device| {
            wish.device = device;
        });
        all.extend(others);
        all
    }

    fn spec(&self) -> String {
        let Self {
            framework,
            device,
            target,
            source,
            efa,
            ..
        } = self;
        let cuda = self
            .cuda
            .map_or(String::new(), |cuda| format!("cuda: \"{cuda}\"\n"));
        // An index has no sources of the endpoint picker.
        let picker = if *target == Target::Frontend && source.contains("index") {
            "images: {epp: registry.example/epp:1}\n"
        } else {
            ""
        };
        // Other targets have an account of their own, or none.
        let user = match target {
            Target::LocalDev => "user: {uid: 1234, gid: 1234}\n",
            _ => "",
        };
        format!(
            "framework: {framework}\ndevice: {device}\ntarget: {target}\n{cuda}efa: {efa}\n\
             dynamo: {{source: {source}}}\n{user}{picker}"
        )
    }

    fn outcome(&self) -> Outcome {
        let spec = self.spec();
        let input = Input {
            name: "dynamo.yaml",
            bytes: spec.as_bytes(),
            build_args: &BTreeMap::new(),
            target: None,
        };
        pipeline::plan(input, &[self.architecture]).expect("a catalog that reads")
    }
}

/// Replaces every wish by one for each value.
fn vary<T: Copy>(
    wishes: &mut Vec<Wish>,
    values: &(impl IntoIterator<Item = T> + Clone),
    set: impl Fn(&mut Wish, T),
) {
    *wishes = wishes
        .iter()
        .flat_map(|wish| {
            let set = &set;
            values.clone().into_iter().map(move |value| {
                let mut wish = *wish;
                set(&mut wish, value);
                wish
            })
        })
        .collect();
}

/// Rules that refuse what the catalog does not have.
const REFUSALS: [Code; 2] = [Code::UnsupportedCombination, Code::UnsupportedPlatform];

/// Layers that an image may add to its base. Storage drivers take 128 in all, and
/// bases of NVIDIA's have up to 40.
const MOST_LAYERS: usize = 40;

/// The graph of an outcome, with images by their tags, and how many layers its
/// image adds to its base.
fn measured(outcome: &Outcome) -> (Measured, usize) {
    let plan = &outcome.plans[0];
    let emitted = emit::emit(
        plan,
        &Images::default(),
        &outcome.sources,
        &Settings::default(),
    );
    let emitted = emitted.expect("a plan whose stages are in order");
    let options = MarshalOptions::new(plan.architecture.platform()).session("S");
    let definition = marshal(&emitted.output, &options).expect("a graph");
    let base = ImageConfig::new("linux", plan.architecture.word());
    let layers = emitted.config(plan, &base).history.len();
    (Measured::of(&definition.definition.into()), layers)
}

/// A line for each combination that is built, and the reasons why others are
/// not.
fn table(framework: Framework) -> String {
    let mut rows: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut refused: BTreeMap<String, usize> = BTreeMap::new();
    for wish in Wish::all(framework) {
        let outcome = wish.outcome();
        let found = outcome.diagnostics.sorted();
        if let [_] = outcome.plans.as_slice() {
            assert!(found.is_empty(), "{}: {found:?}", wish.spec());
            let resolved = outcome.resolved.as_ref().expect("planned");
            let cuda = resolved
                .cuda
                .as_ref()
                .map_or("", |cuda| cuda.value.as_str());
            let (graph, layers) = measured(&outcome);
            assert!(layers <= MOST_LAYERS, "{}: {layers} layers", wish.spec());
            let anonymous = graph.anonymous();
            assert!(anonymous.is_empty(), "{}: {anonymous:?}", wish.spec());
            let row = format!(
                "| {} | {} | {cuda} | {} | {} | {} | {} | {} | {} | {layers} |",
                wish.framework,
                wish.device,
                resolved.dynamo.word(),
                wish.target,
                if wish.efa { "EFA" } else { "" },
                graph.operations(),
                graph.execs(),
                graph.chain(),
            );
            rows.entry(row)
                .or_default()
                .insert(wish.architecture.to_string());
        } else {
            let reason = found
                .iter()
                .find(|one| REFUSALS.contains(&one.code))
                .unwrap_or_else(|| panic!("{}: {found:?}", wish.spec()));
            // What comes before is the wish, and there are many of those.
            let what = reason
                .message
                .rsplit_once("` ")
                .map_or("", |(_, what)| what);
            *refused
                .entry(format!("{}: {what}", wish.device))
                .or_default() += 1;
        }
    }
    let mut text = String::from(
        "| framework | device | CUDA | source | target | EFA | operations | processes | longest chain | layers | architectures |\n\
         |---|---|---|---|---|---|---|---|---|---|---|\n",
    );
    for (row, architectures) in rows {
        let architectures: Vec<_> = architectures.into_iter().collect();
        let _ = writeln!(text, "{row} {} |", architectures.join(" "));
    }
    let all: usize = refused.values().sum();
    let _ = writeln!(text, "\n{all} wishes refused:");
    for (reason, times) in refused {
        let _ = writeln!(text, "{times:>5} {reason}");
    }
    text
}

#[test]
fn every_combination_of_dynamo_is_built_or_refused() {
    insta::assert_snapshot!(table(Framework::Dynamo));
}

#[test]
fn every_combination_of_vllm_is_built_or_refused() {
    insta::assert_snapshot!(table(Framework::Vllm));
}

#[test]
fn every_combination_of_sglang_is_built_or_refused() {
    insta::assert_snapshot!(table(Framework::Sglang));
}

#[test]
fn every_combination_of_trtllm_is_built_or_refused() {
    insta::assert_snapshot!(table(Framework::Trtllm));
}
