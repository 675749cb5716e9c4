//! Definitions made elsewhere, taken into a graph.

use buildkit_llb::{
    CapSet, CopyFrom, Definition, Exec, FileOp, ImportError, Location, Mount, Output, Range,
    SourceFile, caps, marshal,
};
use buildkit_proto::pb;
use bytes::Bytes;
use prost::Message;

use crate::{base, decode, definition, options, step};

fn foreign() -> Definition {
    let spec = SourceFile::new("other.yaml", "a\n", "YAML");
    let run = step()
        .mount(Mount::writable("/out", &Output::scratch()))
        .at(Location::new(&spec, [Range::lines(1, 1)]))
        .run();
    definition(&run.output("/out").expect("mounted writable"))
}

#[test]
fn an_imported_graph_is_what_it_was() {
    let foreign = foreign();
    let imported = Output::from_definition(foreign.clone()).expect("valid");
    assert_eq!(definition(&imported), foreign);
}

#[test]
fn an_imported_graph_can_be_built_upon() {
    let foreign = foreign();
    let imported = Output::from_definition(foreign.clone()).expect("valid");
    let spec = SourceFile::new("dynamo.yaml", "b\n", "YAML");
    let joined = FileOp::on(&base())
        .copy(CopyFrom::new(&imported, "/", "/"))
        .at(Location::new(&spec, [Range::lines(1, 1)]))
        .name("copy")
        .output();
    let graph = decode(&definition(&joined));
    // The base is in both.
    assert_eq!(graph.ops().len(), foreign.ops().len() + 1);
    let step = graph.named("step").expect("came along");
    assert_eq!(
        graph.named("copy").expect("is there").inputs[1],
        Some((step.number, 1))
    );
    let files: Vec<&str> = graph
        .files()
        .iter()
        .map(|file| file.filename.as_str())
        .collect();
    assert_eq!(files.len(), 2);
    let at = usize::try_from(step.locations[0].source_index).expect("an index");
    assert_eq!(files[at], "other.yaml");
}

/// Bytes that our encoder would order differently still keep their digest.
#[test]
fn foreign_bytes_are_opaque() {
    let op = pb::Op {
        op: Some(pb::op::Op::Source(pb::SourceOp {
            identifier: "docker-image://a".to_owned(),
            ..pb::SourceOp::default()
        })),
        constraints: Some(pb::WorkerConstraints::default()),
        ..pb::Op::default()
    };
    let mut tag_order = op.encode_to_vec();
    tag_order.extend_from_slice(b"\xfa\x3f\x01x");
    let digest = buildkit_proto::canonical::digest(&tag_order);
    let input = pb::Input {
        digest: digest.clone(),
        index: 0,
    };
    let terminal = pb::Op {
        inputs: vec![input],
        ..pb::Op::default()
    };
    let def = vec![
        Bytes::from(tag_order.clone()),
        Bytes::from(terminal.encode_to_vec()),
    ];
    let imported = Output::from_definition(pb::Definition {
        def,
        ..pb::Definition::default()
    })
    .expect("valid");
    let joined = definition(&Exec::shell("true").root(&imported).run().root());
    assert_eq!(joined.ops()[0], tag_order);
    assert_eq!(joined.digests().next(), Some(digest));
}

#[test]
fn the_order_of_a_foreign_definition_does_not_matter() {
    let mut message = foreign().into_pb();
    message.def[..2].reverse();
    let imported = Output::from_definition(message).expect("valid");
    assert_eq!(definition(&imported), foreign());
}

#[test]
fn a_definition_without_operations_is_the_empty_tree() {
    assert!(
        Output::from_definition(Definition::default())
            .expect("valid")
            .is_scratch()
    );
}

#[test]
fn a_definition_that_is_no_graph_is_refused() {
    let import = |def: Vec<Vec<u8>>| {
        let def = def.into_iter().map(Bytes::from).collect();
        Output::from_definition(pb::Definition {
            def,
            ..pb::Definition::default()
        })
        .expect_err("no graph")
    };
    let input = |digest: &str, index| pb::Input {
        digest: digest.to_owned(),
        index,
    };
    let op = |inputs| {
        pb::Op {
            inputs,
            ..pb::Op::default()
        }
        .encode_to_vec()
    };
    assert!(matches!(
        import(vec![vec![0xff]]),
        ImportError::Decode { index: 0, .. }
    ));
    assert_eq!(import(vec![op(vec![])]), ImportError::NoResult);
    assert!(matches!(
        import(vec![op(vec![input("sha256:none", 0)])]),
        ImportError::MissingInput { .. }
    ));
    let leaf = op(vec![]);
    let digest = buildkit_proto::canonical::digest(&leaf);
    assert!(matches!(
        import(vec![leaf, op(vec![input(&digest, -1)])]),
        ImportError::InvalidIndex { index: -1, .. }
    ));
}

#[test]
fn what_a_foreign_operation_declares_is_needed() {
    let declared = Output::from_definition(foreign()).expect("valid");
    let old = CapSet::all().without(caps::EXEC_META_BASE);
    let error = marshal(&declared, &options().caps(old)).expect_err("not offered");
    assert!(error.to_string().contains("exec.meta.base"), "{error}");
}
