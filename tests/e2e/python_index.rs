//! A Python index that has stand-ins of its own and knows the rest from another
//! index: packages too large to download are small there, everything else is
//! what it is. Steps reach it from their containers.

use std::collections::BTreeMap;
use std::net::IpAddr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

use crate::engine::docker;
use crate::http::{Request, Response, Server};
use crate::wheel::Wheel;

/// An index at work.
pub(crate) struct PythonIndex {
    server: Server,
}

/// What is served: the pages of projects and the files they name.
struct Shelf {
    pages: BTreeMap<String, String>,
    files: BTreeMap<String, Vec<u8>>,
    rest: String,
    /// What a client has to say of itself, if anything.
    authorization: Option<String>,
}

impl PythonIndex {
    /// Serves these wheels. A project that none of them is of is looked up in
    /// the machine's own index; of a project that one of them is of, there is
    /// nothing else.
    pub(crate) fn of(wheels: &[Wheel]) -> Self {
        Self::serving(wheels, None)
    }

    /// The same for one client alone, who has a name and a password.
    pub(crate) fn private(wheels: &[Wheel], name: &str, password: &str) -> Self {
        let credentials = STANDARD.encode(format!("{name}:{password}"));
        Self::serving(wheels, Some(format!("Basic {credentials}")))
    }

    fn serving(wheels: &[Wheel], authorization: Option<String>) -> Self {
        let (mut pages, mut files) = (BTreeMap::<String, String>::new(), BTreeMap::new());
        for wheel in wheels {
            let (name, bytes) = (wheel.file_name(), wheel.bytes());
            let digest = hex::encode(Sha256::digest(&bytes));
            let path = format!("/files/{name}");
            let link = format!("<a href=\"{path}#sha256={digest}\">{name}</a><br>\n");
            pages
                .entry(format!("/simple/{}/", normalized(&wheel.name)))
                .or_insert_with(|| "<!DOCTYPE html>\n".to_owned())
                .push_str(&link);
            files.insert(path, bytes);
        }
        let rest = machine_index();
        let shelf = Shelf {
            pages,
            files,
            rest,
            authorization,
        };
        let server = Server::at(bridge(), move |request| shelf.answer(request));
        Self { server }
    }

    /// Its address, as containers of the engine reach it.
    pub(crate) fn url(&self) -> String {
        format!("{}/simple", self.server.url())
    }

    /// The paths that were asked for, in order.
    pub(crate) fn asked(&self) -> Vec<String> {
        self.server.asked()
    }
}

impl Shelf {
    fn answer(&self, request: &Request) -> Response {
        if let Some(wanted) = &self.authorization
            && request.header("authorization") != Some(wanted)
        {
            let realm = "Basic realm=\"packages\"";
            return Response::of("401 Unauthorized", []).header("WWW-Authenticate", realm);
        }
        let path = request.path();
        if let Some(page) = self.pages.get(path) {
            return Response::ok(page.as_str()).header("Content-Type", "text/html");
        }
        if let Some(file) = self.files.get(path) {
            return Response::ok(file.as_slice());
        }
        match path.strip_prefix("/simple/") {
            Some(project) if project.ends_with('/') => {
                Response::of("302 Found", []).header("Location", format!("{}/{project}", self.rest))
            }
            _ => Response::not_found(),
        }
    }
}

/// The name of a project as an index has it.
fn normalized(name: &str) -> String {
    name.to_ascii_lowercase().replace(['_', '.'], "-")
}

/// The index that this machine installs from.
fn machine_index() -> String {
    ["UV_DEFAULT_INDEX", "UV_INDEX_URL", "PIP_INDEX_URL"]
        .iter()
        .find_map(|name| std::env::var(name).ok())
        .filter(|url| !url.is_empty())
        .unwrap_or_else(|| "https://pypi.org/simple".to_owned())
        .trim_end_matches('/')
        .to_owned()
}

/// The address under which containers reach this machine.
pub(crate) fn bridge() -> IpAddr {
    let gateway = "{{(index .IPAM.Config 0).Gateway}}";
    docker(&["network", "inspect", "bridge", "--format", gateway])
        .parse()
        .expect("the address of the bridge")
}
