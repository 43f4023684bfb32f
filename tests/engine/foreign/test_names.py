"""Names of plugins: which format, file and identifier they mean."""

import pytest

from engine.foreign import Format, PluginName, is_foreign, load, parse
from engine.plugin.external import PluginError


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("lv2:http://a.org/b#c", PluginName(Format.LV2, "http://a.org/b#c")),
        ("LV2:urn:x", PluginName(Format.LV2, "urn:x")),
        ("a/b.clap", PluginName(Format.CLAP, "a/b.clap")),
        ("a/b.clap#org.c#d", PluginName(Format.CLAP, "a/b.clap", "org.c#d")),
        ("a.clap#1/b.CLAP", PluginName(Format.CLAP, "a.clap#1/b.CLAP")),
        ("a/b.so", PluginName(Format.LIBRARY, "a/b.so")),
        ("tremolo", PluginName(Format.PACKAGE, "tremolo")),
    ],
)
def test_a_name_says_format_place_and_identifier(text, meant):
    assert parse(text) == meant
    assert parse(str(meant)) == meant
    assert is_foreign(text) == (meant.format in (Format.LV2, Format.CLAP))


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("lv2:http://a.org/b/Piano", "Piano"), ("lv2:http://a.org/b#Reverb", "Reverb"), ("lv2:urn:x:y/", "y"),
        ("a/b.clap", "b"), ("a/b.clap#org.c", "c"), ("a/b.so", "b"), ("tremolo", "tremolo"),
    ],
)  # fmt: skip
def test_a_plugin_that_is_not_there_has_a_short_name(text, title):
    assert parse(text).title == title


def test_a_name_without_a_plugin_is_foreign_without_being_opened():
    assert is_foreign("lv2:")


@pytest.mark.parametrize("text", ["lv2:", "lv2:  "])
def test_a_name_without_a_plugin_is_refused_in_one_line(text):
    with pytest.raises(PluginError, match="names no plugin: say lv2:URI"):
        load(text)
