//! What a secret looks like: by the name it is given, or by its own shape.
//!
//! Owns names and shapes, and that the text of a spec is not shown with them.
//! Guesses: a finding of it is a warning, and what is meant for something else than
//! secrets must not match.

mod assigned;

use assigned::assigned;

use super::node::{Entry, Node, NodeKind};
use super::scalar::holds_credentials;
use crate::diagnostic::{SourceId, Sources, Span};

/// Words that make a name the name of a secret.
const WORDS: &[&str] = &[
    "TOKEN",
    "PASSWORD",
    "PASSWD",
    "PASSPHRASE",
    "PASSCODE",
    "PWD",
    "SECRET",
    "APIKEY",
    "CREDENTIAL",
    "CREDENTIALS",
];
/// What makes the word `KEY` after it one.
const KEYS: &[&str] = &[
    "API",
    "ACCESS",
    "PRIVATE",
    "SECRET",
    "SIGNING",
    "ENCRYPTION",
    "AUTH",
];
/// Last words of names that are about a secret and hold none.
const ABOUT: &[&str] = &[
    "FILE", "PATH", "DIR", "NAME", "ID", "IDS", "TYPE", "URL", "URI", "ENDPOINT", "HOST", "HEADER",
    "PREFIX", "SUFFIX", "LENGTH", "LEN", "SIZE", "LIMIT", "COUNT", "TTL", "EXPIRY", "TIMEOUT",
    "MODE", "POLICY", "VERSION", "FORMAT", "PROVIDER", "REQUIRED", "ENABLED", "BUDGET", "RATE",
];
/// First words of such names; the later ones are of tokens that models read.
const NONE: &[&str] = &[
    "MAX", "MIN", "NUM", "ENABLE", "DISABLE", "USE", "ALLOW", "SKIP", "NO", "HAS", "REQUIRE",
    "PUBLIC", "EOS", "BOS", "PAD", "UNK", "STOP", "SEP", "CLS", "MASK", "PER", "SPECIAL",
];

/// Beginnings of values that services give out, with how many characters follow
/// at least, and what it is.
const PREFIXES: &[(&str, usize, &str)] = &[
    ("AKIA", 16, "an AWS access key"),
    ("ASIA", 16, "an AWS access key"),
    ("ghp_", 30, "a GitHub token"),
    ("gho_", 30, "a GitHub token"),
    ("ghu_", 30, "a GitHub token"),
    ("ghs_", 30, "a GitHub token"),
    ("ghr_", 30, "a GitHub token"),
    ("github_pat_", 22, "a GitHub token"),
    ("glpat-", 20, "a GitLab token"),
    ("hf_", 30, "a Hugging Face token"),
    ("nvapi-", 20, "an NVIDIA API key"),
    ("xoxa-", 10, "a Slack token"),
    ("xoxb-", 10, "a Slack token"),
    ("xoxp-", 10, "a Slack token"),
    ("xoxr-", 10, "a Slack token"),
    ("xoxs-", 10, "a Slack token"),
    ("sk-", 32, "an API key"),
    ("pypi-", 32, "a PyPI token"),
];

/// What ends a word of a text.
const ENDS: [char; 6] = [' ', '\t', '\n', ',', '"', '\''];

/// Sections whose keys are names that the user gives to values: those of a spec, and
/// what other files call them.
const NAMED: [&str; 7] = [
    "env",
    "labels",
    "environment",
    "variables",
    "args",
    "build_args",
    "build-args",
];

/// Takes every value that has the shape of a secret, or the name of one, out of the
/// texts that findings are shown with, wherever it is written and whether it is
/// allowed there or not. Behind an alias that is where it is spelled out.
pub(super) fn hide(node: &Node, sources: &mut Sources) {
    match &node.kind {
        NodeKind::Scalar { text, .. } => hide_text(text, defined(node), sources),
        NodeKind::Sequence(items) => items.iter().for_each(|item| hide(item, sources)),
        NodeKind::Mapping(entries) => {
            for entry in entries {
                hide_text(&entry.key, entry.key_span, sources);
                hide(&entry.value, sources);
                if NAMED.contains(&entry.key.as_str()) {
                    hide_named(&entry.value, sources);
                }
            }
        }
        NodeKind::Null => {}
    }
}

fn hide_text(text: &str, span: Span, sources: &mut Sources) {
    if by_shape(text).is_some() || holds_credentials(text).is_some() {
        sources.redact(span);
    } else {
        hide_assigned(span, sources);
    }
}

/// Hides what is assigned to names of secrets, as in `HF_TOKEN=…`.
fn hide_assigned(span: Span, sources: &mut Sources) {
    let (start, end) = (span.start as usize, span.end as usize);
    let text = sources.get(span.source).text.get(start..end);
    for value in assigned(text.unwrap_or_default()) {
        let value = Span::new(span.source, start + value.start, start + value.end);
        sources.redact(value);
    }
}

/// Hides the values that have the names of secrets, also where they have no form that
/// is allowed, or stand in a list.
fn hide_named(node: &Node, sources: &mut Sources) {
    let entries = match &node.kind {
        NodeKind::Mapping(entries) => entries,
        NodeKind::Sequence(items) => {
            for item in items {
                hide_named(item, sources);
            }
            return;
        }
        NodeKind::Scalar { .. } | NodeKind::Null => return,
    };
    for Entry { key, value, .. } in entries {
        let is_secret = match &value.kind {
            NodeKind::Scalar { text, .. } => by_name(key, text),
            NodeKind::Sequence(_) | NodeKind::Mapping(_) => is_name(key),
            NodeKind::Null => false,
        };
        if is_secret {
            sources.redact(defined(value));
        }
    }
}

/// The same in a text that is not all in the tree: one that ends in a mistake, or has
/// a key twice. Goes by the lines, and so takes a little more out.
pub(super) fn hide_in_text(source: SourceId, sources: &mut Sources) {
    /// Bytes of a value that are looked at, however long its line is.
    const LONGEST: usize = 512;
    let text = sources.get(source).text.clone();
    hide_assigned(Span::new(source, 0, text.len()), sources);
    let mut redact = |start: usize, part: &str| {
        sources.redact(Span::new(source, start, start + part.len()));
    };
    let mut start = 0;
    for word in text.split_inclusive(ENDS) {
        let part = word.trim_end_matches(ENDS);
        if by_shape(part).is_some() {
            redact(start, part);
        }
        start += word.len();
    }
    for (at, colon) in text.match_indices(':') {
        let is_part = |c: char| c.is_ascii_alphanumeric() || "_-./".contains(c);
        let key = text[..at].trim_end_matches(['"', '\'']);
        let key = key.rsplit(|c| !is_part(c)).next().unwrap_or_default();
        let rest = &text[at + colon.len()..];
        let rest = &rest[..rest.floor_char_boundary(LONGEST)];
        let value = rest.split(['\n', ',', '}']).next().unwrap_or_default();
        if by_name(key, value.trim()) {
            let blanks = value.len() - value.trim_start().len();
            redact(at + colon.len() + blanks, value.trim());
        }
    }
}

/// Where the text of a node is.
fn defined(node: &Node) -> Span {
    node.defined.unwrap_or(node.span)
}

/// Whether a value of this name is likely to be a secret. What is plainly
/// something else is not: nothing, a path, a number, a truth value.
pub(crate) fn by_name(name: &str, value: &str) -> bool {
    let plain = value.is_empty()
        || value.starts_with(['/', '.', '$'])
        || value.parse::<f64>().is_ok()
        || ["true", "false", "none", "null"].contains(&value.to_ascii_lowercase().as_str());
    !plain && is_name(name)
}

/// Whether a name is that of a secret.
fn is_name(name: &str) -> bool {
    let name = name.to_ascii_uppercase();
    let parts: Vec<&str> = name
        .split(['_', '-', '.', '/'])
        .filter(|part| !part.is_empty())
        .collect();
    let (Some(first), Some(last)) = (parts.first(), parts.last()) else {
        return false;
    };
    // `PWD` alone is the current folder.
    if NONE.contains(first) || ABOUT.contains(last) || name == "PWD" || name == "OLDPWD" {
        return false;
    }
    let is_key = |pair: &[&str]| pair[1] == "KEY" && KEYS.contains(&pair[0]);
    parts.iter().any(|part| WORDS.contains(part)) || parts.windows(2).any(is_key)
}

/// What stands for a secret in a message.
const MASK: &str = "***";

/// A text for a message: [`MASK`] for what of it has the shape of a secret, or is
/// assigned to the name of one.
pub(crate) fn masked(text: &str) -> String {
    if has_private_key(text) {
        return MASK.to_owned();
    }
    let mut shown = String::with_capacity(text.len());
    let mut end = 0;
    for value in assigned(text) {
        shown.push_str(&text[end..value.start]);
        shown.push_str(MASK);
        end = value.end;
    }
    shown.push_str(&text[end..]);
    let words = shown.split_inclusive(ENDS).map(|word| {
        let part = word.trim_end_matches(ENDS);
        match by_shape(part) {
            Some(_) => format!("{MASK}{}", &word[part.len()..]),
            None => word.to_owned(),
        }
    });
    words.collect()
}

/// A value of this name for a message.
pub(super) fn masked_value<'a>(name: &str, value: &'a str) -> &'a str {
    if by_name(name, value) { MASK } else { value }
}

fn has_private_key(text: &str) -> bool {
    text.contains("-----BEGIN ") && text.contains("PRIVATE KEY-----")
}

/// What a value is, if it has the shape of a known kind of secret.
pub(crate) fn by_shape(value: &str) -> Option<&'static str> {
    if has_private_key(value) {
        return Some("a private key");
    }
    if has_password(value) {
        return Some("a URL with a password");
    }
    let is_part = |c: char| c.is_ascii_alphanumeric() || "_-.".contains(c);
    value.split(|c| !is_part(c)).find_map(|word| {
        let given_out = PREFIXES.iter().find(|(prefix, rest, _)| {
            let rest_is = |text: &str| text.len() >= *rest && !text.contains('.');
            word.strip_prefix(prefix).is_some_and(rest_is)
        });
        given_out
            .map(|(_, _, what)| *what)
            .or_else(|| is_jwt(word).then_some("a JSON web token"))
    })
}

/// Three parts of base64, the first two JSON objects.
fn is_jwt(word: &str) -> bool {
    let parts: Vec<&str> = word.split('.').collect();
    parts.len() == 3
        && parts[..2]
            .iter()
            .all(|part| part.starts_with("eyJ") && part.len() > 8)
        && parts[2].len() > 8
}

/// Whether a URL names an account with its password, and not a variable.
fn has_password(text: &str) -> bool {
    text.split("://").skip(1).any(|rest| {
        let end = |c: char| "/?#".contains(c) || c.is_whitespace();
        let authority = rest.split(end).next().unwrap_or_default();
        let account = authority.rsplit_once('@').map(|(account, _)| account);
        let password = account.and_then(|account| account.split_once(':'));
        password.is_some_and(|(_, password)| !password.is_empty() && !password.starts_with('$'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::SourceKind;

    #[test]
    fn names_of_secrets_are_told_from_names_about_them() {
        for name in [
            "TOKEN",
            "HF_TOKEN",
            "github_token",
            "DB_PASSWORD",
            "NGC_API_KEY",
            "AWS_SECRET_ACCESS_KEY",
            "CLIENT_SECRET",
            "com.example.api-key",
            "OPENAI_APIKEY",
            "TLS_PRIVATE_KEY",
        ] {
            assert!(by_name(name, "correct horse"), "{name}");
        }
        for name in [
            "HF_TOKEN_PATH",
            "DB_PASSWORD_FILE",
            "TOKENIZERS_PARALLELISM",
            "TOKENIZER",
            "MAX_TOKENS",
            "MAX_TOKEN",
            "PUBLIC_KEY",
            "SSH_PUBLIC_KEY",
            "EOS_TOKEN",
            "PWD",
            "KEYBOARD",
            "AWS_ACCESS_KEY_ID",
            "SECRETARY",
            "TOKEN_LIMIT",
        ] {
            assert!(!by_name(name, "correct horse"), "{name}");
        }
        for value in ["", "/run/secrets/token", "1", "true", "${TOKEN}"] {
            assert!(!by_name("HF_TOKEN", value), "{value}");
        }
    }

    #[test]
    fn a_text_that_is_no_tree_is_shown_without_its_secrets() {
        let mut sources = Sources::default();
        let text = "env: {\"DB_PASSWORD\": hunter2, OK: 1\nURL: https://me:pw@x.y/z\ncuda: 12.9\n";
        let source = sources.add(SourceKind::Spec, "x", text);
        hide_in_text(source, &mut sources);
        assert_eq!(
            sources.get(source).text,
            "env: {\"DB_PASSWORD\": *******, OK: 1\nURL: *******************\ncuda: 12.9\n"
        );
    }

    #[test]
    fn values_are_known_by_their_shape() {
        // Put together here, so that no scanner takes this file for a leak.
        let long = "Ab1".repeat(14);
        let jwt = format!("{0}.{0}.{long}", ["ey", "JhbGciOiJub25lIn0"].concat());
        for value in [
            ["AK", "IAIOSFODNN7EXAMPLE"].concat(),
            format!("{}_{long}", "ghp"),
            format!("--token={}_{long}", "hf"),
            format!("{}-{long}", "nvapi"),
            format!("{}-{long}", "glpat"),
            format!("{}-{long}", "xoxb"),
            ["-----BEGIN RSA ", "PRIVATE KEY-----\nMIIE"].concat(),
            "https://me:pw@example.com/simple".to_owned(),
            format!("Bearer {jwt}"),
        ] {
            assert!(by_shape(&value).is_some(), "{value}");
        }
        for value in [
            "hf_transfer",
            "xoxb",
            "sk-learn",
            "https://example.com:8080/a@b",
            "ghp_short",
            "https://me:${PASSWORD}@example.com",
            "https://git@example.com/x",
            "eyJ.a.b",
            "1.2.3",
        ] {
            assert_eq!(by_shape(value), None, "{value}");
        }
    }
}
