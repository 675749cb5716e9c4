//! The text form of a definition.

use buildkit_llb::text::{TextOptions, dump, dump_with};
use buildkit_llb::{
    CopyFrom, Diff, Exec, FileOp, Local, Location, Merge, Mkdir, Mkfile, Mount, Network, Output,
    Owner, ProgressGroup, Range, Remove, SecretFile, SourceFile, SshSocket, Symlink,
};

use crate::{base, definition};

fn sample() -> Output {
    let spec = SourceFile::new("dynamo.yaml", "a\nb\nc\n", "YAML");
    let context = Local::new("context").follow_paths(["src"]).output();
    let run = Exec::shell("set -eu\nmake\n")
        .root(&base())
        .mount(Mount::cache("/cache", "c"))
        .mount(Mount::read_only("/src", &context).selector("/sub"))
        .mount(Mount::writable("/out", &Output::scratch()))
        .mount(Mount::discarded("/tmp", &base()))
        .mount(Mount::tmpfs("/t").size(9))
        .secret(SecretFile::new("tok").optional())
        .ssh(SshSocket::default())
        .env("GREETING", "hello world")
        .network(Network::None)
        .name("compile")
        .progress_group(ProgressGroup::new("g", "all of it"))
        .ignore_cache(true)
        .at(Location::new(
            &spec,
            [Range::lines(1, 2), Range::lines(3, 3)],
        ))
        .run();
    let files = FileOp::on(&base())
        .copy(
            CopyFrom::new(&run.output("/out").expect("writable"), "/", "/opt/")
                .like_dockerfile()
                .mode(0o755)
                .exclude_patterns(["*.o"])
                .owner(Owner::parse("app:0")),
        )
        .mkdir(Mkdir::new("/w", 0o775).parents())
        .mkfile(Mkfile::new("/etc/motd", 0o644, "two\nlines\n"))
        .mkfile(Mkfile::new("/bin/raw", 0o755, vec![0xff, 0]))
        .remove(Remove::new("/x").allow_not_found())
        .symlink(Symlink::new("/w", "/work"))
        .output();
    let diff = Diff::new(&base(), &run.root()).output();
    Merge::new([&files, &diff]).output()
}

#[test]
fn a_definition_reads_well() {
    let text = dump(&definition(&sample())).expect("valid");
    assert_eq!(text, include_str!("../data/sample.txt"));
}

#[test]
fn capabilities_and_locations_are_shown_when_asked_for() {
    let definition = definition(&sample());
    let both = TextOptions {
        caps: true,
        locations: true,
    };
    let text = dump_with(&definition, both).expect("valid");
    assert!(text.contains("\n  caps diffop\n"), "{text}");
    assert!(
        text.contains("\n  at dynamo.yaml:1-2\n  at dynamo.yaml:3\n"),
        "{text}"
    );
}
