"""The numbers of URIs, as plugins ask for them on any thread: a table that only grows, in memory of its own.

The numbers are the same for all plugins of the process. A reader takes no lock; who adds a URI holds one for as long
as it takes to copy the text, and gives up (number 0) when another thread holds it too long.
"""

import ctypes
from functools import cache

import numpy as np

from engine.foreign.lv2.uris import full_uri
from engine.kernel import carray, cfunc, njit
from engine.pointers import address_of, compare_exchange, load_acquire, pointer, store_release, view_u1

MAX_URIS = 1 << 18
MAX_TEXT_BYTES = 1 << 25  # of all
MAX_URI_BYTES = 1 << 12
SLOT_COUNT = 2 * MAX_URIS  # a power of two
MAX_TRIES = 100_000  # to get the lock: more than a millisecond
URID_TABLE = np.dtype(
    [
        ("lock", "i8", (1,)),
        ("count", "i8", (1,)),
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
    if number == 0 or number > load_acquire(table.count, 0):
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
    """[any thread] The number that a text gets, if another thread has not added it meanwhile; 0 without room."""
    tries = 0
    while not compare_exchange(table.lock, 0, 0, 1):
        tries += 1
        if tries == MAX_TRIES:
            return 0
    number = load_acquire(table.slots, slot)
    while number != 0 and not is_text(table, number, text, size):
        slot = (slot + 1) & (SLOT_COUNT - 1)
        number = load_acquire(table.slots, slot)
    start = table.used[0]
    if number == 0 and table.count[0] < MAX_URIS and start + size < MAX_TEXT_BYTES:
        for i in range(size):
            table.text[start + i] = text[i]
        number = table.count[0] + 1
        table.starts[number - 1] = start
        table.used[0] = start + size + 1
        store_release(table.count, 0, number)
        store_release(table.slots, slot, number)
    store_release(table.lock, 0, 0)
    return number


@njit(cache=True, error_model="numpy")
def is_text(table, number, text, size):
    """[any thread] Whether a number is that of a text."""
    start = table.starts[number - 1]
    for i in range(size):
        if table.text[start + i] != text[i]:
            return False
    return table.text[start + size] == 0
