"""What a player chooses of the ports of a foreign plugin: what its side chains hear, which outputs are heard."""

from dataclasses import dataclass
from enum import StrEnum


class SideChain(StrEnum):
    """What goes into the inputs of a plugin beside the main ones."""

    INPUT = "input"  # what comes in at the main ones
    MICROPHONE = "microphone"
    SILENCE = "silence"


class Outputs(StrEnum):
    """Which outputs of a plugin are heard."""

    ALL = "all"  # added up, in pairs
    FIRST = "first"  # the first pair alone


@dataclass(frozen=True)
class Routing:
    """The choices for one plugin."""

    side_chain: SideChain = SideChain.INPUT
    outputs: Outputs = Outputs.ALL


USUAL_ROUTING = Routing()
