//! The options about processes: hosts, network, limits. Those on memory and
//! processor time are `resources`'s.

use std::collections::BTreeMap;
use std::net::IpAddr;

use super::error::OptionError;
use super::{filled, keep, resources, text::parse_fields};
use crate::emit::{Limit, ProcessSettings, proxy};
use crate::spec::StepNetwork;

/// Overrides `hostname`.
const HOSTNAME_ARG: &str = "BUILDKIT_SANDBOX_HOSTNAME";
/// The limits that Linux has, by the names that Docker gives them.
const LIMITS: [&str; 15] = [
    "core",
    "cpu",
    "data",
    "fsize",
    "locks",
    "memlock",
    "msgqueue",
    "nice",
    "nofile",
    "nproc",
    "rss",
    "rtprio",
    "rttime",
    "sigpending",
    "stack",
];

/// Reads all of them.
pub(super) fn parse(
    options: &BTreeMap<String, String>,
    build_args: &BTreeMap<String, String>,
    errors: &mut Vec<OptionError>,
) -> ProcessSettings {
    let given = |key| filled(options, key);
    let hostname = filled(build_args, HOSTNAME_ARG).or(given("hostname"));
    ProcessSettings {
        proxy: proxy(build_args),
        extra_hosts: list(given("add-hosts"), "add-hosts", parse_host, errors),
        network: keep(
            given("force-network-mode").map(parse_network).transpose(),
            errors,
        ),
        shm_size: keep(given("shm-size").map(parse_size).transpose(), errors),
        ulimits: list(given("ulimit"), "ulimit", parse_limit, errors),
        cgroup_parent: given("cgroup-parent"),
        hostname,
        resources: resources::parse(options, errors),
    }
}

/// A comma-separated list, with what is wrong with any of its fields.
fn list<T>(
    given: Option<String>,
    option: &str,
    parse: impl Fn(&str) -> Result<T, OptionError>,
    errors: &mut Vec<OptionError>,
) -> Vec<T> {
    let Some(value) = given else {
        return Vec::new();
    };
    let Some(fields) = parse_fields(&value) else {
        let option = option.to_owned();
        errors.push(OptionError::List { option, value });
        return Vec::new();
    };
    let mut items = Vec::new();
    for field in fields {
        match parse(&field) {
            Ok(item) => items.push(item),
            Err(error) => errors.push(error),
        }
    }
    items
}

fn parse_host(field: &str) -> Result<(String, IpAddr), OptionError> {
    let pair = || {
        let (host, address) = field.split_once('=')?;
        let bare = address
            .strip_prefix('[')
            .and_then(|rest| rest.strip_suffix(']'));
        let address = bare.unwrap_or(address).parse().ok()?;
        (!host.is_empty()).then(|| (host.to_ascii_lowercase(), address))
    };
    pair().ok_or_else(|| OptionError::Host(field.to_owned()))
}

fn parse_network(mode: String) -> Result<StepNetwork, OptionError> {
    match mode.as_str() {
        "none" => Ok(StepNetwork::None),
        "host" => Ok(StepNetwork::Host),
        "sandbox" => Ok(StepNetwork::Sandbox),
        _ => Err(OptionError::Network(mode)),
    }
}

fn parse_size(bytes: String) -> Result<u64, OptionError> {
    bytes.parse().map_err(|_| OptionError::Size(bytes))
}

fn parse_limit(field: &str) -> Result<Limit, OptionError> {
    let limit = || {
        let (name, values) = field.split_once('=')?;
        let (soft, hard) = values.split_once(':').unwrap_or((values, values));
        let (soft, hard): (i64, i64) = (soft.parse().ok()?, hard.parse().ok()?);
        // -1 is no limit.
        let order = hard == -1 || (soft != -1 && soft <= hard);
        let name = name.to_owned();
        (order && LIMITS.contains(&&*name)).then_some(Limit { name, soft, hard })
    };
    limit().ok_or_else(|| OptionError::Limit(field.to_owned()))
}
