"""[engine thread] Loader of racks: changes to another instrument, or to another chain of the same one."""

import contextlib
import itertools
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from engine.events import Kind
from engine.foreign import is_foreign
from engine.plugin import Plugin
from engine.snapshots.harmonics import room_envelope
from engine.standard_chain import StandardChain

from . import patch_file, patch_lookup, rack
from .audio_thread_queue import Delivery
from .crash_marker import LoadingMarker
from .engine_messages import Loaded
from .patch import PLUGIN, Chain, Patch
from .rack import ON, Rack, find_displaced_effects
from .translatable_message import Message

CHANNELS = 16
FADE_SECONDS = 0.06  # fade-out of an effect that is switched off
MAX_FADE_SECONDS = 2.0  # to wait for the audio thread to play it
TRIAL_SECONDS = 0.5  # that new plugins from elsewhere must have played before they count as opened


@dataclass(frozen=True)
class LoadResult:
    """What plays now, what of it could not be loaded, and a patch that waited for this instrument."""

    loaded: Loaded
    problems: list[Message]
    waiting: Patch | None = None


class RackLoader:
    """Loads patches into a host; after an error (ValueError, RuntimeError, OSError) the last rack still plays."""

    def __init__(self, host: StandardChain, marker: LoadingMarker) -> None:
        self._host, self._marker = host, marker
        self._now: Loaded | None = None
        self._missing: tuple[str, Patch] | None = None  # digest of the instrument that a patch needs, and the patch
        self._names: dict[int, str] = {}  # of plugins from elsewhere, by their identities
        self._trial_end = 0  # frame at which the new ones count as opened; 0: there are none
        host.preparing = self._preparing

    def plays(self, patch: Patch) -> bool:
        """Whether the instrument of a patch plays, so that only the chain has to change."""
        return self._now is not None and self._now.path == patch.path and patch.chain is not None

    def load(self, patch: Patch, follow_voice: bool) -> LoadResult:
        """Load a patch; follow_voice: with a voice tracker, if its instrument can follow one."""
        with self._marked(patch):
            try:
                resolved = patch_lookup.resolve(patch)
                made, problems = rack.build(
                    resolved.path, resolved.chain or Chain(), follow_voice, 0, self._marker.opening
                )
                self._names = _names(resolved.path, made)
                with self._trial(patch, self._names):
                    self._host.play(made.plugins)
            except patch_file.MissingInstrument as error:
                self._missing = (error.digest, patch)
                raise
        patch_file.remember_path(resolved.path)
        now = replace(resolved, chain=resolved.chain or Chain())
        return self._set_values(patch.path, made, now, problems)

    def arrange(self, patch: Patch) -> LoadResult:
        """Change effects and second instrument; the first instrument continues to sound."""
        assert self._now is not None
        assert patch.chain is not None
        before = self._now.rack
        with self._marked(patch):
            made, problems = rack.rebuild(before, patch.chain, self._marker.opening)
        if self._silence(before, made, patch.chain):
            self._wait_for_fade()
        made.route(patch.chain)
        for plugin in made.switchable:
            if not any(plugin is other for other in before.switchable):
                plugin.switch_off()  # it fades in when its values are set
        if made.alignment is not None and made.alignment is not before.alignment:
            made.alignment.fade_in()
        known, self._names = self._names, _names(self._now.instrument, made)
        with self._marked(patch):
            new = {key: name for key, name in self._names.items() if key not in known}
            with self._trial(patch, new):
                self._host.edit_chain(made.plugins)
        return self._set_values(patch.path, made, replace(patch, path=self._now.instrument), problems)

    def save_states(self) -> Chain | None:
        """The chain that plays with the states of its foreign plugins; None where none has changed."""
        if self._now is None:
            return None
        chain = self._now.rack.with_states(self._now.chain)
        if chain.states == self._now.chain.states:
            return None
        self._now = replace(self._now, chain=chain)
        return chain

    def poll(self) -> None:
        """[many times a second] Remove the crash marker once new plugins from elsewhere have played long enough."""
        if self._trial_end and (self._host.frame >= self._trial_end or not self._host.running()):
            self._trial_end = 0
            self._marker.clear()

    @contextlib.contextmanager
    def _marked(self, patch: Patch) -> Iterator[None]:
        """Load a patch, or a part of it, under the crash marker; it stays while new plugins are on trial."""
        self._trial_end = 0
        self._marker.set(patch.path)
        try:
            yield
        finally:
            if not self._trial_end:
                self._marker.clear()

    def _preparing(self, plugin: Plugin) -> contextlib.AbstractContextManager[None]:
        """The context in which a plugin is prepared: one from elsewhere under the crash marker."""
        name = self._names.get(id(plugin))
        return self._marker.opening(name) if name else contextlib.nullcontext()

    @contextlib.contextmanager
    def _trial(self, patch: Patch, names: Mapping[int, str]) -> Iterator[None]:
        """Let new plugins play, and keep the marker until they have for TRIAL_SECONDS: some end the program then."""
        if names:
            self._marker.set(patch.path, names.values())
        yield
        if names and self._host.running():
            self._trial_end = self._host.frame + round(TRIAL_SECONDS * self._host.rate)

    def _silence(self, before: Rack, after: Rack, chain: Chain) -> bool:
        """Fade out the plugins that are removed, moved or connected anew; whether there are any."""
        old = {id(plugin) for plugin in before.plugins}
        rerouted = [plugin for plugin in after.find_rerouted(chain) if id(plugin) in old]
        leaving = [*find_displaced_effects(before, after), *(each for each in rerouted if not each.is_instrument)]
        for plugin in leaving:
            self._host.set_param(plugin, ON, 0.0)
        aligned = before.alignment if before.alignment is not after.alignment else None
        has_delays = aligned is not None and aligned.fade_out()
        ending: list[Plugin] = [plugin for plugin in rerouted if plugin.is_instrument]
        if before.layer is not None and before.layer is not after.layer:
            ending.append(before.layer)
        for plugin, channel in itertools.product(ending, range(CHANNELS)):
            self._host.send(Kind.CHOKE, channel=channel, target=plugin)
        return bool(leaving or ending or has_delays)

    def _wait_for_fade(self) -> None:
        """Wait until FADE_SECONDS were played after the events sent so far; not for a device that plays nothing."""
        sent, end_frame = Delivery(self._host, self._host.events), 0
        until = time.monotonic() + MAX_FADE_SECONDS
        while self._host.running() and time.monotonic() < until:
            if not end_frame and sent.is_applied():
                end_frame = self._host.frame + round(FADE_SECONDS * self._host.rate)
            if end_frame and self._host.frame >= end_frame:
                return
            time.sleep(0.002)

    def _set_values(self, path: Path, made: Rack, now: Patch, problems: list[Message]) -> LoadResult:
        """Set every parameter, to its default where there is no value; now: the patch with its instrument's path."""
        assert now.chain is not None
        defaults = {parameter.name: parameter.param.default for parameter in made.parameters}
        defaults |= made.drain_changes()  # of the states that were loaded
        found = rack.set_values(self._host, made, {**defaults, **now.values})
        values = {name: found[name] for name in now.values}
        delivery = Delivery(self._host, self._host.events)
        preset = made.found_preset
        room, digest = (room_envelope(preset), preset.digest) if preset is not None else (None, "")
        self._now = Loaded(path, now.path, made, now.chain, values, delivery, room, digest)
        missing, waiting = self._missing, None
        if missing is not None and missing[0] == digest:
            self._missing, waiting = None, missing[1]
        return LoadResult(self._now, problems, waiting)


def _names(path: Path, made: Rack) -> dict[int, str]:
    """The names of the plugins from elsewhere in a rack, by their identities. path: of its instrument."""
    found = {id(plugin): effect.source for effect, plugin in made.effects.items() if effect.kind == PLUGIN}
    if is_foreign(path):
        found[id(made.instrument)] = str(path)
    if made.layer is not None and is_foreign(made.layer_path):
        found[id(made.layer)] = made.layer_path
    return found
