//! Graphs so deep that one stack frame per operation would be too many.

use buildkit_llb::{Exec, FileOp, Mkdir, Output};

use crate::{base, decode, definition};

const DEPTH: usize = 100_000;

#[test]
fn a_long_chain_is_built_marshalled_imported_and_dropped() {
    let chain = (0..DEPTH).fold(base(), |tree, i| {
        FileOp::on(&tree)
            .mkdir(Mkdir::new(format!("/{i}"), 0o755))
            .output()
    });
    let definition = definition(&chain);
    assert_eq!(definition.ops().len(), DEPTH + 2);
    drop(chain);

    let imported = Output::from_definition(definition.clone()).expect("valid");
    assert_eq!(crate::definition(&imported), definition);
    drop(imported);
}

/// As many paths as there are subsets of the steps, each step encoded once.
#[test]
fn shared_steps_are_walked_once() {
    let ladder = (0..200).fold(base(), |tree, i| {
        Exec::shell(format!("step {i}"))
            .root(&tree)
            .mount(buildkit_llb::Mount::read_only("/same", &tree))
            .run()
            .root()
    });
    assert_eq!(decode(&definition(&ladder)).ops().len(), 202);
}
