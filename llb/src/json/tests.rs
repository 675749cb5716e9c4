//! The form of every kind of member.

use std::collections::BTreeSet;

use buildkit_proto::{canonical, pb};
use bytes::Bytes;
use prost::Message;
use serde_json::{Value, json};

use super::document;
use crate::{Definition, MarshalOptions, Platform, SourceFile, marshal};

/// A definition of one operation.
fn one(op: &pb::Op) -> (String, Definition) {
    let bytes = canonical::encode_op(op);
    let digest = canonical::digest(&bytes);
    let definition = pb::Definition {
        def: vec![Bytes::from(bytes)],
        ..pb::Definition::default()
    };
    (digest, definition.into())
}

fn written(op: &pb::Op) -> Value {
    let (digest, definition) = one(op);
    document(&definition).expect("a definition")["def"][digest].clone()
}

#[test]
fn a_process_has_the_names_of_the_protocol_and_long_numbers_as_text() {
    let cache = pb::Mount {
        input: -1,
        output: -1,
        dest: "/cache".to_owned(),
        mount_type: pb::MountType::Cache.into(),
        cache_opt: Some(pb::CacheOpt {
            id: "pip".to_owned(),
            sharing: pb::CacheSharingOpt::Locked.into(),
        }),
        ..pb::Mount::default()
    };
    let memory = pb::Mount {
        mount_type: pb::MountType::Tmpfs.into(),
        tmpfs_opt: Some(pb::TmpfsOpt { size: 1 << 40 }),
        ssh_opt: Some(pb::SshOpt::default()),
        ..pb::Mount::default()
    };
    let exec = pb::ExecOp {
        meta: Some(pb::Meta {
            args: vec!["a".to_owned()],
            valid_exit_codes: vec![1],
            proxy_env: Some(pb::ProxyEnv {
                http_proxy: "p".to_owned(),
                ..pb::ProxyEnv::default()
            }),
            ..pb::Meta::default()
        }),
        mounts: vec![cache, memory],
        network: pb::NetMode::None.into(),
        secretenv: vec![pb::SecretEnv {
            id: "s".to_owned(),
            name: "S".to_owned(),
            optional: true,
        }],
        ..pb::ExecOp::default()
    };
    let op = pb::Op {
        inputs: vec![pb::Input {
            digest: "sha256:a".to_owned(),
            index: 1,
        }],
        op: Some(pb::op::Op::Exec(exec)),
        platform: Some(Platform::new("linux", "amd64").to_pb()),
        constraints: Some(pb::WorkerConstraints::default()),
    };
    let expected = json!({
        "inputs": [{"digest": "sha256:a", "index": "1"}],
        "exec": {
            "meta": {"args": ["a"], "validExitCodes": [1], "proxyEnv": {"httpProxy": "p"}},
            "mounts": [
                {
                    "input": "-1",
                    "output": "-1",
                    "dest": "/cache",
                    "mountType": "CACHE",
                    "cacheOpt": {"ID": "pip", "sharing": "LOCKED"},
                },
                {"mountType": "TMPFS", "TmpfsOpt": {"size": "1099511627776"}, "SSHOpt": {}},
            ],
            "network": "NONE",
            "secretenv": [{"ID": "s", "name": "S", "optional": true}],
        },
        "platform": {"Architecture": "amd64", "OS": "linux"},
        "constraints": {},
    });
    assert_eq!(written(&op), expected);
}

#[test]
fn what_was_chosen_is_written_even_if_it_is_nothing_and_bytes_are_base64() {
    let root = pb::UserOpt {
        user: Some(pb::user_opt::User::ById(0)),
    };
    let file = pb::FileActionMkFile {
        data: vec![0xff, 0xfe],
        timestamp: -1,
        owner: Some(pb::ChownOpt {
            user: Some(root),
            group: None,
        }),
        ..pb::FileActionMkFile::default()
    };
    let action = pb::FileAction {
        secondary_input: -1,
        action: Some(pb::file_action::Action::Mkfile(file)),
        ..pb::FileAction::default()
    };
    let file = pb::FileOp {
        actions: vec![action],
    };
    let op = |op| pb::Op {
        op: Some(op),
        ..pb::Op::default()
    };
    assert_eq!(
        written(&op(pb::op::Op::File(file))),
        json!({"file": {"actions": [{
            "secondaryInput": "-1",
            "mkfile": {"data": "//4=", "timestamp": "-1", "owner": {"user": {"byID": 0}}},
        }]}})
    );
    assert_eq!(
        written(&op(pb::op::Op::Merge(pb::MergeOp::default()))),
        json!({"merge": {}})
    );
    // The name of a value that is newer than this program is not known.
    let newer = pb::ExecOp {
        network: 9,
        ..pb::ExecOp::default()
    };
    assert_eq!(
        written(&op(pb::op::Op::Exec(newer))),
        json!({"exec": {"network": 9}})
    );
}

#[test]
fn metadata_has_the_form_of_the_go_client() {
    let metadata = pb::OpMetadata {
        ignore_cache: true,
        description: [("llb.customname".to_owned(), "a".to_owned())].into(),
        export_cache: Some(pb::ExportCache { value: true }),
        caps: [("on".to_owned(), true), ("off".to_owned(), false)].into(),
        progress_group: Some(pb::ProgressGroup {
            id: "1".to_owned(),
            name: "g".to_owned(),
            weak: false,
        }),
        linux_resources: Some(pb::LinuxResources {
            memory_swap: 4096,
            ..pb::LinuxResources::default()
        }),
    };
    let definition = pb::Definition {
        metadata: [("sha256:a".to_owned(), metadata)].into(),
        ..pb::Definition::default()
    };
    assert_eq!(
        document(&definition.into()).expect("a definition"),
        json!({
            "def": {},
            "metadata": {"sha256:a": {
                "ignore_cache": true,
                "description": {"llb.customname": "a"},
                "export_cache": {"Value": true},
                "caps": {"on": true, "off": false},
                "progress_group": {"id": "1", "name": "g"},
                "linux_resources": {"memory_swap": 4096},
            }},
            "source": {},
        })
    );
}

#[test]
fn every_operation_is_there_and_every_input_is_one_of_them() {
    let file = SourceFile::new("a.yaml", "text", "yaml");
    let at = crate::Location::new(&file, [crate::Range::lines(1, 1)]);
    let base = crate::Image::new("docker.io/library/debian:12").output();
    let tree = crate::Exec::shell("true")
        .root(&base)
        .locations([at])
        .run()
        .root();
    let definition = marshal(&tree, &MarshalOptions::default())
        .expect("a graph")
        .definition;
    let document = document(&definition).expect("a definition");
    let ops = document["def"].as_object().expect("an object");
    let keys: BTreeSet<_> = ops.keys().cloned().collect();
    assert_eq!(keys, definition.digests().collect());
    let inputs = ops.values().filter_map(|op| op["inputs"].as_array());
    let digest = |input: &Value| input["digest"].as_str().expect("text").to_owned();
    let used: BTreeSet<_> = inputs.flatten().map(digest).collect();
    assert_eq!(used.len(), 2);
    assert!(used.is_subset(&keys));
    let source = &document["source"];
    assert_eq!(source["infos"][0]["data"], "dGV4dA==");
    let place = &source["locations"][definition.head().expect("an operation")];
    assert_eq!(
        place["locations"][0]["ranges"][0],
        json!({"start": {"line": 1}, "end": {"line": 1}})
    );
}

#[test]
fn bytes_that_are_no_operation_are_an_error() {
    let definition = pb::Definition {
        def: vec![Bytes::from_static(&[0x0a, 0x7f])],
        ..pb::Definition::default()
    };
    assert!(pb::Op::decode(definition.def[0].clone()).is_err());
    assert!(document(&definition.into()).is_err());
}
