//! How the build behaves: compiler cache, Python indexes, retries, network.

use super::collection::Switch;
use super::decode::mapping;
use super::scalar::{CloudName, Count, SecretId, Url, Version};
use super::sections::{Checksums, List};
use super::vocabulary::{Credentials, StepNetwork};

mapping! {
    /// How the build behaves.
    pub struct Build {
        /// The compiler cache sccache in an S3 bucket; off unless given.
        sccache: Switch<Sccache>,
        /// Where Python packages come from.
        python: PythonBuild,
        /// How often a download is tried again.
        retries: Count,
        /// Seconds after which a silent download has failed.
        timeout: Count,
        /// The network of the steps that have one; the client's `--network` wins.
        network: StepNetwork,
    }
}

mapping! {
    /// The compiler cache.
    pub struct Sccache {
        /// The S3 bucket.
        bucket: CloudName,
        /// The region of the bucket.
        region: CloudName,
        /// The address of the S3 server, where it is not Amazon's.
        endpoint: Url,
        /// The version of sccache.
        version: Version,
        /// The checksum of its archive for each architecture.
        checksum: Checksums,
        /// How it proves to the server who it is.
        credentials: Credentials,
    }
}

mapping! {
    /// Where Python packages come from.
    pub struct PythonBuild {
        /// The index, in place of the catalog's.
        index: Url,
        /// More indexes, looked into after the first.
        extra_indexes: List<Url>,
        /// The secret that holds the URL of the index, with its credentials.
        index_secret: SecretId,
        /// The secret that holds a netrc file with the credentials of indexes.
        netrc_secret: SecretId,
    }
}
