//! What a graph may not ask of the machine that builds it, so that any `BuildKit`
//! builds it: a remote one, one of many in a cluster, one that begins empty.

use std::collections::{BTreeMap, BTreeSet};

use buildkit_proto::pb;
use prost::Message;
use sha2::{Digest, Sha256};

use crate::examples::Example;

/// The operations of a graph, by their digests.
type Operations = BTreeMap<String, pb::Op>;

fn operations(graph: &pb::Definition) -> Operations {
    let bytes = graph.def.iter();
    let named = bytes.map(|one| {
        let digest = format!("sha256:{}", hex::encode(Sha256::digest(one)));
        (digest, pb::Op::decode(one.as_ref()).expect("an operation"))
    });
    named.collect()
}

/// The processes of a graph, each with what it is given.
fn execs(operations: &Operations) -> impl Iterator<Item = (&pb::ExecOp, &[pb::Input])> {
    operations.values().filter_map(|one| match &one.op {
        Some(pb::op::Op::Exec(exec)) => Some((exec, one.inputs.as_slice())),
        _ => None,
    })
}

fn sources(operations: &Operations) -> impl Iterator<Item = &pb::SourceOp> {
    operations.values().filter_map(|one| match &one.op {
        Some(pb::op::Op::Source(source)) => Some(source),
        _ => None,
    })
}

/// Whether an input is folders made on nothing.
fn is_folder(operations: &Operations, input: &pb::Input) -> bool {
    let operation = &operations[&input.digest];
    let Some(pb::op::Op::File(file)) = &operation.op else {
        return false;
    };
    let mkdir =
        |one: &pb::FileAction| matches!(one.action, Some(pb::file_action::Action::Mkdir(_)));
    operation.inputs.is_empty() && file.actions.iter().all(mkdir)
}

/// Each example's graph, with its title.
fn graphs() -> Vec<(String, Operations)> {
    let all = Example::all().into_iter();
    let graphs: Vec<_> = all
        .map(|example| (example.title(), operations(&example.built(&[]).graph())))
        .collect();
    assert!(graphs.len() > 30, "only {} graphs", graphs.len());
    graphs
}

#[test]
fn no_step_asks_for_privileges_or_for_the_network_of_the_machine() {
    for (title, operations) in graphs() {
        for (exec, _) in execs(&operations) {
            assert_eq!(exec.security(), pb::SecurityMode::Sandbox, "{title}");
            assert_ne!(exec.network(), pb::NetMode::Host, "{title}");
            assert!(exec.cdi_devices.is_empty(), "{title}");
        }
    }
}

#[test]
fn a_source_is_an_image_a_repository_a_download_or_what_the_client_sends() {
    let mut kinds = BTreeSet::new();
    for (title, operations) in graphs() {
        for source in sources(&operations) {
            let (kind, rest) = source.identifier.split_once("://").expect("a kind");
            kinds.insert(kind.to_owned());
            match kind {
                "docker-image" | "git" | "https" => {}
                // A name that the client knows, of a folder that it shows; no path.
                "local" => assert!(!rest.contains('/'), "{title}: {rest}"),
                _ => panic!("{title}: {}", source.identifier),
            }
        }
    }
    let kinds: Vec<&str> = kinds.iter().map(String::as_str).collect();
    assert_eq!(kinds, ["docker-image", "git", "https", "local"]);
}

#[test]
fn an_image_is_named_by_its_digest() {
    for (title, operations) in graphs() {
        for source in sources(&operations) {
            let identifier = &source.identifier;
            if identifier.starts_with("docker-image://") {
                assert!(identifier.contains("@sha256:"), "{title}: {identifier}");
            }
        }
    }
}

#[test]
fn nothing_of_a_cache_mount_becomes_part_of_a_step() {
    let mut caches = 0;
    for (title, operations) in graphs() {
        for (exec, inputs) in execs(&operations) {
            let of_type = |kind| {
                exec.mounts
                    .iter()
                    .filter(move |one| one.mount_type() == kind)
            };
            for cache in of_type(pb::MountType::Cache) {
                caches += 1;
                assert!(cache.output < 0, "{title}: {}", cache.dest);
                assert!(!cache.readonly, "{title}: {}", cache.dest);
                // Every builder can begin it: an empty folder, or one with an owner.
                let owned = usize::try_from(cache.input)
                    .ok()
                    .map(|input| &inputs[input]);
                let begins = owned.is_none_or(|input| is_folder(&operations, input));
                assert!(begins, "{title}: {}", cache.dest);
                // A folder that is kept may have a cache in it, and not the other way.
                for kept in of_type(pb::MountType::Bind).filter(|one| one.output >= 0) {
                    let inside = format!("{}/", cache.dest.trim_end_matches('/'));
                    assert!(!kept.dest.starts_with(&inside), "{title}: {}", kept.dest);
                }
            }
        }
    }
    assert!(caches > 50, "only {caches} cache mounts");
}

#[test]
fn no_step_sees_a_folder_or_a_socket_of_the_machine() {
    for (title, operations) in graphs() {
        for (exec, _) in execs(&operations) {
            for mount in &exec.mounts {
                let kind = mount.mount_type();
                // What is bound is what another operation left.
                let of_graph = kind != pb::MountType::Bind || mount.input >= 0 || mount.dest == "/";
                let scratch = mount.input < 0 && mount.output >= 0;
                assert!(of_graph || scratch, "{title}: {}", mount.dest);
                assert_ne!(kind, pb::MountType::Ssh, "{title}: {}", mount.dest);
            }
        }
    }
}
