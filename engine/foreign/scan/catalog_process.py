"""The process that brings the catalog up to date beside the music: python -m engine.foreign.scan.catalog_process.

It writes a line of JSON for each step of the scan, and one for what was found; --rescan opens all plugins again:

    {"done": N, "total": N, "title": "..."}     plugins done and known so far, and the last one
    {"plugins": [{...}, ...]}                   the fields of all
"""

import json
import sys
from collections.abc import Sequence
from typing import Any

from .catalog import Catalog
from .priority import lower_priority

RESCAN = "--rescan"


def main(arguments: Sequence[str]) -> None:
    """Scan what is new or has changed, or everything."""
    lower_priority()
    catalog = Catalog()
    for done, total, title in catalog.refresh(RESCAN in arguments):
        _write({"done": done, "total": total, "title": title})
    _write({"plugins": [entry.as_dict() for entry in catalog.entries]})


def _write(message: dict[str, Any]) -> None:
    print(json.dumps(message), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
