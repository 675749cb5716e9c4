//! The AWS SDK for C++, of which NIXL uses S3.

use super::compile::{self, OUT, Recipe};
use super::sccache::Caller;
use crate::plan::builder::Builder;
use crate::plan::script::native as script;
use crate::plan::stage::build_tools;
use crate::spec::Component;

/// The stage.
pub(super) const NAME: &str = "aws_sdk_cpp";
/// Its libraries among those of `/usr/local/lib`, with the OpenSSL that they
/// are linked against.
pub(super) const LIBRARIES: &[&str] = &[
    "libaws*.so*",
    "libs2n*.so*",
    "libcrypto.so.1.1*",
    "libssl.so.1.1*",
];

const OPTIONS: &[&str] = &[
    "-DBUILD_ONLY=s3",
    "-DBUILD_SHARED_LIBS=ON",
    "-DCMAKE_BUILD_TYPE=Release",
    "-DENABLE_TESTING=OFF",
];

/// Plans the stage, if the component is wanted.
pub(super) fn stage(builder: &mut Builder<'_>) -> Option<String> {
    let source = builder.resolved.components.get(&Component::AwsSdkCpp)?;
    let tools = build_tools(builder);
    Some(builder.stage(NAME, |builder| {
        let resolved = builder.resolved;
        let script = script::aws_sdk(OUT, "/usr/local", OPTIONS);
        let run = compile::run(resolved, compile::git(source), "", script);
        let recipe = Recipe {
            caller: Caller::Cmake,
            ..Recipe::of(NAME, "the AWS SDK for C++", source)
        };
        recipe.stage(resolved, tools, run)
    }))
}
