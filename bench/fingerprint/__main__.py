"""``python -m bench.fingerprint``: write what a built warehouse holds, or compare two of these files.

    python -m bench.fingerprint --home HOME --build --out new.json                  # the default sample company
    python -m bench.fingerprint --home HOME --build --customers 120 --months 8 --out small.json
    python -m bench.fingerprint --home HOME --bellwether OLD/.venv/bin/bellwether --out old.json
    python -m bench.fingerprint --compare old.json new.json --renamed analytics.a=analytics.b

Exit codes: 0 equal or written, 1 different, 2 wrong arguments.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from bench.fingerprint.comparing import FIRST, compare, unknown_names
from bench.fingerprint.home import build, served
from bench.fingerprint.left_out import LeftOut
from bench.fingerprint.reading import read


def main(arguments: Sequence[str] | None = None) -> int:
    """Write or compare; returns the exit code."""
    parser = _parser()
    given = parser.parse_args(arguments)
    if given.compare:
        return _compare(parser, given)
    if not given.out or not (given.home or given.url):
        parser.error("say what is to be read, --home or --url, and where it goes, --out; or --compare OLD NEW")
    left_out = [LeftOut("left out by --leave-out", tuple(given.leave_out))]
    if given.url:
        found = read(given.url, replacements={}, left_out=left_out)
    else:
        home = given.home.absolute()
        if given.build:
            sizes = {"--customers": given.customers, "--months": given.months, "--seed": given.seed}
            chosen = [text for name, value in sizes.items() if value is not None for text in (name, str(value))]
            build(home, given.bellwether, chosen)
        with served(home, given.bellwether) as conninfo:
            found = read(conninfo, replacements={str(home): "<home>"}, left_out=left_out)
    given.out.write_text(json.dumps(found, indent=1, sort_keys=True, ensure_ascii=False) + "\n", encoding="utf-8")
    rows = sum(relation["rows"] for relation in found["relations"].values())
    print(f"{len(found['relations'])} relations with {rows:,} rows: written to {given.out}")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m bench.fingerprint", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--out", type=Path, help="file that is written")
    parser.add_argument("--home", type=Path, help="home whose last company is read")
    parser.add_argument("--url", help="database that is read instead of a home's; its login may read everything")
    parser.add_argument(
        "--bellwether",
        type=Path,
        default=Path(sys.executable).with_name("bellwether"),
        help="command of the tree of code that the home belongs to (default: the one beside this Python)",
    )
    parser.add_argument("--build", action="store_true", help="run the sample company in the home first")
    parser.add_argument("--customers", type=int, help="with --build")
    parser.add_argument("--months", type=int, help="with --build")
    parser.add_argument("--seed", type=int, help="with --build")
    parser.add_argument(
        "--leave-out", action="append", default=[], metavar="PATTERN", help="schema.relation.column, repeatable"
    )
    parser.add_argument("--compare", nargs=2, type=Path, metavar=("OLD", "NEW"), help="print what differs")
    parser.add_argument(
        "--renamed",
        action="append",
        default=[],
        metavar="OLD=NEW",
        help="schema.relation, schema.start_*=schema.other_*, or schema.relation.column=column, repeatable",
    )
    parser.add_argument("--first", type=int, default=FIRST, help="how many differing columns a line names")
    return parser


def _compare(parser: argparse.ArgumentParser, given: argparse.Namespace) -> int:
    old, new = (json.loads(path.read_text(encoding="utf-8")) for path in given.compare)
    pairs = [text.partition("=") for text in given.renamed]
    renamed = {before: after for before, _, after in pairs}
    if unknown := unknown_names(old, renamed):
        parser.error(f"--renamed: {', '.join(unknown)} is not in {given.compare[0]}")
    lines = compare(old, new, renamed=renamed, first=given.first)
    for line in lines:
        print(line)
    print(f"{len(lines)} differ, {len(new['relations'])} relations compared" if lines else "equal")
    return 1 if lines else 0


if __name__ == "__main__":
    sys.exit(main())
