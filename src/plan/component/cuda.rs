//! Parts of the CUDA toolkit that a runtime compiles kernels with.
//!
//! The runtime's base has CUDA's libraries and no compiler; the base image of the
//! stages that compile has both. What is linked: the compiler's programs, the
//! headers, NVVM, the CUDA runtime with its stubs, and the names under which
//! linkers look for cuBLAS. Those names are symbolic links in the devel image and
//! stay links here, relative ones to `libcublas.so.12` and the like, which the
//! runtime's base has: nothing is made by a command.

use crate::check::Resolved;
use crate::plan::action::{Action, Link, LinkedFile, Tree};
use crate::plan::{ImageSource, Step};
use crate::spec::Architecture;

/// Where CUDA is in every image of NVIDIA's: a link to the folder of a release.
const CUDA: &str = "/usr/local/cuda";
/// Programs of the compiler.
const PROGRAMS: [&str; 4] = ["nvcc", "cudafe++", "ptxas", "fatbinary"];
/// Libraries and stubs below the folder of libraries.
const LIBRARIES: [&str; 4] = ["libcudart.so*", "stubs", "libcublas.so", "libcublasLt.so"];

/// Links the parts, and more programs and libraries; nothing on other devices.
pub(in crate::plan) fn link(
    resolved: &Resolved,
    programs: &[&str],
    libraries: &[&str],
) -> Option<Step> {
    let cuda = resolved.cuda.as_ref()?;
    // The link itself must stay one, so files go to where it points.
    let release = format!("{CUDA}-{}", cuda.value);
    let folder =
        |path: &str| LinkedFile::of_root(format!("{CUDA}/{path}"), format!("{release}/{path}"));
    let target = match resolved.architecture {
        Architecture::Amd64 => "targets/x86_64-linux",
        Architecture::Arm64 => "targets/sbsa-linux",
    };
    let mut files: Vec<LinkedFile> = PROGRAMS
        .iter()
        .chain(programs)
        .map(|program| folder(&format!("bin/{program}")))
        .collect();
    files.extend([
        folder("nvvm"),
        // A link to the next one.
        folder("include"),
        folder(&format!("{target}/include")),
        LinkedFile {
            only: LIBRARIES
                .iter()
                .chain(libraries)
                .map(|library| (*library).to_owned())
                .collect(),
            ..folder(&format!("{target}/lib"))
        },
    ]);
    Some(Step {
        title: format!("add the compiler of CUDA {}", cuda.value),
        component: Some("cuda".to_owned()),
        places: vec![cuda.span, resolved.images.base.span],
        action: Action::Link(Link {
            tree: Tree::Image(ImageSource::of(&resolved.images.base)),
            files,
        }),
    })
}
