//! Arguments of the Dockerfile path that no key stands for.

/// Each, and what to do instead.
const RETIRED: &[(&str, &str)] = &[
    ("ARCH", "use `--platform`"),
    ("ARCH_ALT", "use `--platform`"),
    (
        "BASE_IMAGE_TAG",
        "give `BASE_IMAGE` too, or set `images.base` to the whole reference",
    ),
    ("CUDA_MAJOR", "set `cuda`"),
    (
        "GITHUB_TRTLLM_COMMIT",
        "what it named comes with the wheel; to build the wheel set `trtllm.install.git`",
    ),
    ("HAS_TRTLLM_CONTEXT", "set `trtllm.install.wheel_dir`"),
    (
        "RUNTIME_IMAGE_TAG",
        "give `RUNTIME_IMAGE` too, or set `images.runtime` to the whole reference",
    ),
    (
        "SITE_PACKAGES",
        "remove it: the path follows from `toolchain.python`",
    ),
    ("WORKSPACE_DIR", "remove it: the workspace is `/workspace`"),
];

/// What to do instead of the argument of this name.
pub fn retired(name: &str) -> Option<&'static str> {
    let retired = RETIRED.iter().find(|(retired, _)| *retired == name)?;
    Some(retired.1)
}
