//! The messages of the bridge.
//!
//! Long because it is a table: one literal for each message of the contract.

use bollard_buildkit_proto::moby::buildkit::v1::frontend as theirs;
use buildkit_proto::gateway as ours;

use crate::{b, one, s, same, timestamp};

fn result_with(result: theirs::result::Result) -> theirs::Result {
    theirs::Result {
        metadata: one("metadata", b(10)),
        attestations: one("attestations", attestations()),
        result: Some(result),
    }
}

fn result() -> theirs::Result {
    result_with(theirs::result::Result::Refs(ref_map()))
}

#[test]
fn result_by_kind() {
    for kind in [
        theirs::result::Result::RefDeprecated(s("RefDeprecated")),
        theirs::result::Result::RefsDeprecated(ref_map_deprecated()),
        theirs::result::Result::Ref(reference()),
        theirs::result::Result::Refs(ref_map()),
    ] {
        same::<ours::Result, _>(&result_with(kind));
    }
}

fn ref_map_deprecated() -> theirs::RefMapDeprecated {
    theirs::RefMapDeprecated {
        refs: one("refs", s("value")),
    }
}

fn reference() -> theirs::Ref {
    theirs::Ref {
        id: s("id"),
        def: Some(super::pb::definition()),
    }
}

fn ref_map() -> theirs::RefMap {
    theirs::RefMap {
        refs: one("refs", reference()),
    }
}

fn attestations() -> theirs::Attestations {
    theirs::Attestations {
        attestation: vec![attestation(), attestation()],
    }
}

fn attestation() -> theirs::Attestation {
    theirs::Attestation {
        kind: 1,
        metadata: one("metadata", b(2)),
        r#ref: Some(reference()),
        path: s("path"),
        in_toto_predicate_type: s("in_toto_predicate_type"),
        in_toto_subjects: vec![in_toto_subject(), in_toto_subject()],
    }
}

fn in_toto_subject() -> theirs::InTotoSubject {
    theirs::InTotoSubject {
        kind: 1,
        digest: vec![s("digest"), s("more")],
        name: s("name"),
    }
}

fn return_request() -> theirs::ReturnRequest {
    theirs::ReturnRequest {
        result: Some(result()),
        error: Some(super::shared::status()),
    }
}

fn return_response() -> theirs::ReturnResponse {
    theirs::ReturnResponse {}
}

fn inputs_request() -> theirs::InputsRequest {
    theirs::InputsRequest {}
}

fn inputs_response() -> theirs::InputsResponse {
    theirs::InputsResponse {
        definitions: one("definitions", super::pb::definition()),
    }
}

fn resolve_image_config_request() -> theirs::ResolveImageConfigRequest {
    theirs::ResolveImageConfigRequest {
        r#ref: s("r#ref"),
        platform: Some(super::pb::platform()),
        resolve_mode: s("resolve_mode"),
        log_name: s("log_name"),
        resolver_type: -6,
        session_id: s("session_id"),
        store_id: s("store_id"),
        source_policies: vec![super::shared::policy(), super::shared::policy()],
    }
}

fn resolve_image_config_response() -> theirs::ResolveImageConfigResponse {
    theirs::ResolveImageConfigResponse {
        digest: s("digest"),
        config: b(2),
        r#ref: s("r#ref"),
    }
}

fn resolve_source_meta_request() -> theirs::ResolveSourceMetaRequest {
    theirs::ResolveSourceMetaRequest {
        source: Some(super::pb::source_op()),
        platform: Some(super::pb::platform()),
        log_name: s("log_name"),
        resolve_mode: s("resolve_mode"),
        git: Some(resolve_source_git_request()),
        image: Some(resolve_source_image_request()),
        http: Some(resolve_source_http_request()),
        source_policies: vec![super::shared::policy(), super::shared::policy()],
    }
}

fn resolve_source_meta_response() -> theirs::ResolveSourceMetaResponse {
    theirs::ResolveSourceMetaResponse {
        source: Some(super::pb::source_op()),
        image: Some(resolve_source_image_response()),
        git: Some(resolve_source_git_response()),
        http: Some(resolve_source_http_response()),
    }
}

fn resolve_source_image_request() -> theirs::ResolveSourceImageRequest {
    theirs::ResolveSourceImageRequest {
        no_config: true,
        attestation_chain: true,
        resolve_attestations: vec![s("resolve_attestations"), s("more")],
    }
}

fn attestation_chain() -> theirs::AttestationChain {
    theirs::AttestationChain {
        root: s("root"),
        image_manifest: s("image_manifest"),
        attestation_manifest: s("attestation_manifest"),
        signature_manifests: vec![s("signature_manifests"), s("more")],
        blobs: one("blobs", blob()),
    }
}

fn resolve_source_image_response() -> theirs::ResolveSourceImageResponse {
    theirs::ResolveSourceImageResponse {
        digest: s("digest"),
        config: b(2),
        attestation_chain: Some(attestation_chain()),
    }
}

fn resolve_source_git_request() -> theirs::ResolveSourceGitRequest {
    theirs::ResolveSourceGitRequest {
        return_object: true,
    }
}

fn resolve_source_git_response() -> theirs::ResolveSourceGitResponse {
    theirs::ResolveSourceGitResponse {
        checksum: s("checksum"),
        r#ref: s("r#ref"),
        commit_checksum: s("commit_checksum"),
        commit_object: b(4),
        tag_object: b(5),
    }
}

fn resolve_source_http_response() -> theirs::ResolveSourceHttpResponse {
    theirs::ResolveSourceHttpResponse {
        checksum: s("checksum"),
        filename: s("filename"),
        last_modified: Some(timestamp()),
        checksum_response: Some(checksum_response()),
    }
}

fn resolve_source_http_request() -> theirs::ResolveSourceHttpRequest {
    theirs::ResolveSourceHttpRequest {
        checksum_request: Some(checksum_request()),
    }
}

fn checksum_request() -> theirs::ChecksumRequest {
    theirs::ChecksumRequest {
        algo: 1,
        suffix: b(2),
    }
}

fn checksum_response() -> theirs::ChecksumResponse {
    theirs::ChecksumResponse {
        digest: s("digest"),
        suffix: b(2),
    }
}

fn solve_request() -> theirs::SolveRequest {
    theirs::SolveRequest {
        definition: Some(super::pb::definition()),
        frontend: s("frontend"),
        frontend_opt: one("frontend_opt", s("value")),
        allow_result_return: true,
        allow_result_array_ref: true,
        r#final: true,
        exporter_attr: b(11),
        cache_imports: vec![cache_options_entry(), cache_options_entry()],
        frontend_inputs: one("frontend_inputs", super::pb::definition()),
        evaluate: true,
        source_policies: vec![super::shared::policy(), super::shared::policy()],
    }
}

fn cache_options_entry() -> theirs::CacheOptionsEntry {
    theirs::CacheOptionsEntry {
        r#type: s("r#type"),
        attrs: one("attrs", s("value")),
    }
}

fn solve_response() -> theirs::SolveResponse {
    theirs::SolveResponse {
        r#ref: s("r#ref"),
        result: Some(result()),
    }
}

fn read_file_request() -> theirs::ReadFileRequest {
    theirs::ReadFileRequest {
        r#ref: s("r#ref"),
        file_path: s("file_path"),
        range: Some(file_range()),
        mount_index: -5,
    }
}

fn file_range() -> theirs::FileRange {
    theirs::FileRange {
        offset: -2,
        length: -3,
    }
}

fn read_file_response() -> theirs::ReadFileResponse {
    theirs::ReadFileResponse { data: b(1) }
}

fn read_dir_request() -> theirs::ReadDirRequest {
    theirs::ReadDirRequest {
        r#ref: s("r#ref"),
        dir_path: s("dir_path"),
        include_pattern: s("include_pattern"),
        mount_index: -5,
    }
}

fn read_dir_response() -> theirs::ReadDirResponse {
    theirs::ReadDirResponse {
        entries: vec![super::shared::stat(), super::shared::stat()],
    }
}

fn stat_file_request() -> theirs::StatFileRequest {
    theirs::StatFileRequest {
        r#ref: s("r#ref"),
        path: s("path"),
        mount_index: -4,
    }
}

fn stat_file_response() -> theirs::StatFileResponse {
    theirs::StatFileResponse {
        stat: Some(super::shared::stat()),
    }
}

fn evaluate_request() -> theirs::EvaluateRequest {
    theirs::EvaluateRequest { r#ref: s("r#ref") }
}

fn evaluate_response() -> theirs::EvaluateResponse {
    theirs::EvaluateResponse {}
}

fn ping_request() -> theirs::PingRequest {
    theirs::PingRequest {}
}

fn pong_response() -> theirs::PongResponse {
    theirs::PongResponse {
        frontend_api_caps: vec![super::shared::api_cap(), super::shared::api_cap()],
        llb_caps: vec![super::shared::api_cap(), super::shared::api_cap()],
        workers: vec![
            super::shared::worker_record(),
            super::shared::worker_record(),
        ],
    }
}

fn warn_request() -> theirs::WarnRequest {
    theirs::WarnRequest {
        digest: s("digest"),
        level: -3,
        short: b(3),
        detail: vec![b(4), b(5)],
        url: s("url"),
        info: Some(super::pb::source_info()),
        ranges: vec![super::pb::range(), super::pb::range()],
    }
}

fn warn_response() -> theirs::WarnResponse {
    theirs::WarnResponse {}
}

fn new_container_request() -> theirs::NewContainerRequest {
    theirs::NewContainerRequest {
        container_id: s("container_id"),
        mounts: vec![super::pb::mount(), super::pb::mount()],
        network: 1,
        platform: Some(super::pb::platform()),
        constraints: Some(super::pb::worker_constraints()),
        extra_hosts: vec![super::pb::host_ip(), super::pb::host_ip()],
        hostname: s("hostname"),
    }
}

fn new_container_response() -> theirs::NewContainerResponse {
    theirs::NewContainerResponse {}
}

fn release_container_request() -> theirs::ReleaseContainerRequest {
    theirs::ReleaseContainerRequest {
        container_id: s("container_id"),
    }
}

fn release_container_response() -> theirs::ReleaseContainerResponse {
    theirs::ReleaseContainerResponse {}
}

fn exec_message_with(input: theirs::exec_message::Input) -> theirs::ExecMessage {
    theirs::ExecMessage {
        process_id: s("process_id"),
        input: Some(input),
    }
}

#[test]
fn exec_message_by_kind() {
    for kind in [
        theirs::exec_message::Input::Init(init_message()),
        theirs::exec_message::Input::File(fd_message()),
        theirs::exec_message::Input::Resize(resize_message()),
        theirs::exec_message::Input::Started(started_message()),
        theirs::exec_message::Input::Exit(exit_message()),
        theirs::exec_message::Input::Done(done_message()),
        theirs::exec_message::Input::Signal(signal_message()),
    ] {
        same::<ours::ExecMessage, _>(&exec_message_with(kind));
    }
}

fn init_message() -> theirs::InitMessage {
    theirs::InitMessage {
        container_id: s("container_id"),
        meta: Some(super::pb::meta()),
        fds: vec![4_000_000_003, 7],
        tty: true,
        security: 1,
        secretenv: vec![super::pb::secret_env(), super::pb::secret_env()],
    }
}

fn exit_message() -> theirs::ExitMessage {
    theirs::ExitMessage {
        code: 4_000_000_001,
        error: Some(super::shared::status()),
    }
}

fn started_message() -> theirs::StartedMessage {
    theirs::StartedMessage {}
}

fn done_message() -> theirs::DoneMessage {
    theirs::DoneMessage {}
}

fn fd_message() -> theirs::FdMessage {
    theirs::FdMessage {
        fd: 4_000_000_001,
        eof: true,
        data: b(3),
    }
}

fn resize_message() -> theirs::ResizeMessage {
    theirs::ResizeMessage {
        rows: 4_000_000_001,
        cols: 4_000_000_002,
    }
}

fn signal_message() -> theirs::SignalMessage {
    theirs::SignalMessage { name: s("name") }
}

fn blob() -> theirs::Blob {
    theirs::Blob {
        descriptor: Some(descriptor()),
        data: b(2),
    }
}

fn descriptor() -> theirs::Descriptor {
    theirs::Descriptor {
        media_type: s("media_type"),
        digest: s("digest"),
        size: -4,
        annotations: one("annotations", s("value")),
    }
}

#[test]
fn every_message_is_read_alike() {
    same::<ours::RefMapDeprecated, _>(&ref_map_deprecated());
    same::<ours::Ref, _>(&reference());
    same::<ours::RefMap, _>(&ref_map());
    same::<ours::Attestations, _>(&attestations());
    same::<ours::Attestation, _>(&attestation());
    same::<ours::InTotoSubject, _>(&in_toto_subject());
    same::<ours::ReturnRequest, _>(&return_request());
    same::<ours::ReturnResponse, _>(&return_response());
    same::<ours::InputsRequest, _>(&inputs_request());
    same::<ours::InputsResponse, _>(&inputs_response());
    same::<ours::ResolveImageConfigRequest, _>(&resolve_image_config_request());
    same::<ours::ResolveImageConfigResponse, _>(&resolve_image_config_response());
    same::<ours::ResolveSourceMetaRequest, _>(&resolve_source_meta_request());
    same::<ours::ResolveSourceMetaResponse, _>(&resolve_source_meta_response());
    same::<ours::ResolveSourceImageRequest, _>(&resolve_source_image_request());
    same::<ours::AttestationChain, _>(&attestation_chain());
    same::<ours::ResolveSourceImageResponse, _>(&resolve_source_image_response());
    same::<ours::ResolveSourceGitRequest, _>(&resolve_source_git_request());
    same::<ours::ResolveSourceGitResponse, _>(&resolve_source_git_response());
    same::<ours::ResolveSourceHttpResponse, _>(&resolve_source_http_response());
    same::<ours::ResolveSourceHttpRequest, _>(&resolve_source_http_request());
    same::<ours::ChecksumRequest, _>(&checksum_request());
    same::<ours::ChecksumResponse, _>(&checksum_response());
    same::<ours::SolveRequest, _>(&solve_request());
    same::<ours::CacheOptionsEntry, _>(&cache_options_entry());
    same::<ours::SolveResponse, _>(&solve_response());
    same::<ours::ReadFileRequest, _>(&read_file_request());
    same::<ours::FileRange, _>(&file_range());
    same::<ours::ReadFileResponse, _>(&read_file_response());
    same::<ours::ReadDirRequest, _>(&read_dir_request());
    same::<ours::ReadDirResponse, _>(&read_dir_response());
    same::<ours::StatFileRequest, _>(&stat_file_request());
    same::<ours::StatFileResponse, _>(&stat_file_response());
    same::<ours::EvaluateRequest, _>(&evaluate_request());
    same::<ours::EvaluateResponse, _>(&evaluate_response());
    same::<ours::PingRequest, _>(&ping_request());
    same::<ours::PongResponse, _>(&pong_response());
    same::<ours::WarnRequest, _>(&warn_request());
    same::<ours::WarnResponse, _>(&warn_response());
    same::<ours::NewContainerRequest, _>(&new_container_request());
    same::<ours::NewContainerResponse, _>(&new_container_response());
    same::<ours::ReleaseContainerRequest, _>(&release_container_request());
    same::<ours::ReleaseContainerResponse, _>(&release_container_response());
    same::<ours::InitMessage, _>(&init_message());
    same::<ours::ExitMessage, _>(&exit_message());
    same::<ours::StartedMessage, _>(&started_message());
    same::<ours::DoneMessage, _>(&done_message());
    same::<ours::FdMessage, _>(&fd_message());
    same::<ours::ResizeMessage, _>(&resize_message());
    same::<ours::SignalMessage, _>(&signal_message());
    same::<ours::Blob, _>(&blob());
    same::<ours::Descriptor, _>(&descriptor());
}
