"""The declaration of a kind of instrument: its capabilities, which other code reads in place of its name."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Literal

from .schema import Schema, Tensors
from .voice_header import check_voice_header

Display = Literal["modes", "harmonics", "sound_map"]
SoundClass = Literal["strokes", "line", "mixture"]  # struck or plucked; one voice at a time, held; anything else
PLAY_PARAM = "play"  # name of the parameter of kinds that can play as learned, 0; 1: notes


@dataclass(frozen=True)
class InstrumentKind:
    """A family of learned instruments, declared without loading the compiler.

    name: in headers and commands. title, summary: of its report. description: in `luthier show`, after the name.
    label: in the window. instrument: "module:Class" of an `Instrument`; its module has
    `compile_all()` and `sample()`, the smallest instrument.
    compile_label: the title in small letters, unless given. compile_ahead: "module:function" that compiles a part of
    it beside the rest, if any. The other paths are "module:function" too; what has none is not shown.
    """

    name: str
    title: str
    summary: str
    description: str
    label: str
    schema: Schema
    instrument: str
    compile_label: str = ""
    compile_ahead: str = ""
    display: Display = "modes"  # the view of the window, and of the report
    snapshot: str = ""  # of (instrument): the `Modes` or `Harmonics` that sound now, as the display has them
    learned_modes: str = ""  # of (instrument): the `Modes` that it has learned
    resonance_key: str = ""  # of (instrument, resonance): the key that plays a resonance of these modes, or -1
    sound_map: str = ""  # of (instrument): its `SoundMap`
    control_plane: str = ""  # of (instrument): its `ControlPlane`, or None
    record_layout: str = ""  # of (instrument): the `RecordLayout` of what its display shows
    follows_voice: bool = False  # has a voice of its own for a voice input, and the values of `voice_header`
    voice_snapshot: str = ""  # of (instrument): the `VoiceSnapshot` of that voice
    onnx_instrument: str = ""  # of (path, seed): the instrument of a decoder in an ONNX file; one kind has it
    probe: str = ""  # of (preset, probe): pairs of outputs, actual and expected; otherwise the probe is a sound
    has_room: bool = False  # is learned together with a room
    plays_event_scores: bool = False  # has a decoder of events, which takes recordings apart as well
    plays_as_learned: Callable[[Tensors], bool] = lambda tensors: False  # whether PLAY_PARAM chooses notes or a plane
    inert_params: Callable[[Tensors], Sequence[str]] = lambda tensors: ()  # names of those that have no effect
    contents: Callable[[Tensors], Sequence[str]] | None = None  # what it is made of, in words
    learn_label: str = ""  # in the window's form of learning; without one it is learned by the command only
    learn_minutes: float = 20.0
    learn_as: Sequence[str] = ()  # what recordings can be taken as: "notes", "piece", "modes"
    learn_sounds: Sequence[SoundClass] = ()  # of recordings for which it is learned where no kind is named
    learn_options: Sequence[str] = ()  # of `luthier learn` that mean something to it

    def validate(self, header: dict[str, Any], tensors: Tensors) -> None:
        """Raise ValueError with a sentence if a preset does not fit its schema, or what the kind declares."""
        self.schema.validate(header, tensors)
        if self.follows_voice:
            check_voice_header(header)

    @property
    def learns_notes(self) -> bool:
        """Whether it can be learned from single notes as well as from a piece."""
        return "notes" in self.learn_as


def load_member(path: str) -> Any:
    """The object at "module:name"; imports the module."""
    module, _, name = path.partition(":")
    return getattr(import_module(module), name)
