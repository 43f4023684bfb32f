"""[main thread] The state of an LV2 plugin as text: the values of its controls, and what it says of itself.

lilv takes half of a text for a whole one. So a comment at the end has a digest of what stands before.
"""

import ctypes
import hashlib
from typing import TYPE_CHECKING, Any

from .lilv import functions, quiet_stderr, text_of, world
from .urids import urid

if TYPE_CHECKING:
    from .plugin import Lv2Plugin

STATE_URI = b"urn:luthier:state"
_GET_VALUE = ctypes.CFUNCTYPE(
    ctypes.c_void_p,
    ctypes.c_char_p,
    ctypes.c_void_p,
    ctypes.POINTER(ctypes.c_uint32),
    ctypes.POINTER(ctypes.c_uint32),
)
_SET_VALUE = ctypes.CFUNCTYPE(
    None, ctypes.c_char_p, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_uint32, ctypes.c_uint32
)
_NUMBERS: dict[str, Any] = {
    "atom:Float": ctypes.c_float, "atom:Double": ctypes.c_double, "atom:Int": ctypes.c_int32,
    "atom:Long": ctypes.c_int64, "atom:Bool": ctypes.c_int32,
}  # fmt: skip


def save(plugin: "Lv2Plugin") -> bytes:
    """What lilv writes of a plugin, in Turtle, and the digest."""
    lilv, instance, maps = functions(), plugin.instances[0], plugin.urid_map
    state = lilv.state_new_from_instance(
        plugin.lilv_plugin, instance.address, ctypes.addressof(maps.map), None, None, None, None,
        _getter(plugin), None, 0, instance.features.address,
    )  # fmt: skip
    address = lilv.state_to_string(
        world(), ctypes.addressof(maps.map), ctypes.addressof(maps.unmap), state, STATE_URI, None
    )
    text = ctypes.string_at(address) if address else b""
    lilv.free(address)
    lilv.state_free(state)
    return text + _trailer(text)


def restore(plugin: "Lv2Plugin", state: bytes) -> None:
    """Restore what `save` returned. ValueError if it is none, or that of another plugin."""
    lilv = functions()
    text = state[: len(state) - len(_trailer(b""))]
    if state != text + _trailer(text):
        raise ValueError(f"{plugin.name}: its state is damaged")
    with quiet_stderr():  # what lilv says there is said below
        found = lilv.state_new_from_string(world(), ctypes.addressof(plugin.urid_map.map), text)
    try:
        owner = text_of(lilv.state_get_plugin_uri(found)) if found else ""
        if owner != plugin.uri:
            raise ValueError(
                f"{plugin.name}: this is the state of {owner}" if owner else f"{plugin.name}: its state is damaged"
            )
        apply(plugin, found)
    finally:
        if found:
            lilv.state_free(found)


def apply(plugin: "Lv2Plugin", state: int) -> None:
    """Restore a state of lilv."""
    setter = _SET_VALUE(lambda symbol, data, value, size, kind: _set(plugin, symbol, value, size, kind))
    with plugin.paused():
        for instance in plugin.instances:
            functions().state_restore(
                state, instance.address, ctypes.cast(setter, ctypes.c_void_p), None, 0, instance.features.address
            )


def _trailer(text: bytes) -> bytes:
    """The comment after a text."""
    return b"\n# " + hashlib.blake2b(text, digest_size=16).hexdigest().encode() + b"\n"


def _getter(plugin: "Lv2Plugin") -> Any:
    """A function by which lilv asks for the value of a control."""
    float_type = urid("atom:Float")

    def get(symbol: bytes, data: int | None, size: Any, kind: Any) -> int | None:
        address = plugin.controls.address(symbol.decode("utf-8", "replace"))
        size[0], kind[0] = (4, float_type) if address else (0, 0)
        return address or None

    return _GET_VALUE(get)


def _set(plugin: "Lv2Plugin", symbol: bytes, value: int | None, size: int, kind: int) -> None:
    """Set a control to a value of a type."""
    number = next((made for name, made in _NUMBERS.items() if kind == urid(name)), None)
    if number is not None and value and size == ctypes.sizeof(number):
        plugin.set_value(symbol.decode("utf-8", "replace"), float(number.from_address(value).value))
