// The One-Euro filter (Casiez, Roussel and Vogel, CHI 2012): a low-pass whose cutoff rises with the speed, so that what
// rests is steady and what moves is not late.
const REST_CUTOFF_HZ = 0.5, CUTOFF_PER_SPEED = 4, SPEED_CUTOFF_HZ = 1;

// The share of the new value in a low-pass of one pole.
const smoothingOf = (cutoff, seconds) => 1 / (1 + 1 / (2 * Math.PI * cutoff * seconds));

class OneEuroFilter {
  constructor() { this.reset(); }

  reset() { this.values = this.speeds = this.time = null; }

  // Filter numbers seen at a time in seconds; the filtered ones.
  filter(numbers, time) {
    if (!this.values || time <= this.time) {
      if (!this.values) [this.values, this.speeds, this.time] = [Float64Array.from(numbers), new Float64Array(numbers.length), time];
      return this.values;
    }
    const seconds = time - this.time, speedShare = smoothingOf(SPEED_CUTOFF_HZ, seconds);
    numbers.forEach((number, i) => {
      this.speeds[i] += speedShare * ((number - this.values[i]) / seconds - this.speeds[i]);
      const cutoff = REST_CUTOFF_HZ + CUTOFF_PER_SPEED * Math.abs(this.speeds[i]);
      this.values[i] += smoothingOf(cutoff, seconds) * (number - this.values[i]);
    });
    this.time = time;
    return this.values;
  }
}
