//! Capabilities, workers, policies, file attributes, errors and health.

use bollard_buildkit_proto::fsutil::types as theirs_fsutil;
use bollard_buildkit_proto::google::rpc as theirs_rpc;
use bollard_buildkit_proto::health as theirs_health;
use bollard_buildkit_proto::moby::buildkit::v1::apicaps as theirs_apicaps;
use bollard_buildkit_proto::moby::buildkit::v1::sourcepolicy as theirs_sourcepolicy;
use bollard_buildkit_proto::moby::buildkit::v1::types as theirs_types;
use buildkit_proto::{apicaps, fsutil, health, rpc, sourcepolicy, types};

use crate::{any, b, one, s, same};

pub(crate) fn worker_record() -> theirs_types::WorkerRecord {
    theirs_types::WorkerRecord {
        id: s("id"),
        labels: one("labels", s("value")),
        platforms: vec![super::pb::platform(), super::pb::platform()],
        gc_policy: vec![gc_policy(), gc_policy()],
        buildkit_version: Some(buildkit_version()),
        cdi_devices: vec![cdi_device(), cdi_device()],
    }
}

pub(crate) fn gc_policy() -> theirs_types::GcPolicy {
    theirs_types::GcPolicy {
        all: true,
        keep_duration: -3,
        filters: vec![s("filters"), s("more")],
        reserved_space: -4,
        max_used_space: -6,
        min_free_space: -7,
    }
}

pub(crate) fn buildkit_version() -> theirs_types::BuildkitVersion {
    theirs_types::BuildkitVersion {
        package: s("package"),
        version: s("version"),
        revision: s("revision"),
    }
}

pub(crate) fn cdi_device() -> theirs_types::CdiDevice {
    theirs_types::CdiDevice {
        name: s("name"),
        auto_allow: true,
        annotations: one("annotations", s("value")),
        on_demand: true,
    }
}

pub(crate) fn api_cap() -> theirs_apicaps::ApiCap {
    theirs_apicaps::ApiCap {
        id: s("id"),
        enabled: true,
        deprecated: true,
        disabled_reason: s("disabled_reason"),
        disabled_reason_msg: s("disabled_reason_msg"),
        disabled_alternative: s("disabled_alternative"),
    }
}

pub(crate) fn rule() -> theirs_sourcepolicy::Rule {
    theirs_sourcepolicy::Rule {
        action: 1,
        selector: Some(selector()),
        updates: Some(update()),
    }
}

pub(crate) fn update() -> theirs_sourcepolicy::Update {
    theirs_sourcepolicy::Update {
        identifier: s("identifier"),
        attrs: one("attrs", s("value")),
    }
}

pub(crate) fn selector() -> theirs_sourcepolicy::Selector {
    theirs_sourcepolicy::Selector {
        identifier: s("identifier"),
        match_type: 1,
        constraints: vec![attr_constraint(), attr_constraint()],
    }
}

pub(crate) fn attr_constraint() -> theirs_sourcepolicy::AttrConstraint {
    theirs_sourcepolicy::AttrConstraint {
        key: s("key"),
        value: s("value"),
        condition: 1,
    }
}

pub(crate) fn policy() -> theirs_sourcepolicy::Policy {
    theirs_sourcepolicy::Policy {
        version: -2,
        rules: vec![rule(), rule()],
    }
}

pub(crate) fn stat() -> theirs_fsutil::Stat {
    theirs_fsutil::Stat {
        path: s("path"),
        mode: 4_000_000_002,
        uid: 4_000_000_003,
        gid: 4_000_000_004,
        size: -6,
        mod_time: -7,
        linkname: s("linkname"),
        devmajor: -9,
        devminor: -10,
        xattrs: one("xattrs", b(10)),
    }
}

pub(crate) fn status() -> theirs_rpc::Status {
    theirs_rpc::Status {
        code: -2,
        message: s("message"),
        details: vec![any(), any()],
    }
}

pub(crate) fn health_check_request() -> theirs_health::HealthCheckRequest {
    theirs_health::HealthCheckRequest {
        service: s("service"),
    }
}

pub(crate) fn health_check_response() -> theirs_health::HealthCheckResponse {
    theirs_health::HealthCheckResponse { status: 1 }
}

pub(crate) fn health_list_request() -> theirs_health::HealthListRequest {
    theirs_health::HealthListRequest {}
}

pub(crate) fn health_list_response() -> theirs_health::HealthListResponse {
    theirs_health::HealthListResponse {
        statuses: one("statuses", health_check_response()),
    }
}

#[test]
fn every_message_is_read_alike() {
    same::<types::WorkerRecord, _>(&worker_record());
    same::<types::GcPolicy, _>(&gc_policy());
    same::<types::BuildkitVersion, _>(&buildkit_version());
    same::<types::CdiDevice, _>(&cdi_device());
    same::<apicaps::ApiCap, _>(&api_cap());
    same::<sourcepolicy::Rule, _>(&rule());
    same::<sourcepolicy::Update, _>(&update());
    same::<sourcepolicy::Selector, _>(&selector());
    same::<sourcepolicy::AttrConstraint, _>(&attr_constraint());
    same::<sourcepolicy::Policy, _>(&policy());
    same::<fsutil::Stat, _>(&stat());
    same::<rpc::Status, _>(&status());
    same::<health::HealthCheckRequest, _>(&health_check_request());
    same::<health::HealthCheckResponse, _>(&health_check_response());
    same::<health::HealthListRequest, _>(&health_list_request());
    same::<health::HealthListResponse, _>(&health_list_response());
}
