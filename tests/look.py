#!/usr/bin/env python3
"""Shows the mails of the stories as their receivers see them: in a terminal of 72 columns, and on a phone.

    python3 tests/look.py FOLDER [STORY ...]

writes FOLDER/STORY.html, a page a story, and FOLDER/STORY.png where Debian's `chromium` is installed (with the packages
`fonts-noto-core` and `fonts-noto-cjk`, or Arabic and Chinese are boxes). Nothing is asked of the network.

Lines that do not fit are marked, and counted at the end: a terminal breaks them in the middle of a word, in a quote
they fall apart. The one exception is a line that is a single word (an address, a link), which nothing may break.
"""

import email
import email.policy
import html
import pathlib
import subprocess
import sys
import unicodedata

COLUMNS = 72
"""Columns of a terminal mail program's view (RFC 3676 section 4.2 asks for 78 at the most, a quote takes two more)."""

PHONE_PIXELS = 390
"""CSS pixels across of a phone of these years."""

PAGE_PIXELS_A_MAIL, PAGE_PIXELS_A_LINE, PAGE_PIXELS_MAX = 140, 40, 16000
"""Height of a picture: enough for what stands on the page. Chromium draws no higher one."""

STYLE = f"""
body {{ font: 14px/1.4 "Noto Sans", sans-serif; margin: 16px; background: #ddd; }}
section {{ display: flex; gap: 16px; align-items: flex-start; margin-bottom: 24px; }}
.terminal {{ font: 13px/1.35 "DejaVu Sans Mono", "Noto Sans Mono", "Noto Sans Mono CJK SC", monospace;
  white-space: pre-wrap; word-break: break-all; width: {COLUMNS + 0.5}ch; background: #111; color: #ddd; padding: 12px; }}
.terminal .line {{ unicode-bidi: plaintext; min-height: 1.35em; text-align: start; }}
.phone {{ width: {PHONE_PIXELS}px; background: #fff; padding: 12px; font-size: 16px; overflow-wrap: anywhere; }}
.phone p {{ margin: 0; min-height: 1.4em; unicode-bidi: plaintext; text-align: start; white-space: pre-wrap; }}
.head {{ color: #888; }}
.long {{ background: #800; }}
"""

CHROMIUM_SECONDS = 120
"""How long one picture may take: on a busy machine some ten seconds."""

CHROMIUM = [
    "chromium", "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--no-first-run", "--hide-scrollbars",
]


def width(text):
    """Columns that a terminal needs for it."""
    wide = sum(unicodedata.east_asian_width(char) in "WF" for char in text)
    marks = sum(unicodedata.combining(char) != 0 or unicodedata.category(char) == "Cf" for char in text)
    return len(text) + wide - marks


def reflowed(text, delsp):
    """The paragraphs of a text, as a reader of `format=flowed` puts them together (RFC 3676 section 4.1)."""
    paragraphs, current = [], ""
    for line in text.splitlines():
        line = line.removeprefix(" ")
        if current.startswith(">"):
            line = line.removeprefix("> ")
        if line == "-- ":
            paragraphs += [current] * bool(current) + [line]
            current = ""
        elif line.endswith(" "):
            current += line[:-1] if delsp else line
        else:
            paragraphs.append(current + line)
            current = ""
    return paragraphs + [current] * bool(current)


def page(story):
    """One page with all mails of a story, and the lines that are too long for a terminal."""
    sections, long_lines = [], []
    for path in sorted((story / "expected").glob("out-*.eml")):
        mail = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
        body = mail.get_body(("plain",))
        text = body.get_content()
        params = body["content-type"].params
        flowed = params.get("format") == "flowed"
        heads = [f"{name}: {mail[name]}" for name in ("From", "To", "Subject") if mail[name]]
        rows = [f'<div class="line head">{html.escape(head)}</div>' for head in heads]
        for line in text.splitlines():
            too_long = width(line.rstrip()) > COLUMNS and " " in line.strip()
            if too_long:
                long_lines.append(f"{path.name}: {line}")
            rows.append(f'<div class="line{" long" * too_long}">{html.escape(line)}</div>')
        lines = reflowed(text, params.get("delsp") == "yes") if flowed else text.splitlines()
        phone = "".join(f"<p>{html.escape(line)}</p>" for line in heads + [""] + lines)
        sections.append(
            f'<h2>{path.name}</h2><section><div class="terminal">{"".join(rows)}</div>'
            f'<div class="phone">{phone}</div></section>'
        )
    return f'<!doctype html><meta charset="utf-8"><style>{STYLE}</style>{"".join(sections)}', long_lines


def photograph(file):
    """A picture of a page beside it."""
    picture = file.with_suffix(".png")
    text = file.read_text()
    height = PAGE_PIXELS_A_MAIL * text.count("<h2>") + PAGE_PIXELS_A_LINE * text.count("<p>")
    size = f"--window-size=1180,{min(height, PAGE_PIXELS_MAX)}"
    command = [*CHROMIUM, f"--screenshot={picture}", size, file.as_uri()]
    subprocess.run(command, check=True, capture_output=True, timeout=CHROMIUM_SECONDS)


def main():
    """Writes the pages; returns how many lines are too long."""
    folder = pathlib.Path(sys.argv[1]).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    stories = pathlib.Path(__file__).resolve().parents[1] / "fixtures" / "stories"
    names = sys.argv[2:] or sorted(path.parent.name for path in stories.glob("*/play.txt"))
    count = 0
    for name in names:
        if not list((stories / name / "expected").glob("out-*.eml")):
            continue
        text, long_lines = page(stories / name)
        file = folder / f"{name}.html"
        file.write_text(text)
        count += len(long_lines)
        for line in long_lines:
            print(f"{name}/{line}")
        try:
            photograph(file)
        except FileNotFoundError:
            pass
    print(f"{len(names)} stories, {count} lines wider than {COLUMNS} columns")
    return 1 if count else 0


if __name__ == "__main__":
    sys.exit(main())
