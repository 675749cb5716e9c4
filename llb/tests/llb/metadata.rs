//! What is said about operations, and where they come from.

use std::collections::BTreeSet;

use buildkit_llb::{
    Exec, FileOp, Location, Merge, Mkdir, Mkfile, Output, ProgressGroup, Range, SourceFile, marshal,
};

use crate::{base, definition, graph, options};

fn spec() -> std::sync::Arc<SourceFile> {
    SourceFile::new("dynamo.yaml", "a: 1\nb: 2\nc: 3\n", "YAML")
}

fn run(name: &str) -> Exec {
    Exec::shell("true").root(&base()).name(name)
}

#[test]
fn equal_operations_are_one_with_all_that_was_said_of_either() {
    let spec = spec();
    let first = run("first")
        .describe("a", "1")
        .at(Location::new(&spec, [Range::lines(1, 1)]));
    let second = run("second")
        .describe("b", "2")
        .ignore_cache(true)
        .progress_group(ProgressGroup::new("g", "group").weak())
        .at(Location::new(&spec, [Range::lines(2, 3)]))
        .at(Location::new(&spec, [Range::lines(1, 1)]));
    let graph = graph(&Merge::new([&first.run().root(), &second.run().root()]).output());
    let step = graph.of_kind("exec").next().expect("one");
    assert_eq!(graph.of_kind("exec").count(), 1);
    assert_eq!(step.name(), Some("second"));
    assert_eq!(step.metadata.description.len(), 3);
    assert!(step.metadata.ignore_cache);
    assert!(step.metadata.progress_group.as_ref().expect("set").weak);
    assert_eq!(step.locations.len(), 2);
    assert_eq!(graph.files().len(), 1);
}

#[test]
fn metadata_enters_no_digest() {
    let plain = Exec::shell("true").root(&base()).run().root();
    let rich = run("named")
        .ignore_cache(true)
        .at(Location::new(&spec(), [Range::lines(1, 1)]))
        .export_cache(false)
        .run()
        .root();
    let (plain, rich) = (definition(&plain), definition(&rich));
    assert_eq!(plain.ops(), rich.ops());
    assert_ne!(plain, rich);
}

#[test]
fn the_terminal_operation_says_what_metadata_is_used() {
    let caps = |output: &Output| {
        let graph = graph(output);
        let terminal = graph.ops().last().expect("not empty");
        terminal.metadata.caps.keys().cloned().collect::<Vec<_>>()
    };
    assert_eq!(caps(&base()), ["constraints", "platform"]);
    let rich = run("named")
        .ignore_cache(true)
        .export_cache(true)
        .run()
        .root();
    assert_eq!(
        caps(&rich),
        [
            "constraints",
            "meta.description",
            "meta.exportcache",
            "meta.ignorecache",
            "platform"
        ]
    );
}

#[test]
fn case_68_every_key_is_the_digest_of_an_operation() {
    let spec = spec();
    let at = |line| Location::new(&spec, [Range::lines(line, line)]);
    let files = FileOp::on(&base())
        .mkdir(Mkdir::new("/a", 0o755))
        .at(at(1))
        .output();
    let definition = definition(&Exec::shell("true").root(&files).at(at(2)).run().root());
    let digests: BTreeSet<String> = definition.digests().collect();
    let message = definition.as_pb();
    let source = message.source.as_ref().expect("locations are given");
    assert_eq!(source.locations.len(), 2);
    assert!(
        source
            .locations
            .keys()
            .all(|digest| digests.contains(digest))
    );
    assert!(
        message
            .metadata
            .keys()
            .all(|digest| digests.contains(digest))
    );
    assert_eq!(message.metadata.len(), digests.len());
    assert_eq!(source.infos[0].language, "YAML");
}

#[test]
fn equal_files_are_one_even_if_they_are_two_values() {
    let first = FileOp::on(&base())
        .mkfile(Mkfile::new("/a", 0o644, ""))
        .at(Location::new(&spec(), [Range::lines(1, 1)]))
        .output();
    let second = FileOp::on(&first)
        .mkfile(Mkfile::new("/b", 0o644, ""))
        .at(Location::new(&spec(), [Range::lines(2, 2)]))
        .output();
    assert_eq!(graph(&second).files().len(), 1);
}

#[test]
fn case_74_text_in_the_users_file_enters_no_digest() {
    let build = |text: &str| {
        let file = SourceFile::new("dynamo.yaml", text, "YAML");
        run("step")
            .at(Location::new(&file, [Range::lines(1, 1)]))
            .run()
            .root()
    };
    let (before, after) = (build("a: 1\n"), build("# comment\na: 1\n"));
    let marshal = |output| marshal(output, &options()).expect("valid").definition;
    assert_eq!(marshal(&before).ops(), marshal(&after).ops());
}

#[test]
fn case_75_a_changed_step_changes_only_what_needs_it() {
    let build = |script: &str| {
        let shared = run("shared").run().root();
        let changed = Exec::shell(script)
            .root(&shared)
            .name("changed")
            .run()
            .root();
        let sibling = Exec::shell("sibling")
            .root(&shared)
            .name("sibling")
            .run()
            .root();
        graph(&Merge::new([&changed, &sibling]).name("join").output())
    };
    let (before, after) = (build("one"), build("two"));
    let same = |name: &str| {
        before.named(name).map(|op| &op.digest) == after.named(name).map(|op| &op.digest)
    };
    assert!(same("shared") && same("sibling"));
    assert!(!same("changed") && !same("join"));
}
