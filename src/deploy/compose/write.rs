//! A deployment as text.

use serde_saphyr::{ser_options, to_string_with_options};

use super::file::File;
use crate::deploy::HF_TOKEN;

/// The file that Compose takes variables from.
pub const ENV_FILE: &str = ".env";
/// The variable with the number of the group `render`.
pub const RENDER_GID: &str = "RENDER_GID";

/// The file as YAML, with comments above it that say where it is from.
pub fn to_yaml(file: &File, comments: &[String]) -> Result<String, serde_saphyr::ser::Error> {
    let options = ser_options! {
        prefer_block_scalars: false,
        compact_list_indent: false,
    };
    let mut text = String::new();
    for line in comments {
        text.push_str(format!("# {line}").trim_end());
        text.push('\n');
    }
    text.push('\n');
    text.push_str(&to_string_with_options(file, options)?);
    Ok(text)
}

/// What the variables of the file are, for [`ENV_FILE`].
pub fn to_env_file() -> String {
    format!(
        "# Variables of the Compose file beside this one. Keep it out of git.\n\
         \n\
         # A token of Hugging Face; empty does for public models.\n\
         {HF_TOKEN}=\n"
    )
}
