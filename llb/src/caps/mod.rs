//! Capabilities: what a daemon must understand for an operation to mean what it says.
//!
//! Owns the ids, the release of BuildKit that introduced each, and the set a daemon
//! offers. Which operation needs which id is decided where the operation is encoded.

mod set;

pub use set::{CapError, CapSet};

/// Declares the ids and the table of the releases that introduced them.
macro_rules! capabilities {
    ($($name:ident = $id:literal, $minor:literal;)*) => {
        $(
            #[doc = concat!("`", $id, "`, since BuildKit 0.", $minor, ".")]
            pub const $name: &str = $id;
        )*

        /// Every id a graph can need, with the minor release that introduced it.
        pub(crate) const INTRODUCED: &[(&str, u32)] = &[$(($id, $minor)),*];
    };
}

// Where the release is 3 the id is as old as the capabilities themselves, or nearly
// so: nothing below BuildKit 0.8 is of practical interest.
capabilities! {
    SOURCE_IMAGE = "source.image", 3;
    SOURCE_IMAGE_RESOLVE_MODE = "source.image.resolvemode", 3;
    SOURCE_IMAGE_LAYER_LIMIT = "source.image.layerlimit", 11;
    SOURCE_IMAGE_CHECKSUM = "source.image.checksum", 25;
    SOURCE_IMAGE_BLOB = "source.imageblob", 28;
    SOURCE_OCI_LAYOUT = "source.ocilayout", 11;
    SOURCE_LOCAL = "source.local", 3;
    SOURCE_LOCAL_UNIQUE = "source.local.unique", 3;
    SOURCE_LOCAL_SESSION_ID = "source.local.sessionid", 3;
    SOURCE_LOCAL_INCLUDE_PATTERNS = "source.local.includepatterns", 3;
    SOURCE_LOCAL_EXCLUDE_PATTERNS = "source.local.excludepatterns", 3;
    SOURCE_LOCAL_FOLLOW_PATHS = "source.local.followpaths", 3;
    SOURCE_LOCAL_SHARED_KEY_HINT = "source.local.sharedkeyhint", 3;
    SOURCE_LOCAL_DIFFER = "source.local.differ", 9;
    SOURCE_LOCAL_METADATA_TRANSFER = "source.local.metadatatransfer", 21;
    SOURCE_GIT = "source.git", 3;
    SOURCE_GIT_KEEP_DIR = "source.git.keepgitdir", 3;
    SOURCE_GIT_FULL_URL = "source.git.fullurl", 3;
    SOURCE_GIT_HTTP_AUTH = "source.git.httpauth", 8;
    SOURCE_GIT_KNOWN_SSH_HOSTS = "source.git.knownsshhosts", 8;
    SOURCE_GIT_MOUNT_SSH_SOCK = "source.git.mountsshsock", 8;
    SOURCE_GIT_SUBDIR = "source.git.subdir", 9;
    SOURCE_GIT_CHECKSUM = "source.git.checksum", 22;
    SOURCE_GIT_SKIP_SUBMODULES = "source.git.skipsubmodules", 24;
    SOURCE_GIT_SIGNATURE_VERIFY = "source.git.signatureverify", 26;
    SOURCE_GIT_MTIME = "source.git.mtime", 29;
    SOURCE_GIT_FETCH_BY_COMMIT = "source.git.fetchbycommit", 30;
    SOURCE_GIT_BUNDLE = "source.git.bundle", 30;
    SOURCE_GIT_CHECKOUT_BUNDLE = "source.git.checkoutbundle", 30;
    SOURCE_HTTP = "source.http", 3;
    SOURCE_HTTP_CHECKSUM = "source.http.checksum", 3;
    SOURCE_HTTP_PERM = "source.http.perm", 3;
    // The spelling is the daemon's, and it is the contract.
    SOURCE_HTTP_UID_GID = "soruce.http.uidgid", 3;
    SOURCE_HTTP_AUTH = "source.http.auth", 21;
    SOURCE_HTTP_HEADER = "source.http.header", 21;
    SOURCE_HTTP_SIGNATURE_VERIFY = "source.http.signatureverify", 28;
    SOURCE_POLICY = "source.policy", 11;
    BUILD_OP_LLB_FILE_NAME = "source.buildop.llbfilename", 3;
    EXEC_META_BASE = "exec.meta.base", 3;
    EXEC_META_PROXY_ENV = "exec.meta.proxyenv", 3;
    EXEC_META_NETWORK = "exec.meta.network", 4;
    EXEC_META_NETWORK_PROXY = "exec.meta.network.proxy", 31;
    EXEC_META_SECURITY = "exec.meta.security", 5;
    EXEC_META_SECURITY_DEVICES = "exec.meta.security.devices.v1", 8;
    EXEC_META_SETS_DEFAULT_PATH = "exec.meta.setsdefaultpath", 8;
    EXEC_META_ULIMIT = "exec.meta.ulimit", 10;
    EXEC_META_CGROUP_PARENT = "exec.meta.cgroup.parent", 10;
    EXEC_META_CDI = "exec.meta.cdi", 20;
    EXEC_META_LINUX_RESOURCES = "exec.meta.linux.resources", 31;
    EXEC_MOUNT_BIND = "exec.mount.bind", 3;
    EXEC_MOUNT_BIND_READ_WRITE_NO_OUTPUT = "exec.mount.bind.readwrite-nooutput", 7;
    EXEC_MOUNT_CACHE = "exec.mount.cache", 3;
    EXEC_MOUNT_CACHE_SHARING = "exec.mount.cache.sharing", 3;
    EXEC_MOUNT_CONTENT_CACHE = "exec.mount.cache.content", 13;
    EXEC_MOUNT_SELECTOR = "exec.mount.selector", 3;
    EXEC_MOUNT_TMPFS = "exec.mount.tmpfs", 3;
    EXEC_MOUNT_TMPFS_SIZE = "exec.mount.tmpfs.size", 10;
    EXEC_MOUNT_SECRET = "exec.mount.secret", 3;
    EXEC_MOUNT_SSH = "exec.mount.ssh", 4;
    EXEC_SECRET_ENV = "exec.secretenv", 10;
    EXEC_VALID_EXIT_CODE = "exec.validexitcode", 17;
    EXEC_CGROUP = "exec.cgroup", 8;
    FILE_BASE = "file.base", 5;
    FILE_RM_WILDCARD = "file.rm.wildcard", 7;
    FILE_RM_NO_FOLLOW_SYMLINK = "file.rm.nofollowsymlink", 10;
    FILE_COPY_INCLUDE_EXCLUDE = "file.copy.includeexcludepatterns", 9;
    FILE_COPY_ALWAYS_REPLACE = "file.copy.alwaysreplaceexistingdestpaths", 14;
    FILE_COPY_REQUIRED_PATHS = "file.copy.requiredpaths", 26;
    FILE_SYMLINK_CREATE = "file.symlink.create", 19;
    MERGE_OP = "mergeop", 10;
    DIFF_OP = "diffop", 10;
    PASSTHROUGH_OP = "passthroughop", 31;
    CONSTRAINTS = "constraints", 3;
    PLATFORM = "platform", 3;
    META_IGNORE_CACHE = "meta.ignorecache", 3;
    META_DESCRIPTION = "meta.description", 3;
    META_EXPORT_CACHE = "meta.exportcache", 3;
    EXPORTER_ANNOTATIONS = "exporter.image.annotations", 11;
    EXPORTER_ATTESTATIONS = "exporter.image.attestations", 11;
    EXPORTER_SOURCE_DATE_EPOCH = "exporter.sourcedateepoch", 11;
    EXPORTER_MULTIPLE = "exporter.multiple", 13;
    EXPORTER_SESSION = "exporter.session", 21;
}

/// `file.copy.modestring`: a constant of the Go client that no daemon offers.
///
/// Declaring it makes every solve fail; the field is as old as [`EXEC_VALID_EXIT_CODE`].
pub const FILE_COPY_MODE_STRING: &str = "file.copy.modestring";

/// `exec.meta.removemountstubs.recursive`: a constant of the Go client that no daemon
/// offers. Declaring it makes every solve fail; daemons that lack it ignore the field.
pub const EXEC_META_REMOVE_MOUNT_STUBS: &str = "exec.meta.removemountstubs.recursive";

/// The minor release of BuildKit (0.x) that introduced a capability.
pub fn introduced_in(id: &str) -> Option<u32> {
    INTRODUCED
        .iter()
        .find(|(known, _)| *known == id)
        .map(|(_, minor)| *minor)
}
