"""Sound files as bytes, to be damaged and saved."""

import io

import soundfile

RATE = 22_050
HEADER_BYTES = 44  # of a WAV file that libsndfile writes


def wav(sound, subtype="PCM_16", kind="WAV"):
    file = io.BytesIO()
    soundfile.write(file, sound, RATE, subtype, format=kind)
    return bytearray(file.getvalue())


def saved(folder, data, name="a.wav"):
    path = folder / name
    path.write_bytes(data)
    return path


def put(data, place, number, size=4):
    data[place : place + size] = int(number).to_bytes(size, "little")
    return data
