"""The static site: the Markdown files of this repository, as they are.

`cargo xtask site` builds it, with every warning an error, so that a link that
leads nowhere ends the build.
"""

import os
import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
WORKSPACE = tomllib.loads((ROOT / "Cargo.toml").read_text())["workspace"]["package"]

project = "dynamo-frontend"
version = release = WORKSPACE["version"]
copyright = "the dynamo-frontend authors"

extensions = ["myst_parser"]
# Read from the root of the repository, so that links between files hold on the
# site as they do in a checkout.
root_doc = "README"
include_patterns = ["*.md", "docs/**.md", "specs/README.md", "llb/README.md"]
exclude_patterns = ["docs/site/**"]
myst_heading_anchors = 4
# What a repository shows as a table is one here; nothing else of Markdown is extended.
myst_enable_extensions = []
# Languages that only other readers of these files highlight.
suppress_warnings = ["misc.highlighting_failure"]

html_theme = "furo"
html_title = f"dynamo-frontend {version}"
html_extra_path = ["root"]
html_static_path = ["static"]
html_css_files = ["site.css"]
html_copy_source = False
html_show_sphinx = False

# A picture is part of the site; whatever else a page points at is a link.
LINK = re.compile(r"(!\[[^\]]*\]\([^)]*\))|(?<=\]\()(?!https?:|mailto:|#)([^)\s]+)(?=\))")


def add_contents(app, docname, source):
    """Adds the table of contents, which only a site needs, to the first page."""
    if docname == root_doc:
        source[0] += (ROOT / "docs/site/contents.md").read_text()


def to_repository(app, docname, source):
    """Points a link to a file that is no page at the repository."""
    folder = (ROOT / app.env.doc2path(docname)).parent

    def target(link):
        if link[1]:
            return link[0]
        path, _, anchor = link[2].partition("#")
        file = Path(os.path.normpath(folder / path))
        if not file.exists():
            return link[0]  # The build says that it leads nowhere.
        inside = file.relative_to(ROOT).as_posix()
        if inside.removesuffix(".md") in app.env.found_docs and file.suffix == ".md":
            return link[0]
        kind = "tree" if file.is_dir() else "blob"
        anchor = f"#{anchor}" if anchor else ""
        return f"{WORKSPACE['repository']}/{kind}/main/{inside}{anchor}"

    source[0] = LINK.sub(target, source[0])


def setup(app):
    app.connect("source-read", add_contents)
    app.connect("source-read", to_repository)
    return {"parallel_read_safe": True}
