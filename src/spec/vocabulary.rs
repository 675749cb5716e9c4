//! The words that name a build: framework, target, device.

use super::choice::choice;

choice! {
    /// The inference engine that Dynamo serves with.
    pub enum Framework {
        /// vLLM.
        Vllm = "vllm",
        /// SGLang.
        Sglang = "sglang",
        /// TensorRT-LLM.
        Trtllm = "trtllm",
        /// Dynamo alone, without an engine.
        Dynamo = "dynamo" | "none",
    }
    several "--framework"
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
    "check-image" => "it is no target but checks the image of one: ask for it with `--target check-image`"
    several "--target"
}

impl Target {
    /// Whether it is an image, and not files alone.
    pub fn is_image(self) -> bool {
        self != Self::Wheels
    }

    /// Whether its image has the account, with its home and its folders.
    pub fn has_account(self) -> bool {
        match self {
            Self::Runtime
            | Self::Dev
            | Self::LocalDev
            | Self::Test
            | Self::Frontend
            | Self::Docs => true,
            Self::Framework | Self::Wheels | Self::WheelBuilder | Self::DynamoBase | Self::Epp => {
                false
            }
        }
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
    "gpu" => "write `cuda` for NVIDIA GPUs, `xpu` for Intel GPUs",
    "nvidia" => "write `cuda`",
    "intel" => "write `xpu` for Intel GPUs, `cpu` for processors",
    "none" => "write `cpu`"
    several "--device"
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

choice! {
    /// How the compiler cache proves to AWS who it is.
    pub enum Credentials {
        /// An access key and its secret, as the secrets `aws-key-id` and `aws-secret-id`.
        KeyPair = "key_pair",
        /// A web identity, as the secrets `aws-web-identity-token` and `aws-role-arn`.
        WebIdentity = "web_identity",
    }
}

choice! {
    /// The network of the steps that have one.
    pub enum StepNetwork {
        /// One of their own, with a way out.
        Sandbox = "sandbox" | "default",
        /// The daemon's.
        Host = "host",
        /// None: every source must be in the build context or in a cache.
        None = "none",
    }
}

choice! {
    /// A native component that is built from a git repository.
    pub enum Component {
        /// Copies between GPU and host memory.
        Gdrcopy = "gdrcopy",
        /// The transport under NIXL.
        Ucx = "ucx",
        /// The transport of EFA.
        Libfabric = "libfabric",
        /// Reads and writes S3.
        AwsSdkCpp = "aws_sdk_cpp",
        /// Moves KV caches between nodes.
        Nixl = "nixl",
    }
}

choice! {
    /// A part of Dynamo that is in the image or not.
    pub enum Feature {
        /// The KV block manager.
        Kvbm = "kvbm",
        /// The GPU memory service.
        GpuMemoryService = "gpu_memory_service",
        /// Video input through FFmpeg.
        MediaFfmpeg = "media_ffmpeg",
        /// Model weights from node to node.
        Modelexpress = "modelexpress",
    }
}
