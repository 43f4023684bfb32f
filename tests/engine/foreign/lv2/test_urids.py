"""The numbers of URIs: the same for the same text, whoever asks."""

import ctypes
import random as randomness
from functools import partial

import numpy as np
import pytest

from engine.foreign.lv2.urids import MAX_URI_BYTES, MAX_URIS, URID_TABLE, map_uri, unmap_uri, uri_of, urid, urid_of
from tests.support.thread_switches import run_at_once


def test_a_number_and_its_uri_are_one():
    names = [f"urn:luthier:test:{i}:{'x' * (i % 40)}" for i in range(5000)]
    numbers = [urid_of(name) for name in names]
    assert len(set(numbers)) == len(names)
    assert [urid_of(name) for name in reversed(names)] == numbers[::-1]
    assert [uri_of(number) for number in numbers] == names
    assert uri_of(urid("atom:Float")) == "http://lv2plug.in/ns/ext/atom#Float"


@pytest.mark.parametrize("text", ["", "x" * MAX_URI_BYTES])
def test_what_is_no_uri_has_no_number(text):
    assert urid_of(text) == 0


@pytest.mark.parametrize("number", [0, MAX_URIS, 2**32 - 1])
def test_what_is_no_number_has_no_uri(number):
    assert uri_of(number) == ""


def test_texts_with_the_same_beginning_or_hash_place_are_told_apart():
    assert len({urid_of("urn:luthier:same" + "e" * i) for i in range(200)}) == 200


def test_a_full_table_gives_no_more_numbers_and_keeps_those_that_it_has():
    table = np.zeros(1, URID_TABLE)
    table["count"], table["used"] = MAX_URIS - 1, 0

    def number_of(text):
        buffer = ctypes.create_string_buffer(text.encode())
        return map_uri.ctypes(table.ctypes.data, ctypes.addressof(buffer))

    assert number_of("urn:last") == MAX_URIS
    assert number_of("urn:none") == 0
    assert number_of("urn:last") == MAX_URIS
    assert ctypes.string_at(unmap_uri.ctypes(table.ctypes.data, MAX_URIS)) == b"urn:last"


def test_threads_that_ask_at_once_get_the_same_numbers():
    names = [f"urn:luthier:threads:{i}" for i in range(3000)]
    found = {}

    def ask(seed):
        mixed = randomness.Random(seed).sample(names, len(names))
        found[seed] = {name: urid_of(name) for name in mixed}

    run_at_once([partial(ask, seed) for seed in range(4)])
    assert found[0] == found[1] == found[2] == found[3]
    assert len(set(found[0].values())) == len(names)
