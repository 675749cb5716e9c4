//! Scripts that build the native components.
//!
//! Each runs in the component's sources, whose writes are thrown away, and
//! installs below the folder that is its first argument. Paths inside what is
//! installed are those of the image, without that folder.

use super::{Script, script};

/// A library with a configure script: folder, the script, its options.
const AUTOTOOLS: &str = "set -e
out=$1 configure=$2
shift 2
if [ -x autogen.sh ]; then ./autogen.sh; fi
\"$configure\" \"$@\"
make -j\"$(nproc)\"
make install DESTDIR=\"$out\"";

/// GDRCopy's library and header: folder, prefix.
const GDRCOPY: &str = "set -e
out=$1 prefix=$2
make prefix=\"$prefix\" libdir=\"$prefix/lib\" DESTDIR=\"$out\" lib lib_install";

/// FFmpeg: folder, prefix, options. Its configure script knows no `CC`. The
/// files for pkg-config find the libraries from where they are themselves, so
/// that a step may bind the tree anywhere.
const FFMPEG: &str = "set -e
out=$1 prefix=$2
shift 2
./configure --prefix=\"$prefix\" --libdir=\"$prefix/lib\" --cc=\"${CC:-cc}\" --cxx=\"${CXX:-c++}\" \"$@\"
make -j\"$(nproc)\"
make install DESTDIR=\"$out\"
sed -i \\
    -e 's|^prefix=.*|prefix=${pcfiledir}/../..|' \\
    -e 's|^libdir=.*|libdir=${prefix}/lib|' \\
    -e 's|^includedir=.*|includedir=${prefix}/include|' \\
    \"$out$prefix\"/lib/pkgconfig/*.pc";

/// The AWS SDK: folder, prefix, options. It is linked against the OpenSSL of the
/// distribution it is built on, which no newer one has, so that goes along.
const AWS_SDK: &str = "set -e
out=$1 prefix=$2
shift 2
cmake -S . -B /tmp/build -DCMAKE_INSTALL_PREFIX=\"$prefix\" -DCMAKE_INSTALL_LIBDIR=lib \"$@\"
cmake --build /tmp/build --parallel \"$(nproc)\"
DESTDIR=\"$out\" cmake --install /tmp/build
for library in /usr/lib64/libcrypto.so.1.1* /usr/lib64/libssl.so.1.1*; do
    if [ -e \"$library\" ]; then cp -P \"$library\" \"$out$prefix/lib/\"; fi
done";

/// NIXL: folder, folder below it for the wheel that finds the others, name of
/// the wheel, options.
const NIXL: &str = "set -e
out=$1 wheels=$2 name=$3
shift 3
python contrib/tomlutil.py --wheel-name \"$name\" pyproject.toml
meson setup build \"$@\"
meson compile -C build
DESTDIR=\"$out\" meson install -C build --no-rebuild
mkdir -p \"$out$wheels\"
for wheel in build/src/bindings/python/nixl-meta/nixl-*.whl; do
    if [ -e \"$wheel\" ]; then cp \"$wheel\" \"$out$wheels/\"; fi
done";

/// NIXL's wheel: its name, and the command that builds it.
const NIXL_WHEEL: &str = "set -e
name=$1
shift
python contrib/tomlutil.py --wheel-name \"$name\" pyproject.toml
exec \"$@\"";

/// Unpacks a zip file of programs with Python: the interpreter, the file, the
/// folder. Python's module forgets which files are programs.
const UNZIP: &str = "set -e
\"$1\" -m zipfile --extract \"$2\" \"$3\"
chmod -R a+rX \"$3\"
chmod 0755 \"$3\"/bin/*";

/// Makes an environment with packages: uv, version of Python, folder, packages.
const ENVIRONMENT: &str = "set -e
uv=$1 python=$2 folder=$3
shift 3
\"$uv\" venv --python \"$python\" \"$folder\"
\"$uv\" pip install --python \"$folder/bin/python\" \"$@\"";

/// Makes a Python environment with packages.
pub(in crate::plan) fn environment(
    uv: &str,
    python: &str,
    folder: &str,
    packages: Vec<String>,
) -> Script {
    let first = [uv, python, folder].map(str::to_owned).into_iter();
    script("build-tools", ENVIRONMENT, first.chain(packages))
}

/// Builds a library with a configure script.
pub(in crate::plan) fn autotools(
    out: &str,
    configure: &str,
    options: impl IntoIterator<Item = String>,
) -> Script {
    let first = [out, configure].map(str::to_owned).into_iter();
    script("autotools", AUTOTOOLS, first.chain(options))
}

/// Builds GDRCopy's library.
pub(in crate::plan) fn gdrcopy(out: &str, prefix: &str) -> Script {
    script("gdrcopy", GDRCOPY, [out, prefix].map(str::to_owned))
}

/// Builds FFmpeg's libraries.
pub(in crate::plan) fn ffmpeg(out: &str, prefix: &str, options: &[&str]) -> Script {
    let all = [&[out, prefix], options].concat();
    script("ffmpeg", FFMPEG, all.into_iter().map(str::to_owned))
}

/// Builds the AWS SDK for C++.
pub(in crate::plan) fn aws_sdk(out: &str, prefix: &str, options: &[&str]) -> Script {
    let all = [&[out, prefix], options].concat();
    script("aws-sdk", AWS_SDK, all.into_iter().map(str::to_owned))
}

/// Builds NIXL.
pub(in crate::plan) fn nixl(out: &str, wheels: &str, name: &str, options: Vec<String>) -> Script {
    let first = [out, wheels, name].map(str::to_owned).into_iter();
    script("nixl", NIXL, first.chain(options))
}

/// Builds NIXL's wheel with a command.
pub(in crate::plan) fn nixl_wheel(name: &str, command: Vec<String>) -> Script {
    script(
        "nixl-wheel",
        NIXL_WHEEL,
        [name.to_owned()].into_iter().chain(command),
    )
}

/// Unpacks a zip file of programs.
pub(in crate::plan) fn unzip(python: &str, file: &str, folder: &str) -> Script {
    script("unzip", UNZIP, [python, file, folder].map(str::to_owned))
}
