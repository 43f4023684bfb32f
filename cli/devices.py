"""luthier devices: where sound can go and notes can come from, and what is missing."""

import argparse
import json
import os
import sys
import threading
from typing import Any

NO_PORTAUDIO = "PortAudio is not installed: on Debian, `apt-get install libportaudio2`"
NO_JACK = "libjack is not installed, the way to JACK and PipeWire: on Debian, `apt-get install libjack-jackd2-0`"
NO_SERVER = "no JACK or PipeWire server answers: sound goes through PortAudio"
NO_REALTIME = (
    "no permission for realtime threads: sound may stutter under load; on Linux, let your group have rtprio 95"
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Only --json."""
    parser.add_argument("--json", action="store_true", help="one JSON object per line")


def run(args: argparse.Namespace) -> int:
    """Print every device, then hints."""
    found: list[dict[str, Any]] = []
    hints = [hint for look in (_jack, _portaudio, _midi, _realtime) if (hint := look(found))]
    if args.json:
        for row in [*found, *({"kind": "hint", "text": hint} for hint in hints)]:
            print(json.dumps(row, ensure_ascii=False))
        return 0
    for row in found:
        print(f"{row['kind']:7}  {row['name']}  {row['text']}".rstrip())
    for hint in hints:
        print(f"hint     {hint}")
    return 0


def _jack(found: list[dict[str, Any]]) -> str:
    """What a JACK server offers; or why there is none."""
    from engine.outlet import NoDevice

    try:
        from engine.jack_server import visit
    except OSError:
        return NO_JACK
    try:
        with visit() as client:
            text = f"{client.samplerate} Hz, blocks of {client.blocksize}{', realtime' if client.realtime else ''}"
            speakers = {port.name.partition(":")[0] for port in client.get_ports(is_audio=True, is_input=True)}
            keyboards = [port.name for port in client.get_ports(is_midi=True, is_output=True)]
    except NoDevice:
        return NO_SERVER
    found += [
        {"kind": "audio", "backend": "jack", "name": name, "text": f"JACK, {text}"} for name in sorted(speakers)
    ]
    found += [{"kind": "midi", "backend": "jack", "name": name, "text": "JACK"} for name in keyboards]
    return ""


def _portaudio(found: list[dict[str, Any]]) -> str:
    """What PortAudio offers; or why it offers nothing."""
    from engine import portaudio
    from engine.outlet import NoDevice

    try:
        devices = portaudio.devices()
    except NoDevice:
        return NO_PORTAUDIO
    for device in devices:
        ways = [
            f"{device[f'max_{way}_channels']} {way}s" for way in ("output", "input") if device[f"max_{way}_channels"]
        ]
        text = f"{', '.join(ways)}, {device['default_samplerate']:g} Hz"
        found.append({"kind": "audio", "backend": "portaudio", "name": portaudio.label(device), "text": text})
    return "" if devices else "PortAudio sees no audio device: plug one in, or start a sound server"


def _midi(found: list[dict[str, Any]]) -> str:
    """The ports that are heard where JACK does not bring the keyboards; or why there are none."""
    from engine.sources.drivers import NoMidi, driver

    try:
        names = driver().names()
    except NoMidi as error:
        return str(error)
    found += [{"kind": "midi", "backend": "system", "name": name, "text": ""} for name in names]
    return ""


def _realtime(found: list[dict[str, Any]]) -> str:
    """Whether a thread of ours may go before all others."""
    if not sys.platform.startswith("linux"):
        return ""
    refused = threading.Event()

    def ask() -> None:
        try:
            os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))
        except OSError:
            refused.set()

    thread = threading.Thread(target=ask)
    thread.start()
    thread.join()
    return NO_REALTIME if refused.is_set() else ""
