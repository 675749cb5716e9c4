//! A signed repository of Debian packages that are names and versions, made with
//! Debian's own tools.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use crate::engine::Engine;

/// Writes packages `NAME=FILE`, each with a file that says so, then lists, signs
/// and lays out with them what apt asks for.
const MAKE: &str = r#"set -e
mkdir -p /out && cd /out
for package in $PACKAGES; do
    name=${package%%=*} file=${package#*=}
    rm -rf /tmp/package && mkdir -p /tmp/package/DEBIAN "/tmp/package${file%/*}"
    printf '#!/bin/sh\necho stand-in\n' >"/tmp/package$file"
    chmod 755 "/tmp/package$file"
    printf 'Package: %s\nVersion: 1\nArchitecture: all\nMaintainer: Nobody <nobody@example.org>\nDescription: stand-in\n' \
        "$name" >/tmp/package/DEBIAN/control
    dpkg-deb --build /tmp/package "$name.deb"
done
apt-ftparchive packages . | sed 's|^Filename: \./|Filename: |' >Packages
apt-ftparchive release . >/tmp/Release && mv /tmp/Release Release
export GNUPGHOME=/tmp/keys
mkdir -m 700 "$GNUPGHOME"
gpg --batch --passphrase '' --quick-generate-key nobody@example.org rsa2048 sign never
gpg --clearsign --output InRelease Release
gpg --armor --export >key.pub
"#;

/// The files of the repository below a path, with its key by the name `key`.
pub(crate) fn signed(
    engine: &Engine,
    below: &str,
    key: &str,
    packages: &str,
) -> BTreeMap<String, Vec<u8>> {
    let out = tempfile::tempdir().expect("a temporary folder");
    let text = format!(
        "FROM {} AS made\n\
         RUN apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install --yes \
         --no-install-recommends apt-utils gnupg\n\
         COPY make /make\n\
         RUN PACKAGES='{packages}' sh /make\n\
         FROM scratch\n\
         COPY --from=made /out /\n",
        engine.base()
    );
    Engine::dockerfile(&text)
        .file("make", MAKE)
        .arg(&format!("--output={}", out.path().display()))
        .run()
        .succeeds();
    files(out.path())
        .into_iter()
        .map(|(name, content)| {
            let name = if name == "key.pub" {
                key.to_owned()
            } else {
                name
            };
            (format!("{below}/{name}"), content)
        })
        .collect()
}

fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let entries = fs::read_dir(folder).expect("a readable folder");
    entries
        .map(|entry| {
            let entry = entry.expect("an entry");
            let name = entry.file_name().to_string_lossy().into_owned();
            (name, fs::read(entry.path()).expect("a file"))
        })
        .collect()
}
