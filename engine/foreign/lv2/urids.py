"""The numbers of URIs, as plugins ask for them on any thread: a table that only grows, in memory of its own.

The numbers are the same for all plugins of the process. Nobody waits for anybody: a text is copied to a place of its
own, and then found by whoever looks at the slot that its number was put into.
"""

import ctypes
from functools import cache

import numpy as np

from engine.foreign.lv2.uris import full_uri
from engine.kernel import carray, cfunc, njit
from engine.pointers import address_of, compare_exchange, fetch_add, load_acquire, pointer, view_u1

MAX_URIS = 1 << 18
MAX_TEXT_BYTES = 1 << 25  # of all
MAX_URI_BYTES = 1 << 12
SLOT_COUNT = 2 * MAX_URIS  # a power of two
URID_TABLE = np.dtype(
    [
        ("count", "i8", (1,)),  # numbers given so far
        ("used", "i8", (1,)),  # bytes of `text`
        ("slots", "i8", (SLOT_COUNT,)),  # numbers, found by the hash of the text; 0: none
        ("starts", "i8", (MAX_URIS,)),  # of the text of each number
        ("text", "u1", (MAX_TEXT_BYTES,)),  # the URIs, each with a zero at its end
    ],
    align=True,
)


@cache
def urid_table() -> np.ndarray:
    """The table of this process: (1,) URID_TABLE, whose pages take memory once they are used."""
    return np.zeros(1, URID_TABLE)


def urid(short: str) -> int:
    """[any thread] The number of a URI by its short name, such as "atom:Float"."""
    return urid_of(full_uri(short))


def urid_of(uri: str) -> int:
    """[any thread] The number of a URI; 0 if there is no room."""
    text = ctypes.create_string_buffer(uri.encode())
    return int(map_uri.ctypes(urid_table().ctypes.data, ctypes.addressof(text)))


def uri_of(number: int) -> str:
    """[any thread] The URI of a number; empty where it is none."""
    address = unmap_uri.ctypes(urid_table().ctypes.data, number)
    return ctypes.string_at(address).decode("utf-8", "replace") if address else ""


@cfunc("uint32(voidptr, voidptr)", cache=True, error_model="numpy")
def map_uri(handle, uri):
    """[any thread] `map` of LV2's urid:map; handle: the table."""
    table = carray(handle, 1, URID_TABLE)[0]
    text = view_u1(address_of(uri), (MAX_URI_BYTES,))
    size, digest = measure_text(text)
    if size == 0 or size == MAX_URI_BYTES:
        return np.uint32(0)
    number, slot = find_text(table, text, size, digest)
    if number == 0:
        number = add_text(table, text, size, slot)
    return np.uint32(number)


@cfunc("voidptr(voidptr, uint32)", cache=True, error_model="numpy")
def unmap_uri(handle, number):
    """[any thread] `unmap` of LV2's urid:unmap; handle: the table."""
    table = carray(handle, 1, URID_TABLE)[0]
    if number == 0 or number > min(load_acquire(table.count, 0), MAX_URIS):
        return pointer(np.uintp(0))
    return pointer(np.uintp(table.text.ctypes.data) + np.uintp(table.starts[number - 1]))


@njit(cache=True, error_model="numpy")
def measure_text(text):
    """[any thread] The bytes of a text before its zero, at most all; and a hash of them (FNV-1a, 32 bits)."""
    digest, size = np.uint64(2166136261), 0
    while size < text.shape[0] and text[size] != 0:
        digest = ((digest ^ np.uint64(text[size])) * np.uint64(16777619)) & np.uint64(0xFFFFFFFF)
        size += 1
    return size, digest


@njit(cache=True, error_model="numpy")
def find_text(table, text, size, digest):
    """[any thread] The number of a text, 0 where it has none; and the slot that it has or would get."""
    slot = np.int64(digest & np.uint64(SLOT_COUNT - 1))
    while True:
        number = load_acquire(table.slots, slot)
        if number == 0:
            return number, slot
        if is_text(table, number, text, size):
            return number, slot
        slot = (slot + 1) & (SLOT_COUNT - 1)


@njit(cache=True, error_model="numpy")
def add_text(table, text, size, slot):
    """[any thread] The number of a text that has none yet, or has got one from another thread just now.

    0 without room. slot: the first that may be free.
    """
    if load_acquire(table.count, 0) >= MAX_URIS or load_acquire(table.used, 0) + size >= MAX_TEXT_BYTES:
        return 0
    start = fetch_add(table.used, 0, size + 1)
    number = fetch_add(table.count, 0, 1) + 1
    if number > MAX_URIS or start + size >= MAX_TEXT_BYTES:
        return 0
    for i in range(size):
        table.text[start + i] = text[i]
    table.starts[number - 1] = start
    while not compare_exchange(table.slots, slot, 0, number):
        other = load_acquire(table.slots, slot)
        if is_text(table, other, text, size):
            return other  # the number that was taken for it here is left out
        slot = (slot + 1) & (SLOT_COUNT - 1)
    return number


@njit(cache=True, error_model="numpy")
def is_text(table, number, text, size):
    """[any thread] Whether a number is that of a text."""
    start = table.starts[number - 1]
    for i in range(size):
        if table.text[start + i] != text[i]:
            return False
    return table.text[start + size] == 0
