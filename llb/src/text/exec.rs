//! A process as text.

use std::fmt::Write;

use buildkit_proto::pb;

use super::{input, line, quote, write_text};
use crate::graph::GraphOp;

pub(super) fn write(text: &mut String, op: &GraphOp, exec: &pb::ExecOp) {
    let meta = exec.meta.clone().unwrap_or_default();
    for arg in &meta.args {
        write_text(text, "", "arg", arg);
    }
    for variable in &meta.env {
        write_text(text, "", "env", variable);
    }
    line!(text, "cwd {}", quote(&meta.cwd));
    for (label, value) in [
        ("user", &meta.user),
        ("hostname", &meta.hostname),
        ("cgroup parent", &meta.cgroup_parent),
    ] {
        if !value.is_empty() {
            line!(text, "{label} {}", quote(value));
        }
    }
    if let Some(proxy) = &meta.proxy_env {
        line!(text, "proxy {proxy:?}");
    }
    for host in &meta.extra_hosts {
        line!(text, "host {} {}", host.host, host.ip);
    }
    for limit in &meta.ulimit {
        line!(text, "ulimit {} {}:{}", limit.name, limit.soft, limit.hard);
    }
    if !meta.valid_exit_codes.is_empty() {
        line!(text, "valid exit codes {:?}", meta.valid_exit_codes);
    }
    if exec.network() != pb::NetMode::Unset {
        line!(
            text,
            "network {}",
            exec.network().as_str_name().to_lowercase()
        );
    }
    if exec.security() != pb::SecurityMode::Sandbox {
        line!(
            text,
            "security {}",
            exec.security().as_str_name().to_lowercase()
        );
    }
    for mount in &exec.mounts {
        line!(text, "mount {}", describe(op, mount));
    }
    for secret in &exec.secretenv {
        line!(
            text,
            "secret env {} = {}{}",
            secret.name,
            secret.id,
            optional(secret.optional)
        );
    }
    for device in &exec.cdi_devices {
        line!(text, "device {}{}", device.name, optional(device.optional));
    }
}

fn describe(op: &GraphOp, mount: &pb::Mount) -> String {
    let mut text = format!("{} ", quote(&mount.dest));
    match mount.mount_type() {
        pb::MountType::Bind => write_tree(&mut text, op, mount),
        pb::MountType::Cache => {
            let cache = mount.cache_opt.clone().unwrap_or_default();
            let sharing = cache.sharing().as_str_name().to_lowercase();
            push(
                &mut text,
                format_args!("cache {} {sharing}", quote(&cache.id)),
            );
            if mount.input >= 0 {
                text.push_str(" from ");
                write_tree(&mut text, op, mount);
            }
        }
        pb::MountType::Tmpfs => {
            text.push_str("tmpfs");
            let size = mount.tmpfs_opt.as_ref().map_or(0, |tmpfs| tmpfs.size);
            if size > 0 {
                push(&mut text, format_args!(" {size}"));
            }
        }
        pb::MountType::Secret => {
            let secret = mount.secret_opt.clone().unwrap_or_default();
            let pb::SecretOpt {
                id,
                uid,
                gid,
                mode,
                optional: may_lack,
            } = secret;
            let id = quote(&id);
            push(
                &mut text,
                format_args!("secret {id} {mode:04o} {uid}:{gid}{}", optional(may_lack)),
            );
        }
        pb::MountType::Ssh => {
            let ssh = mount.ssh_opt.clone().unwrap_or_default();
            let pb::SshOpt {
                id,
                uid,
                gid,
                mode,
                optional: may_lack,
            } = ssh;
            let id = quote(&id);
            push(
                &mut text,
                format_args!("ssh {id} {mode:04o} {uid}:{gid}{}", optional(may_lack)),
            );
        }
    }
    match mount.content_cache() {
        pb::MountContentCache::Default => {}
        pb::MountContentCache::On => text.push_str(" content-cache=on"),
        pb::MountContentCache::Off => text.push_str(" content-cache=off"),
    }
    text
}

fn write_tree(text: &mut String, op: &GraphOp, mount: &pb::Mount) {
    text.push_str(&input(op, mount.input));
    if !mount.selector.is_empty() {
        push(text, format_args!(":{}", quote(&mount.selector)));
    }
    match (mount.readonly, mount.output) {
        (true, _) => text.push_str(" read-only"),
        (false, -1) if mount.mount_type() == pb::MountType::Bind => text.push_str(" discarded"),
        (false, -1) => {}
        (false, output) => push(text, format_args!(" -> .{output}")),
    }
}

fn push(text: &mut String, arguments: std::fmt::Arguments<'_>) {
    text.write_fmt(arguments).expect("a String takes any text");
}

fn optional(optional: bool) -> &'static str {
    if optional { " optional" } else { "" }
}
