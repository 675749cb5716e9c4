//! Stand-ins for what the endpoint picker is built with: Go's official image, and
//! an image of the system that knows where modules are.

use std::fs;

use crate::engine::{Build, Engine, fixture};
use crate::wheel::zip;

/// The module that the endpoint picker keeps its version in.
const MODULE: &str = "sigs.k8s.io/gateway-api-inference-extension";
const VERSION: &str = "v0.5.1";
/// The folder of modules in [`system`], as Go is told of it.
pub(crate) const PROXY: &str = "GOPROXY=file:///opt/go-proxy GOSUMDB=off";

/// Go in its official image's folder, out of Debian's package, which has parts
/// of it in two places and links between them.
pub(crate) fn toolchain(engine: &Engine) -> String {
    let text = format!(
        "FROM {} AS debian\n\
         RUN apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install --yes \
         --no-install-recommends golang-go\n\
         RUN mkdir -p /out/usr/local && cp -rL /usr/lib/go /out/usr/local/go\n\
         FROM scratch\n\
         COPY --from=debian /out /\n",
        engine.base()
    );
    push(Engine::dockerfile(&text), "go")
}

/// The base image with the modules and where they are: what a company's own
/// image is, in a network without the public proxy.
pub(crate) fn system(engine: &Engine) -> String {
    let text = format!(
        "FROM {}\nCOPY go-proxy /opt/go-proxy\nENV {PROXY}\n",
        engine.base()
    );
    push(with_modules(Engine::dockerfile(&text)), "go-system")
}

/// Adds the modules to the build context, in the layout of a module proxy.
pub(crate) fn with_modules(build: Build) -> Build {
    let read = |name: &str| {
        fs::read(fixture("inference-extension").join(name)).expect("a file of the fixture")
    };
    let files: Vec<_> = ["go.mod", "version/version.go"]
        .map(|name| (format!("{MODULE}@{VERSION}/{name}"), read(name)))
        .into();
    let folder = format!("go-proxy/{MODULE}/@v");
    let info = format!("{{\"Version\":\"{VERSION}\"}}");
    build
        .file(&format!("{folder}/{VERSION}.info"), info)
        .file(&format!("{folder}/{VERSION}.mod"), read("go.mod"))
        .file(&format!("{folder}/{VERSION}.zip"), zip(&files))
}

fn push(build: Build, name: &str) -> String {
    let image = Engine::pushed(name);
    let tag = format!("--tag={image}");
    build
        .arg("--provenance=false")
        .arg("--push")
        .arg(&tag)
        .run()
        .succeeds();
    image
}
