"""Every link that stays in the repository: in pages as GitHub shows them, and in the book that was built of docs/."""

import pathlib
import re
import subprocess
import sys
import unicodedata
import urllib.parse
from html.parser import HTMLParser

ELSEWHERE = re.compile(r"[a-z][a-z0-9+.-]*:|//", re.I)
FENCE = re.compile(r"^ *(```|~~~).*?^ *\1`*$", re.M | re.S)
CODE = re.compile(r"(`+).+?\1", re.S)
LINK = re.compile(r"\]\(\s*<?([^)\s>]+)[^)]*\)|^ *\[[^\]]+\]:\s*(\S+)", re.M)
HEADING = re.compile(r"^#{1,6} +(.+?) *#*$", re.M)


def slug(heading):
    """The anchor that GitHub makes of a heading."""
    text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading)
    text = re.sub(r"(?<!\w)[*_]+|[*_]+(?!\w)", "", text.replace("`", ""))
    kept = (c for c in text.lower() if c in "_- " or unicodedata.category(c)[0] in "LNM")
    return "".join(kept).replace(" ", "-")


class Page:
    """A page's links and what can be linked to in it."""

    def __init__(self, path):
        text = FENCE.sub("", path.read_text(encoding="utf-8"))
        self.anchors = set()
        for heading in HEADING.findall(text):
            name, count = slug(heading), 0
            while (f"{name}-{count}" if count else name) in self.anchors:
                count += 1
            self.anchors.add(f"{name}-{count}" if count else name)
        self.links = [one or other for one, other in LINK.findall(CODE.sub("`", text))]


class Built(HTMLParser):
    """The same of a page of the book."""

    def __init__(self, path):
        super().__init__()
        self.anchors, self.links = set(), []
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag, attributes):
        for name, value in attributes:
            if name == "id":
                self.anchors.add(value)
            elif name in ("href", "src") and value:
                self.links.append(value)


def broken(pages):
    """What leads nowhere, by the page it is on."""
    for path, page in pages.items():
        for link in page.links:
            if ELSEWHERE.match(link):
                continue
            target, _, anchor = link.partition("#")
            there = (path.parent / urllib.parse.unquote(target)).resolve() if target else path
            known = pages.get(there)
            if not there.exists():
                yield f"{path}: nothing is at {link}"
            elif anchor and known and urllib.parse.unquote(anchor) not in known.anchors:
                yield f"{path}: no heading is at {link}"
            elif anchor and not known:
                yield f"{path}: {link} leads into what is no page"


def main(book):
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "*.md"], check=True, capture_output=True
    ).stdout.decode()
    pages = {path: Page(path) for path in (pathlib.Path(name).resolve() for name in listed.split("\0") if name)}
    built = {path: Built(path) for path in sorted(pathlib.Path(book).resolve().glob("**/*.html"))}
    summary = pathlib.Path("docs/SUMMARY.md").resolve()
    named = {(summary.parent / link).resolve() for link in pages[summary].links}
    left_out = [path for path in pages if path.parent == summary.parent and path not in named | {summary}]
    faults = [*broken(pages), *broken(built), *(f"{path}: docs/SUMMARY.md does not name it" for path in left_out)]
    links = sum(len(page.links) for page in [*pages.values(), *built.values()])
    print(f"{len(pages)} pages, {len(built)} of the book, {links} links, {len(faults)} broken")
    if links < 100 or len(built) < len(named):
        faults.append("so few cannot be all")
    sys.exit("\n".join(faults) if faults else 0)


main(sys.argv[1])
