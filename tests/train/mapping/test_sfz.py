"""SFZ mappings are read as samplers read them: inheritance, macros, included files, names of any kind."""

import pytest

from train.mapping.mapping_file import read_mapping
from train.mapping.recordings import note_recordings_of
from train.mapping.region import MappingError


@pytest.fixture
def library(tmp_path):
    """A function that writes an SFZ file and the files that it may name, which are empty."""

    def write(text, *names, name="piano.sfz", encoding="utf-8"):
        for each in names:
            (tmp_path / each).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / each).touch()
        (tmp_path / name).write_text(text, encoding=encoding)
        return tmp_path / name

    return write


def _row(region):
    return region.path.name, region.low_key, region.high_key, region.centre


def test_groups_hand_down_what_a_region_does_not_say(library):
    text = """
    <global> volume=-6 tune=10 <master> pan=-50 <group> lovel=1 hivel=63 tune=-20
    <region> sample=a.wav lokey=c4 hikey=d#4 pitch_keycenter=c#4
    <region> sample=b.wav key=64 volume=3
    <group> lovel=64
    <region> sample=c.wav key=Eb4
    """
    a, b, c = read_mapping(library(text, "a.wav", "b.wav", "c.wav")).regions
    assert [_row(a), _row(b), _row(c)] == [("a.wav", 60, 63, 61), ("b.wav", 64, 64, 64), ("c.wav", 63, 63, 63)]
    assert [(each.low_velocity, each.high_velocity) for each in (a, b, c)] == [(1, 63), (1, 63), (64, 127)]
    assert [each.decibels for each in (a, b, c)] == [-6, 3, -6]
    assert [each.cents for each in (a, b, c)] == [-20, -20, 10]
    assert {each.pan for each in (a, b, c)} == {-0.5}


def test_a_new_master_ends_the_group_before_it(library):
    text = "<master> volume=-1 <group> lovel=64 <region> sample=a.wav <master> volume=-2 <region> sample=b.wav"
    a, b = read_mapping(library(text, "a.wav", "b.wav")).regions
    assert (a.low_velocity, a.decibels) == (64, -1)
    assert (b.low_velocity, b.decibels) == (0, -2)


def test_macros_are_replaced_by_the_longest_name_and_may_change(library):
    text = """
    #define $DIR Loud #define $DIRECTORY Soft
    <control> default_path=$DIRECTORY/
    <region> sample=C4.$EXT key=60
    #define $EXT wav
    <region> sample=C4.$EXT key=60
    <control> default_path=$DIR/
    <region> sample=C4.$EXT key=60
    #define $DIR Hard
    <control> default_path=$DIR/
    <region> sample=C4.$EXT key=60
    """
    mapping = read_mapping(library(text, "Soft/C4.wav", "Loud/C4.wav", "Hard/C4.wav"))
    assert [region.path.parent.name for region in mapping.regions] == ["Soft", "Loud", "Hard"]
    assert mapping.missing == ["Soft/C4.$EXT"]


def test_included_files_are_read_in_place_from_the_folder_of_the_first(library):
    text = '<group> hivel=40 #include "Data\\part.txt"\n<region> key=62 sample=c.wav'
    main = library(text, "a.wav", "b.wav", "c.wav", "Data/more/last.txt")
    library('<region> key=61 sample=b.wav\n#include "Data/more/last.txt"', name="Data/part.txt")
    library("<region> key=60 sample=a.wav", name="Data/more/last.txt")
    assert [_row(region)[0] for region in read_mapping(main).regions] == ["b.wav", "a.wav", "c.wav"]
    assert {region.high_velocity for region in read_mapping(main).regions} == {40}


def test_names_hold_spaces_sharps_backslashes_and_other_cases(library):
    text = """
    <region> sample=My Samples\\FF C#4.wav lokey=60 hikey=61 // a comment
    <region>sample=my samples/ff c#4.WAV offset=325 /* another
    sample=none.wav */ pan=-45
    """
    first, second = read_mapping(library(text, "My Samples/FF C#4.wav")).regions
    assert first.path == second.path
    assert (first.low_key, first.high_key, first.first) == (60, 61, 0)
    assert (second.first, second.pan) == (325, -0.45)


def test_only_what_a_key_plays_by_itself_is_a_note(library):
    text = """
    <control> set_cc1=100
    <global> sw_default=24
    <region> sample=a.wav key=60
    <region> sample=a.wav key=61 locc1=90
    <region> sample=pedal.wav key=60 locc64=65
    <region> sample=other.wav key=60 sw_last=25
    <region> sample=a.wav key=62 sw_last=24
    <region> sample=*sine key=60
    <region> sample=noise.wav key=60 on_locc64=126
    <region> sample=off.wav key=60 end=-1
    <region> sample=rel.wav key=60 trigger=release
    <region> sample=gone.wav key=60
    """
    names = ("a.wav", "pedal.wav", "other.wav", "noise.wav", "off.wav", "rel.wav")
    mapping = read_mapping(library(text, *names))
    assert [(region.path.name, region.centre) for region in mapping.attacks] == [
        ("a.wav", 60),
        ("a.wav", 61),
        ("a.wav", 62),
    ]
    assert [region.path.name for region in mapping.regions if region.is_release] == ["rel.wav"]
    assert sum(mapping.left_out.values()) == 5
    assert mapping.missing == ["gone.wav"]


def test_unknown_opcodes_are_passed_over_and_counted(library):
    text = """<region> sample=a.wav key=60 cutoff=900 ampeg_release=2 <curve> curve_index=1 v000=0
    <region> sample=a.wav cutoff=1"""
    mapping = read_mapping(library(text, "a.wav"))
    assert mapping.passed_over == {"cutoff": 2, "ampeg_release": 1, "curve_index": 1, "v000": 1}
    assert "5 settings that learning does not need: cutoff 2×" in mapping.messages()[-1]


def test_transposition_moves_the_key_and_tuning_is_kept(library):
    text = """<control> octave_offset=1 note_offset=-2
    <region> sample=a.wav pitch_keycenter=60 lokey=58 hikey=62 transpose=-12 tune=30
    <region> sample=a.wav pitch_keycenter=60 tune=-110"""
    first, second = read_mapping(library(text, "a.wav")).regions
    assert (first.centre, first.cents, first.low_key, first.high_key) == (60 + 10 + 12, 30, 68, 72)
    assert (second.centre, second.cents) == (60 + 10 + 1, -10)


def test_a_note_ends_where_its_loop_does(library):
    text = (
        "<region> sample=a.wav loop_mode=loop_sustain loop_start=10 loop_end=99 <region> sample=a.wav offset=5 end=50"
    )
    looped, cut = read_mapping(library(text, "a.wav")).regions
    assert (looped.first, looped.last) == (0, 99)
    assert (cut.first, cut.last) == (5, 50)


def test_a_key_that_is_none_leaves_its_region_out(library):
    mapping = read_mapping(library("<region> sample=a.wav key=H4x <region> sample=a.wav key=60", "a.wav"))
    assert [region.centre for region in mapping.regions] == [60]
    assert mapping.left_out == {"'H4x' is no key": 1}


def test_round_robins_are_takes(library):
    text = """
    <group> seq_length=2 <region> sample=a.wav seq_position=1 <region> sample=b.wav seq_position=2
    <group> <region> sample=a.wav lorand=0 hirand=0.5 <region> sample=b.wav lorand=0.5 hirand=1
    """
    assert [region.take for region in read_mapping(library(text, "a.wav", "b.wav")).regions] == [1, 2, 1, 2]


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("", "maps no recording"),
        ("<region> key=60", "name no recording"),
        ("<region> sample=none.wav key=60", "1 files are not there: none.wav"),
        ("<region> sample=a.wav key=H4x", "'H4x' is no key"),
        ('#include "piano.sfz"', "in a circle"),
        ("<region> sample=a.wav lokey=64 hikey=60", "no key plays them"),
        (f"<region> sample={'x' * 300}.wav", "are not there"),
        ("#define $A aaaaaaaa\n" + "#define $A $A$A$A$A\n" * 12, "a line of more than"),
        ('#include "left.txt"', "includes more than 10000 files"),
        ("<region> sample=a.wav trigger=release", "when a key is released"),
    ],
)
def test_what_maps_nothing_is_refused_in_one_line(library, text, hint):
    library('#include "right.txt"\n#include "right.txt"', name="left.txt")
    for depth in range(20):
        library(f'#include "{depth + 1}.txt"\n#include "{depth + 1}.txt"', name=f"{depth}.txt")
    library('#include "0.txt"', name="right.txt")
    with pytest.raises(MappingError, match=hint) as raised:
        read_mapping(library(text, "a.wav"))
    assert "\n" not in str(raised.value)


def test_recordings_have_keys_and_the_middle_velocities_of_their_layers(library):
    text = """
    <global> amp_veltrack=0
    <group> hivel=63 <region> sample=p60.wav lokey=58 hikey=62 pitch_keycenter=60 tune=-5
                     <region> sample=p66.wav lokey=63 hikey=68 pitch_keycenter=66
    <group> lovel=64 <region> sample=f60.wav lokey=58 hikey=62 pitch_keycenter=60 volume=-2
                     <region> sample=f60.wav lokey=63 hikey=64 pitch_keycenter=60 volume=-2
                     <region> sample=p66.wav lokey=65 hikey=68 pitch_keycenter=66
    """
    recordings = note_recordings_of(read_mapping(library(text, "p60.wav", "p66.wav", "f60.wav")))
    rows = [(one.name, one.said.key, one.said.dynamic, one.cents, one.decibels) for one in recordings]
    assert rows == [
        ("p60.wav", 60, "velocity 32", -5, 0),
        ("p66.wav", 66, "velocity 32", 0, 0),
        ("f60.wav", 60, "velocity 96", 0, -2),
    ]


def test_velocity_sets_the_gain_of_a_layer_as_far_as_it_is_tracked(library):
    text = "<group> amp_veltrack=100 <region> sample=a.wav hivel=31 key=60 <region> sample=b.wav lovel=96 key=60"
    soft, loud = note_recordings_of(read_mapping(library(text, "a.wav", "b.wav")))
    assert soft.decibels == pytest.approx(-36.5, abs=0.1)
    assert loud.decibels == pytest.approx(-2.3, abs=0.1)


def test_layers_that_fade_into_each_other_part_in_the_middle(library):
    text = """
    <region> sample=p.wav key=60 xfout_lovel=40 xfout_hivel=80
    <region> sample=f.wav key=60 xfin_lovel=40 xfin_hivel=80
    """
    soft, loud = read_mapping(library(text, "p.wav", "f.wav")).regions
    assert (soft.low_velocity, soft.high_velocity, loud.low_velocity, loud.high_velocity) == (0, 59, 60, 127)


def test_layers_that_the_modulation_wheel_blends_are_dynamics_at_their_own_levels(library):
    text = """
    <region> sample=p.wav key=60 xfout_locc1=32 xfout_hicc1=64
    <region> sample=mf.wav key=60 xfin_locc1=32 xfin_hicc1=64 xfout_locc1=80 xfout_hicc1=120
    <region> sample=f.wav key=60 xfin_locc1=80 xfin_hicc1=120
    """
    notes = note_recordings_of(read_mapping(library(text, "p.wav", "mf.wav", "f.wav")))
    assert [(note.said.dynamic, note.decibels) for note in notes] == [
        ("velocity 24", 0), ("velocity 74", 0), ("velocity 114", 0),
    ]  # fmt: skip


def test_a_controller_that_fades_takes_no_part_beside_ranges_of_velocities(library):
    text = """
    <global> xfin_locc1=0 xfin_hicc1=127
    <region> sample=p.wav key=60 hivel=63 <region> sample=f.wav key=60 lovel=64
    """
    soft, loud = read_mapping(library(text, "p.wav", "f.wav")).regions
    assert (soft.high_velocity, loud.low_velocity, loud.velocity_tracking) == (63, 64, 1)


@pytest.mark.parametrize("opcodes", ["direction=reverse", "trigger=legato", "sw_previous=59"])
def test_what_sounds_in_no_struck_note_is_left_out(library, opcodes):
    text = f"<region> sample=a.wav key=60 trigger=first <region> sample=b.wav key=62 {opcodes}"
    mapping = read_mapping(library(text, "a.wav", "b.wav"))
    assert [each.path.name for each in mapping.attacks] == ["a.wav"]
    assert mapping.left_out.total() == 1


def test_a_range_of_keys_may_choose_the_way_of_playing(library):
    text = """
    <global> sw_lokey=24 sw_hikey=27 sw_default=26
    <group> sw_lolast=24 sw_hilast=25 <region> sample=a.wav key=60
    <group> sw_lolast=26 sw_hilast=27 <region> sample=b.wav key=60
    """
    assert [each.path.name for each in read_mapping(library(text, "a.wav", "b.wav")).regions] == ["b.wav"]


def test_comments_may_touch_a_value_but_paths_may_hold_their_sign(library):
    text = "<region>sample=x//a.wav key=c4//middle C\nlovel=1//soft"
    (region,) = read_mapping(library(text, "x/a.wav")).regions
    assert (region.centre, region.low_velocity) == (60, 1)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig", "cp1252"])
def test_a_mapping_may_be_written_in_other_encodings(library, encoding):
    assert read_mapping(library("<region> sample=\u00e4.wav key=60", "\u00e4.wav", encoding=encoding)).regions


def test_accents_in_a_name_may_be_written_in_either_form(library):
    mapping = read_mapping(library("<region> sample=\u00e4/\u00e9.wav key=60", "a\u0308/e\u0301.wav"))
    assert (len(mapping.regions), mapping.missing) == (1, [])
