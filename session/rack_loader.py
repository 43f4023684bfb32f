"""[deck's thread] From one instrument to the next, and from one chain to another."""

import time
from dataclasses import dataclass
from pathlib import Path

from engine.events import Kind
from engine.rig import Rig
from engine.snapshots.harmonics import shape

from . import patch_file, rack
from .config_store import Loading
from .messages import Loaded
from .patch import Chain, Setting
from .rack import ON, Rack, displaced, switch_off
from .user_message import Message

CHANNELS = 16
FADE = 0.06  # seconds in which what is switched off falls silent


@dataclass(frozen=True)
class Changed:
    """What plays now, what of it could not be had, and a setting that waited for its instrument."""

    loaded: Loaded
    problems: list[Message]
    waiting: Setting | None = None


class Changing:
    """Errors leave everything as it was, and say in one line what is wrong."""

    def __init__(self, rig: Rig, loading: Loading) -> None:
        self._rig, self._loading = rig, loading
        self._now: Loaded | None = None
        self._missing: tuple[str, Setting] | None = None  # the content that a setting needs, and the setting

    def plays(self, wanted: Setting) -> bool:
        """Whether the instrument of a setting plays, so that only its chain is another one."""
        return self._now is not None and self._now.path == wanted.path and wanted.chain is not None

    def load(self, wanted: Setting, sung: bool) -> Changed:
        """Let an instrument take over; sung: by a voice, if it can be."""
        path, values, chain = wanted.path, dict(wanted.values), wanted.chain
        self._loading.begin(path)
        try:
            if patch_file.is_saved(path):
                setting = patch_file.load(path)
                path, values, chain = (
                    patch_file.model(path, setting),
                    {**setting.values, **values},
                    chain or setting.chain,
                )
            made, problems = rack.build(path, chain or Chain(), sung)
            self._rig.play(made.row)
        except Exception as error:
            self._loading.done()
            if isinstance(error, patch_file.Missing):
                self._missing = (error.digest, wanted)
            raise
        patch_file.remember(path)
        return self._tell(wanted.path, made, chain or Chain(), values, problems)

    def arrange(self, wanted: Setting) -> Changed:
        """Let other effects and another second instrument stand beside what plays, which plays on."""
        assert self._now is not None
        assert wanted.chain is not None
        before = self._now.lineup
        made, problems = rack.rebuild(before, wanted.chain)
        if self._hush(before, made) and self._rig.running():
            time.sleep(FADE)
        for plugin in made.switched:
            if plugin not in before.switched:
                switch_off(plugin)  # it fades in once its knobs are told
        self._rig.arrange(made.row)
        return self._tell(wanted.path, made, wanted.chain, dict(wanted.values), problems)

    def _hush(self, before: Rack, after: Rack) -> bool:
        """Let what goes, or changes its place, fall silent; whether there is anything."""
        leaving = displaced(before, after)
        for plugin in leaving:
            self._rig.set(plugin, ON, 0.0)
        gone = before.second if before.second is not after.second else None
        if gone is not None:
            for channel in range(CHANNELS):
                self._rig.send(Kind.CHOKE, channel=channel, target=gone)
        return bool(leaving or gone)

    def _tell(
        self, path: Path, made: Rack, chain: Chain, values: dict[str, float], problems: list[Message]
    ) -> Changed:
        """Put the knobs where they belong."""
        for knob in made.knobs:
            value = min(max(values.get(knob.name, knob.param.default), knob.param.low), knob.param.high)
            if knob.name in values:
                values[knob.name] = value
            self._rig.set(knob.plugin, knob.param.name, value)
        self._now = Loaded(path, made, chain, values, shape(made.preset), made.preset.digest)
        missing, waiting = self._missing, None
        if missing is not None and missing[0] == made.preset.digest:
            self._missing, waiting = None, missing[1]
        return Changed(self._now, problems, waiting)
