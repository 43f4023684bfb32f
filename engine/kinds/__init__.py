"""What a preset of each kind of instrument must hold: one file and one line here per kind."""

from . import ddsp, events, resonance, ssm
from .schema import Schema, Tensor

SCHEMAS: dict[str, Schema] = {
    "resonance": resonance.SCHEMA,
    "ddsp": ddsp.SCHEMA,
    "ssm": ssm.SCHEMA,
    "events": events.SCHEMA,
}

__all__ = ["SCHEMAS", "Schema", "Tensor"]
