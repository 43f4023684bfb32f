"""The compiled functions that foreign plugins and the host of each format need, whatever the plugin."""

from engine.kernel import Callback
from engine.plugin import entry

from .clap import host_functions
from .clap import process as clap_process
from .lv2 import process as lv2_process
from .lv2 import urids
from .microphone_tap import MicrophoneTap


def compile_all() -> None:
    """Compile them all, if that was not done before."""
    for module in (host_functions, clap_process, lv2_process, urids):
        for each in vars(module).values():
            if isinstance(each, Callback):
                _ = each.address  # compiles it
    entry(MicrophoneTap())
