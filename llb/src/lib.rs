//! Typed, deterministic LLB graphs for BuildKit.
//!
//! LLB is what BuildKit builds: a graph of operations, each named by the digest of its
//! bytes. This crate describes such graphs with types, and turns them into exactly the
//! bytes that BuildKit's own Go client makes of them. It is pure: no I/O, no clock, no
//! randomness, so that the same graph is always the same bytes.
//!
//! ```
//! use buildkit_llb::{
//!     CapSet, CopyFrom, Exec, FileOp, Image, Local, MarshalOptions, Mount, Output, Platform,
//!     Sharing,
//!     marshal,
//! };
//!
//! let base = Image::new("docker.io/library/debian:12").output();
//! let context = Local::new("context").follow_paths(["src"]).output();
//!
//! let tools = Exec::shell("apt-get update && apt-get install -y gcc")
//!     .root(&base)
//!     .mount(Mount::cache("/var/cache/apt", "apt").sharing(Sharing::Locked))
//!     .name("install the compiler")
//!     .run();
//! let built = Exec::shell("gcc -o /out/hello /src/hello.c")
//!     .root(&tools.root())
//!     .mount(Mount::read_only("/src", &context).selector("/src"))
//!     .mount(Mount::writable("/out", &Output::scratch()))
//!     .name("compile")
//!     .run();
//! let image = FileOp::on(&base)
//!     .copy(CopyFrom::new(&built.output("/out").unwrap(), "/hello", "/usr/bin/"))
//!     .output();
//!
//! let options = MarshalOptions::new(Platform::parse("linux/amd64")?)
//!     .caps(CapSet::all())
//!     .session("the id of the client's session");
//! let marshalled = marshal(&image, &options)?;
//! assert_eq!(marshalled.definition.ops().len(), 6);
//! assert!(marshalled.dropped.is_empty());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # How it works
//!
//! - An [`Output`] is a handle on a tree. Builders such as [`Image`], [`Exec`] and
//!   [`FileOp`] take outputs and give outputs.
//! - [`marshal`](crate::marshal()) makes bytes for one daemon. What that daemon offers is
//!   a [`CapSet`]; what it lacks is an error with the name and the source location of the
//!   operation, or, where a build can do without, an entry in [`Marshalled::dropped`].
//! - [`text`] prints a [`Definition`] so that people can read and compare it.

#![forbid(unsafe_code)]

pub mod caps;
mod definition;
mod diff;
mod exec;
mod file;
mod foreign;
mod graph;
pub mod json;
mod location;
mod marshal;
mod merge;
mod meta;
mod node;
mod output;
mod path;
mod platform;
mod source;
pub mod text;

pub use caps::{CapError, CapSet};
pub use definition::Definition;
pub use diff::Diff;
pub use exec::{
    ContentCache, Exec, Executed, Mount, Network, ProxyEnv, SecretEnv, SecretFile, Security,
    Sharing, SshSocket, Ulimit,
};
pub use file::{CopyFrom, FileOp, Mkdir, Mkfile, Owner, Remove, Symlink, Timestamp, UserRef};
pub use foreign::ImportError;
pub use graph::{Graph, GraphOp};
pub use location::{Location, Position, Range, SourceFile};
pub use marshal::{
    Dropped, MarshalError, MarshalErrorKind, MarshalOptions, Marshalled, digests, marshal,
};
pub use merge::Merge;
pub use meta::{CUSTOM_NAME, ProgressGroup, Resources};
pub use output::Output;
pub use platform::{Platform, PlatformError};
pub use source::{
    Blob, Differ, Git, GitMtime, GitRemote, GitSignature, Http, HttpSignature, Image, Local,
    MetadataTransfer, OciLayout, RecordType, ResolveMode,
};
