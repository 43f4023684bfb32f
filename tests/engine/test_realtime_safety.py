"""The functions that the audio thread can call, read from LLVM code compiled anew: none may block or raise.

numba wraps every C function in one that reports an exception to Python. That wrapper is left out here; instead
nothing under it may hold an exception to report.
"""

import json
import re
import subprocess
import sys

import numpy as np
import pytest
from numba import cfunc, types

CLAP_HOST = (
    "get_extension", "request_callback", "rescan", "is_audio_thread", "register_timer", "unregister_timer",
    "event_at", "push_event",
)  # fmt: skip
LV2_PROCESS, LV2_URIDS = ("process", "schedule_work", "ignore_log"), ("map_uri", "unmap_uri")
PLAYED = {
    "callback": "from engine.portaudio_callback import callback as it",
    "interpreter": "from engine.midi.interpreter import Interpreter; it = entry(Interpreter())",
    "limiter": "from engine.effects.limiter import Limiter; it = entry(Limiter())",
    "capture": "from engine.effects.capture import Capture; it = entry(Capture())",
    "jack": "from engine.devices.jack_callback import process as it",
    "jack: under-run": "from engine.devices.jack_callback import count_xrun as it",
    "jack: new block": "from engine.devices.jack_callback import set_block as it",
    "jack: new rate": "from engine.devices.jack_callback import set_rate as it",
    "jack: shut down": "from engine.devices.jack_callback import shut_down as it",
    "jack: words": "from engine.devices.jack_callback import ignore_message as it",
    "voice": "from engine.voice.tracker_plugin import VoiceTracker; it = entry(VoiceTracker())",
    **{
        name: f"from engine.effects import make; it = entry(make({name!r}))"
        for name in ("equalizer", "drive", "delay", "reverb")
    },
    "volume": "from engine.effects.volume import Volume; it = entry(Volume())",
    "resonance": "from engine.instruments import make; from tests.support.resonance_preset import small_preset; "
    "it = entry(make(small_preset()))",
    "ddsp": "from engine.instruments import make; from engine.kinds.ddsp import random_preset; "
    "from engine.preset.preset_file import Preset; it = entry(make(Preset(*random_preset())))",
    "ssm": "from engine.instruments import make; from tests.support.ssm_preset import preset; "
    "it = entry(make(preset()))",
    "events": "from engine.instruments import make; from tests.support.events_preset import preset; "
    "it = entry(make(preset()))",
    **{f"clap: {name}": f"from engine.foreign.clap.host_functions import {name} as it" for name in CLAP_HOST},
    "clap": "from engine.foreign.clap.process import process as it",
    **{
        f"lv2: {name}": f"from engine.foreign.lv2.{module} import {name} as it"
        for module, names in (("process", LV2_PROCESS), ("urids", LV2_URIDS))
        for name in names
    },
    "decoder": "from engine.instruments.ddsp.decoder_entry import decoder_callback; it = decoder_callback(False)",
}  # one line for each compiled function
ALLOWED = {
    "clock_gettime", "QueryPerformanceCounter",  # the clock of the meters
    "pow", "powf", "log2", "floor", "floorf",  # once an event, never in a kernel
    "memset", "memcpy", "memmove",
    "NRT_MemInfo_call_dtor",  # of views, which own no memory: never called
}  # fmt: skip
TUNING = {"exp", "exp2", "cos", "sin", "tan", "tanf", "sqrtf"}  # once a note or a control period
LIBJACK = {"jack_port_get_buffer", "jack_midi_get_event_count", "jack_midi_event_get", "jack_last_frame_time"}
ALSO = {
    "voice": {"log10", "exp2"},
    "resonance": TUNING,
    "ddsp": TUNING,
    "ssm": TUNING,
    "events": TUNING,
    "jack": LIBJACK,
    "clap": {"pthread_self"},
    "clap: is_audio_thread": {"pthread_self"},
    "equalizer": {"sqrt", "tan"},
    "drive": {"tan"},
    "delay": {"exp"},
    "reverb": {"exp", "sqrt"},
}
EXCEPTION = "picklebuf"  # what numba calls an exception that is kept ready
INLINE = ("fabs", "smax", "smin", "umax", "umin", "maxnum", "minnum", "fma", "fmuladd", "sqrt", "assume", "lifetime",
          "usub", "uadd", "sadd", "ssub", "smul", "umul", "x86", "aarch64", "masked", "vector", "abs", "copysign",
          "fshl", "fshr", "ctlz", "cttz", "ctpop", "trunc", "rint", "round", "ceil", "prefetch", "experimental",
          "scmp", "ucmp", "fptosi", "is", "bswap", "stepvector", "noalias")  # fmt: skip
SCRIPT = """
import json, sys
from engine.plugin import entry
def made(line):
    scope = {"entry": entry}
    exec(line, scope)
    return scope["it"].inspect_llvm()
print(json.dumps({name: made(line) for name, line in json.load(sys.stdin).items()}))
"""
NAME = r'@("[^"]+"|[\w.$-]+)'


@pytest.fixture(scope="module")
def compiled(tmp_path_factory):
    """The optimised LLVM of everything that plays."""
    environment = {"NUMBA_CACHE_DIR": str(tmp_path_factory.mktemp("cache")), "PYTHONPATH": "."}
    command = [sys.executable, "-c", SCRIPT]
    run = subprocess.run(
        command, input=json.dumps(PLAYED), capture_output=True, text=True, env=environment, check=False
    )
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout)


@pytest.mark.verify
@pytest.mark.parametrize("name", PLAYED)
def test_it_calls_nothing_that_could_block(compiled, name):
    assert outside(compiled[name]) <= ALLOWED | ALSO.get(name, set())


@pytest.mark.verify
@pytest.mark.parametrize("name", PLAYED)
def test_it_never_raises(compiled, name):
    assert EXCEPTION not in compiled[name]


def test_a_function_that_could_raise_is_detected():
    places = (1, 2, 3)
    pick = cfunc(types.int64(types.int64), error_model="numpy")(lambda i: places[i])
    assert EXCEPTION in pick.inspect_llvm()


@pytest.mark.parametrize("make", [lambda n: np.zeros(n).sum(), lambda n: (np.arange(n) * 2.0)[0]])
def test_a_function_that_could_block_is_detected(make):
    allocating = cfunc(types.float64(types.intp), error_model="numpy")(make)
    assert any(name.startswith("NRT_") for name in outside(allocating.inspect_llvm()) - ALLOWED)


def test_a_function_that_prints_is_detected():
    @cfunc(types.intc(types.intc))
    def printing(n):
        print(n)
        return n

    assert not outside(printing.inspect_llvm()) <= ALLOWED


def outside(code):
    """What the functions of a cfunc call that is not among them, by name."""
    functions = below_the_wrapper(code)
    called = {match.strip('"') for body in functions.values() for match in re.findall(rf"call [^\n]*?{NAME}\(", body)}
    return {plain(symbol) for symbol in called - set(functions)} - {None}


def below_the_wrapper(code):
    """The functions that a cfunc calls, by name."""
    found = re.findall(rf"^define [^\n]*?{NAME}\((.*?)^}}", code, re.MULTILINE | re.DOTALL)
    functions = {name.strip('"'): text for name, text in found}
    wrapper = next(name for name in functions if name.startswith("cfunc."))
    reached, waiting = {}, [name for name in functions if name in functions[wrapper] and name != wrapper]
    while waiting:
        name = waiting.pop()
        if name not in reached:
            reached[name] = functions[name]
            waiting += [other for other in functions if other in functions[name] and other != wrapper]
    return reached


def plain(symbol):
    """The name of a symbol; of an LLVM intrinsic the function that it may become, or None where it never does."""
    if not symbol.startswith("llvm."):
        return symbol
    word = symbol.split(".")[1]
    return None if word in INLINE else word
