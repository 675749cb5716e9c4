"""The shell scripts in workflows of GitHub and GitLab, each through shellcheck.

    scripts.py SHELLCHECK FILE...

An expression of a workflow stands for one word: what it becomes is none of the
shell's business, as values reach scripts through the environment.
"""

import re
import subprocess
import sys
from pathlib import Path

from ruamel.yaml import YAML

EXPRESSION = re.compile(r"\$\{\{.*?\}\}", re.DOTALL)


def scripts(name, node):
    """Every script in a document, with where it is."""
    if isinstance(node, list):
        for index, item in enumerate(node):
            yield from scripts(f"{name}[{index}]", item)
    if not isinstance(node, dict):
        return
    for key, value in node.items():
        place = f"{name}.{key}"
        if key == "run" and isinstance(value, str):
            yield place, "bash", value
        elif key in ("script", "before_script", "after_script"):
            lines = [value] if isinstance(value, str) else flat(value)
            yield place, "sh", "\n".join(lines)
        else:
            yield from scripts(place, value)


def flat(lines):
    """GitLab takes lists in lists, which is what anchors leave."""
    for line in lines:
        yield from flat(line) if isinstance(line, list) else [line]


def main(shellcheck, *files):
    count, failed = 0, 0
    for file in files:
        for place, shell, text in scripts(file, YAML(typ="safe").load(Path(file))):
            text = EXPRESSION.sub("expression", text)
            command = [shellcheck, f"--shell={shell}", "--format=gcc", "-"]
            checked = subprocess.run(command, input=text, text=True, capture_output=True)
            count += 1
            if checked.returncode:
                failed += 1
                print(f"{place}:\n{checked.stdout}{checked.stderr}", file=sys.stderr)
    print(f"{count} scripts, {failed} with findings", file=sys.stderr)
    return 1 if failed or not count else 0


sys.exit(main(*sys.argv[1:]))
