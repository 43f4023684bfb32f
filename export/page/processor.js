// On the browser's audio thread: one instrument in one module of WebAssembly.
const MAX_EVENTS = 256; // of a block, as the shell takes them
const MAX_VOICES = 32; // that are read for a picture
const READERS = { f4: "getFloat32", f8: "getFloat64", i4: "getInt32", u4: "getUint32" };

registerProcessor("luthier", class extends AudioWorkletProcessor {
  constructor({ processorOptions: { module, images, layouts, score } }) {
    super();
    const instance = new WebAssembly.Instance(new WebAssembly.Module(module), {});
    this.shell = instance.exports;
    this.shell._initialize();
    const place = this.shell.allocate(images.length);
    new Uint8Array(this.shell.memory.buffer).set(images, place);
    const result = this.shell.open(place, images.length, sampleRate);
    this.isOpen = result === 0;
    this.layouts = layouts; // [slot, layout] of what pictures show
    this.waiting = []; // events for the next block: [kind, channel, note, key, value, slot]
    this.score = score || null; // {frames, events}: [kind, key, value, slot] at frames from its start
    this.begun = 0; // frame at which the score began
    this.next = 0; // event of the score
    this.frame = 0;
    this.peaks = [0, 0];
    this.port.onmessage = ({ data }) => this.receive(data);
    this.port.postMessage({ error: this.isOpen ? "" : this.text(this.shell.message(result)) });
  }

  receive({ events, score, report, voice }) {
    if (voice !== undefined) this.hear(voice);
    if (events) this.waiting.push(...events);
    if (score !== undefined) [this.score, this.next, this.begun] = [score, 0, this.frame];
    if (report) {
      const used = this.isOpen ? this.write(report) : 0;
      this.port.postMessage({ report, used }, [report.buffer]);
    }
  }

  process([input], [[left, right]]) {
    if (!this.isOpen) return false;
    const frames = left.length;
    const heard = this.voice ? this.convert(frames) : input && input.length ? this.listen(input, frames) : 0;
    this.sendEvents(frames);
    const place = this.shell.render(frames, heard);
    const audio = new Float32Array(this.shell.memory.buffer, place, 2 * frames);
    left.set(audio.subarray(0, frames));
    if (right) right.set(audio.subarray(frames));
    for (let i = 0; i < 2 * frames; i++) {
      const side = i < frames ? 0 : 1, level = Math.abs(audio[i]);
      if (level > this.peaks[side]) this.peaks[side] = level;
    }
    this.frame += frames;
    return true;
  }

  listen(input, frames) {
    const audio = new Float32Array(this.shell.memory.buffer, this.shell.input_buffer(), 2 * frames);
    audio.set(input[0]);
    audio.set(input[input.length - 1], frames);
    return 1;
  }

  // Follow a voice that another context sends in pieces, at its rate; null: no longer.
  hear(voice) {
    this.voice?.port.close();
    this.voice = voice && { port: voice.port, converter: new RateConverter(voice.rate, sampleRate) };
    if (voice) voice.port.onmessage = ({ data }) => this.voice?.converter.push(data);
  }

  convert(frames) {
    const audio = new Float32Array(this.shell.memory.buffer, this.shell.input_buffer(), 2 * frames);
    this.voice.converter.pull(audio.subarray(0, frames));
    audio.copyWithin(frames, 0, frames);
    return 1;
  }

  // What came since the last block, then what the score has in this one; what has no room waits for the next.
  sendEvents(frames) {
    let count = 0;
    while (count < this.waiting.length && count < MAX_EVENTS) this.shell.send(0, ...this.waiting[count++]);
    this.waiting.splice(0, count);
    const score = this.score, end = this.frame + frames - this.begun;
    while (score && this.next < score.frames.length && score.frames[this.next] < end && count++ < MAX_EVENTS) {
      const [kind, key, value, slot] = score.events[this.next];
      const offset = Math.max(score.frames[this.next++] - (end - frames), 0);
      this.shell.send(offset, kind, 0, -1, key, value, slot);
    }
  }

  // Peaks, seconds of the score (−1 without one), the values of all parameters, then each layout; numbers written.
  write(report) {
    const count = this.shell.param_count();
    report[0] = this.peaks[0];
    report[1] = this.peaks[1];
    report[2] = this.score ? (this.frame - this.begun) / sampleRate : -1;
    for (let i = 0; i < count; i++) report[3 + i] = this.shell.value(i, NaN);
    this.peaks = [0, 0];
    let at = 3 + count;
    const view = new DataView(this.shell.memory.buffer);
    for (const [slot, layout] of this.layouts) at = this.read(view, this.shell.record(slot), layout, report, at);
    return at;
  }

  // The numbers of a record, how many voices follow, and of each of them fields and arrays.
  read(view, record, layout, report, at) {
    for (const place of layout.numbers) report[at++] = this.number(view, record, place);
    const counted = at++;
    report[counted] = 0;
    for (let i = 0; i < layout.count && report[counted] < MAX_VOICES; i++) {
      const voice = record + layout.voices + i * layout.stride;
      if (!view.getInt32(voice + layout.stage, true)) continue;
      if (layout.idle >= 0 && view.getInt32(voice + layout.idle, true)) continue;
      report[counted]++;
      for (const place of layout.fields) report[at++] = this.number(view, voice, place);
      for (const { address, stride, start, count } of layout.arrays) {
        const from = view.getUint32(record + address, true) + i * stride + start;
        report.set(new Float32Array(view.buffer, from, count), at);
        at += count;
      }
    }
    return at;
  }

  number(view, start, [place, type]) {
    return type === "i8" ? Number(view.getBigInt64(start + place, true)) : view[READERS[type]](start + place, true);
  }

  text(place) {
    const bytes = new Uint8Array(this.shell.memory.buffer);
    let text = "";
    while (bytes[place]) text += String.fromCharCode(bytes[place++]);
    return text;
  }
});

// In a context of the microphone's own rate: sends what it hears to a port, in pieces.
registerProcessor("luthier-capture", class extends AudioWorkletProcessor {
  constructor() {
    super();
    this.port.onmessage = ({ data }) => { this.to = data; };
  }

  process([input]) {
    if (this.to && input.length) this.to.postMessage(input[0].slice());
    return true;
  }
});
