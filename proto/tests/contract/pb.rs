//! Operations, definitions, metadata and source maps.
//!
//! Long because it is a table: one literal for each message of the contract.

use bollard_buildkit_proto::pb as theirs;
use buildkit_proto::pb as ours;

use crate::{b, one, s, same};

fn op_with(op: theirs::op::Op) -> theirs::Op {
    theirs::Op {
        inputs: vec![input(), input()],
        platform: Some(platform()),
        constraints: Some(worker_constraints()),
        op: Some(op),
    }
}

#[test]
fn op_by_kind() {
    for kind in [
        theirs::op::Op::Exec(exec_op()),
        theirs::op::Op::Source(source_op()),
        theirs::op::Op::File(file_op()),
        theirs::op::Op::Build(build_op()),
        theirs::op::Op::Merge(merge_op()),
        theirs::op::Op::Diff(diff_op()),
    ] {
        same::<ours::Op, _>(&op_with(kind));
    }
}

pub(crate) fn platform() -> theirs::Platform {
    theirs::Platform {
        architecture: s("architecture"),
        os: s("os"),
        variant: s("variant"),
        os_version: s("os_version"),
        os_features: vec![s("os_features"), s("more")],
    }
}

pub(crate) fn input() -> theirs::Input {
    theirs::Input {
        digest: s("digest"),
        index: -3,
    }
}

pub(crate) fn exec_op() -> theirs::ExecOp {
    theirs::ExecOp {
        meta: Some(meta()),
        mounts: vec![mount(), mount()],
        network: 1,
        security: 1,
        secretenv: vec![secret_env(), secret_env()],
        cdi_devices: vec![cdi_device(), cdi_device()],
    }
}

pub(crate) fn meta() -> theirs::Meta {
    theirs::Meta {
        args: vec![s("args"), s("more")],
        env: vec![s("env"), s("more")],
        cwd: s("cwd"),
        user: s("user"),
        proxy_env: Some(proxy_env()),
        extra_hosts: vec![host_ip(), host_ip()],
        hostname: s("hostname"),
        ulimit: vec![ulimit(), ulimit()],
        cgroup_parent: s("cgroup_parent"),
        remove_mount_stubs_recursive: true,
        valid_exit_codes: vec![-13, 7],
    }
}

pub(crate) fn host_ip() -> theirs::HostIp {
    theirs::HostIp {
        host: s("host"),
        ip: s("ip"),
    }
}

pub(crate) fn ulimit() -> theirs::Ulimit {
    theirs::Ulimit {
        name: s("name"),
        soft: -3,
        hard: -4,
    }
}

pub(crate) fn secret_env() -> theirs::SecretEnv {
    theirs::SecretEnv {
        id: s("id"),
        name: s("name"),
        optional: true,
    }
}

pub(crate) fn cdi_device() -> theirs::CdiDevice {
    theirs::CdiDevice {
        name: s("name"),
        optional: true,
    }
}

pub(crate) fn mount() -> theirs::Mount {
    theirs::Mount {
        input: -2,
        selector: s("selector"),
        dest: s("dest"),
        output: -5,
        readonly: true,
        mount_type: 1,
        tmpfs_opt: Some(tmpfs_opt()),
        cache_opt: Some(cache_opt()),
        secret_opt: Some(secret_opt()),
        ssh_opt: Some(ssh_opt()),
        result_id: s("result_id"),
        content_cache: 1,
    }
}

pub(crate) fn tmpfs_opt() -> theirs::TmpfsOpt {
    theirs::TmpfsOpt { size: -2 }
}

pub(crate) fn cache_opt() -> theirs::CacheOpt {
    theirs::CacheOpt {
        id: s("id"),
        sharing: 1,
    }
}

pub(crate) fn secret_opt() -> theirs::SecretOpt {
    theirs::SecretOpt {
        id: s("id"),
        uid: 4_000_000_002,
        gid: 4_000_000_003,
        mode: 4_000_000_004,
        optional: true,
    }
}

pub(crate) fn ssh_opt() -> theirs::SshOpt {
    theirs::SshOpt {
        id: s("id"),
        uid: 4_000_000_002,
        gid: 4_000_000_003,
        mode: 4_000_000_004,
        optional: true,
    }
}

pub(crate) fn source_op() -> theirs::SourceOp {
    theirs::SourceOp {
        identifier: s("identifier"),
        attrs: one("attrs", s("value")),
    }
}

pub(crate) fn build_op() -> theirs::BuildOp {
    theirs::BuildOp {
        builder: -2,
        inputs: one("inputs", build_input()),
        def: Some(definition()),
        attrs: one("attrs", s("value")),
    }
}

pub(crate) fn build_input() -> theirs::BuildInput {
    theirs::BuildInput { input: -2 }
}

pub(crate) fn op_metadata() -> theirs::OpMetadata {
    theirs::OpMetadata {
        ignore_cache: true,
        description: one("description", s("value")),
        export_cache: Some(export_cache()),
        caps: one("caps", true),
        progress_group: Some(progress_group()),
    }
}

pub(crate) fn source() -> theirs::Source {
    theirs::Source {
        locations: one("locations", locations()),
        infos: vec![source_info(), source_info()],
    }
}

pub(crate) fn locations() -> theirs::Locations {
    theirs::Locations {
        locations: vec![location(), location()],
    }
}

pub(crate) fn source_info() -> theirs::SourceInfo {
    theirs::SourceInfo {
        filename: s("filename"),
        data: b(2),
        definition: Some(definition_with(None)),
        language: s("language"),
    }
}

pub(crate) fn location() -> theirs::Location {
    theirs::Location {
        source_index: -2,
        ranges: vec![range(), range()],
    }
}

pub(crate) fn range() -> theirs::Range {
    theirs::Range {
        start: Some(position()),
        end: Some(position()),
    }
}

pub(crate) fn position() -> theirs::Position {
    theirs::Position {
        line: -2,
        character: -3,
    }
}

pub(crate) fn export_cache() -> theirs::ExportCache {
    theirs::ExportCache { value: true }
}

pub(crate) fn progress_group() -> theirs::ProgressGroup {
    theirs::ProgressGroup {
        id: s("id"),
        name: s("name"),
        weak: true,
    }
}

pub(crate) fn proxy_env() -> theirs::ProxyEnv {
    theirs::ProxyEnv {
        http_proxy: s("http_proxy"),
        https_proxy: s("https_proxy"),
        ftp_proxy: s("ftp_proxy"),
        no_proxy: s("no_proxy"),
        all_proxy: s("all_proxy"),
    }
}

pub(crate) fn worker_constraints() -> theirs::WorkerConstraints {
    theirs::WorkerConstraints {
        filter: vec![s("filter"), s("more")],
    }
}

pub(crate) fn definition() -> theirs::Definition {
    definition_with(Some(source()))
}

/// A definition ends the recursion by having no source of its own.
fn definition_with(source: Option<theirs::Source>) -> theirs::Definition {
    theirs::Definition {
        def: vec![b(1), b(2)],
        metadata: one("metadata", op_metadata()),
        source,
    }
}

pub(crate) fn file_op() -> theirs::FileOp {
    theirs::FileOp {
        actions: vec![file_action(), file_action()],
    }
}

fn file_action_with(action: theirs::file_action::Action) -> theirs::FileAction {
    theirs::FileAction {
        input: -2,
        secondary_input: -3,
        output: -4,
        action: Some(action),
    }
}

pub(crate) fn file_action() -> theirs::FileAction {
    file_action_with(theirs::file_action::Action::Symlink(file_action_symlink()))
}

#[test]
fn file_action_by_kind() {
    for kind in [
        theirs::file_action::Action::Copy(file_action_copy()),
        theirs::file_action::Action::Mkfile(file_action_mk_file()),
        theirs::file_action::Action::Mkdir(file_action_mk_dir()),
        theirs::file_action::Action::Rm(file_action_rm()),
        theirs::file_action::Action::Symlink(file_action_symlink()),
    ] {
        same::<ours::FileAction, _>(&file_action_with(kind));
    }
}

pub(crate) fn file_action_copy() -> theirs::FileActionCopy {
    theirs::FileActionCopy {
        src: s("src"),
        dest: s("dest"),
        owner: Some(chown_opt()),
        mode: -5,
        follow_symlink: true,
        dir_copy_contents: true,
        attempt_unpack_docker_compatibility: true,
        create_dest_path: true,
        allow_wildcard: true,
        allow_empty_wildcard: true,
        timestamp: -12,
        include_patterns: vec![s("include_patterns"), s("more")],
        exclude_patterns: vec![s("exclude_patterns"), s("more")],
        always_replace_existing_dest_paths: true,
        mode_str: s("mode_str"),
        required_paths: vec![s("required_paths"), s("more")],
    }
}

pub(crate) fn file_action_mk_file() -> theirs::FileActionMkFile {
    theirs::FileActionMkFile {
        path: s("path"),
        mode: -3,
        data: b(3),
        owner: Some(chown_opt()),
        timestamp: -6,
    }
}

pub(crate) fn file_action_symlink() -> theirs::FileActionSymlink {
    theirs::FileActionSymlink {
        oldpath: s("oldpath"),
        newpath: s("newpath"),
        owner: Some(chown_opt()),
        timestamp: -5,
    }
}

pub(crate) fn file_action_mk_dir() -> theirs::FileActionMkDir {
    theirs::FileActionMkDir {
        path: s("path"),
        mode: -3,
        make_parents: true,
        owner: Some(chown_opt()),
        timestamp: -6,
    }
}

pub(crate) fn file_action_rm() -> theirs::FileActionRm {
    theirs::FileActionRm {
        path: s("path"),
        allow_not_found: true,
        allow_wildcard: true,
    }
}

pub(crate) fn chown_opt() -> theirs::ChownOpt {
    theirs::ChownOpt {
        user: Some(user_opt()),
        group: Some(user_opt()),
    }
}

fn user_opt_with(user: theirs::user_opt::User) -> theirs::UserOpt {
    theirs::UserOpt { user: Some(user) }
}

pub(crate) fn user_opt() -> theirs::UserOpt {
    user_opt_with(theirs::user_opt::User::ById(4_000_000_001))
}

#[test]
fn user_opt_by_kind() {
    for kind in [
        theirs::user_opt::User::ByName(named_user_opt()),
        theirs::user_opt::User::ById(4_000_000_001),
    ] {
        same::<ours::UserOpt, _>(&user_opt_with(kind));
    }
}

pub(crate) fn named_user_opt() -> theirs::NamedUserOpt {
    theirs::NamedUserOpt {
        name: s("name"),
        input: -3,
    }
}

pub(crate) fn merge_input() -> theirs::MergeInput {
    theirs::MergeInput { input: -2 }
}

pub(crate) fn merge_op() -> theirs::MergeOp {
    theirs::MergeOp {
        inputs: vec![merge_input(), merge_input()],
    }
}

pub(crate) fn lower_diff_input() -> theirs::LowerDiffInput {
    theirs::LowerDiffInput { input: -2 }
}

pub(crate) fn upper_diff_input() -> theirs::UpperDiffInput {
    theirs::UpperDiffInput { input: -2 }
}

pub(crate) fn diff_op() -> theirs::DiffOp {
    theirs::DiffOp {
        lower: Some(lower_diff_input()),
        upper: Some(upper_diff_input()),
    }
}

#[test]
fn every_message_is_read_alike() {
    same::<ours::Platform, _>(&platform());
    same::<ours::Input, _>(&input());
    same::<ours::ExecOp, _>(&exec_op());
    same::<ours::Meta, _>(&meta());
    same::<ours::HostIp, _>(&host_ip());
    same::<ours::Ulimit, _>(&ulimit());
    same::<ours::SecretEnv, _>(&secret_env());
    same::<ours::CdiDevice, _>(&cdi_device());
    same::<ours::Mount, _>(&mount());
    same::<ours::TmpfsOpt, _>(&tmpfs_opt());
    same::<ours::CacheOpt, _>(&cache_opt());
    same::<ours::SecretOpt, _>(&secret_opt());
    same::<ours::SshOpt, _>(&ssh_opt());
    same::<ours::SourceOp, _>(&source_op());
    same::<ours::BuildOp, _>(&build_op());
    same::<ours::BuildInput, _>(&build_input());
    same::<ours::OpMetadata, _>(&op_metadata());
    same::<ours::Source, _>(&source());
    same::<ours::Locations, _>(&locations());
    same::<ours::SourceInfo, _>(&source_info());
    same::<ours::Location, _>(&location());
    same::<ours::Range, _>(&range());
    same::<ours::Position, _>(&position());
    same::<ours::ExportCache, _>(&export_cache());
    same::<ours::ProgressGroup, _>(&progress_group());
    same::<ours::ProxyEnv, _>(&proxy_env());
    same::<ours::WorkerConstraints, _>(&worker_constraints());
    same::<ours::Definition, _>(&definition());
    same::<ours::FileOp, _>(&file_op());
    same::<ours::FileActionCopy, _>(&file_action_copy());
    same::<ours::FileActionMkFile, _>(&file_action_mk_file());
    same::<ours::FileActionSymlink, _>(&file_action_symlink());
    same::<ours::FileActionMkDir, _>(&file_action_mk_dir());
    same::<ours::FileActionRm, _>(&file_action_rm());
    same::<ours::ChownOpt, _>(&chown_opt());
    same::<ours::NamedUserOpt, _>(&named_user_opt());
    same::<ours::MergeInput, _>(&merge_input());
    same::<ours::MergeOp, _>(&merge_op());
    same::<ours::LowerDiffInput, _>(&lower_diff_input());
    same::<ours::UpperDiffInput, _>(&upper_diff_input());
    same::<ours::DiffOp, _>(&diff_op());
}

#[test]
fn enums_have_the_same_names() {
    macro_rules! same_names {
        ($($name:ident),*) => {$(
            for number in 0..8 {
                assert_eq!(
                    ours::$name::try_from(number).ok().map(|value| value.as_str_name()),
                    theirs::$name::try_from(number).ok().map(|value| value.as_str_name()),
                );
            }
        )*};
    }
    same_names!(
        NetMode,
        SecurityMode,
        MountType,
        MountContentCache,
        CacheSharingOpt
    );
}
