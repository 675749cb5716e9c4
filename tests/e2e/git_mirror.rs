//! Git repositories made of folders, served over smart HTTP by git's own
//! server: a shallow fetch needs one that computes packs.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use tempfile::TempDir;

use crate::http::{Request, Response};

/// When and by whom everything is committed: the same folder is the same commit.
const IDENTITY: [(&str, &str); 6] = [
    ("GIT_AUTHOR_NAME", "Somebody"),
    ("GIT_AUTHOR_EMAIL", "somebody@example.com"),
    ("GIT_AUTHOR_DATE", "2026-01-02T03:04:05Z"),
    ("GIT_COMMITTER_NAME", "Somebody"),
    ("GIT_COMMITTER_EMAIL", "somebody@example.com"),
    ("GIT_COMMITTER_DATE", "2026-01-02T03:04:05Z"),
];

/// A bare repository with one commit on the branch `main`.
pub(crate) struct Repository {
    folder: TempDir,
}

/// Repositories by the paths at which they are served.
pub(crate) struct Repositories {
    root: TempDir,
    paths: Vec<String>,
}

impl Repository {
    /// Everything that is in the folder, ignored files too, with a tag.
    pub(crate) fn of_folder(files: &Path, tag: &str) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let repository = Self { folder };
        repository.git(&["init", "--quiet", "--bare", "--initial-branch=main"]);
        // A commit may be asked for by its name, as the hosts allow.
        repository.git(&["config", "uploadpack.allowAnySHA1InWant", "true"]);
        let files = format!("--work-tree={}", files.display());
        repository.git(&[&files, "add", "--all", "--force", "."]);
        repository.git(&[&files, "commit", "--quiet", "--message", tag]);
        repository.git(&["tag", tag]);
        repository
    }

    /// The same of a few files by their paths.
    pub(crate) fn of_files(files: &[(&str, &str)], tag: &str) -> Self {
        let root = tempfile::tempdir().expect("a temporary folder");
        for (path, text) in files {
            let path = root.path().join(path);
            fs::create_dir_all(path.parent().expect("a folder")).expect("a folder for the file");
            fs::write(path, text).expect("a written file");
        }
        Self::of_folder(root.path(), tag)
    }

    /// The name of the commit.
    pub(crate) fn commit(&self) -> String {
        self.git(&["rev-parse", "main"])
    }

    #[track_caller]
    fn git(&self, arguments: &[&str]) -> String {
        // Whoever runs the tests may have settings; they decide nothing here.
        let output = Command::new("git")
            .args(["-c", "core.autocrlf=false", "-c", "core.fileMode=true"])
            .args(arguments)
            .current_dir(self.folder.path())
            .env("GIT_DIR", self.folder.path())
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .envs(IDENTITY)
            .stderr(Stdio::inherit())
            .output()
            .expect("git runs");
        assert!(output.status.success(), "git {arguments:?} failed");
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    }
}

impl Repositories {
    /// Lays the repositories out for git's server.
    pub(crate) fn of(repositories: BTreeMap<String, Repository>) -> Self {
        let root = tempfile::tempdir().expect("a temporary folder");
        let mut paths = Vec::new();
        for (path, Repository { folder }) in repositories {
            let place = root.path().join(format!("{}.git", &path[1..]));
            fs::create_dir_all(place.parent().expect("a folder")).expect("a folder");
            fs::rename(folder.keep(), place).expect("the same file system");
            paths.push(path);
        }
        Self { root, paths }
    }

    /// The answer of git's server, when the request is for a repository.
    pub(crate) fn answer(&self, request: &Request) -> Option<Response> {
        let known = |path: &String| {
            let rest = request.path().strip_prefix(path.as_str());
            rest.is_some_and(|rest| rest.starts_with('/') || rest.starts_with(".git/"))
        };
        self.paths.iter().any(known).then(|| self.serve(request))
    }

    /// One request by the rules of CGI.
    fn serve(&self, request: &Request) -> Response {
        let mut server = Command::new("git");
        server
            .arg("http-backend")
            .env("GIT_PROJECT_ROOT", self.root.path())
            .env("GIT_HTTP_EXPORT_ALL", "1")
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("REQUEST_METHOD", &request.method)
            .env("PATH_INFO", request.path())
            .env("QUERY_STRING", request.query())
            .env("CONTENT_LENGTH", request.body.len().to_string());
        for (variable, header) in [
            ("CONTENT_TYPE", "content-type"),
            ("HTTP_CONTENT_ENCODING", "content-encoding"),
            ("GIT_PROTOCOL", "git-protocol"),
        ] {
            if let Some(value) = request.header(header) {
                server.env(variable, value);
            }
        }
        let mut server = server
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("git runs");
        let mut input = server.stdin.take().expect("it is piped");
        // It reads all of a request before it answers.
        let _ = input.write_all(&request.body);
        drop(input);
        let output = server.wait_with_output().expect("git ends");
        response(&output.stdout)
    }
}

/// What a CGI program writes: headers, an empty line, the body.
fn response(output: &[u8]) -> Response {
    let mut rest = output;
    let (mut status, mut headers) = ("200 OK".to_owned(), Vec::new());
    while let Some(end) = rest.iter().position(|byte| *byte == b'\n') {
        let line = String::from_utf8_lossy(&rest[..end]).trim().to_owned();
        rest = &rest[end + 1..];
        match line.split_once(':') {
            Some(("Status", value)) => value.trim().clone_into(&mut status),
            Some((name, value)) => headers.push((name.to_owned(), value.trim().to_owned())),
            None => break,
        }
    }
    headers
        .into_iter()
        .fold(Response::of(status, rest), |response, (name, value)| {
            response.header(&name, value)
        })
}
