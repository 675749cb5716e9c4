//! What a downloaded file is, by how it begins.
//!
//! Owns which files are archives that a daemon unpacks.

/// How much of a file is needed to tell.
pub(super) const HEAD: u64 = 1024;

/// How compressed files begin: gzip, bzip2, xz, zstd.
const COMPRESSED: [&[u8]; 4] = [
    &[0x1f, 0x8b, 0x08],
    b"BZh",
    &[0xfd, b'7', b'z', b'X', b'Z', 0x00],
    &[0x28, 0xb5, 0x2f, 0xfd],
];
/// Bytes of the header of a tar archive's first file.
const TAR_HEADER: usize = 512;
/// Where the header's checksum is.
const TAR_CHECKSUM: std::ops::Range<usize> = 148..156;

/// Whether a file is an archive, or a compressed one.
pub(super) fn is_archive(head: &[u8]) -> bool {
    COMPRESSED.iter().any(|magic| head.starts_with(magic)) || is_tar(head)
}

/// Whether the checksum of a tar header is right. Old archives have no magic.
fn is_tar(head: &[u8]) -> bool {
    let Some(header) = head.get(..TAR_HEADER) else {
        return false;
    };
    let text: String = header[TAR_CHECKSUM]
        .iter()
        .map(|byte| char::from(*byte))
        .collect();
    let Ok(written) = u32::from_str_radix(text.trim_matches(['\0', ' ']), 8) else {
        return false;
    };
    let byte = |(at, byte): (usize, &u8)| {
        // The sum is made as if its own place held spaces.
        u32::from(if TAR_CHECKSUM.contains(&at) {
            b' '
        } else {
            *byte
        })
    };
    header.iter().enumerate().map(byte).sum::<u32>() == written
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tar() -> Vec<u8> {
        let mut header = vec![0; 1024];
        header[..4].copy_from_slice(b"file");
        let sum: u32 = header[..TAR_HEADER]
            .iter()
            .map(|byte| u32::from(*byte))
            .sum();
        let sum = sum + 8 * u32::from(b' ');
        header[TAR_CHECKSUM].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
        header
    }

    #[test]
    fn archives_are_told_from_specs() {
        assert!(is_archive(&tar()));
        for compressed in [
            &b"\x1f\x8b\x08\x00"[..],
            b"BZh91AY",
            b"\xfd7zXZ\0",
            b"\x28\xb5\x2f\xfd\x04",
        ] {
            assert!(is_archive(compressed), "{compressed:?}");
        }
        let mut broken = tar();
        broken[0] = b'g';
        for other in [
            &broken[..],
            &tar()[..100],
            b"framework: vllm\n",
            b"",
            &[b' '; 600],
            &[0; 600],
        ] {
            assert!(!is_archive(other));
        }
    }
}
