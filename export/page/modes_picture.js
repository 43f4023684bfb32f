// Each learned mode a dot, lit while it rings: frequency from left to right, decay time upwards.
const MIN_MODE_HZ = 27.5, MAX_MODE_HZ = 16000, MIN_DECAY_SECONDS = 0.02, MAX_DECAY_SECONDS = 60;
const NEPERS_PER_60_DB = Math.log(1000), MODE_HIT_PIXELS = 24, MAX_LIT_MODES = 500, MIN_LIT_LEVEL = 1e-4;
const MODE_FREQUENCIES = [[50, ""], [100, "100 Hz"], [200, ""], [500, ""], [1000, "1 kHz"], [2000, ""], [5000, ""],
  [10000, "10 kHz"]];
const MODE_SECONDS = [[0.1, "0.1 s"], [1, "1 s"], [10, "10 s"]];

const modeRadius = (level) => 1.2 + 5.5 * levelShare(level) ** 1.5;

class ModesPicture extends Picture {
  constructor(canvas, modes, play) {
    const count = Math.max(...modes.resonances) + 1;
    super(canvas, `${modes.frequency.length} modes of ${count} resonances: arrows choose one, Space strikes it`, play);
    Object.assign(this, { modes, count, lit: [] });
  }

  get margin() { return this.width < 500 ? 24 : 34; }

  x(hertz) {
    const share = Math.log(clamp(hertz, MIN_MODE_HZ, MAX_MODE_HZ) / MIN_MODE_HZ) / Math.log(MAX_MODE_HZ / MIN_MODE_HZ);
    return this.margin + share * (this.width - 2 * this.margin);
  }

  y(decay) {
    const seconds = clamp(NEPERS_PER_60_DB / Math.max(decay, 1e-6), MIN_DECAY_SECONDS, MAX_DECAY_SECONDS);
    const share = Math.log(seconds / MIN_DECAY_SECONDS) / Math.log(MAX_DECAY_SECONDS / MIN_DECAY_SECONDS);
    return this.margin + (1 - share) * (this.height - 2 * this.margin);
  }

  itemAt(x, y) {
    const { frequency, decay, level, resonances } = this.modes;
    let best = null, nearest = MODE_HIT_PIXELS;
    for (let i = 0; i < frequency.length; i++) {
      const distance = Math.hypot(this.x(frequency[i]) - x, this.y(decay[i]) - y) - 0.3 * modeRadius(level[i]);
      if (distance < nearest) [best, nearest] = [resonances[i], distance];
    }
    return best;
  }

  neighbour(right, up) { return (this.selected + right + up + this.count) % this.count; }

  describe(item) { return `resonance ${item + 1} of ${this.count}`; }

  // voices: of a report; their arrays are rows x, y, a and −b² for each variant (engine/dsp/modal_bank.py).
  show({ numbers: [rate], voices }) {
    const wasLit = this.lit.length;
    this.lit = [];
    for (const { fields, arrays } of voices) {
      const gain = Math.max(Math.abs(fields.gain[0]), Math.abs(fields.gain[1]));
      for (let i = 0; i + 3 < arrays.length; i += 4) this.light(gain, rate, arrays.slice(i, i + 4));
    }
    if (this.lit.length > MAX_LIT_MODES) {
      this.lit.sort((one, other) => other[2] - one[2]);
      this.lit.length = MAX_LIT_MODES;
    }
    if (wasLit || this.lit.length) this.change();
  }

  light(gain, rate, [re, im, a, square]) {
    for (let k = 0; k < re.length; k++) {
      const b = Math.sqrt(Math.max(-square[k], 1e-12)), level = Math.hypot(re[k], im[k] / b) * gain;
      if (level < MIN_LIT_LEVEL) continue;
      const hertz = (Math.abs(Math.atan2(b, a[k])) * rate) / (2 * Math.PI);
      this.lit.push([hertz, -Math.log(clamp(Math.hypot(a[k], b), 1e-9, 1)) * rate, level]);
    }
  }

  paintBackground(context) {
    const { frequency, decay, level } = this.modes;
    this.paintGrid(context);
    const strength = frequency.length > 600 ? 0.2 : 0.34;
    for (let i = 0; i < frequency.length; i++) {
      context.fillStyle = withAlpha(colours.text, strength * (0.35 + 0.65 * levelShare(level[i])));
      context.beginPath();
      context.arc(this.x(frequency[i]), this.y(decay[i]), modeRadius(level[i]), 0, 2 * Math.PI);
      context.fill();
    }
  }

  paintGrid(context) {
    const { width, height, margin } = this;
    context.font = `12px ${colours.font}`;
    context.lineWidth = 1;
    const line = (x0, y0, x1, y1, alpha) => {
      context.strokeStyle = withAlpha(colours.border, alpha);
      context.beginPath();
      context.moveTo(x0, y0);
      context.lineTo(x1, y1);
      context.stroke();
    };
    for (const [hertz, label] of MODE_FREQUENCIES) {
      line(this.x(hertz), margin - 12, this.x(hertz), height - margin + 12, label ? 0.55 : 0.25);
      context.fillStyle = colours.quiet;
      if (label && this.x(hertz) < width - 50) context.fillText(label, this.x(hertz) + 5, height - margin + 12);
    }
    for (const [seconds, label] of MODE_SECONDS) {
      const y = this.y(NEPERS_PER_60_DB / seconds);
      line(margin - 12, y, width - margin + 12, y, 0.55);
      context.fillStyle = colours.quiet;
      context.fillText(label, margin - 12, y - 6);
    }
  }

  paintNow(context) {
    if (this.selected >= 0) this.paintSelected(context);
    for (let i = this.lit.length - 1; i >= 0; i--) {
      const [hertz, decay, level] = this.lit[i];
      this.paintGlow(context, this.x(hertz), this.y(decay), levelShare(level));
    }
  }

  paintSelected(context) {
    const { frequency, decay, level, resonances } = this.modes;
    context.strokeStyle = withAlpha(colours.accent, this.hasFocus ? 0.8 : 0.55);
    context.lineWidth = 1.2;
    for (let i = 0; i < frequency.length; i++) {
      if (resonances[i] !== this.selected) continue;
      context.beginPath();
      context.arc(this.x(frequency[i]), this.y(decay[i]), modeRadius(level[i]) + 1.5, 0, 2 * Math.PI);
      context.stroke();
    }
  }
}
