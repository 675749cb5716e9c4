//! Tables of references with what Docker's own parser makes of them.

use super::{Reference, ReferenceError};

const HEX: &str = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";

fn pinned(text: &str) -> String {
    text.replace("HEX", HEX)
}

#[test]
fn case_126_references_are_normalised_as_docker_does() {
    let cases = [
        // as written, full form, short form
        ("alpine", "docker.io/library/alpine", "alpine"),
        ("alpine:3", "docker.io/library/alpine:3", "alpine:3"),
        ("docker.io/alpine", "docker.io/library/alpine", "alpine"),
        (
            "index.docker.io/alpine:3.20",
            "docker.io/library/alpine:3.20",
            "alpine:3.20",
        ),
        ("library/alpine", "docker.io/library/alpine", "alpine"),
        ("library/a/b", "docker.io/library/a/b", "library/a/b"),
        (
            "nvidia/cuda:13.0",
            "docker.io/nvidia/cuda:13.0",
            "nvidia/cuda:13.0",
        ),
        (
            "nvcr.io/nvidia/cuda",
            "nvcr.io/nvidia/cuda",
            "nvcr.io/nvidia/cuda",
        ),
        ("localhost/x", "localhost/x", "localhost/x"),
        (
            "localhost:5000",
            "docker.io/library/localhost:5000",
            "localhost:5000",
        ),
        ("localhost:5000/x", "localhost:5000/x", "localhost:5000/x"),
        (
            "localhost:5000/x:tag@sha256:HEX",
            "localhost:5000/x:tag@sha256:HEX",
            "localhost:5000/x:tag@sha256:HEX",
        ),
        (
            "x@sha256:HEX",
            "docker.io/library/x@sha256:HEX",
            "x@sha256:HEX",
        ),
        ("[::1]:5000/x", "[::1]:5000/x", "[::1]:5000/x"),
        (
            "[2001:db8::1]/a/b:c",
            "[2001:db8::1]/a/b:c",
            "[2001:db8::1]/a/b:c",
        ),
        (
            "127.0.0.1:5000/a/b",
            "127.0.0.1:5000/a/b",
            "127.0.0.1:5000/a/b",
        ),
        // A capital makes the first component a host, as it can be no namespace.
        ("UPPER/x", "UPPER/x", "UPPER/x"),
        ("a-b.c/x__y/z--w", "a-b.c/x__y/z--w", "a-b.c/x__y/z--w"),
        ("x:A_b.C-d", "docker.io/library/x:A_b.C-d", "x:A_b.C-d"),
        (
            "a/b@sha256:HEX",
            "docker.io/a/b@sha256:HEX",
            "a/b@sha256:HEX",
        ),
    ];
    for (text, full, familiar) in cases {
        let reference = Reference::parse(&pinned(text)).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(reference.to_string(), pinned(full), "full form of {text}");
        assert_eq!(
            reference.familiar(),
            pinned(familiar),
            "short form of {text}"
        );
        assert_eq!(
            Reference::parse(&reference.to_string()).as_ref(),
            Ok(&reference),
            "again {text}"
        );
        assert_eq!(
            Reference::parse(&reference.familiar()),
            Ok(reference),
            "short again {text}"
        );
    }
}

#[test]
fn case_126_what_docker_refuses_is_refused_by_name() {
    let path = |text: &str, part: &str| ReferenceError::Path(text.to_owned(), part.to_owned());
    let cases = [
        ("", ReferenceError::Empty),
        ("http://x", ReferenceError::Scheme("http://x".to_owned())),
        (
            "a:b:c",
            ReferenceError::Tag("a:b:c".to_owned(), "b:c".to_owned()),
        ),
        (
            "@sha256:short",
            ReferenceError::Nameless("sha256:short".to_owned()),
        ),
        (
            "x@sha256:short",
            ReferenceError::Digest("x@sha256:short".to_owned(), "sha256:short".to_owned()),
        ),
        (
            "x@md5:HEX",
            ReferenceError::Digest(pinned("x@md5:HEX"), pinned("md5:HEX")),
        ),
        ("HEX", ReferenceError::Identifier(HEX.to_owned())),
        ("Alpine", ReferenceError::Uppercase("Alpine".to_owned())),
        ("a/B", ReferenceError::Uppercase("a/B".to_owned())),
        ("a//b", path("a//b", "a//b")),
        ("a/", path("a/", "a/")),
        ("/a", path("/a", "/a")),
        ("-a", path("-a", "library/-a")),
        ("a___b", path("a___b", "library/a___b")),
        ("a..b", path("a..b", "library/a..b")),
        ("a b", path("a b", "library/a b")),
        ("x:", ReferenceError::Tag("x:".to_owned(), String::new())),
        (
            "x:-a",
            ReferenceError::Tag("x:-a".to_owned(), "-a".to_owned()),
        ),
        ("x@", ReferenceError::Digest("x@".to_owned(), String::new())),
        (
            "a_b.c/x",
            ReferenceError::Domain("a_b.c/x".to_owned(), "a_b.c".to_owned()),
        ),
        (
            "h:p/x",
            ReferenceError::Domain("h:p/x".to_owned(), "h:p".to_owned()),
        ),
        (
            "[::1/x",
            ReferenceError::Domain("[::1/x".to_owned(), "[::1".to_owned()),
        ),
        (
            "-a.b/x",
            ReferenceError::Domain("-a.b/x".to_owned(), "-a.b".to_owned()),
        ),
    ];
    for (text, error) in cases {
        assert_eq!(Reference::parse(&pinned(text)), Err(error), "{text}");
    }
}

#[test]
fn case_126_a_very_long_reference_is_refused_with_its_beginning() {
    let text = "a".repeat(5_000);
    let error = Reference::parse(&text).expect_err("5,000 characters are too many");
    assert_eq!(
        error,
        ReferenceError::TooLong(format!("{}…", "a".repeat(100)))
    );
    assert!(
        Reference::parse(&"a".repeat(247)).is_ok(),
        "255 with `library/`"
    );
    assert!(Reference::parse(&"a".repeat(248)).is_err());
    assert!(Reference::parse(&format!("x:{}", "t".repeat(128))).is_ok());
    assert!(Reference::parse(&format!("x:{}", "t".repeat(129))).is_err());
}

#[test]
fn tag_and_digest_are_added_where_the_daemon_expects_them() {
    let parse = |text: &str| Reference::parse(&pinned(text)).expect("a reference");
    assert_eq!(
        parse("a").with_default_tag().to_string(),
        "docker.io/library/a:latest"
    );
    assert_eq!(parse("a:1").with_default_tag(), parse("a:1"));
    assert_eq!(
        parse("a@sha256:HEX").with_default_tag(),
        parse("a@sha256:HEX")
    );
    let with_digest = parse("a:1")
        .with_digest(&pinned("sha256:HEX"))
        .expect("a digest");
    assert_eq!(
        with_digest.to_string(),
        pinned("docker.io/library/a:1@sha256:HEX")
    );
    assert_eq!(with_digest.digest(), Some(pinned("sha256:HEX").as_str()));
    assert!(parse("a").with_digest("sha256:1").is_err());
    assert_eq!(
        parse("docker.io/library/alpine:latest").context_name(),
        "alpine"
    );
    assert_eq!(parse("alpine:3").context_name(), "alpine:3");
}

proptest::proptest! {
    #[test]
    fn any_text_is_refused_or_stable(text in r"[a-zA-Z0-9:/@._\[\]\- \u{e9}]{0,40}") {
        if let Ok(reference) = Reference::parse(&text) {
            proptest::prop_assert_eq!(Reference::parse(&reference.to_string()), Ok(reference.clone()));
            proptest::prop_assert_eq!(Reference::parse(&reference.familiar()), Ok(reference));
        }
    }
}
