"""qtractor, Debian's workstation, without hands: a session whose one track a plugin plays, heard through JACK."""

import base64
import os
import re
import struct
import subprocess
import tempfile
import time
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np

from benchmarks.support.jack_server import MAX_WAIT_SECONDS, Server
from benchmarks.support.virtual_display import virtual_display

PROGRAM, SCANNER = "qtractor", Path("/usr/lib/x86_64-linux-gnu/qtractor/qtractor_plugin_scan")
PORT = "Qtractor:Master/out_"
RATE, BLOCK = 48_000, 1024
SEQUENCER = Path(__file__).with_name("silent_sequencer.c")
EMPTY_PLACE, MUTE_BUTTON = (600, 500), (75, 207)  # in its main window, in pixels
_SESSION = """<!DOCTYPE qtractor-session>
<session name="take" version="0.9.31">
 <properties>
  <directory>{folder}</directory><sample-rate>48000</sample-rate><tempo>{tempo}</tempo>
  <ticks-per-beat>960</ticks-per-beat><beats-per-bar>4</beats-per-bar><beat-divisor>2</beat-divisor>
 </properties>
 <state/>
 <files><audio-list/><midi-list><file name="score">score.mid</file></midi-list></files>
 <devices>
  <audio-engine>
   <audio-control><transport-mode>full</transport-mode></audio-control>
   <audio-bus name="Master" mode="duplex"><monitor>0</monitor><channels>2</channels></audio-bus>
  </audio-engine>
  <midi-engine><midi-bus name="Master" mode="duplex"><monitor>0</monitor></midi-bus></midi-engine>
 </devices>
 <tracks>
  <track name="Track" type="midi">
   <properties>
    <input-bus>Master</input-bus><output-bus>Master</output-bus><midi-omni>0</midi-omni><midi-channel>0</midi-channel>
   </properties>
   <state><mute>0</mute><solo>0</solo><record>0</record><monitor>0</monitor><gain>1</gain><panning>0</panning></state>
   <clips>
    <clip name="score">
     <properties><name>score</name><start>0</start><offset>0</offset><length>960000</length><gain>1</gain></properties>
     <midi-clip><filename>score.mid</filename><track-channel>0</track-channel><revision>0</revision></midi-clip>
    </clip>
   </clips>
   <plugins>
    <audio-output-bus>0</audio-output-bus>
    <plugin type="CLAP">
     <filename>{plugin}</filename><index>0</index><label>{label}</label><activated>1</activated>
     {state}
    </plugin>
   </plugins>
  </track>
 </tracks>
</session>
"""


def scan(plugin: Path) -> str:
    """What its scanner tells of a plugin."""
    done = subprocess.run(
        [str(SCANNER)], input=f"CLAP:{plugin}\n", capture_output=True, text=True, check=False, env=_environment()
    )
    return done.stdout


def write_session(path: Path, plugin: Path, tempo: float, state: bytes = b"") -> None:
    """Write a session beside score.mid. tempo: of the score, in BPM; state: of the plugin, as it saves it."""
    packed = base64.b64encode(struct.pack(">I", len(state)) + zlib.compress(state)).decode("ascii")
    config = f'<configs><config key="state">{packed}</config></configs>' if state else ""
    text = _SESSION.format(folder=path.parent, tempo=tempo, plugin=plugin, label=plugin.stem, state=config)
    path.write_text(text, encoding="utf-8")


def read_state(path: Path) -> bytes:
    """The state of the plugin in a session that was saved."""
    (packed,) = re.findall(r'<config key="state">([^<]*)</config>', path.read_text(encoding="utf-8"))
    data = base64.b64decode("".join(packed.split()))
    return zlib.decompress(data[4:])  # after its size


def play(session: Path, seconds: float) -> np.ndarray:
    """Open a session, play it from its start and save it; what was heard from the first sound on, (2, T)."""
    heard: list[np.ndarray] = []
    server = Server(RATE, BLOCK)
    server.start()
    try:
        with virtual_display("1280x800x24"), tempfile.TemporaryDirectory() as home:
            environment = {**_environment(), "JACK_DEFAULT_SERVER": server.name, "HOME": home}
            program = subprocess.Popen(
                [PROGRAM, str(session)], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
            )
            client = server.client("ear")
            inputs = [client.inports.register(f"in_{side}") for side in (1, 2)]

            @client.set_process_callback
            def _record(_frames: int) -> None:
                heard.append(np.stack([port.get_array().copy() for port in inputs]))

            with client:
                _wait(lambda: len(client.get_ports(PORT)) == 2, program)
                time.sleep(3)  # before, its ports are not active and its window takes no keys; nothing tells
                for source, target in zip(client.get_ports(PORT), inputs, strict=True):
                    if source.name not in (each.name for each in target.connections):  # a session remembers them
                        client.connect(source, target)
                _click(EMPTY_PLACE, "space")
                _wait(lambda: any(block.any() for block in list(heard)), program)
                first = next(i for i, block in enumerate(list(heard)) if block.any())
                _wait(lambda: len(heard) - first > seconds * RATE / BLOCK, program)
                _click(EMPTY_PLACE, "space")
                before = session.read_bytes()
                for _ in range(2):
                    _click(MUTE_BUTTON)  # what has not changed is not saved
                _click(EMPTY_PLACE, "ctrl+s")
                _wait(lambda: session.read_bytes() != before, program)
                _wait(lambda: b"</session>" in session.read_bytes(), program)
            program.terminate()
            program.wait()
    finally:
        server.close()
    sound = np.concatenate(heard[first:], axis=1)
    return sound[:, int(np.flatnonzero(sound.any(axis=0))[0]) :][:, : round(seconds * RATE)]


def _environment() -> dict[str, str]:
    """The environment with a sequencer that nobody else uses; it is compiled once."""
    library = Path(tempfile.gettempdir()) / f"luthier-silent-sequencer-{os.getuid()}.so"
    if not library.exists():
        subprocess.run(["cc", "-shared", "-fPIC", "-O1", "-o", str(library), str(SEQUENCER)], check=True)
    return {**os.environ, "LD_PRELOAD": str(library)}


def _click(place: tuple[int, int], key: str = "") -> None:
    """Click in the window, then press a key."""
    words = ["xdotool", "mousemove", *map(str, place), "click", "1", "sleep", "0.5"]
    subprocess.run([*words, *(["key", key, "sleep", "0.5"] if key else [])], check=True)


def _wait(condition: Callable[[], bool], program: "subprocess.Popen[bytes]") -> None:
    end = time.monotonic() + MAX_WAIT_SECONDS
    while not condition():
        if program.poll() is not None:
            raise RuntimeError("qtractor has ended")
        if time.monotonic() > end:
            raise RuntimeError("qtractor does not do what is waited for")
        time.sleep(0.05)
