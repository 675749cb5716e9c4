//! Loading the spec.

use buildkit_proto::pb;

use super::{bridge, failure};
use crate::gateway::bridge::{BridgeError, Ref};
use crate::gateway::double::{Call, Daemon, Double, Method};
use crate::gateway::environment::Environment;
use crate::gateway::errdefs::{Source, SourceInfo, type_url};
use crate::gateway::error::FrontendError;
use crate::gateway::options::SpecLocation;
use crate::gateway::spec_source::{LoadedSpec, SpecError, load};

/// What `BuildKit`'s own loader makes for `dynamo.yaml` and for `Dockerfile`, in
/// the session `SESSIONID`: the operation's bytes and its digest.
const GOLDEN: [(&str, &str, &str); 2] = [
    (
        "dynamo.yaml",
        "5a001aaa010a126c6f63616c3a2f2f646f636b657266696c6512140a0c6c6f63616c2e64696666657212\
         046e6f6e65123f0a116c6f63616c2e666f6c6c6f777061746873122a5b2264796e616d6f2e79616d6c22\
         2c2264796e616d6f2e79616d6c2e646f636b657269676e6f7265225d121a0a0d6c6f63616c2e73657373\
         696f6e120953455353494f4e494412210a136c6f63616c2e7368617265646b657968696e74120a646f63\
         6b657266696c65",
        "sha256:b692f2b3be3572926467cdca39f15fbbf2cc2024bdbe692c22edfcfb76e9b39f",
    ),
    (
        "Dockerfile",
        "5a001ab5010a126c6f63616c3a2f2f646f636b657266696c6512140a0c6c6f63616c2e64696666657212\
         046e6f6e65124a0a116c6f63616c2e666f6c6c6f77706174687312355b22446f636b657266696c65222c\
         22446f636b657266696c652e646f636b657269676e6f7265222c22646f636b657266696c65225d121a0a\
         0d6c6f63616c2e73657373696f6e120953455353494f4e494412210a136c6f63616c2e7368617265646b\
         657968696e74120a646f636b657266696c65",
        "sha256:e97b12d7f952829af059bb7b59c22781166967c7b6a6f4f6c8b1969253a32fcb",
    ),
];

fn environment(options: &[(&str, &str)], session: Option<&str>) -> Environment {
    Environment {
        options: options
            .iter()
            .map(|(k, v)| ((*k).to_owned(), (*v).to_owned()))
            .collect(),
        session_id: session.map(str::to_owned),
        ..Environment::default()
    }
}

async fn load_from(
    double: Double,
    environment: &Environment,
) -> (
    crate::gateway::double::Running,
    Result<LoadedSpec, SpecError>,
) {
    let (running, bridge) = bridge(double).await;
    let location = SpecLocation::parse(&environment.options);
    let loaded = load(&bridge, &location, environment).await;
    (running, loaded)
}

fn attrs(definition: &pb::Definition) -> std::collections::BTreeMap<String, String> {
    let op: pb::Op = prost::Message::decode(&definition.def[0][..]).expect("an operation");
    match op.op {
        Some(pb::op::Op::Source(source)) => source.attrs,
        other => panic!("not a source: {other:?}"),
    }
}

#[tokio::test]
async fn case_69_the_operation_is_the_one_of_buildkits_own_loader() {
    for (filename, bytes, digest) in GOLDEN {
        let environment = environment(&[("filename", filename)], Some("SESSIONID"));
        let double = Double::new(Daemon::head()).file(filename, "target: dev\n");
        let (double, loaded) = load_from(double, &environment).await;
        let loaded = loaded.expect("a spec");
        let definition = &double.definitions()[0];
        let hex = hex::encode(&definition.def[0]);
        assert_eq!(hex, bytes, "{filename}");
        assert_eq!(loaded.digest, digest);
        assert_eq!(loaded.data, b"target: dev\n");
        assert_eq!(&loaded.definition, definition);
        assert_eq!(loaded.reference, Ref::new("ref-0"));
        assert_eq!(
            definition.metadata[digest].description["llb.customname"],
            format!("[internal] load build definition from {filename}")
        );
        assert_eq!(
            double.methods(),
            [Method::Ping, Method::Solve, Method::ReadFile]
        );
    }
}

#[tokio::test]
async fn the_session_may_be_another_or_missing() {
    let double = || Double::new(Daemon::head()).file("Dockerfile", "");
    let own = environment(&[("local-sessionid:dockerfile", "other")], Some("main"));
    let (running, _) = load_from(double(), &own).await;
    assert_eq!(attrs(&running.definitions()[0])["local.session"], "other");
    let (running, loaded) = load_from(double(), &environment(&[], None)).await;
    let attrs = attrs(&running.definitions()[0]);
    assert!(attrs.contains_key("local.unique") && !attrs.contains_key("local.session"));
    assert!(loaded.is_ok());
}

#[tokio::test]
async fn odd_names_are_names_and_no_patterns() {
    let name = "we ird [x]*.yaml";
    let environment = environment(&[("filename", name), ("dockerfilekey", "here")], Some("s"));
    let (running, loaded) =
        load_from(Double::new(Daemon::head()).file(name, "a"), &environment).await;
    assert_eq!(loaded.expect("a spec").data, b"a");
    let definition = &running.definitions()[0];
    assert_eq!(
        attrs(definition)["local.followpaths"],
        r#"["we ird \\[x]\\*.yaml","we ird \\[x]\\*.yaml.dockerignore"]"#
    );
    assert_eq!(attrs(definition)["local.sharedkeyhint"], "here");
}

#[tokio::test]
async fn the_classic_name_is_also_found_in_lower_case() {
    let double = Double::new(Daemon::head()).file("sub/dockerfile", "a");
    let environment = environment(&[("filename", "sub/Dockerfile")], Some("s"));
    let (running, loaded) = load_from(double, &environment).await;
    assert_eq!(loaded.expect("a spec").data, b"a");
    let paths = &attrs(&running.definitions()[0])["local.followpaths"];
    assert!(paths.ends_with(r#","sub/dockerfile"]"#), "{paths}");
}

#[tokio::test]
async fn a_missing_spec_is_said_to_be_missing() {
    let environment = environment(&[("filename", "dynamo.yml")], Some("s"));
    let (running, loaded) = load_from(
        Double::new(Daemon::head()).file("dynamo.yaml", "a"),
        &environment,
    )
    .await;
    assert_eq!(
        loaded.expect_err("missing").to_string(),
        "cannot find `dynamo.yml` in the directory that the client sent as `dockerfile`\n\
         help: name the spec with `-f`, as in `docker buildx build -f dynamo.yaml .`"
    );
    let Some(Call::ReadDir(request)) = running.calls().into_iter().next_back() else {
        panic!("no look into the directory");
    };
    assert_eq!(
        (&*request.dir_path, &*request.include_pattern),
        (".", "dynamo.yml")
    );
}

#[tokio::test]
async fn what_the_daemon_says_about_loading_is_kept() {
    for method in [Method::Solve, Method::ReadFile] {
        let double = Double::new(Daemon::head())
            .file("a.yaml", "a")
            .fail(method, failure());
        let environment = environment(&[("filename", "a.yaml")], Some("s"));
        let (_running, loaded) = load_from(double, &environment).await;
        let status = FrontendError::from(loaded.expect_err("it fails")).into_status();
        assert_eq!(status.message, "failed to load `a.yaml`: no such thing");
        assert_eq!((status.code, status.details), (5, failure().details));
    }
}

#[tokio::test]
async fn case_120_a_spec_of_twenty_mebibytes_is_refused_with_its_first_lines_only() {
    let mut content = b"# syntax=x\n".to_vec();
    content.resize(20 << 20, b'a');
    let environment = environment(&[("filename", "a.yaml")], Some("s"));
    let (running, loaded) = load_from(
        Double::new(Daemon::head()).file("a.yaml", content),
        &environment,
    )
    .await;
    let error = loaded.expect_err("too large");
    assert!(matches!(
        &error,
        SpecError::TooLarge {
            source: BridgeError::TooLarge { .. },
            ..
        }
    ));
    let status = FrontendError::from(error).into_status();
    assert_eq!(
        status.message,
        "cannot load the spec: `a.yaml` is larger than 1 MiB, which is the most that is read of it"
    );
    let [detail] = &status.details[..] else {
        panic!("{}", status.details.len())
    };
    assert_eq!(detail.type_url, type_url("Source"));
    assert!(detail.value.len() < 2_000, "{}", detail.value.len());
    let source: Source = serde_json::from_slice(&detail.value).expect("a place");
    let SourceInfo { filename, data, .. } = source.info.expect("a file");
    assert_eq!(filename, "a.yaml");
    assert!(data.starts_with(b"# syntax=x\n"));
    assert_eq!(
        running.methods(),
        [Method::Ping, Method::Solve, Method::ReadFile]
    );
}
