"""The bench of the learn dialog: it grows or scrolls, trims and normalizes, and compares what was learned."""

from pathlib import Path

import numpy as np
import pytest
import soundfile
from PyQt6.QtCore import QPoint, Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QWidget

from gui.controllers.recording.recording_edit import write_part
from gui.dialogs.learn import LearnDialog
from gui.dialogs.recording_bench import NORMAL_PEAK
from gui.processes.check_recordings import RecordingCheck, check_recordings
from gui.processes.learn import LearnStatus
from gui.widgets.input_meter import InputMeter
from gui.widgets.spectrogram_comparison import SpectrogramComparison, read_spectrogram
from gui.widgets.waveform import MIN_PART_SECONDS, Waveform
from tests.gui.conftest import until
from tests.support.level_and_pitch import pitch

LEFT = Qt.MouseButton.LeftButton
RATE = 48_000


@pytest.fixture
def dialog(app):
    """The dialog alone."""
    parent = QWidget()
    made = LearnDialog(parent)
    yield made
    made.close()
    parent.deleteLater()


def tone(path: Path, seconds: float, frequency: float = 440.0, peak: float = 0.25, rate: int = RATE) -> Path:
    """A decaying tone after a tenth of a second of silence."""
    time = np.arange(round(seconds * rate)) / rate
    sound = peak * np.exp(-2 * time) * np.sin(2 * np.pi * frequency * time)
    soundfile.write(path, np.concatenate([np.zeros(rate // 10), sound]), rate, "FLOAT")
    return path


def learn_for_a_while(dialog, tmp_path):
    """Bring the dialog to where it shows all that it has."""
    recording = tone(tmp_path / "bell.wav", 2.0)
    dialog.set_recordings([recording])
    remarks = ["The recording is noisy, or does not die away: its floor is only 20 dB below its peak."] * 3
    dialog.set_check(RecordingCheck(1, 2.0, 1, remarks, outline=[0.5] * 100, whole_seconds=2.0))
    dialog.set_busy(True)
    for loss in (3.0, 2.0, 1.5):
        dialog.show_status(LearnStatus(0.5, "3.0 steps/s · 4 min left", loss, recording))


@pytest.mark.parametrize("height", [10_000, 420])
def test_the_fields_keep_their_height_while_it_learns_however_low_the_screen(dialog, tmp_path, height):
    dialog.setMaximumHeight(height)
    dialog.show()
    learn_for_a_while(dialog, tmp_path)
    QTest.qWait(50)
    until(lambda: dialog.progress.curve.isVisible() and dialog.area.content.minimumHeight() > 500)
    for field in (dialog.form.name, dialog.form.kind, dialog.form.mode, dialog.form.minutes):
        assert field.height() >= field.minimumSizeHint().height() > 20
    for label in (dialog.check_label, dialog.progress.label):
        assert label.height() >= label.heightForWidth(label.width())
    assert dialog.progress.curve.height() >= 48
    screen = dialog.screen().availableGeometry()
    assert screen.contains(dialog.frameGeometry())
    bar = dialog.area.verticalScrollBar()
    if height < 1000:
        until(lambda: bar.maximum() > 0 and bar.value() == bar.maximum())
    else:
        until(lambda: bar.maximum() == 0)


def test_a_verdict_that_came_while_the_dialog_was_closed_is_in_sight_when_it_opens(dialog, tmp_path):
    dialog.setMaximumHeight(420)
    dialog.set_recordings([tone(tmp_path / "bell.wav", 2.0)])
    dialog.set_check(RecordingCheck(1, 2.0, 1, outline=[0.5] * 100, whole_seconds=2.0))
    dialog.show()
    QTest.qWait(50)
    dialog.accept()
    dialog.show_verdict({"words": "like the recording", "codec_name": "Opus"}, [tmp_path / "bell.wav"] * 2)
    QTest.qWait(50)
    dialog.show()
    bar = dialog.area.verticalScrollBar()
    until(lambda: bar.maximum() > 0 and bar.value() == bar.maximum())
    assert not dialog.likeness.compare.visibleRegion().isEmpty()


def test_two_spectrograms_share_one_axis_of_time_and_of_frequency(app, tmp_path):
    comparison = SpectrogramComparison()
    comparison.set_target(tone(tmp_path / "long.wav", 3.9))
    comparison.set_learned(tone(tmp_path / "short.wav", 0.9, rate=16_000))
    assert comparison.widths() == pytest.approx([1.0, 0.25])
    rows = [read_spectrogram(tmp_path / name)[0].mean(axis=1).argmax() for name in ("long.wav", "short.wav")]
    assert abs(int(rows[0]) - int(rows[1])) <= 1


def test_the_input_meter_says_whether_the_level_is_well_set(app):
    meter = InputMeter()
    assert meter.text == "nothing is heard"
    for peak, words in ((0.005, "soft: come nearer"), (0.5, "good: -6 dB"), (1.0, "⚠ too loud: clipped")):
        meter.set_peak(peak)
        assert meter.text == words
    meter.set_peak(0.01)
    assert meter.text == "⚠ too loud: clipped"  # until the next recording
    meter.clear()
    assert meter.text == "nothing is heard"


def test_a_part_is_chosen_by_mouse_and_keys_and_never_too_short(app):
    waveform = Waveform()
    waveform.resize(400, 72)
    waveform.set_outline([0.1] * 50, 4.0)
    assert waveform.is_whole
    waveform.show()
    QTest.mousePress(waveform, LEFT, pos=QPoint(10, 30))
    QTest.mouseMove(waveform, QPoint(100, 30))
    QTest.mouseRelease(waveform, LEFT, pos=QPoint(100, 30))
    until(lambda: waveform.start == pytest.approx(1.0, abs=0.02))
    QTest.keyClick(waveform, Qt.Key.Key_Right)
    assert waveform.start == pytest.approx(1.02, abs=0.02)
    QTest.keyClick(waveform, Qt.Key.Key_Left, Qt.KeyboardModifier.ShiftModifier)
    assert waveform.end == pytest.approx(3.98)
    waveform.set_part(3.95, 1.0)
    assert waveform.end - waveform.start == pytest.approx(MIN_PART_SECONDS)
    assert 0 <= waveform.start < waveform.end <= 4.0
    waveform.hide()


def test_a_part_is_written_to_another_file_and_normalized(tmp_path):
    source = tone(tmp_path / "bell.wav", 2.0, peak=0.1)
    before = source.read_bytes()
    first = write_part(source, tmp_path / "music" / "bell – part.wav", 0.1, 0.9, False)
    second = write_part(source, tmp_path / "music" / "bell – part.wav", 0.1, 0.9, True)
    assert (first.name, second.name) == ("bell – part.wav", "bell – part 2.wav")
    assert source.read_bytes() == before
    sounds = [soundfile.read(path)[0] for path in (first, second)]
    assert len(sounds[0]) == round(0.8 * RATE)
    assert np.abs(sounds[1]).max() == pytest.approx(NORMAL_PEAK, rel=1e-3)
    np.testing.assert_allclose(sounds[0] / np.abs(sounds[0]).max(), sounds[1] / NORMAL_PEAK, atol=1e-3)


def test_the_check_gives_the_waveform_of_the_only_recording(tmp_path):
    check = check_recordings([tone(tmp_path / "bell.wav", 1.9, peak=0.25)])
    assert check.whole_seconds == pytest.approx(2.0)
    assert max(check.outline) == pytest.approx(0.25, rel=0.05)
    assert int(np.argmax(check.outline)) == pytest.approx(0.05 * len(check.outline), abs=3)


def test_trim_and_normalization_are_offered_where_they_change_something(dialog):
    bench, asked = dialog.bench, []
    bench.edit_requested.connect(lambda *part: asked.append(part))
    assert bench.isHidden()
    bench.set_outline([0.1, 0.2, 0.1], 2.0)
    assert not bench.isHidden()
    assert not bench.trim.isEnabled()
    bench.normalize.click()
    bench.waveform.set_part(0.5, 1.5)
    bench.trim.click()
    assert asked == [(0.0, 2.0, True), (0.5, 1.5, False)]
    bench.set_outline([NORMAL_PEAK, 0.2], 2.0)
    assert not bench.normalize.isEnabled()
    bench.show_level(0.3)
    assert not bench.meter.isHidden()
    bench.show_level(None)
    assert bench.isHidden()


def test_the_recording_and_the_instrument_are_heard_in_turn_by_one_key(guitar, ear, tmp_path):
    dialog = guitar.learn.dialog
    pair = [tone(tmp_path / "a.wav", 4.0, 440), tone(tmp_path / "b.wav", 4.0, 660)]
    verdict = {"words": "like the recording", "distance": 4.0, "silence": 20.0, "codec": 1.5, "codec_name": "Opus"}
    guitar.learn.show()
    dialog.show_verdict(verdict, pair)
    dialog.activateWindow()
    until(dialog.isActiveWindow)
    assert dialog.likeness.label.text() == "Like the recording"
    for frequency, following in ((440, "▶ Instrument (F2)"), (660, "▶ Recording (F2)"), (440, "▶ Instrument (F2)")):
        QTest.keyClick(dialog, Qt.Key.Key_F2)
        assert dialog.likeness.compare.text() == following
        ear.listen(0.25, QTest.qWait)
        assert pitch(ear.listen(0.2, QTest.qWait)) == pytest.approx(frequency, rel=0.01)
    guitar.preview.stop()
    dialog.likeness.clear()
    dialog.accept()
