//! Wheels made on the spot: pure Python, a few small files. A wheel is a zip
//! archive, written here without compression, so that the same wheel has the
//! same bytes.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

/// A wheel to be.
#[derive(Clone, Debug)]
pub(crate) struct Wheel {
    pub(crate) name: String,
    pub(crate) version: String,
    requires: Vec<String>,
    extras: Vec<String>,
    files: Vec<(String, Vec<u8>)>,
}

impl Wheel {
    pub(crate) fn new(name: &str, version: &str) -> Self {
        Self {
            name: name.to_owned(),
            version: version.to_owned(),
            requires: Vec::new(),
            extras: Vec::new(),
            files: Vec::new(),
        }
    }

    /// Adds what it needs, as in `torch==2.9.0`.
    pub(crate) fn requires(mut self, requirement: &str) -> Self {
        self.requires.push(requirement.to_owned());
        self
    }

    /// Adds what it needs when it is installed with an extra.
    pub(crate) fn extra(mut self, extra: &str, requirement: &str) -> Self {
        if !self.extras.iter().any(|known| known == extra) {
            self.extras.push(extra.to_owned());
        }
        self.requires(&format!("{requirement} ; extra == '{extra}'"))
    }

    /// Adds a file at its path in `site-packages`.
    pub(crate) fn file(mut self, path: &str, content: impl Into<Vec<u8>>) -> Self {
        self.files.push((path.to_owned(), content.into()));
        self
    }

    /// Adds a package that knows the version.
    pub(crate) fn package(self, name: &str) -> Self {
        let version = format!("__version__ = \"{}\"\n", self.version);
        self.file(&format!("{name}/__init__.py"), version)
    }

    /// What the file is called.
    pub(crate) fn file_name(&self) -> String {
        format!("{}-py3-none-any.whl", self.stem())
    }

    /// The file.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        let folder = format!("{}.dist-info", self.stem());
        let mut metadata = vec![
            "Metadata-Version: 2.1".to_owned(),
            format!("Name: {}", self.name),
            format!("Version: {}", self.version),
        ];
        let extras = self.extras.iter();
        metadata.extend(extras.map(|extra| format!("Provides-Extra: {extra}")));
        let requires = self.requires.iter();
        metadata.extend(requires.map(|requirement| format!("Requires-Dist: {requirement}")));
        let kind = [
            "Wheel-Version: 1.0",
            "Root-Is-Purelib: true",
            "Tag: py3-none-any",
        ];
        let mut files = self.files.clone();
        files.push((format!("{folder}/METADATA"), lines(&metadata)));
        files.push((format!("{folder}/WHEEL"), lines(&kind)));
        let mut record: Vec<String> = files
            .iter()
            .map(|(path, content)| {
                let digest = URL_SAFE_NO_PAD.encode(Sha256::digest(content));
                format!("{path},sha256={digest},{}", content.len())
            })
            .collect();
        record.push(format!("{folder}/RECORD,,"));
        files.push((format!("{folder}/RECORD"), lines(&record)));
        zip(&files)
    }

    fn stem(&self) -> String {
        format!("{}-{}", self.name.replace(['-', '.'], "_"), self.version)
    }
}

fn lines<T: AsRef<str>>(lines: &[T]) -> Vec<u8> {
    let lines = lines.iter().flat_map(|line| [line.as_ref(), "\n"]);
    lines.collect::<String>().into_bytes()
}

/// A zip archive of these files, stored as they are: for each a header and its
/// content, at the end the list of all headers and where that begins.
pub(crate) fn zip(files: &[(String, Vec<u8>)]) -> Vec<u8> {
    let (mut archive, mut list) = (Vec::new(), Vec::new());
    for (path, content) in files {
        let offset = size(archive.len());
        let mut common = Vec::new();
        // Version 2.0, no flags, stored, midnight of the first day of 1980.
        for field in [20_u16, 0, 0, 0, 0x21] {
            common.extend(field.to_le_bytes());
        }
        for field in [checksum(content), size(content.len()), size(content.len())] {
            common.extend(field.to_le_bytes());
        }
        let length = u16::try_from(path.len()).expect("a short path");
        common.extend(length.to_le_bytes());
        // No extra field.
        common.extend([0; 2]);

        archive.extend(b"PK\x03\x04");
        archive.extend(&common);
        archive.extend(path.as_bytes());
        archive.extend(content);

        // Made on Unix; no comment, first disk, no attributes but the mode.
        list.extend(b"PK\x01\x02\x14\x03");
        list.extend(&common);
        list.extend([0; 6]);
        list.extend((0o100_644_u32 << 16).to_le_bytes());
        list.extend(offset.to_le_bytes());
        list.extend(path.as_bytes());
    }
    let count = u16::try_from(files.len()).expect("few files").to_le_bytes();
    let (begin, length) = (size(archive.len()), size(list.len()));
    archive.extend(list);
    archive.extend(b"PK\x05\x06\0\0\0\0");
    archive.extend(count);
    archive.extend(count);
    archive.extend(length.to_le_bytes());
    archive.extend(begin.to_le_bytes());
    archive.extend([0; 2]);
    archive
}

fn size(length: usize) -> u32 {
    u32::try_from(length).expect("a small archive")
}

/// CRC-32 as zip has it.
fn checksum(content: &[u8]) -> u32 {
    !content.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
            (crc >> 1) ^ (0xEDB8_8320 * (crc & 1))
        })
    })
}

/// vLLM and what it stands on, as far as folders and versions go: the six
/// largest packages of an image are there by their names.
pub(crate) fn vllm() -> Vec<Wheel> {
    vec![
        Wheel::new("vllm", "0.15.1")
            .package("vllm")
            .file("vllm/model.py", "MODELS = ['tiny']\n")
            .requires("torch==2.9.1")
            .extra("flashinfer", "flashinfer-cubin==0.6.1")
            .extra("flashinfer", "flashinfer-jit-cache==0.6.1"),
        Wheel::new("torch", "2.9.1")
            .package("torch")
            .file("torch/lib/libtorch.so", vec![1; 4096])
            .requires("triton==3.5.1")
            .requires("nvidia-nccl-cu12==2.27.5"),
        Wheel::new("triton", "3.5.1").package("triton"),
        Wheel::new("nvidia-nccl-cu12", "2.27.5")
            .file("nvidia/nccl/__init__.py", "")
            .file("nvidia/nccl/lib/libnccl.so.2", vec![2; 4096]),
        Wheel::new("flashinfer-cubin", "0.6.1").package("flashinfer_cubin"),
        Wheel::new("flashinfer-jit-cache", "0.6.1").package("flashinfer_jit_cache"),
    ]
}

/// TensorRT-LLM, with the script that installs what it stands on.
pub(crate) fn trtllm() -> Wheel {
    let script = include_str!("../fixtures/trtllm/install_tensorrt.sh");
    Wheel::new("tensorrt-llm", "1.3.0rc1")
        .package("tensorrt_llm")
        .file("tensorrt_llm/docker/common/install_tensorrt.sh", script)
}
