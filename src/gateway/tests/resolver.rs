//! One question per image.

use std::sync::Arc;
use std::time::Duration;

use buildkit_proto::pb;
use futures_util::future::join_all;
use tokio::time::timeout;

use super::bridge;
use crate::gateway::double::{Call, Daemon, Double, Method};
use crate::gateway::error::FrontendError;
use crate::gateway::options::ResolveMode;
use crate::gateway::resolver::{ImageQuery, ImageResolver};
use crate::image::Reference;

const DIGEST: &str = "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
const CONFIG: &str = r#"{"os":"linux","architecture":"amd64","config":{"Env":["A=b"]}}"#;

fn query(reference: &str, architecture: &str) -> ImageQuery {
    ImageQuery {
        reference: Reference::parse(reference).expect("a reference"),
        platform: pb::Platform {
            os: "linux".to_owned(),
            architecture: architecture.to_owned(),
            ..pb::Platform::default()
        },
        mode: ResolveMode::Default,
        log_name: None,
    }
}

async fn resolver(
    double: Double,
) -> (
    crate::gateway::double::Running,
    ImageResolver<crate::gateway::GrpcBridge>,
) {
    let (running, bridge) = bridge(double).await;
    (running, ImageResolver::new(Arc::new(bridge)))
}

#[tokio::test]
async fn case_129_the_same_image_is_asked_for_once_by_all_at_the_same_time() {
    let double = Double::new(Daemon::head())
        .image("docker.io/library/a:latest", DIGEST, CONFIG)
        .delay(Method::ResolveSourceMeta, Duration::from_millis(50));
    let (double, resolver) = resolver(double).await;
    let names = [
        "a",
        "a:latest",
        "docker.io/library/a",
        "index.docker.io/a:latest",
    ];
    let answers = join_all(names.map(|name| resolver.resolve(query(name, "amd64")))).await;
    for answer in &answers {
        let image = answer.as_ref().expect("an image");
        assert_eq!(
            image.reference.to_string(),
            format!("docker.io/library/a:latest@{DIGEST}")
        );
        assert_eq!(image.config.config.env.get("A"), Some("b"));
        assert_eq!(image.config_document, CONFIG.as_bytes());
    }
    resolver.resolve(query("a", "amd64")).await.expect("known");
    assert_eq!(double.methods(), [Method::Ping, Method::ResolveSourceMeta]);
    let Call::ResolveSourceMeta(request) = &double.calls()[1] else {
        panic!("another call")
    };
    assert_eq!(
        request.log_name,
        "[internal] load metadata for docker.io/library/a:latest"
    );
    assert_eq!(request.resolve_mode, "default");
}

#[tokio::test]
async fn another_platform_or_mode_is_another_question() {
    let double = Double::new(Daemon::head()).image("docker.io/library/a:latest", DIGEST, CONFIG);
    let (double, resolver) = resolver(double).await;
    let own = resolver
        .resolve(query("a", "amd64"))
        .await
        .expect("an image");
    let other = resolver
        .resolve(query("a", "arm64"))
        .await
        .expect("an image");
    let pulled = ImageQuery {
        mode: ResolveMode::ForcePull,
        ..query("a", "amd64")
    };
    resolver.resolve(pulled).await.expect("an image");
    assert_eq!(double.methods()[1..], [Method::ResolveSourceMeta; 3]);
    // The registry has one platform and answers with it, whatever is asked.
    assert!(own.fits(&query("a", "amd64").platform));
    assert!(!other.fits(&query("a", "arm64").platform));
}

#[tokio::test(start_paused = true)]
async fn case_141_different_images_are_asked_for_at_the_same_time() {
    let names: Vec<String> = (0..10).map(|number| format!("image{number}")).collect();
    let mut double = Double::new(Daemon::head()).together(Method::ResolveSourceMeta, names.len());
    for name in &names {
        double = double.image(&format!("docker.io/library/{name}:latest"), DIGEST, CONFIG);
    }
    let (_double, resolver) = resolver(double).await;
    let answers = join_all(
        names
            .iter()
            .map(|name| resolver.resolve(query(name, "amd64"))),
    );
    // Time passes only when all wait: who waits for one image first fails at once.
    let answers = timeout(Duration::from_secs(1), answers)
        .await
        .expect("all questions are open at the same time");
    assert!(answers.iter().all(Result::is_ok));
}

#[tokio::test]
async fn a_failure_is_kept_and_names_the_image() {
    let (double, resolver) = resolver(Double::new(Daemon::v0_8())).await;
    for _ in 0..2 {
        let error = resolver
            .resolve(query("gone:1", "amd64"))
            .await
            .expect_err("not there");
        let status = FrontendError::from(&*error).into_status();
        assert_eq!(
            status.message,
            "failed to resolve image `gone:1`: docker.io/library/gone:1: not found"
        );
        assert_eq!(status.code, 5);
    }
    assert_eq!(double.methods(), [Method::Ping, Method::ResolveImageConfig]);
}

#[tokio::test]
async fn a_policy_may_put_another_image_in_its_place() {
    let double = Double::new(Daemon::head())
        .rewritten_image(
            "docker.io/library/a:1",
            "docker-image://mirror.local/a:1",
            DIGEST,
            CONFIG,
        )
        .rewritten_image(
            "docker.io/library/b:1",
            "https://example.org/x",
            DIGEST,
            CONFIG,
        );
    let (_double, resolver) = resolver(double).await;
    let image = resolver
        .resolve(query("a:1", "amd64"))
        .await
        .expect("an image");
    assert_eq!(
        image.reference.to_string(),
        format!("mirror.local/a:1@{DIGEST}")
    );
    let error = resolver
        .resolve(query("b:1", "amd64"))
        .await
        .expect_err("no image");
    assert_eq!(
        error.to_string(),
        "image `b:1` was replaced by `https://example.org/x`, which is not an image"
    );
}

#[tokio::test]
async fn an_image_that_only_the_daemon_has_stays_as_it_is() {
    let double = Double::new(Daemon::head()).image("docker.io/library/a:1", "", CONFIG);
    let (_double, resolver) = resolver(double).await;
    let image = resolver
        .resolve(query("a:1", "amd64"))
        .await
        .expect("an image");
    assert_eq!(image.reference.to_string(), "docker.io/library/a:1");
}

#[tokio::test]
async fn a_config_that_cannot_be_read_names_the_image() {
    let double = Double::new(Daemon::head())
        .image("docker.io/library/a:1", DIGEST, "null")
        .image("docker.io/library/b:1", "sha256:short", CONFIG);
    let (_double, resolver) = resolver(double).await;
    for (name, start) in [
        (
            "a:1",
            "failed to resolve image `a:1`: invalid image config: ",
        ),
        (
            "b:1",
            "failed to resolve image `b:1`: invalid image reference",
        ),
    ] {
        let error = resolver
            .resolve(query(name, "amd64"))
            .await
            .expect_err("unreadable");
        assert!(error.to_string().starts_with(start), "{error}");
    }
}
