//! What becomes of a graph where the daemon lacks something.
//!
//! Long because it names every feature that has a capability.

use buildkit_llb::{
    Blob, CapError, CapSet, CopyFrom, Diff, Exec, FileOp, Git, GitMtime, GitSignature, Http,
    HttpSignature, Image, Local, Location, MarshalErrorKind, Merge, MetadataTransfer, Mkfile,
    Mount, Network, OciLayout, Output, Owner, ProxyEnv, Range, Remove, Resources, SecretEnv,
    SecretFile, Security, SourceFile, SshSocket, Symlink, Ulimit, caps, marshal,
};
use buildkit_proto::apicaps::ApiCap;

use crate::{base, decode, for_release, options, step};

fn file(path: &str) -> Output {
    FileOp::on(&Output::scratch())
        .mkfile(Mkfile::new(path, 0o644, "x"))
        .output()
}

/// The capability that the release before the given one lacks.
#[track_caller]
fn needs(output: &Output, cap: &str) {
    let introduced = caps::introduced_in(cap).expect("the capability is in the table");
    for_release(output, introduced).expect("it is there from its release on");
    let error = for_release(output, introduced - 1).expect_err("it is not there before");
    let MarshalErrorKind::Capability(error) = error.kind() else {
        panic!("{error}")
    };
    assert_eq!(error.id(), cap);
}

#[test]
fn what_cannot_be_done_without_is_an_error() {
    let scratch = Output::scratch();
    let copy = || CopyFrom::new(&file("/a"), "/a", "/b");
    let on_base = |copy: CopyFrom| FileOp::on(&base()).copy(copy).output();
    let git = || Git::new("https://example.com/a.git");
    let http = || Http::new("https://example.com/a");
    for (output, cap) in [
        (
            Diff::new(&base(), &step().run().root()).output(),
            caps::DIFF_OP,
        ),
        (
            step().secret_env(SecretEnv::new("id", "NAME")).run().root(),
            caps::EXEC_SECRET_ENV,
        ),
        (
            step().valid_exit_codes([0, 3]).run().root(),
            caps::EXEC_VALID_EXIT_CODE,
        ),
        (
            step().mount(Mount::tmpfs("/t").size(1)).run().root(),
            caps::EXEC_MOUNT_TMPFS_SIZE,
        ),
        (
            on_base(copy().include_patterns(["*"])),
            caps::FILE_COPY_INCLUDE_EXCLUDE,
        ),
        (
            on_base(copy().exclude_patterns(["*"])),
            caps::FILE_COPY_INCLUDE_EXCLUDE,
        ),
        (
            on_base(copy().always_replace()),
            caps::FILE_COPY_ALWAYS_REPLACE,
        ),
        (
            on_base(copy().required_paths(["a"])),
            caps::FILE_COPY_REQUIRED_PATHS,
        ),
        (
            on_base(copy().symbolic_mode("a+x")),
            caps::EXEC_VALID_EXIT_CODE,
        ),
        (
            FileOp::on(&scratch)
                .symlink(Symlink::new("a", "/b"))
                .output(),
            caps::FILE_SYMLINK_CREATE,
        ),
        (
            FileOp::on(&base())
                .remove(Remove::new("/*").allow_wildcard())
                .output(),
            caps::FILE_RM_WILDCARD,
        ),
        (
            Image::new("a/b/c").layer_limit(1).output(),
            caps::SOURCE_IMAGE_LAYER_LIMIT,
        ),
        (
            Image::new("a/b/c").checksum("sha256:1").output(),
            caps::SOURCE_IMAGE_CHECKSUM,
        ),
        (
            OciLayout::new("a@sha256:1").output(),
            caps::SOURCE_OCI_LAYOUT,
        ),
        (
            Blob::registry("a/b/c@sha256:1").output(),
            caps::SOURCE_IMAGE_BLOB,
        ),
        (git().subdir("docs").output(), caps::SOURCE_GIT_SUBDIR),
        (git().checksum("0123").output(), caps::SOURCE_GIT_CHECKSUM),
        (
            git().skip_submodules().output(),
            caps::SOURCE_GIT_SKIP_SUBMODULES,
        ),
        (
            git().mtime(GitMtime::Commit).output(),
            caps::SOURCE_GIT_MTIME,
        ),
        (
            git().fetch_by_commit().output(),
            caps::SOURCE_GIT_FETCH_BY_COMMIT,
        ),
        (
            git().bundle("a", "b", "c").output(),
            caps::SOURCE_GIT_BUNDLE,
        ),
        (
            git().checkout_bundle().output(),
            caps::SOURCE_GIT_CHECKOUT_BUNDLE,
        ),
        (
            git().auth_token_secret("T").output(),
            caps::SOURCE_GIT_HTTP_AUTH,
        ),
        (
            git()
                .signature(GitSignature {
                    public_key: "k".to_owned(),
                    ..GitSignature::default()
                })
                .output(),
            caps::SOURCE_GIT_SIGNATURE_VERIFY,
        ),
        (
            http().auth_header_secret("s").output(),
            caps::SOURCE_HTTP_AUTH,
        ),
        (http().accept("*/*").output(), caps::SOURCE_HTTP_HEADER),
        (
            http()
                .signature(HttpSignature {
                    public_key: "k".to_owned(),
                    signature: "s".to_owned(),
                })
                .output(),
            caps::SOURCE_HTTP_SIGNATURE_VERIFY,
        ),
        (
            Local::new("a")
                .metadata_transfer(MetadataTransfer::default())
                .output(),
            caps::SOURCE_LOCAL_METADATA_TRANSFER,
        ),
    ] {
        needs(&output, cap);
    }
}

#[test]
fn the_error_says_what_where_and_who() {
    let spec = SourceFile::new("dynamo.yaml", "a\nb\n", "YAML");
    let location = Location::new(&spec, [Range::lines(2, 2)]);
    let step = step()
        .at(location.clone())
        .secret_env(SecretEnv::new("id", "NAME"));
    let caps = CapSet::of_release(8).product("docker");
    let error = marshal(&step.run().root(), &options().caps(caps)).expect_err("too old");
    assert_eq!(
        error.to_string(),
        "step: requested experimental feature exec.secretenv is not supported by build server \
         (added in BuildKit v0.10), please update docker"
    );
    assert_eq!(error.name(), Some("step"));
    assert_eq!(error.locations(), [location]);
}

#[test]
fn a_capability_can_be_switched_off() {
    let off = |id: &str| ApiCap {
        id: id.to_owned(),
        enabled: false,
        disabled_reason_msg: "by the administrator".to_owned(),
        ..ApiCap::default()
    };
    let error = CapSet::from_ping(&[off(caps::MERGE_OP)]).check(caps::MERGE_OP);
    assert_eq!(
        error.map_err(|error| error.to_string()),
        Err(
            "requested experimental feature mergeop has been disabled on the build server: by \
             the administrator"
                .to_owned()
        )
    );
}

#[test]
fn an_unknown_capability_is_missing() {
    let error = CapSet::all()
        .check("future.thing")
        .expect_err("nobody knows it");
    assert!(matches!(error, CapError::Missing { .. }));
    assert!(!error.to_string().contains("added in"), "{error}");
}

#[test]
fn what_a_build_can_do_without_is_dropped_and_reported() {
    let step = step()
        .ulimit(Ulimit {
            name: "nofile".to_owned(),
            soft: 1,
            hard: 2,
        })
        .cgroup_parent("/docker")
        .resources(Resources {
            memory: 1 << 30,
            ..Resources::default()
        })
        .cdi_device("nvidia.com/gpu=all", false)
        .shm_size(1 << 26)
        .run()
        .root();
    let marshalled = for_release(&step, 8).expect("all of it can be dropped");
    let mut dropped: Vec<&str> = marshalled.dropped.iter().map(|it| it.capability).collect();
    dropped.sort_unstable();
    assert_eq!(
        dropped,
        [
            caps::EXEC_META_CDI,
            caps::EXEC_META_CGROUP_PARENT,
            caps::EXEC_META_LINUX_RESOURCES,
            caps::EXEC_META_ULIMIT,
            caps::EXEC_MOUNT_TMPFS_SIZE,
        ]
    );
    let graph = decode(&marshalled.definition);
    let op = graph.named("step").expect("the step is there");
    assert!(marshalled.dropped.iter().all(|it| it.digest == op.digest));
    assert!(
        marshalled
            .dropped
            .iter()
            .all(|it| it.name.as_deref() == Some("step"))
    );
    let exec = op.exec().expect("a process");
    let meta = exec.meta.as_ref().expect("described");
    assert!(meta.ulimit.is_empty() && meta.cgroup_parent.is_empty());
    assert!(exec.cdi_devices.is_empty() && op.metadata.linux_resources.is_none());
    assert_eq!(exec.mounts.len(), 1);

    let marshalled = for_release(&step, 31).expect("nothing is missing");
    assert!(marshalled.dropped.is_empty());
    let graph = decode(&marshalled.definition);
    let op = graph.named("step").expect("the step is there");
    let exec = op.exec().expect("a process");
    assert_eq!(
        op.metadata
            .linux_resources
            .as_ref()
            .map(|limits| limits.memory),
        Some(1 << 30)
    );
    assert_eq!(exec.mounts.len(), 2);
    assert_eq!(exec.cdi_devices[0].name, "nvidia.com/gpu=all");
}

#[test]
fn a_merge_becomes_copies() {
    let merged = Merge::new([&base(), &file("/a"), &file("/b")])
        .name("join")
        .output();
    let marshalled = for_release(&merged, 8).expect("copies will do");
    assert_eq!(marshalled.dropped.len(), 1);
    assert_eq!(marshalled.dropped[0].capability, caps::MERGE_OP);
    let graph = decode(&marshalled.definition);
    let actions = graph
        .named("join")
        .and_then(|op| op.file_actions())
        .expect("a file chain");
    let links: Vec<_> = actions
        .iter()
        .map(|it| (it.input, it.secondary_input, it.output))
        .collect();
    assert_eq!(links, [(0, 1, -1), (3, 2, 0)]);

    let marshalled = for_release(&merged, 13).expect("it can merge");
    assert!(marshalled.dropped.is_empty());
    assert_eq!(decode(&marshalled.definition).of_kind("merge").count(), 1);
}

#[test]
fn a_mount_that_cannot_be_thrown_away_is_kept_and_outputs_are_renumbered() {
    let run = Exec::shell("true")
        .root(&base())
        .mount(Mount::discarded("/a", &base()))
        .mount(Mount::writable("/b", &Output::scratch()))
        .run();
    let kept = run.output("/b").expect("mounted writable");
    let result = |caps: CapSet| {
        let marshalled = marshal(&kept, &options().caps(caps)).expect("works either way");
        let graph = decode(&marshalled.definition);
        let index = graph.ops().last().expect("not empty").inputs[0];
        (
            index.expect("the result is there").1,
            marshalled.dropped.len(),
        )
    };
    assert_eq!(result(CapSet::all()), (1, 0));
    let old = CapSet::all().without(caps::EXEC_MOUNT_BIND_READ_WRITE_NO_OUTPUT);
    assert_eq!(result(old), (2, 1));
}

#[test]
fn path_is_set_only_where_the_daemon_does_not() {
    let env = |caps: CapSet, exec: Exec| {
        let marshalled = marshal(&exec.run().root(), &options().caps(caps)).expect("valid");
        let graph = decode(&marshalled.definition);
        let op = graph.named("step").expect("the step is there").clone();
        let meta = op
            .exec()
            .and_then(|exec| exec.meta.clone())
            .expect("described");
        (
            meta.env,
            op.metadata
                .caps
                .contains_key(caps::EXEC_META_SETS_DEFAULT_PATH),
        )
    };
    let old = || CapSet::all().without(caps::EXEC_META_SETS_DEFAULT_PATH);
    assert_eq!(env(CapSet::all(), step()), (vec![], true));
    let default = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin".to_owned();
    assert_eq!(env(old(), step()), (vec![default], false));
    assert_eq!(
        env(old(), step().env("PATH", "/x")),
        (vec!["PATH=/x".to_owned()], false)
    );
}

/// A daemon refuses a definition that declares what it does not know, and offers less
/// than the Go client has constants for.
#[test]
fn only_what_a_daemon_can_offer_is_declared() {
    let everything = everything();
    let marshalled = for_release(&everything, u32::MAX).expect("nothing is missing");
    assert!(marshalled.dropped.is_empty());
    let graph = decode(&marshalled.definition);
    let declared: std::collections::BTreeSet<&str> = graph
        .ops()
        .iter()
        .flat_map(|op| op.metadata.caps.keys().map(String::as_str))
        .collect();
    assert!(!declared.contains(caps::FILE_COPY_MODE_STRING));
    assert!(!declared.contains(caps::EXEC_META_REMOVE_MOUNT_STUBS));
    for cap in &declared {
        assert!(caps::introduced_in(cap).is_some(), "{cap}");
    }
    // Like the Go client, which has these and never declares them.
    assert!(!declared.iter().any(|cap| cap.starts_with("file.copy.")));
    assert!(!declared.contains(caps::FILE_SYMLINK_CREATE));
    assert!(declared.contains("soruce.http.uidgid"));
}

/// A graph with every feature in it.
fn everything() -> Output {
    let scratch = Output::scratch();
    let http = Http::new("https://example.com/a")
        .mode(0o600)
        .owner(1, 2)
        .output();
    let copy = CopyFrom::new(&http, "/a", "/b/")
        .like_dockerfile()
        .symbolic_mode("u+x")
        .include_patterns(["a"])
        .exclude_patterns(["b"])
        .always_replace()
        .required_paths(["a"])
        .unpack()
        .owner(Owner::names("app", "app"));
    let files = FileOp::on(&base())
        .copy(copy)
        .symlink(Symlink::new("a", "/b"))
        .output();
    let exec = Exec::shell("true")
        .root(&files)
        .mount(Mount::cache("/c", "id").base(&http))
        .mount(Mount::discarded("/d", &http).selector("/x"))
        .mount(Mount::writable("/o", &scratch))
        .shm_size(1)
        .secret(SecretFile::new("s"))
        .secret_env(SecretEnv::new("s", "S"))
        .ssh(SshSocket::default())
        .network(Network::Host)
        .security(Security::Insecure)
        .proxy_env(ProxyEnv::default())
        .valid_exit_codes([1])
        .ulimit(Ulimit {
            name: "nofile".to_owned(),
            soft: 1,
            hard: 1,
        })
        .cgroup_parent("p")
        .resources(Resources::default())
        .cdi_device("d", true)
        .ignore_cache(true)
        .export_cache(true)
        .run();
    let diff = Diff::new(&base(), &exec.root()).output();
    Merge::new([&diff, &exec.output("/o").expect("writable")]).output()
}
