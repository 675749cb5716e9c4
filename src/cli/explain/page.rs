//! A page in Markdown, for a terminal.
//!
//! Knows as much of Markdown as the pages of rules have: headings, paragraphs,
//! lists, blocks, links between pages, words in bold.

use crate::diagnostic::Screen;

/// Lines of prose are no longer than this, however wide the terminal is.
const MOST: usize = 80;
const FENCE: &str = "```";

/// The page with its marks taken away: blocks indented, prose broken into lines.
pub(super) fn text(markdown: &str, screen: Screen) -> String {
    let width = screen.width.clamp(20, MOST);
    let mut lines: Vec<String> = Vec::new();
    let mut paragraph = String::new();
    let mut is_block = false;
    for line in markdown.lines() {
        let is_fence = line.starts_with(FENCE);
        let ends = is_block || is_fence || line.is_empty() || line.starts_with(['#', '-']);
        if ends && !paragraph.is_empty() {
            lines.extend(broken(&plain(&std::mem::take(&mut paragraph)), width));
        }
        if is_fence {
            is_block = !is_block;
        } else if is_block {
            lines.push(format!("    {line}").trim_end().to_owned());
        } else if line.is_empty() {
            lines.push(String::new());
        } else if line.starts_with('#') {
            lines.push(heading(line.trim_start_matches(['#', ' ']), screen));
        } else {
            paragraph.push(' ');
            paragraph.push_str(line);
        }
    }
    lines.extend(broken(&plain(&paragraph), width));
    lines.join("\n").trim_end().to_owned() + "\n"
}

fn heading(text: &str, screen: Screen) -> String {
    if screen.color {
        format!("\u{1b}[1m{text}\u{1b}[0m")
    } else {
        text.to_owned()
    }
}

/// The text without marks of bold, links by what they are called.
fn plain(text: &str) -> String {
    let text = text.replace("**", "");
    let mut plain = String::new();
    let mut rest = text.as_str();
    while let Some((before, after)) = rest.split_once('[') {
        let link = after.split_once("](");
        let link = link.and_then(|(name, after)| Some((name, after.split_once(')')?.1)));
        plain.push_str(before);
        rest = match link {
            Some((name, after)) if !name.contains('[') => {
                plain.push_str(name);
                after
            }
            _ => {
                plain.push('[');
                after
            }
        };
    }
    plain + rest
}

/// A paragraph in lines of at most so many characters, where words let it; the
/// lines of a list's item begin below each other.
fn broken(text: &str, width: usize) -> Vec<String> {
    let indent = if text.starts_with("- ") { "  " } else { "" };
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= width => {
                line.push(' ');
                line.push_str(word);
            }
            Some(_) => lines.push(format!("{indent}{word}")),
            None => lines.push(word.to_owned()),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_gone_and_blocks_are_as_they_were() {
        let page = "# Name\n\nSome **bold** words and [a link](x.md), `a[0]` too.\n\n```yaml\na:   [1]\n\n```\n\n- [Other](Other.md): why\n- more\n";
        assert_eq!(
            text(
                page,
                Screen {
                    color: false,
                    width: 24
                }
            ),
            "Name\n\nSome bold words and a\nlink, `a[0]` too.\n\n    a:   [1]\n\n\n- Other: why\n- more\n"
        );
    }
}
