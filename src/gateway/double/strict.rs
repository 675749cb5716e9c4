//! What a daemon would pass over in silence, so that the double can fail instead:
//! a field that is newer than the daemon means nothing to it, and the build is
//! another one.
//!
//! Owns which capability each such field needs. The fields are restated here
//! rather than taken from `buildkit-llb`, so that one which is written without
//! being asked for shows in every test on an older daemon.

use buildkit_proto::pb::{self, file_action::Action, op::Op as Kind};
use prost::Message;

/// The capability of an attribute of a source, where old daemons lack it.
const ATTRIBUTES: [(&str, &str); 19] = [
    ("git.bundle", "source.git.bundle"),
    ("git.checkoutbundle", "source.git.checkoutbundle"),
    ("git.checksum", "source.git.checksum"),
    ("git.fetchbycommit", "source.git.fetchbycommit"),
    ("git.knownsshhosts", "source.git.knownsshhosts"),
    ("git.mountsshsock", "source.git.mountsshsock"),
    ("git.mtime", "source.git.mtime"),
    ("git.sig.pubkey", "source.git.signatureverify"),
    ("git.skipsubmodules", "source.git.skipsubmodules"),
    ("http.authheadersecret", "source.http.auth"),
    ("http.header.accept", "source.http.header"),
    ("http.header.user-agent", "source.http.header"),
    ("http.sig.pubkey", "source.http.signatureverify"),
    ("image.checksum", "source.image.checksum"),
    ("image.layerlimit", "source.image.layerlimit"),
    ("local.followpaths", "source.local.followpaths"),
    ("local.includepattern", "source.local.includepatterns"),
    ("local.metadatatransfer", "source.local.metadatatransfer"),
    ("oci.layerlimit", "source.image.layerlimit"),
];

/// The capabilities that a graph needs and declares or not.
pub(super) fn needs(definition: &pb::Definition) -> Vec<String> {
    let metadata = definition.metadata.values();
    let declared = metadata.flat_map(|metadata| &metadata.caps);
    let declared = declared.filter(|(_, needed)| **needed);
    let mut needs: Vec<String> = declared.map(|(cap, _)| cap.clone()).collect();
    let mut need = |cap: &str| needs.push(cap.to_owned());
    for bytes in &definition.def {
        // One that cannot be read is some other test's business.
        let op = pb::Op::decode(&bytes[..]).unwrap_or_default();
        match op.op {
            Some(Kind::Exec(exec)) => of_exec(&exec, &mut need),
            Some(Kind::Source(source)) => of_source(&source, &mut need),
            Some(Kind::File(file)) => {
                let actions = file.actions.iter().filter_map(|one| one.action.as_ref());
                actions.for_each(|action| of_action(action, &mut need));
            }
            Some(Kind::Merge(_)) => need("mergeop"),
            Some(Kind::Diff(_)) => need("diffop"),
            Some(Kind::Passthrough(_)) => need("passthroughop"),
            Some(Kind::Build(_)) | None => {}
        }
    }
    if definition
        .metadata
        .values()
        .any(|metadata| metadata.linux_resources.is_some())
    {
        need("exec.meta.linux.resources");
    }
    needs
}

fn of_exec(exec: &pb::ExecOp, need: &mut impl FnMut(&str)) {
    let meta = exec.meta.clone().unwrap_or_default();
    for (is_used, cap) in [
        (exec.network() != pb::NetMode::Unset, "exec.meta.network"),
        (
            exec.security() != pb::SecurityMode::Sandbox,
            "exec.meta.security",
        ),
        (!exec.secretenv.is_empty(), "exec.secretenv"),
        (!exec.cdi_devices.is_empty(), "exec.meta.cdi"),
        (!meta.ulimit.is_empty(), "exec.meta.ulimit"),
        (!meta.cgroup_parent.is_empty(), "exec.meta.cgroup.parent"),
        (!meta.valid_exit_codes.is_empty(), "exec.validexitcode"),
    ] {
        if is_used {
            need(cap);
        }
    }
    for mount in &exec.mounts {
        let is_bind = mount.mount_type() == pb::MountType::Bind;
        let is_lost = is_bind && !mount.readonly && mount.output < 0;
        let is_ssh = mount.mount_type() == pb::MountType::Ssh;
        let is_sized = mount.tmpfs_opt.as_ref().is_some_and(|one| one.size > 0);
        let is_content = mount.content_cache() != pb::MountContentCache::Default;
        for (is_used, cap) in [
            (is_lost, "exec.mount.bind.readwrite-nooutput"),
            (is_ssh, "exec.mount.ssh"),
            (is_sized, "exec.mount.tmpfs.size"),
            (is_content, "exec.mount.cache.content"),
        ] {
            if is_used {
                need(cap);
            }
        }
    }
}

fn of_action(action: &Action, need: &mut impl FnMut(&str)) {
    match action {
        Action::Copy(copy) => {
            let patterns = copy.include_patterns.len() + copy.exclude_patterns.len();
            for (is_used, cap) in [
                (patterns > 0, "file.copy.includeexcludepatterns"),
                (
                    copy.always_replace_existing_dest_paths,
                    "file.copy.alwaysreplaceexistingdestpaths",
                ),
                (!copy.required_paths.is_empty(), "file.copy.requiredpaths"),
                // It has no capability of its own; this one came with it.
                (!copy.mode_str.is_empty(), "exec.validexitcode"),
            ] {
                if is_used {
                    need(cap);
                }
            }
        }
        Action::Symlink(_) => need("file.symlink.create"),
        Action::Rm(remove) if remove.allow_wildcard => need("file.rm.wildcard"),
        Action::Rm(_) | Action::Mkdir(_) | Action::Mkfile(_) => {}
    }
}

fn of_source(source: &pb::SourceOp, need: &mut impl FnMut(&str)) {
    for (attribute, cap) in ATTRIBUTES {
        if source.attrs.contains_key(attribute) {
            need(cap);
        }
    }
    let (scheme, rest) = source
        .identifier
        .split_once("://")
        .unwrap_or(("", &source.identifier));
    match scheme {
        "oci-layout" => need("source.ocilayout"),
        "docker-image+blob" | "oci-layout+blob" => need("source.imageblob"),
        "git" if rest.split_once('#').is_some_and(|(_, at)| at.contains(':')) => {
            need("source.git.subdir");
        }
        _ => {}
    }
}
