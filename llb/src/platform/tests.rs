//! Lines recorded from containerd's own parser.

use super::{Platform, PlatformError};

#[test]
fn platforms_are_parsed_and_normalised_as_containerd_does() {
    for (text, parsed, normalized) in [
        ("linux/amd64", "linux/amd64", "linux/amd64"),
        ("linux/arm64/v8", "linux/arm64/v8", "linux/arm64"),
        ("linux/arm64", "linux/arm64", "linux/arm64"),
        ("linux/arm", "linux/arm", "linux/arm/v7"),
        ("linux/arm/8", "linux/arm/v8", "linux/arm/v8"),
        ("linux/armhf", "linux/arm", "linux/arm/v7"),
        ("linux/armel", "linux/arm/v6", "linux/arm/v6"),
        ("linux/amd64/v1", "linux/amd64", "linux/amd64"),
        ("linux/amd64/v2", "linux/amd64/v2", "linux/amd64/v2"),
        ("linux/aarch64", "linux/arm64", "linux/arm64"),
        ("linux/x86_64", "linux/amd64", "linux/amd64"),
        ("linux/i386", "linux/386", "linux/386"),
        ("macos/arm64", "darwin/arm64", "darwin/arm64"),
        ("Linux/AMD64", "linux/amd64", "linux/amd64"),
        ("arm64", "linux/arm64", "linux/arm64"),
        ("linux", "linux/amd64", "linux/amd64"),
    ] {
        let platform = Platform::parse(text).unwrap();
        assert_eq!(platform.to_string(), parsed, "{text} parsed");
        assert_eq!(
            platform.normalized().to_string(),
            normalized,
            "{text} normalised"
        );
    }
}

#[test]
fn versions_and_features_show_only_in_the_full_form() {
    let windows = Platform::parse("windows(10.0.17763)/amd64").unwrap();
    assert_eq!(windows.os_version, "10.0.17763");
    assert_eq!(windows.format(), "windows/amd64");
    assert_eq!(windows.format_all(), "windows(10.0.17763)/amd64");

    let linux = Platform::parse("linux(+feat)/amd64").unwrap();
    assert_eq!(linux.os_features, ["feat"]);
    assert_eq!(linux.format(), "linux/amd64");
    assert_eq!(linux.format_all(), "linux(+feat)/amd64");
}

#[test]
fn a_lone_system_is_on_the_processor_of_the_host() {
    let host = Platform::parse("linux/arm64").unwrap();
    assert_eq!(
        Platform::parse_on("windows", &host).unwrap().to_string(),
        "windows/arm64"
    );
    assert_eq!(
        Platform::parse_on("amd64", &host).unwrap().to_string(),
        "linux/amd64"
    );
}

#[test]
fn what_is_no_platform_is_refused() {
    assert!(matches!(
        Platform::parse("linux/*"),
        Err(PlatformError::Wildcard(_))
    ));
    assert!(matches!(
        Platform::parse("a/b/c/d"),
        Err(PlatformError::TooManyParts(_))
    ));
    assert!(matches!(
        Platform::parse("linux/"),
        Err(PlatformError::InvalidPart(..))
    ));
    assert!(matches!(
        Platform::parse("linux/a b"),
        Err(PlatformError::InvalidPart(..))
    ));
    assert!(matches!(
        Platform::parse("windows(1/amd64"),
        Err(PlatformError::InvalidPart(..))
    ));
    assert!(matches!(
        Platform::parse("nonsense"),
        Err(PlatformError::Unknown(_))
    ));
}

#[test]
fn normalising_twice_changes_nothing() {
    for text in [
        "linux/arm/8",
        "linux/armhf",
        "windows(10.0.17763)/amd64",
        "linux/arm64/v9.0",
    ] {
        let once = Platform::parse(text).unwrap().normalized();
        assert_eq!(once.normalized(), once, "{text}");
    }
}
