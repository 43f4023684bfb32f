// The harmonics that sound, as bars over frequency; a press plays the key of that frequency, the higher the louder.
const MIN_BAR_HZ = 40, MAX_BAR_HZ = 16000, MIN_BAR_DB = -84, AXIS_PIXELS = 24, MAX_BAR_NOTES = 8;
const BAR_FREQUENCIES = [[50, ""], [100, "100 Hz"], [200, ""], [500, ""], [1000, "1 kHz"], [2000, ""], [5000, ""],
  [10000, "10 kHz"]];

class HarmonicsPicture extends Picture {
  constructor(canvas, [low, high], play) {
    super(canvas, "Harmonics: arrows choose a key, Space plays it", play);
    Object.assign(this, { low, high, bars: [] });
    this.selected = clamp(60, low, high);
  }

  x(hertz) { return (this.width * Math.log(hertz / MIN_BAR_HZ)) / Math.log(MAX_BAR_HZ / MIN_BAR_HZ); }

  itemAt(x) {
    const hertz = MIN_BAR_HZ * (MAX_BAR_HZ / MIN_BAR_HZ) ** (x / Math.max(this.width, 1));
    return clamp(Math.round(69 + 12 * Math.log2(hertz / 440)), this.low, this.high);
  }

  neighbour(right, up) { return clamp(this.selected + right + up, this.low, this.high); }

  forceAt(x, y) { return clamp(1.05 - y / Math.max(this.height - AXIS_PIXELS, 1), 0.1, 1); }

  describe(item) { return noteName(item); }

  // voices: of a report; an array of three sets of amplitudes, of which `current` says the one that sounds.
  show({ numbers: [rate], voices }) {
    const was = this.bars.length;
    const notes = voices.map(({ fields, arrays: [sets] }) => {
      const count = sets.length / 3, start = (fields.current[0] % 3) * count;
      const levels = [...sets.subarray(start, start + count)].map((a) => 20 * Math.log10(Math.abs(a) + 1e-9));
      return { pitch: fields.pitch_to[0] * rate, levels, loudest: Math.max(...levels) };
    });
    notes.sort((one, other) => other.loudest - one.loudest);
    this.bars = [];
    for (const { pitch, levels } of notes.slice(0, MAX_BAR_NOTES))
      levels.forEach((level, i) => {
        const hertz = pitch * (i + 1);
        if (level > MIN_BAR_DB && hertz > MIN_BAR_HZ && hertz < MAX_BAR_HZ) this.bars.push([hertz, level]);
      });
    if (was || this.bars.length) this.change();
  }

  paintBackground(context) {
    const bottom = this.height - AXIS_PIXELS;
    context.font = `12px ${colours.font}`;
    context.textAlign = "center";
    context.lineWidth = 1;
    for (const [hertz, label] of BAR_FREQUENCIES) {
      context.strokeStyle = withAlpha(colours.border, label ? 0.6 : 0.3);
      context.beginPath();
      context.moveTo(this.x(hertz), 8);
      context.lineTo(this.x(hertz), bottom);
      context.stroke();
      context.fillStyle = colours.quiet;
      context.fillText(label, this.x(hertz), bottom + 17);
    }
  }

  paintNow(context) {
    const bottom = this.height - AXIS_PIXELS, wide = this.width < 500 ? 3 : 4;
    for (const [hertz, level] of this.bars) {
      const height = bottom * Math.min((level - MIN_BAR_DB) / -MIN_BAR_DB, 1);
      context.fillStyle = withAlpha(colours.accent, 0.35 + (0.65 * height) / bottom);
      context.beginPath();
      context.roundRect(this.x(hertz) - wide / 2, bottom - height, wide, height, 2);
      context.fill();
    }
    if (this.hasFocus) {
      const x = this.x(440 * 2 ** ((this.selected - 69) / 12));
      context.strokeStyle = colours.text;
      context.lineWidth = 1;
      context.setLineDash([2, 3]);
      context.beginPath();
      context.moveTo(x, 0);
      context.lineTo(x, bottom);
      context.stroke();
      context.setLineDash([]);
    }
  }
}
