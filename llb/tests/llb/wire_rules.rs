//! Rules of the wire that hold for every graph, whatever is in it.

use buildkit_llb::{
    CopyFrom, Exec, FileOp, Git, Http, Image, Local, MarshalErrorKind, Merge, Mkdir, Mkfile, Mount,
    Output, Owner, Platform, Remove, SecretFile, SshSocket, Timestamp, UserRef, marshal,
};
use buildkit_proto::pb;
use pb::file_action::Action;

use crate::{base, definition, graph, options, step};

fn tree() -> Output {
    let local = Local::new("context").output();
    let git = Git::new("https://example.com/a.git").output();
    let http = Http::new("https://example.com/f").output();
    let files = FileOp::on(&base())
        .copy(CopyFrom::new(&local, "/a", "/a"))
        .copy(CopyFrom::new(&git, "/b", "/b"))
        .mkdir(Mkdir::new("/c", 0o755))
        .mkfile(Mkfile::new("/d", 0o644, ""))
        .remove(Remove::new("/e"))
        .output();
    Merge::new([&Exec::shell("true").root(&files).run().root(), &http]).output()
}

#[test]
fn case_70_constraints_are_present_but_on_the_terminal_operation() {
    let graph = graph(&tree());
    let (terminal, rest) = graph.ops().split_last().expect("not empty");
    assert!(
        rest.iter()
            .all(|op| op.op.constraints == Some(pb::WorkerConstraints::default()))
    );
    assert_eq!(terminal.op.constraints, None);
    assert_eq!(terminal.op.platform, None);
    assert_eq!(terminal.inputs.len(), 1);
}

#[test]
fn case_70_only_processes_and_images_have_a_platform() {
    for op in graph(&tree()).ops() {
        let image = op
            .source()
            .is_some_and(|source| source.identifier.starts_with("docker-image://"));
        assert_eq!(
            op.op.platform.is_some(),
            image || op.exec().is_some(),
            "#{}",
            op.number
        );
    }
}

#[test]
fn case_71_zero_is_never_written_for_unset() {
    let graph = graph(&tree());
    let actions: Vec<_> = graph
        .ops()
        .iter()
        .filter_map(|op| op.file_actions())
        .flatten()
        .collect();
    assert_eq!(actions.len(), 5);
    for (at, action) in actions.iter().enumerate() {
        let (copies, timestamp) = match action.action.as_ref().expect("an action") {
            Action::Copy(copy) => {
                assert_eq!(copy.mode, -1);
                (true, copy.timestamp)
            }
            Action::Mkdir(mkdir) => (false, mkdir.timestamp),
            Action::Mkfile(mkfile) => (false, mkfile.timestamp),
            Action::Rm(_) => (false, -1),
            Action::Symlink(symlink) => (false, symlink.timestamp),
        };
        assert_eq!(timestamp, -1);
        assert_eq!(action.secondary_input == -1, !copies);
        assert_eq!(action.output, if at == 4 { 0 } else { -1 });
    }
}

#[test]
fn a_given_time_and_mode_are_kept() {
    let copy = CopyFrom::new(&base(), "/", "/")
        .mode(0o1777)
        .timestamp(Timestamp::seconds(2));
    let graph = graph(&FileOp::on(&Output::scratch()).copy(copy).output());
    let action = &graph
        .of_kind("file")
        .next()
        .and_then(|op| op.file_actions())
        .expect("one")[0];
    let Some(Action::Copy(copy)) = &action.action else {
        panic!("{action:?}")
    };
    assert_eq!((copy.mode, copy.timestamp), (0o1777, 2_000_000_000));
    assert_eq!((action.input, action.secondary_input), (-1, 0));
}

#[test]
fn mode_bits_that_would_be_lost_are_refused() {
    let sticky = FileOp::on(&Output::scratch())
        .mkdir(Mkdir::new("/tmp", 0o1777))
        .output();
    let error = marshal(&sticky, &options()).expect_err("mkdir knows nine bits");
    assert_eq!(error.to_string(), "mode 0o1777 has bits outside of 0o777");
}

#[test]
fn a_process_needs_a_program() {
    let error = marshal(&Exec::new([""; 0]).run().root(), &options()).expect_err("no program");
    assert_eq!(error.kind(), &MarshalErrorKind::NoArguments);
}

#[test]
fn inputs_are_named_once_but_merged_as_often_as_asked() {
    let mounted = Exec::shell("true")
        .root(&base())
        .mount(Mount::read_only("/a", &base()))
        .mount(Mount::read_only("/b", &base()))
        .run()
        .root();
    let exec = graph(&mounted).of_kind("exec").next().expect("one").clone();
    assert_eq!(exec.inputs.len(), 1);
    let merged = graph(&Merge::new([&base(), &base()]).output());
    assert_eq!(merged.of_kind("merge").next().expect("one").inputs.len(), 2);
}

#[test]
fn names_of_owners_are_looked_up_in_the_tree_the_chain_starts_with() {
    let owner = |base: &Output| {
        let owner = Owner {
            user: Some(UserRef::Name("app".to_owned())),
            group: None,
        };
        let chain = FileOp::on(base).mkfile(Mkfile::new("/f", 0o644, "").owner(owner));
        let graph = graph(&chain.output());
        let actions = graph
            .of_kind("file")
            .next()
            .and_then(|op| op.file_actions());
        let Some(Action::Mkfile(mkfile)) = actions.and_then(|list| list[0].action.clone()) else {
            panic!("not a file")
        };
        match mkfile
            .owner
            .and_then(|owner| owner.user)
            .and_then(|user| user.user)
        {
            Some(pb::user_opt::User::ByName(named)) => named.input,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(owner(&base()), 0);
    assert_eq!(owner(&Output::scratch()), -1);
}

#[test]
fn an_owner_can_be_parsed() {
    let name = |name: &str| Some(UserRef::Name(name.to_owned()));
    for (text, user, group) in [
        ("1000:0", Some(UserRef::Id(1000)), Some(UserRef::Id(0))),
        ("root", Some(UserRef::Id(0)), None),
        ("app:root", name("app"), Some(UserRef::Id(0))),
        ("app:staff", name("app"), name("staff")),
    ] {
        assert_eq!(Owner::parse(text), Owner { user, group }, "{text}");
    }
}

#[test]
fn mounts_are_sorted_with_secrets_and_sockets_behind() {
    let exec = step()
        .ssh(SshSocket::new("a"))
        .ssh(SshSocket::new("b").target("/b"))
        .secret(SecretFile::new("dir/z").target("/0"))
        .secret(SecretFile::new("dir/y"))
        .mount(Mount::tmpfs("/z"))
        .mount(Mount::tmpfs("/a"))
        .run();
    let graph = graph(&exec.root());
    let exec = graph
        .named("step")
        .and_then(|op| op.exec())
        .expect("a process");
    let paths: Vec<&str> = exec
        .mounts
        .iter()
        .map(|mount| mount.dest.as_str())
        .collect();
    assert_eq!(
        paths,
        [
            "/",
            "/a",
            "/z",
            "/0",
            "/run/secrets/y",
            "/run/buildkit/ssh_agent.0",
            "/b"
        ]
    );
    let meta = exec.meta.as_ref().expect("described");
    assert_eq!(meta.env, ["SSH_AUTH_SOCK=/run/buildkit/ssh_agent.0"]);
}

#[test]
fn a_variable_set_again_moves_to_the_end() {
    let exec = step().env("A", "1").env("B", "2").env("A", "3").run();
    let graph = graph(&exec.root());
    let meta = graph
        .named("step")
        .and_then(|op| op.exec())
        .and_then(|exec| exec.meta.clone());
    assert_eq!(meta.expect("described").env, ["B=2", "A=3"]);
}

#[test]
fn a_mount_at_a_path_replaces_an_earlier_one() {
    let run = step()
        .mount(Mount::tmpfs("/x"))
        .mount(Mount::writable("/x", &base()))
        .run();
    assert!(run.output("/x").is_some());
    assert!(run.output("/y").is_none());
    let graph = graph(&run.root());
    assert_eq!(
        graph
            .named("step")
            .and_then(|op| op.exec())
            .expect("one")
            .mounts
            .len(),
        2
    );
}

#[test]
fn a_read_only_root_stays_what_it_was() {
    let run = Exec::shell("true").read_only_root(&base()).run();
    assert_eq!(definition(&run.root()), definition(&base()));
}

#[test]
fn the_platform_is_inherited_and_normalised() {
    let arm = Image::new("docker.io/library/debian:12")
        .platform(Platform::parse("linux/arm64/v8").expect("a platform"))
        .output();
    let files = FileOp::on(&arm).mkdir(Mkdir::new("/a", 0o755)).output();
    let graph = graph(&Exec::shell("true").root(&files).run().root());
    let platforms = graph.ops().iter().filter_map(|op| op.op.platform.as_ref());
    let platforms: Vec<String> = platforms.map(|it| Platform::from(it).to_string()).collect();
    assert_eq!(platforms, ["linux/arm64", "linux/arm64"]);
}

#[test]
fn attributes_are_never_empty() {
    let local = Local::new("a")
        .session("")
        .shared_key_hint("")
        .follow_paths([""; 0])
        .output();
    let ssh = Git::new("git@example.com:a.git").output();
    for output in [
        local,
        ssh,
        Image::new("a").checksum("").output(),
        Http::new("a").output(),
    ] {
        let graph = graph(&output);
        let source = graph.ops()[0].source().expect("a source");
        assert!(
            source.attrs.values().all(|value| !value.is_empty()),
            "{source:?}"
        );
    }
}

#[test]
fn case_10_a_local_without_session_is_kept_apart_by_what_is_unique() {
    let unique = |options: &buildkit_llb::MarshalOptions| {
        let marshalled = marshal(&Local::new("a").output(), options).expect("valid");
        let graph = crate::decode(&marshalled.definition);
        let op = &graph.ops()[0];
        (
            op.source().expect("a source").attrs.clone(),
            op.metadata.caps.clone(),
        )
    };
    let without = buildkit_llb::MarshalOptions::default().local_unique("U");
    let (attrs, caps) = unique(&without);
    assert_eq!(attrs["local.unique"], "U");
    assert!(caps.contains_key("source.local.unique"));
    let (attrs, caps) = unique(&without.session("S"));
    assert_eq!(attrs["local.session"], "S");
    assert!(!attrs.contains_key("local.unique") && !caps.contains_key("source.local.unique"));
}

#[test]
fn the_empty_tree_is_an_empty_definition() {
    let empty = definition(&Output::scratch());
    assert!(empty.is_empty() && empty.head().is_none());
    assert!(Merge::new([&Output::scratch()]).output().is_scratch());
    assert_eq!(
        definition(&Merge::new([&Output::scratch(), &base()]).output()),
        definition(&base())
    );
    assert_eq!(
        definition(&FileOp::on(&base()).output()),
        definition(&base())
    );
}
