"""The probe plugins built as an LV2 bundle, with the description of their ports."""

import shutil
from pathlib import Path

from engine.foreign.lv2.plugin import Lv2Plugin
from tests.support.foreign.probe import build_probe

URI = "urn:luthier:probe:"
BINARY = "probe.so"
PREFIXES = """@prefix lv2: <http://lv2plug.in/ns/lv2core#> .
@prefix atom: <http://lv2plug.in/ns/ext/atom#> .
@prefix midi: <http://lv2plug.in/ns/ext/midi#> .
@prefix urid: <http://lv2plug.in/ns/ext/urid#> .
@prefix worker: <http://lv2plug.in/ns/ext/worker#> .
@prefix state: <http://lv2plug.in/ns/ext/state#> .
@prefix pset: <http://lv2plug.in/ns/ext/presets#> .
@prefix pprops: <http://lv2plug.in/ns/ext/port-props#> .
@prefix pg: <http://lv2plug.in/ns/ext/port-groups#> .
@prefix rsz: <http://lv2plug.in/ns/ext/resize-port#> .
@prefix units: <http://lv2plug.in/ns/extensions/units#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix doap: <http://usefulinc.com/ns/doap#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix foaf: <http://xmlns.com/foaf/0.1/> .
"""
MIDI_IN = "a lv2:InputPort, atom:AtomPort ; atom:bufferType atom:Sequence ; atom:supports midi:MidiEvent"
LEFT_IN, RIGHT_IN = "a lv2:InputPort, lv2:AudioPort", "a lv2:InputPort, lv2:AudioPort"
SIDE_IN = "a lv2:InputPort, lv2:AudioPort ; lv2:portProperty lv2:isSideChain"
OUT = "a lv2:OutputPort, lv2:AudioPort"
CONTROLS = (
    "a lv2:InputPort, lv2:ControlPort ; lv2:default 1.0 ; lv2:minimum 0.0 ; lv2:maximum 2.0 ; units:unit units:db ; "
    f"pg:group <{URI}sound>",
    "a lv2:InputPort, lv2:ControlPort ; lv2:default 0 ; lv2:minimum 0 ; lv2:maximum 8 ; "
    'lv2:portProperty lv2:integer ; lv2:scalePoint [ rdfs:label "plain" ; rdf:value 0 ], '
    '[ rdfs:label "not a number" ; rdf:value 1 ]',
    "a lv2:InputPort, lv2:ControlPort ; lv2:default 0.25 ; lv2:minimum -1.0 ; lv2:maximum 1.0 ; "
    f"pg:group <{URI}sound>",
)
CALLS = "a lv2:OutputPort, lv2:ControlPort"
LATENCY = "a lv2:OutputPort, lv2:ControlPort ; lv2:designation lv2:latency ; lv2:portProperty lv2:reportsLatency"
PORTS = {
    "instrument": (MIDI_IN, OUT, OUT, *CONTROLS, CALLS, LATENCY),
    "effect": (LEFT_IN, RIGHT_IN, OUT, OUT, *CONTROLS, CALLS, LATENCY),
    "mono": (LEFT_IN, OUT, *CONTROLS, CALLS, LATENCY),
    "wide": (LEFT_IN, RIGHT_IN, SIDE_IN, SIDE_IN, OUT, OUT, OUT, *CONTROLS, CALLS, LATENCY),
}
CONTROL, EFFECT = "a lv2:InputPort, lv2:ControlPort", PORTS["effect"]
LIARS: dict[str, tuple[str | None, ...]] = {
    "many inputs": (*EFFECT, *(SIDE_IN,) * 200),
    "events without end": (*EFFECT, f"{MIDI_IN} ; rsz:minimumSize 1099511627776"),
    "a negative size": (*EFFECT, f"{MIDI_IN} ; rsz:minimumSize -5"),
    "ranges that are none": (
        *EFFECT[:4], CONTROL, f"{CONTROL} ; lv2:minimum 5 ; lv2:maximum -5 ; lv2:default 99",
        f'{CONTROL} ; lv2:minimum "nan"^^xsd:float ; lv2:default "inf"^^xsd:float', *EFFECT[7:],
    ),
    "ports of no kind": (*EFFECT, "a lv2:InputPort", "a lv2:OutputPort, <urn:unknown>"),
    "one symbol": tuple(f'{port} ; lv2:symbol "same"' for port in EFFECT),
    "no ports": (),
    "a gap": (*EFFECT[:4], None, *EFFECT[4:]),
}  # fmt: skip
"""Ports as plugins describe them that are effects in truth; None: left out. Their URIs end with liar0, liar1 …"""
MANY, MANY_CONTROLS, BAND_CONTROLS = "liar8", 1005, 12
BAND = (
    "lv2:minimum 20 ; lv2:maximum 20000 ; lv2:default 1000 ; units:unit units:hz ; "
    "lv2:portProperty pprops:logarithmic",
    "lv2:minimum -12 ; lv2:maximum 12 ; lv2:default 0 ; units:unit units:db",
    "lv2:minimum 0 ; lv2:maximum 1 ; lv2:default 1 ; lv2:portProperty lv2:toggled",
    "lv2:minimum 0 ; lv2:maximum 2 ; lv2:default 0 ; lv2:portProperty lv2:integer ; "
    'lv2:scalePoint [ rdfs:label "soft" ; rdf:value 0 ], [ rdfs:label "hard" ; rdf:value 1 ], '
    '[ rdfs:label "broken" ; rdf:value 2 ]',
    "lv2:minimum 1 ; lv2:maximum 16 ; lv2:default 4 ; lv2:portProperty lv2:integer",
    "lv2:minimum 0 ; lv2:maximum 10 ; lv2:default 1 ; lv2:portProperty pprops:logarithmic",
)
"""Controls of a plugin with very many, each kind in turn: the parameter `Port 9` is the first of them."""
CLASSES = {"instrument": "lv2:InstrumentPlugin", "effect": "lv2:FilterPlugin"}
FEATURES = (
    "lv2:requiredFeature urid:map ; lv2:optionalFeature worker:schedule, lv2:hardRTCapable ; "
    "lv2:extensionData worker:interface, state:interface"
)


def build_bundle(folder: Path) -> Path:
    """Build the bundle probe.lv2 in a folder; its path."""
    bundle = folder / "probe.lv2"
    bundle.mkdir(parents=True)
    build_probe(bundle / BINARY, "probe_lv2.c")
    preset = f"<{URI}preset> a pset:Preset ; lv2:appliesTo <{URI}effect> ; rdfs:seeAlso <presets.ttl> .\n"
    write(bundle / "manifest.ttl", "".join(map(introduce, PORTS)) + preset)
    group = f'<{URI}sound> a pg:Group ; lv2:symbol "sound" ; lv2:name "Sound" .\n'
    write(bundle / "probe.ttl", group + "".join(describe(name, ports) for name, ports in PORTS.items()))
    write(
        bundle / "presets.ttl",
        f'<{URI}preset> a pset:Preset ; rdfs:label "Loud" ; lv2:appliesTo <{URI}effect> ; '
        'lv2:port [ lv2:symbol "gain" ; pset:value 1.5 ] .\n',
    )
    return bundle


def build_liars(folder: Path, bundle: Path) -> None:
    """Build the bundle liars.lv2 in a folder, with the library of the other one."""
    liars = folder / "liars.lv2"
    liars.mkdir(parents=True)
    shutil.copy(bundle / BINARY, liars / BINARY)
    names = [f"liar{number}" for number in range(len(LIARS))]
    write(liars / "manifest.ttl", "".join(map(introduce, names)))
    texts = [describe(name, ports) for name, ports in zip(names, LIARS.values(), strict=True)]
    write(liars / "probe.ttl", "".join(texts))


def build_many(folder: Path, bundle: Path) -> str:
    """Build the bundle many.lv2 in a folder, an effect with MANY_CONTROLS parameters in groups; its URI."""
    many = folder / "many.lv2"
    many.mkdir(parents=True)
    shutil.copy(bundle / BINARY, many / BINARY)
    write(many / "manifest.ttl", introduce(MANY))
    groups = range(-(-MANY_CONTROLS // BAND_CONTROLS))
    text = f'<{URI}sound> a pg:Group ; lv2:symbol "sound" ; lv2:name "Sound" .\n'
    text += "".join(f'<{URI}band{n}> a pg:Group ; lv2:symbol "band{n}" ; lv2:name "Band {n}" .\n' for n in groups)
    further = range(MANY_CONTROLS - len(CONTROLS))
    ports = [f"{CONTROL} ; {BAND[n % len(BAND)]} ; pg:group <{URI}band{n // BAND_CONTROLS}>" for n in further]
    text += describe(MANY, (*EFFECT, *ports))
    write(many / "probe.ttl", text.replace('"Port 17"', '"Port 17 on"'))  # as the switch of a slot is called
    return f"{URI}{MANY}"


def introduce(name: str) -> str:
    """The lines about a plugin in a manifest."""
    return f"<{URI}{name}> a lv2:Plugin ; lv2:binary <{BINARY}> ; rdfs:seeAlso <probe.ttl> .\n"


def write(path: Path, text: str) -> None:
    """Write a file of Turtle with the prefixes."""
    path.write_text(PREFIXES + "@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .\n" + text)


def describe(name: str, ports: tuple[str | None, ...], features: str = FEATURES) -> str:
    """The description of a plugin with its ports."""
    lines = [
        f'[ {port} ; lv2:index {index} ; lv2:symbol "{symbol}" ; lv2:name "{symbol.replace("_", " ").title()}" ]'
        for index, (port, symbol) in enumerate(zip(ports, symbols(ports), strict=True))
        if port is not None
    ]
    kind = CLASSES.get(name, "lv2:UtilityPlugin")
    return (
        f'<{URI}{name}> a lv2:Plugin, {kind} ; doap:name "Probe {name}" ; '
        f'doap:maintainer [ foaf:name "Luthier" ] ; {features}'
        + (" ; lv2:port\n" if lines else "")
        + " ,\n".join(lines)
        + " .\n"
    )


def symbols(ports: tuple[str | None, ...]) -> list[str]:
    """A symbol for each port: those of the controls by name, the others by number."""
    names = iter(("gain", "mode", "knob"))
    return [
        next(names) if port in CONTROLS else "calls" if port == CALLS else "latency" if port == LATENCY
        else f"port_{index}" for index, port in enumerate(ports)
    ]  # fmt: skip


def binary_of(plugin: Lv2Plugin) -> Path:
    """The file of the code of a probe: of several bundles with its URI the one that was found first."""
    return Path(plugin.entry.path) / BINARY
