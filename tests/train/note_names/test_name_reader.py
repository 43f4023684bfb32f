"""Keys and dynamics are read from the names of real libraries, a whole set at a time."""

import pytest

from engine.pitch_and_frequency import note_name, parse_note
from train.note_names.name_reader import dynamic_in_name, key_in_name, read_names

DYNAMICS = {
    "ppp": "pianississimo", "pp": "pianissimo", "p": "piano", "mp": "mezzo-piano", "mf": "mezzo-forte", "f": "forte",
    "ff": "fortissimo", "fff": "fortississimo", "-": None,
}  # fmt: skip
TABLE = """
Iowa piano
    Piano.ff.A3.wav = A3 ff
    Piano.pp.A3.wav = A3 pp
    Piano.mf.Bb3.aiff = Bb3 mf
Iowa strings
    Cello.arco.ff.sulC.C2.stereo.aif = C2 ff
    Cello.arco.pp.sulC.Db2.stereo.aif = Db2 pp
Iowa woodwinds
    Flute.nonvib.mf.B3.stereo.aif = B3 mf
    Flute.nonvib.ff.C4.stereo.aif = C4 ff
Salamander
    A0v1.wav = A0 8
    D#4v16.wav = D#4 127
    F#5v8.wav = F#5 64
Upright KW
    A0vL.wav = A0 p
    A0vH.wav = A0 f
    C1vM.wav = C1 mf
VSCO 2 horn
    MOHorn_sus_A#1_v1_1.wav = A#1 42
    MOHorn_sus_C3_v2_1.wav = C3 85
    MOHorn_sus_F4_v3_2.wav = F4 127
VSCO 2 harp
    KSHarp_A2_mf.wav = A2 mf
    KSHarp_C5_mp1.wav = C5 mp
    KSHarp_B6_f.wav = B6 f
VCSL marimba
    Marimba_hit_Outrigger_C2_loud_01.wav = C2 f
    Marimba_hit_Outrigger_F1_soft_01.wav = F1 p
VCSL glockenspiel
    Glock_hit_G5_v1_rr1_Main.wav = G5 64
    Glock_hit_C6_v2_rr2_Main.wav = C6 127
Sonatina strings
    1st-violins-sus-c#4-PB-loop.wav = C#4 -
    1st-violins-sus-g3-PB-loop.wav = G3 -
Sonatina piano
    piano-p-c4.wav = C4 p
    piano-f-c4.wav = C4 f
    piano-f-d#2.wav = D#2 f
Philharmonia violin
    violin_A3_025_forte_arco-normal.mp3 = A3 f
    violin_As3_1_mezzo-piano_arco-normal.mp3 = A#3 mp
    violin_Cs6_long_fortissimo_arco-normal.mp3 = C#6 ff
Philharmonia guitar
    guitar_E2_very-long_piano_normal.mp3 = E2 p
    guitar_E2_very-long_forte_normal.mp3 = E2 f
Philharmonia mandolin
    mandolin_A3_very-long_piano_normal.mp3 = A3 p
    mandolin_As3_very-long_piano_tremolo.mp3 = A#3 p
Freesound piano
    148432__neatonk__piano-med-c4.wav = C4 mf
    148599__neatonk__piano-low-c4.wav = C4 p
    148497__neatonk__piano-loud-e4.wav = E4 f
Splendid Grand, names alone
    FF B-1.flac = B-1 ff
    PP A#5.flac = A#5 pp
    Mf D#6.flac = D#6 mf
    FF A0.flac = A0 ff
Pianet
    29_F1_FF.flac = F1 ff
    73_C#5_P.flac = C#5 p
    33_A1_P.flac = A1 p
Wurlitzer
    a1pp.flac = A1 pp
    ab3mp.flac = Ab3 mp
    f2ff.flac = F2 ff
    db4f.flac = Db4 f
    b2f.flac = B2 f
jRhodes
    Rhodes_029__F1_3-SHORT.wav = F1 -
    Rhodes_035__B1_1-SHORT.wav = B1 -
Pianobook guitar
    GtrA2.wav = A2 -
    GtrC#3.wav = C#3 -
    GtrE4.wav = E4 -
Pianobook felt piano
    Felt Piano C3 Soft RR1 Close.wav = C3 p
    Felt Piano F#3 Hard RR2 Room.wav = F#3 f
Pianobook mallets
    Mallets_F3_mp_RR3_Mic1.wav = F3 mp
    Mallets_F3_ff_RR1_Mic2.wav = F3 ff
Auto Sampler
    Grand-C3-V127-AB1C.wav = C3 127
    Grand-D#3-V64-QX3D.wav = D#3 64
SampleRobot
    M060_C3_V127.wav = C4 127
    M064_E3_V100.wav = E4 100
Kontakt export
    EP Bright_60_127_1.wav = C4 127
    EP Bright_60_64_1.wav = C4 64
    EP Bright_67_127_1.wav = G4 127
    EP Bright_67_64_1.wav = G4 64
MIDI numbers
    note_036_vel_040.wav = C2 40
    note_048_vel_120.wav = C3 120
MIDI numbers alone
    48.wav = C3 -
    60.wav = C4 -
    61.wav = C#4 -
No Budget Orchestra
    VC_SUS_C3_p.wav = C3 p
    VC_SUS_Eb3_f.wav = Eb3 f
separating dash
    Steinway-A-0.wav = A0 -
    Steinway-A-1.wav = A1 -
    Steinway-C#-4.wav = C#4 -
German
    Flügel_cis4_ff.wav = C#4 ff
    Flügel_es4_p.wav = Eb4 p
    Flügel_as3_p.wav = Ab3 p
    Flügel_b3_p.wav = Bb3 p
    Flügel_h3_ff.wav = B3 ff
German with primes
    Klavier-C'.wav = C4 -
    Klavier-a''.wav = A5 -
    Klavier-g.wav = G3 -
    Klavier-F.wav = F2 -
solfège
    Guitare Do#3 doux.wav = C#3 p
    Guitare Sol2 doux.wav = G2 p
    Guitare Sib2.wav = Bb2 -
folders of dynamics
    /x/pp/A3.wav = A3 pp
    /x/ff/A3.wav = A3 ff
    /x/mf/F#3.wav = F#3 mf
organ
    Hammond_B3_C4.wav = C4 -
    Hammond_B3_E4.wav = E4 -
    Hammond_B3_B3.wav = B3 -
layers
    Bells_L1_C4.wav = C4 64
    Bells_L2_C4.wav = C4 127
spelled sharps
    Kalimba_Fsharp3_soft.wav = F#3 p
    Kalimba_Bflat3_loud.wav = Bb3 f
letters and sides
    SteelC4L.wav = C4 -
    SteelC4R.wav = C4 -
    SteelE4L.wav = E4 -
three p and f
    celesta ppp C5.wav = C5 ppp
    celesta fff C5.wav = C5 fff
F horn
    F-Horn_sus_C4_p.wav = C4 p
    F-Horn_sus_C4_mf.wav = C4 mf
    F-Horn_sus_G4_f.wav = G4 f
"""
"""Names as libraries have them, with key and dynamic; the latter a MIDI velocity where it is a number."""
MIN_RIGHT = 38
OTHERS = """
NSynth
    guitar_acoustic_010-060-025.wav = C4 25
    guitar_acoustic_010-064-127.wav = E4 127
TinySOL
    ASax-ord-A#3-mf-N-T16u.wav = A#3 mf
    ASax-ord-F#4-ff-N-N.wav = F#4 ff
MAPS
    MAPS_ISOL_NO_F_S0_M60_AkPnBcht.wav = C4 f
    MAPS_ISOL_NO_P_S1_M61_AkPnBcht.wav = C#4 p
GrandOrgue
    036-c.wav = C2 -
    037-c#.wav = C#2 -
    055-g.wav = G3 -
Dutch
    viool_cis4.wav = C#4 -
    viool_bes3.wav = Bb3 -
    viool_b3.wav = B3 -
H beside B flat
    piano_H3.wav = B3 -
    piano_Bb3.wav = Bb3 -
keys and velocities without a gap
    k60v100.wav = C4 100
    k62v40.wav = D4 40
keys behind a word of their own
    pno060v090.wav = C4 90
    pno064v127.wav = E4 127
words with spaces
    Harp C sharp 4.wav = C#4 -
    Harp D 4.wav = D4 -
    Harp E flat 5.wav = Eb5 -
Spanish
    guitarra_mi2_suave.wav = E2 p
    guitarra_la2_fuerte.wav = A2 f
gentle and strong
    Musicbox C5 gentle.wav = C5 p
    Musicbox E5 strong.wav = E5 f
layers that look like notes
    SoftPiano_C3_D1_RR1.wav = C3 42
    SoftPiano_E3_D2_RR2.wav = E3 85
    SoftPiano_G3_D3_RR1.wav = G3 127
    SoftPiano_A3_D1_RR1.wav = A3 42
levels
    C4_Lvl1.wav = C4 64
    C4_Lvl2.wav = C4 127
microphones that look like notes
    D112_Bass_E1_hard.wav = E1 f
    D112_Bass_G1_soft.wav = G1 p
"""
"""Further ones, of data sets, other languages, and programs that put no gap between their numbers."""


def libraries(table):
    """The names of each library of a table with its expected keys and dynamics."""
    found = {}
    for line in table.strip().splitlines():
        name, is_name, right = line.strip().rpartition(" = ")
        if not is_name:
            names = found[right] = {}
            continue
        note, dynamic = right.split()
        names[name] = (parse_note(note), DYNAMICS.get(dynamic, f"velocity {dynamic}"))
    return found


def freesound_library():
    """A library whose keys are numbered as those of a piano."""
    numbered = {f"{39148 + n}__user__piano-ff-{n:03d}.wav": (n + 20, "fortissimo") for n in range(10, 65)}
    return {"Freesound, keys of a piano": numbered}


def wrong_names(names):
    """The names of a set that are read otherwise than expected, with what is read."""
    found = read_names(list(names))
    rows = zip(found, names.values(), strict=True)
    return [(one.path, one.key, one.dynamic) for one, right in rows if (one.key, one.dynamic) != right]


def test_the_names_of_forty_libraries_are_read():
    known = libraries(TABLE) | freesound_library()
    assert len(known) == 40
    wrong = {library: found for library, names in known.items() if (found := wrong_names(names))}
    assert len(known) - len(wrong) >= MIN_RIGHT, wrong


@pytest.mark.parametrize("names", libraries(OTHERS).values(), ids=libraries(OTHERS))
def test_further_libraries_are_read(names):
    assert wrong_names(names) == []


@pytest.mark.parametrize(
    ("name", "key", "dynamic"),
    [
        ("guitar_As3_very-long_forte_normal.mp3", 58, "forte"),
        ("guitar_E2_very-long_pianissimo_harmonics.mp3", 40, "pianissimo"),
        ("vibraphone-C6.wav", 84, None),
        ("my piano Bb4.wav", 70, None),
        ("piano_A3.wav", 57, None),
        ("C-1.wav", 0, None),
        ("drum.wav", None, None),
        ("Take5.wav", None, None),
        ("tom-toms_C3_forte_medium-sticks.mp3", 48, "forte"),
        ("CP80.wav", None, None),
        ("Marimba.yarn.ff.C4B4.aif", None, "fortissimo"),
    ],
)
def test_key_and_dynamic_are_read_from_a_single_name(name, key, dynamic):
    assert (key_in_name(name), dynamic_in_name(name)) == (key, dynamic)


def test_every_note_name_is_its_key():
    assert [key_in_name(note_name(key).replace("♯", "s")) for key in range(128)] == list(range(128))


def test_letters_with_accents_are_read_in_either_form():
    assert key_in_name("Guitare_r\u00e93.wav") == key_in_name("Guitare_re\u03013.wav") == 50


def test_microphones_takes_and_releases_are_told_apart():
    names = read_names(["EP_C4_mf_close_rr1.wav", "EP_C4_mf_room_rr2.wav", "EP_C4_release_mic2.wav"])
    assert [name.microphone for name in names] == ["close", "room", "mic 2"]
    assert [name.is_release for name in names] == [False, False, True]


def test_what_can_be_read_in_two_ways_gives_both():
    (dash,) = read_names(["A-1.wav"])
    assert dash.keys == (9, 33)
    names = read_names(["b3.wav", "c4.wav"])
    assert [name.keys for name in names] == [(59, 58), (60, 60)]
