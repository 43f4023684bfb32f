// On the browser's audio thread: sound that arrives in pieces, at another rate than it is wanted. It begins to come out
// once a little of it is there, and what comes much too early is passed over.
const BUFFER_SECONDS = 1, START_SECONDS = 0.012, MAX_WAITING_SECONDS = 0.06;

class RateConverter {
  // from, to: rates in Hz.
  constructor(from, to) {
    this.step = from / to;
    this.samples = new Float32Array(1 << Math.ceil(Math.log2(from * BUFFER_SECONDS)));
    [this.start, this.most] = [START_SECONDS * from, MAX_WAITING_SECONDS * from];
    this.written = 0; // samples so far
    this.position = 0; // of the next one that comes out, among them
    this.isRunning = false;
  }

  push(piece) {
    const mask = this.samples.length - 1;
    for (const value of piece) this.samples[this.written++ & mask] = value;
    if (this.written - this.position > this.most) this.position = this.written - this.start;
  }

  // Fill an array; silence until there is enough.
  pull(out) {
    const mask = this.samples.length - 1, at = (index) => (index < 0 ? 0 : this.samples[index & mask]);
    if (!this.isRunning) this.isRunning = this.written - this.position >= this.start;
    for (let i = 0; i < out.length; i++) {
      const index = Math.floor(this.position);
      if (this.isRunning && index + 2 >= this.written) this.isRunning = false;
      out[i] = this.isRunning ? cubic(this.position - index, at(index - 1), at(index), at(index + 1), at(index + 2)) : 0;
      if (this.isRunning) this.position += this.step;
    }
  }
}

// Catmull and Rom's spline at a share of the way from b to c.
const cubic = (x, a, b, c, d) => b + 0.5 * x * (c - a + x * (2 * a - 5 * b + 4 * c - d + x * (3 * (b - c) + d - a)));
