//! The graphs that are solved: their bytes, and what holds for every one.

use std::collections::{BTreeMap, BTreeSet};

use buildkit_proto::{canonical, pb};
use dynamo_frontend::spec::Architecture;
use pb::op::Op as Kind;

use crate::case::{Case, MINIMAL, Named, named, operations};
use crate::family::Member;

/// Uses every kind of step there is.
fn everything() -> String {
    let spec = MINIMAL.replace("components: {nats: false, etcd: false}\n", "");
    format!("{spec}packages:\n  apt: [git]\n  pip: [httpx]\n  requirements: [a/b.txt]\n")
}

#[test]
fn case_69_the_spec_is_loaded_by_the_operation_of_buildkits_own_loader() {
    let definitions = Case::spec(MINIMAL).run().definitions();
    let [load, _] = definitions.as_slice() else {
        panic!("two solves")
    };
    // From the Go client, with its session in place of ours.
    let golden: serde_json::Value =
        serde_json::from_str(include_str!("../../llb/tests/data/golden.json")).expect("JSON");
    let bytes = hex::decode(golden["local_spec"][0]["hex"].as_str().expect("hex")).expect("hex");
    let mut expected = <pb::Op as prost::Message>::decode(bytes.as_slice()).expect("an op");
    let Some(Kind::Source(source)) = &mut expected.op else {
        panic!("a source")
    };
    source
        .attrs
        .insert("local.session".to_owned(), "SESSION".to_owned());
    assert_eq!(load.def[0], canonical::encode_op(&expected));
}

#[test]
fn case_68_operations_are_encoded_as_the_go_client_does() {
    let graph = Case::spec(everything()).run().graph();
    let digests: BTreeSet<String> = operations(&graph)
        .into_iter()
        .map(|(digest, _)| digest)
        .collect();
    for (bytes, (digest, op)) in graph.def.iter().zip(operations(&graph)) {
        assert_eq!(
            canonical::encode_op(&op),
            bytes.as_ref(),
            "{digest} is not oneof-last"
        );
    }
    let source = graph.source.expect("source locations");
    let keys = graph.metadata.keys().chain(source.locations.keys());
    assert!(keys.clone().count() > 10);
    assert!(
        keys.into_iter().all(|key| digests.contains(key)),
        "a key that is no operation"
    );
}

#[test]
fn case_70_71_79_zero_is_not_mistaken_for_unset() {
    let graph = Case::spec(everything()).run().graph();
    let all = operations(&graph);
    let (_, operations) = all.split_last().expect("a terminal operation");
    for (digest, op) in operations {
        assert!(op.constraints.is_some(), "{digest} has no constraints");
        match op.op.as_ref().expect("a kind") {
            Kind::Exec(exec) => {
                assert!(op.platform.is_some());
                for mount in &exec.mounts {
                    let read = mount.readonly || mount.mount_type != 0;
                    assert_eq!(mount.output == -1, read, "{mount:?} of {digest}");
                }
            }
            Kind::Source(source) => {
                let image = source.identifier.starts_with("docker-image://");
                assert_eq!(op.platform.is_some(), image, "{}", source.identifier);
                assert!(source.attrs.values().all(|value| !value.is_empty()));
            }
            Kind::File(file) => file.actions.iter().for_each(check_action),
            _ => assert!(op.platform.is_none()),
        }
    }
}

fn check_action(action: &pb::FileAction) {
    use pb::file_action::Action;
    let (timestamp, secondary) = match action.action.as_ref().expect("an action") {
        Action::Copy(copy) => {
            assert_eq!(copy.mode, -1);
            (copy.timestamp, true)
        }
        Action::Mkfile(file) => (file.timestamp, false),
        Action::Mkdir(folder) => (folder.timestamp, false),
        other => panic!("unexpected {other:?}"),
    };
    assert_eq!(timestamp, -1);
    assert_eq!(action.secondary_input != -1, secondary);
}

#[test]
fn case_77_83_every_operation_has_a_name_and_a_place() {
    let graph = Case::spec(everything()).run().graph();
    let source = graph.source.clone().expect("source locations");
    let all = operations(&graph);
    let (_, operations) = all.split_last().expect("a terminal operation");
    for (digest, op) in operations {
        let name = graph.metadata[digest].description.get("llb.customname");
        assert!(
            name.is_some_and(|name| name.starts_with('[')),
            "{name:?} of {op:?}"
        );
        assert!(
            source.locations.contains_key(digest),
            "{name:?} has no place"
        );
    }
}

#[test]
fn case_77_a_step_says_its_stage_and_which_of_its_steps_it_is() {
    let graph = Case::spec(everything()).run().graph();
    let mut steps = BTreeMap::<String, BTreeSet<(u32, u32)>>::new();
    for (name, one) in named(&graph) {
        let (stage, _) = name[1..].split_once("] ").expect("a stage and a title");
        if stage == "internal" {
            assert!(
                one.exec().is_none(),
                "a process is no internal step: {name}"
            );
        } else if let Some((stage, count)) = stage.split_once(' ') {
            let (this, all) = count.split_once('/').expect("one of several");
            let number = |text: &str| text.parse::<u32>().expect("a number");
            let counts = steps.entry(stage.to_owned()).or_default();
            counts.insert((number(this), number(all)));
        } else {
            assert_eq!(name, format!("[{stage}] join"));
        }
    }
    assert!(steps.contains_key("runtime"), "{steps:?}");
    for counts in steps.values() {
        let all = u32::try_from(counts.len()).expect("few");
        let wanted: BTreeSet<_> = (1..=all).map(|this| (this, all)).collect();
        assert_eq!(*counts, wanted);
    }
}

#[test]
fn only_used_paths_of_the_context_are_transferred() {
    let graph = Case::spec(everything()).run().graph();
    let locals: Vec<_> = operations(&graph)
        .into_iter()
        .filter_map(|(_, op)| match op.op {
            Some(Kind::Source(source)) if source.identifier.starts_with("local://") => Some(source),
            _ => None,
        })
        .collect();
    let [context] = locals.as_slice() else {
        panic!("one context: {locals:?}")
    };
    assert_eq!(context.identifier, "local://context");
    assert_eq!(context.attrs["local.followpaths"], r#"["a/b.txt"]"#);
    assert_eq!(context.attrs["local.session"], "SESSION");
    let without = Case::spec(MINIMAL).run().graph();
    let bytes: Vec<u8> = without.def.iter().flat_map(|op| op.to_vec()).collect();
    assert!(!String::from_utf8_lossy(&bytes).contains("local://context"));
}

#[test]
fn case_74_comments_change_no_operation() {
    let commented = MINIMAL.replace("device: cpu", "# why\ndevice: cpu # because");
    assert_eq!(
        Case::spec(MINIMAL).run().graph().def,
        Case::spec(commented).run().graph().def
    );
}

#[test]
fn case_125_metacharacters_of_the_shell_stay_whole_arguments() {
    let hostile = "$(touch /canary)`id`'; \"x";
    let spec = format!(
        "{MINIMAL}packages: {{pip: [\"httpx ; {}\"]}}\n",
        hostile.replace('"', "\\\"")
    );
    let graph = Case::spec(spec).run().graph();
    let whole = operations(&graph).into_iter().any(|(_, op)| match op.op {
        Some(Kind::Exec(exec)) => {
            let args = exec.meta.expect("meta").args;
            // Scripts are constants; the value is an argument of its own.
            assert!(!args[2].contains("canary"));
            args.iter().any(|arg| arg == &format!("httpx ; {hostile}"))
        }
        _ => false,
    });
    assert!(whole);
}

#[test]
fn case_135_a_repository_over_ssh_is_fetched_with_the_agent_of_the_client() {
    let source = "{git: {url: \"git@example.org:a/b.git\", ref: main}}";
    let image = Member::new(
        &format!("framework: dynamo\ndevice: cpu\ndynamo: {{source: {source}}}\n"),
        Architecture::Amd64,
    );
    let all = named(&image.run().graph());
    let mut sources = all.values().filter_map(Named::source);
    let git = sources.find(|source| source.identifier.starts_with("git://example.org/a/b.git"));
    let attributes = &git.expect("a repository").attrs;
    assert_eq!(attributes["git.mountsshsock"], "default");
    assert_eq!(attributes["git.fullurl"], "git@example.org:a/b.git");
}

#[test]
fn case_144_what_is_laid_over_a_base_is_no_step_on_it() {
    let graph = |version: &str| {
        let etcd = format!("components: {{nats: false, etcd: {{version: {version}}}}}");
        let spec = MINIMAL.replace("components: {nats: false, etcd: false}", &etcd);
        named(&Case::spec(spec).run().graph())
    };
    let [one, other] = ["v3.5.21", "v3.6.0"].map(graph);
    let new: Vec<&String> = other
        .iter()
        .filter(|(name, step)| one.get(*name).is_none_or(|old| old.op != step.op))
        .map(|(name, _)| name)
        .collect();
    let of_etcd = |name: &&&String| name.contains("etcd") || **name == "[runtime] join";
    assert!(new.iter().all(|name| of_etcd(&name)), "{new:?}");
    assert!(new.iter().any(|name| *name == "[runtime] join"), "{new:?}");
    assert!(new.iter().all(|name| other[*name].exec().is_none()));
}

#[test]
fn an_archive_stems_from_its_version_its_checksum_and_the_mirror_it_is_on() {
    let sum = "a".repeat(64);
    let spec = MINIMAL.replace(
        "components: {nats: false, etcd: false}\n",
        &format!(
            "mirrors: {{https://github.com/: https://files.local/}}\n\
             components:\n\
             \x20 nats: false\n\
             \x20 etcd:\n\
             \x20   version: v3.6.0\n\
             \x20   checksum: {{amd64: \"sha256:{sum}\"}}\n"
        ),
    );
    let graph = Case::spec(spec).run().graph();
    let source = graph.source.clone().expect("source locations");
    let lines = |digest: &str| -> BTreeSet<i32> {
        let all = &source.locations[digest].locations;
        let ranges = all.iter().flat_map(|location| &location.ranges);
        let start = |range: &pb::Range| range.start.expect("a start").line;
        ranges.map(start).collect()
    };
    let named = |what: &str| {
        let found = graph.metadata.iter().find(|(_, metadata)| {
            let name = metadata.description.get("llb.customname");
            name.is_some_and(|name| name.contains(what))
        });
        found.unwrap_or_else(|| panic!("no {what}")).0
    };
    for what in [
        "download https://files.local/etcd-io/",
        "unpack etcd-v3.6.0",
    ] {
        assert_eq!(lines(named(what)), BTreeSet::from([5, 9, 10]), "{what}");
    }
    assert_eq!(lines(named("add etcd v3.6.0")), BTreeSet::from([9, 10]));
}
