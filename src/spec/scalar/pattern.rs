//! The longer patterns of scalars, and the parts that they share.

/// A character that is neither blank nor a control character, nor one of these.
macro_rules! visible {
    () => {
        visible!("")
    };
    ($except:literal) => {
        concat!(
            "[^",
            $except,
            r"\x00-\x20\x7f-\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]"
        )
    };
}
pub(super) use visible;

/// A part of a path that is neither `.` nor `..`, without wildcards.
macro_rules! path_part {
    () => {
        concat!(
            r"([^./*?\[\\\x00-\x1f\x7f-\x9f][^/*?\[\\\x00-\x1f\x7f-\x9f]*",
            r"|\.[^./*?\[\\\x00-\x1f\x7f-\x9f][^/*?\[\\\x00-\x1f\x7f-\x9f]*",
            r"|\.\.[^/*?\[\\\x00-\x1f\x7f-\x9f]+)"
        )
    };
}

macro_rules! credentials {
    () => {
        concat!(
            r"(^|[^h]|(^|[^s])h|(^|[^s])sh)://[^/?#]*@",
            r"|://[^/?#]*:[^/?#]*@"
        )
    };
}

/// An account before the host of a URL, where only ssh may have one, and a
/// password anywhere.
pub(super) const CREDENTIALS: &str = credentials!();

/// What is no Python requirement although it may begin as one: a password, or a path.
/// A slash behind `@`, `:` or `;` is that of a URL or a marker.
pub(super) const NO_REQUIREMENT: &str = concat!(
    credentials!(),
    r"|^[^@:;]*/",
    r"|^[^@:;]*\.(whl|tar\.gz|zip)$"
);

/// The URL of a git repository: it has a scheme or an account.
pub(super) const GIT_URL: &str = concat!(
    "^(",
    visible!("-#"),
    visible!("#"),
    "*)?(@|://)",
    visible!("#"),
    "*$"
);

/// A relative path inside a folder.
pub(super) const CONTEXT_PATH: &str = concat!("^", path_part!(), "(/", path_part!(), ")*$");

/// A path from the root of a tree, with the slashes that people write around it.
pub(super) const TREE_PATH: &str = concat!("^/?", path_part!(), "(/", path_part!(), ")*/?$");

/// An absolute path, with or without a slash at its end.
pub(super) const IMAGE_PATH: &str = concat!("^/(", path_part!(), "(/", path_part!(), ")*/?)?$");

/// A line that does not begin with a blank.
pub(super) const STEP_NAME: &str = concat!("^", visible!(), r"[^\x00-\x1f\x7f-\x9f]{0,99}$");

/// A package: a sign at the end would be an order, but for `g++`.
pub(super) const APT_PACKAGE: &str = r"^[A-Za-z0-9]([A-Za-z0-9+.:=~-]*([A-Za-z0-9.:=~]|\+\+))?$";

/// `[domain/]path[:tag][@digest]`. Without a domain the first of several parts
/// has no dot, with which it would be one.
pub(super) const IMAGE: &str = concat!(
    r"^((",
    r"([A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)*|\[[0-9A-Fa-f:]+\])(:[0-9]+)?",
    r"|[a-z0-9]+((__?|-+)[a-z0-9]+)*)",
    r"(/[a-z0-9]+((\.|__?|-+)[a-z0-9]+)*)+",
    r"|[a-z0-9]+((\.|__?|-+)[a-z0-9]+)*)",
    r"(:[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?",
    r"(@(sha256:[0-9a-f]{64}|sha384:[0-9a-f]{96}|sha512:[0-9a-f]{128}))?$"
);

/// What an image reference is mistaken for: the id of an image.
pub(super) const IMAGE_ID: &str = r"^[0-9a-f]{64}$";

/// A number from 1 to 65535, and maybe its protocol.
pub(super) const PORT: &str = concat!(
    r"^0*([1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5])",
    "(/(tcp|udp|sctp))?$"
);

/// A number from 1 to 64 or a name; those of real time are counted.
pub(super) const SIGNAL: &str = concat!(
    "^(0*([1-9]|[1-5][0-9]|6[0-4])|(SIG)?(ABRT|ALRM|BUS|CHLD|CLD|CONT|FPE|HUP|ILL|INT|IO|IOT|KILL",
    "|PIPE|POLL|PROF|PWR|QUIT|SEGV|STKFLT|STOP|SYS|TERM|TRAP|TSTP|TTIN|TTOU|URG|USR1|USR2|VTALRM",
    r"|WINCH|XCPU|XFSZ|RTMIN(\+0*([1-9]|1[0-5]))?|RTMAX(-0*([1-9]|1[0-4]))?))$"
);
