//! The words that name a build: framework, target, device.

use super::decode::choice;

choice! {
    /// The inference engine that Dynamo serves with.
    pub enum Framework {
        /// vLLM.
        Vllm = "vllm",
        /// `SGLang`.
        Sglang = "sglang",
        /// TensorRT-LLM.
        Trtllm = "trtllm",
        /// Dynamo alone, without an engine.
        Dynamo = "dynamo" | "none",
    }
}

choice! {
    /// What is built.
    pub enum Target {
        /// The image that serves.
        Runtime = "runtime",
        /// The runtime with compilers and tools, as root.
        Dev = "dev",
        /// The dev image with the user's own uid and gid.
        LocalDev = "local-dev",
        /// The HTTP frontend alone.
        Frontend = "frontend",
        /// The runtime with the test requirements.
        Test = "test",
        /// The engine's environment before Dynamo is added.
        Framework = "framework",
        /// Only the built wheels.
        Wheels = "wheels",
        /// The stage that builds native components and wheels.
        WheelBuilder = "wheel_builder",
        /// The stage that all others stand on.
        DynamoBase = "dynamo_base" | "base",
        /// The endpoint picker of the inference gateway.
        Epp = "epp",
        /// The documentation.
        Docs = "docs",
    }
}

choice! {
    /// What the image computes on.
    pub enum Device {
        /// NVIDIA GPUs.
        Cuda = "cuda",
        /// Intel GPUs.
        Xpu = "xpu",
        /// No accelerator.
        Cpu = "cpu",
    }
}

choice! {
    /// A processor architecture, by the name that images and Go use.
    pub enum Architecture {
        /// 64-bit x86.
        Amd64 = "amd64" | "x86_64",
        /// 64-bit Arm.
        Arm64 = "arm64" | "aarch64",
    }
}

impl Architecture {
    /// The architecture of a Linux platform, if images exist for it.
    pub fn of(platform: &buildkit_llb::Platform) -> Option<Self> {
        let known = Self::from_word(&platform.architecture)?;
        (platform.os == "linux" && platform.variant.is_empty()).then_some(known)
    }
}
