//! sccache: a cache of compilations in S3, for steps that compile and for no
//! other.
//!
//! Without it a plan is the same but for what [`apply`] adds.

use crate::check::{Resolved, Sccache};
use crate::plan::action::{EnvChange, Mount, Run, SecretVariable, Tree};
use crate::spec::Credentials;

/// The program in a step. Not in a folder of `PATH`, where build systems would
/// take it unasked.
const PROGRAM: &str = "/run/sccache/sccache";
/// The socket of its server. Every step has a `/tmp` of its own, and so a
/// server of its own.
const SOCKET: &str = "/tmp/sccache.sock";
/// The file with a web identity.
const TOKEN: &str = "/run/secrets/aws-token";

/// Who calls the compilers of a step, and so has to be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Caller {
    /// Cargo, and the build scripts of crates.
    Cargo,
    /// `CMake`.
    Cmake,
    /// What takes `CC` and `CXX`.
    Compiler,
}

/// Puts the cache between a step and its compilers.
pub(super) fn apply(resolved: &Resolved, caller: Caller, run: &mut Run) {
    let Some(sccache) = &resolved.sccache else {
        return;
    };
    match caller {
        Caller::Cargo => run.env.push(EnvChange::set("RUSTC_WRAPPER", PROGRAM)),
        Caller::Cmake => run.env.extend(
            ["CMAKE_C_COMPILER_LAUNCHER", "CMAKE_CXX_COMPILER_LAUNCHER"]
                .map(|name| EnvChange::set(name, PROGRAM)),
        ),
        Caller::Compiler => {
            for (name, compiler) in [("CC", "gcc"), ("CXX", "g++")] {
                let known = run.env.iter().position(|(known, _)| known == name);
                let compiler = match known.map(|index| run.env.remove(index).1) {
                    Some(EnvChange::Set(compiler)) => compiler,
                    _ => compiler.to_owned(),
                };
                let wrapped = format!("{PROGRAM} {compiler}");
                run.env.push(EnvChange::set(name, wrapped));
            }
        }
    }
    run.env.extend([
        EnvChange::set("SCCACHE_BUCKET", &sccache.bucket.value),
        EnvChange::set("SCCACHE_REGION", &sccache.region.value),
        EnvChange::set("SCCACHE_S3_KEY_PREFIX", resolved.machine()),
        EnvChange::set("SCCACHE_SERVER_UDS", SOCKET),
    ]);
    let endpoint = sccache.endpoint.iter();
    run.env
        .extend(endpoint.map(|url| EnvChange::set("SCCACHE_ENDPOINT", &url.value)));
    run.network = true;
    run.mounts.push(program(sccache));
    credentials(sccache, run);
}

fn program(sccache: &Sccache) -> Mount {
    let program = &sccache.program;
    let from = program.install.first().map_or("sccache", |(from, _)| from);
    Mount::Bind {
        tree: Tree::Archive {
            url: program.url.value.clone(),
            checksum: program.checksum.as_ref().map(|sum| sum.value.clone()),
            key: program.key.clone(),
            place: program.url.span,
            of_catalog: program.of_catalog,
        },
        source: format!("/{from}"),
        target: PROGRAM.to_owned(),
        scratch: false,
    }
}

fn credentials(sccache: &Sccache, run: &mut Run) {
    // The bucket is what they open, and is always said.
    let place = sccache.bucket.span;
    let variable = |id: &str, name: &str| SecretVariable {
        id: id.to_owned(),
        name: name.to_owned(),
        optional: false,
        place,
    };
    match sccache.credentials {
        Credentials::KeyPair => run.secrets.extend([
            variable("aws-key-id", "AWS_ACCESS_KEY_ID"),
            variable("aws-secret-id", "AWS_SECRET_ACCESS_KEY"),
        ]),
        Credentials::WebIdentity => {
            run.env
                .push(EnvChange::set("AWS_WEB_IDENTITY_TOKEN_FILE", TOKEN));
            run.mounts.push(Mount::Secret {
                id: "aws-web-identity-token".to_owned(),
                target: TOKEN.to_owned(),
                mode: 0o400,
                owner: None,
                optional: false,
                place,
            });
            run.secrets.push(variable("aws-role-arn", "AWS_ROLE_ARN"));
        }
    }
}
