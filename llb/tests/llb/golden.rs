//! Graphs recorded from the Go client, reproduced byte for byte.

use std::collections::BTreeMap;

use buildkit_llb::{
    CopyFrom, Diff, Differ, Exec, FileOp, Git, Http, Image, Local, MarshalOptions, Merge, Mkdir,
    Mkfile, Mount, Network, Output, Owner, Platform, Remove, ResolveMode, SecretFile, Sharing,
    SshSocket, Symlink, UserRef, marshal,
};
use serde_json::{Value, json};

const DIGEST: &str = "sha256:beefdbd8a1da6d2915566fde36db9db0b524eb737fc57cd1367effd16dc0d06d";

fn alpine() -> Output {
    Image::new(format!("docker.io/library/alpine:3.20@{DIGEST}")).output()
}

fn spec(paths: &[&str]) -> Local {
    Local::new("dockerfile")
        .follow_paths(paths.iter().copied())
        .shared_key_hint("dockerfile")
        .differ(Differ::None)
}

fn named_spec() -> Output {
    spec(&["dynamo.yaml", "dynamo.yaml.dockerignore"])
        .name("[internal] load build definition from dynamo.yaml")
        .output()
}

fn file_on(base: &Output) -> Output {
    FileOp::on(base)
        .mkfile(Mkfile::new("/m", 0o600, ""))
        .output()
}

fn exec() -> Output {
    Exec::shell("true")
        .root(&alpine())
        .mount(Mount::tmpfs("/t").size(1024))
        .mount(Mount::read_only("/src", &Local::new("context").output()))
        .mount(Mount::cache("/c", "ns/id").sharing(Sharing::Locked))
        .secret(SecretFile::new("tok"))
        .ssh(SshSocket::default())
        .env("PATH", "/bin")
        .cwd("/w")
        .user("1000")
        .network(Network::None)
        .name("[a 1/1] RUN true")
        .run()
        .root()
}

fn copy() -> Output {
    let copy = CopyFrom::new(&named_spec(), "/dynamo.yaml", "/x/")
        .like_dockerfile()
        .owner(Owner::ids(1, 2));
    FileOp::on(&alpine()).copy(copy).output()
}

fn graphs() -> BTreeMap<&'static str, Output> {
    let owner = Owner {
        user: Some(UserRef::Name("app".to_owned())),
        group: Some(UserRef::Id(1000)),
    };
    let output_mount = Exec::new(["x"])
        .root(&alpine())
        .mount(Mount::writable("/out", &Output::scratch()))
        .run();
    BTreeMap::from([
        ("copy", copy()),
        ("diff", Diff::new(&alpine(), &file_on(&alpine())).output()),
        ("exec", exec()),
        (
            "exec_output_mount",
            output_mount.output("/out").expect("mounted writable"),
        ),
        (
            "git",
            Git::new("https://github.com/moby/buildkit.git")
                .reference("v0.11.6")
                .subdir("docs")
                .keep_git_dir()
                .output(),
        ),
        (
            "http",
            Http::new("https://example.com/f.tar.gz")
                .checksum(DIGEST)
                .filename("f.tar.gz")
                .mode(0o644)
                .output(),
        ),
        ("image", alpine()),
        (
            "image_pull",
            Image::new("docker.io/library/alpine:latest")
                .resolve_mode(ResolveMode::ForcePull)
                .output(),
        ),
        (
            "local_context",
            Local::new("context")
                .follow_paths(["src"])
                .exclude_patterns(["a", "!b"])
                .shared_key_hint("context")
                .output(),
        ),
        (
            "local_dockerignore",
            Local::new("context")
                .follow_paths([".dockerignore"])
                .shared_key_hint("context-.dockerignore")
                .differ(Differ::None)
                .output(),
        ),
        ("local_spec", named_spec()),
        (
            "local_spec_Dockerfile",
            spec(&["Dockerfile", "Dockerfile.dockerignore", "dockerfile"]).output(),
        ),
        (
            "merge",
            Merge::new([&alpine(), &file_on(&Output::scratch())]).output(),
        ),
        (
            "mkdir",
            FileOp::on(&alpine())
                .mkdir(Mkdir::new("/w", 0o755).parents().owner(owner))
                .output(),
        ),
        (
            "mkfile",
            FileOp::on(&Output::scratch())
                .mkfile(Mkfile::new("/a/b", 0o644, "hello"))
                .output(),
        ),
        (
            "rm_symlink",
            FileOp::on(&alpine())
                .remove(Remove::new("/a").allow_not_found())
                .symlink(Symlink::new("/t", "/l"))
                .output(),
        ),
    ])
}

fn recorded() -> BTreeMap<String, Value> {
    serde_json::from_str(include_str!("../data/golden.json")).expect("the recording is JSON")
}

/// A marshalled graph in the form of the recording.
fn dump(output: &Output) -> Value {
    let options = MarshalOptions::new(Platform::new("linux", "amd64"))
        .session("SESSIONID")
        .local_unique("UNIQUE");
    let definition = marshal(output, &options)
        .expect("the graph is valid")
        .definition;
    let ops = definition
        .ops()
        .iter()
        .zip(definition.digests())
        .map(|(op, digest)| {
            let metadata = definition
                .metadata(&digest)
                .expect("every operation has metadata");
            let mut entry = json!({ "caps": metadata.caps });
            if !metadata.description.is_empty() {
                entry["description"] = json!(metadata.description);
            }
            json!({ "digest": digest, "hex": hex::encode(op), "metadata": entry })
        });
    Value::Array(ops.collect())
}

#[test]
fn case_66_every_recorded_graph_is_reproduced_byte_for_byte() {
    let graphs = graphs();
    let recorded = recorded();
    assert_eq!(
        graphs.keys().collect::<Vec<_>>(),
        recorded.keys().collect::<Vec<_>>()
    );
    for (name, recorded) in &recorded {
        assert_eq!(&dump(&graphs[name.as_str()]), recorded, "{name}");
    }
}
