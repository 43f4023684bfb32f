"""The process that lists the presets of a CLAP file: python -m engine.foreign.scan.preset_process FILE.

It writes one line of JSON, the fields of each preset. The code of others that it runs may end it.
"""

import json
import os
import sys

from engine.foreign.clap.library import open_library
from engine.foreign.clap.preset_discovery import list_presets


def main(path: str) -> None:
    """Write the presets of a file."""
    output = os.dup(1)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # what plugins print is for nobody
    address = open_library(path).discovery_address
    with os.fdopen(output, "w", encoding="ascii") as file:
        json.dump(list_presets(address) if address else [], file)
    os._exit(0)  # without the ends of libraries of others


if __name__ == "__main__":
    main(sys.argv[1])
