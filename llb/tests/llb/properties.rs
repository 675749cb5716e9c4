//! What holds for any graph: tried on graphs put together at random.

use std::collections::BTreeSet;

use buildkit_llb::{
    CopyFrom, Diff, Exec, FileOp, Image, Local, Location, Merge, Mkdir, Mount, Output, Range,
    SourceFile,
};
use buildkit_proto::canonical::{digest, encode_op};
use buildkit_proto::pb;
use proptest::prelude::*;
use prost::Message;

use crate::definition;

/// One operation; numbers point to earlier ones.
#[derive(Clone, Debug)]
enum Step {
    Image(u8),
    Local(u8),
    Exec {
        root: usize,
        mount: usize,
        script: u8,
        writable: bool,
    },
    Copy {
        base: usize,
        from: usize,
        path: u8,
    },
    Mkdir {
        base: usize,
        path: u8,
    },
    Merge(usize, usize),
    Diff(usize, usize),
}

fn step() -> impl Strategy<Value = Step> {
    let earlier = || 0..64usize;
    prop_oneof![
        (0..3u8).prop_map(Step::Image),
        (0..3u8).prop_map(Step::Local),
        (earlier(), earlier(), 0..4u8, any::<bool>()).prop_map(
            |(root, mount, script, writable)| {
                Step::Exec {
                    root,
                    mount,
                    script,
                    writable,
                }
            }
        ),
        (earlier(), earlier(), 0..4u8).prop_map(|(base, from, path)| Step::Copy {
            base,
            from,
            path
        }),
        (earlier(), 0..4u8).prop_map(|(base, path)| Step::Mkdir { base, path }),
        (earlier(), earlier()).prop_map(|(lower, upper)| Step::Merge(lower, upper)),
        (earlier(), earlier()).prop_map(|(lower, upper)| Step::Diff(lower, upper)),
    ]
}

/// Builds operation `at` and whatever it needs that is not built yet.
fn build(steps: &[Step], at: usize, built: &mut Vec<Option<Output>>) -> Output {
    if let Some(output) = &built[at] {
        return output.clone();
    }
    let file = SourceFile::new("spec", "1\n2\n3\n", "YAML");
    let line = u32::try_from(at % 3 + 1).expect("small");
    let location = Location::new(&file, [Range::lines(line, line)]);
    let mut earlier = |number: usize| match at {
        0 => Output::scratch(),
        at => build(steps, number % at, built),
    };
    let output = match &steps[at] {
        Step::Image(tag) => Image::new(format!("docker.io/library/i:{tag}"))
            .at(location)
            .output(),
        Step::Local(name) => Local::new(format!("l{name}")).output(),
        Step::Exec {
            root,
            mount,
            script,
            writable,
        } => {
            let (root, tree) = (earlier(*root), earlier(*mount));
            let mount = match writable {
                true => Mount::writable("/m", &tree),
                false => Mount::read_only("/m", &tree),
            };
            let exec = Exec::shell(format!("s{script}"))
                .root(&root)
                .mount(mount)
                .at(location);
            let run = exec.name(format!("exec {script}")).run();
            run.output("/m").unwrap_or_else(|| run.root())
        }
        Step::Copy { base, from, path } => {
            let (base, from) = (earlier(*base), earlier(*from));
            let copy = CopyFrom::new(&from, "/", format!("/{path}/"));
            FileOp::on(&base).copy(copy).at(location).output()
        }
        Step::Mkdir { base, path } => FileOp::on(&earlier(*base))
            .mkdir(Mkdir::new(format!("/{path}"), 0o755))
            .output(),
        Step::Merge(lower, upper) => Merge::new([&earlier(*lower), &earlier(*upper)]).output(),
        Step::Diff(lower, upper) => Diff::new(&earlier(*lower), &earlier(*upper)).output(),
    };
    built[at] = Some(output.clone());
    output
}

/// The last step, after the others were built in some order.
fn result(steps: &[Step], order: &[usize]) -> Output {
    let mut built = vec![None; steps.len()];
    for at in order {
        build(steps, *at, &mut built);
    }
    build(steps, steps.len() - 1, &mut built)
}

/// Steps, and an order to build them in.
fn shuffled() -> impl Strategy<Value = (Vec<Step>, Vec<usize>)> {
    prop::collection::vec(step(), 1..24).prop_flat_map(|steps| {
        let order: Vec<usize> = (0..steps.len()).collect();
        (Just(steps), Just(order).prop_shuffle())
    })
}

proptest! {
    #[test]
    fn the_order_of_building_does_not_matter((steps, order) in shuffled()) {
        let straight: Vec<usize> = (0..steps.len()).collect();
        let expected = definition(&result(&steps, &straight));
        prop_assert_eq!(definition(&result(&steps, &order)).to_bytes(), expected.to_bytes());
        // Nothing shared between steps: every user builds what it needs anew.
        prop_assert_eq!(definition(&result(&steps, &[])).to_bytes(), expected.to_bytes());
    }

    #[test]
    fn case_68_encoding_an_operation_again_keeps_its_digest((steps, order) in shuffled()) {
        let definition = definition(&result(&steps, &order));
        for (bytes, expected) in definition.ops().iter().zip(definition.digests()) {
            let op = pb::Op::decode(bytes.as_ref()).expect("it was encoded");
            prop_assert_eq!(digest(&encode_op(&op)), expected);
        }
    }

    #[test]
    fn a_definition_is_well_formed((steps, order) in shuffled()) {
        let definition = definition(&result(&steps, &order));
        let digests: Vec<String> = definition.digests().collect();
        let distinct: BTreeSet<&String> = digests.iter().collect();
        prop_assert_eq!(distinct.len(), digests.len());
        let message = definition.as_pb();
        let locations = message.source.iter().flat_map(|source| source.locations.keys());
        for key in message.metadata.keys().chain(locations) {
            prop_assert!(distinct.contains(key), "{} is no operation", key);
        }
        for (at, bytes) in definition.ops().iter().enumerate() {
            let op = pb::Op::decode(bytes.as_ref()).expect("it was encoded");
            for input in op.inputs {
                prop_assert!(digests[..at].contains(&input.digest));
                prop_assert!(input.index >= 0);
            }
        }
    }

    #[test]
    fn importing_changes_nothing((steps, order) in shuffled()) {
        let exported = definition(&result(&steps, &order));
        let imported = Output::from_definition(exported.clone()).expect("it is a graph");
        prop_assert_eq!(definition(&imported).to_bytes(), exported.to_bytes());
    }
}
