// The instrument on the audio thread: made with the first gesture, then sent events and asked for reports.
const KIND = { CHOKE: 2, CONTROL: 10, DEFORM: 11, PARAM: 14, MIDI: 15 }; // engine/events.py
const ALL = -1;
const MAX_VOICES_READ = 32; // as in processor.js

const sizeOf = ({ count, numbers, fields, arrays }) =>
  numbers.length + 1 + Math.min(count, MAX_VOICES_READ) *
    (fields.length + arrays.reduce((sum, array) => sum + array.count, 0));

// Give a context the processors of this page.
const addProcessor = async (context) => {
  const script = btoa(unescape(encodeURIComponent(PROCESSOR)));
  try {
    await context.audioWorklet.addModule(`data:text/javascript;base64,${script}`);
  } catch { // a browser that takes no script from such an address
    await context.audioWorklet.addModule(URL.createObjectURL(new Blob([PROCESSOR], { type: "text/javascript" })));
  }
};

class Engine {
  constructor(module, images, description) {
    Object.assign(this, { module, images, description });
    this.context = this.node = null;
    this.starting = null;
    this.waiting = []; // events until the node is there
    this.now = null; // the last report
    this.values = new Map(); // of parameters by their numbers
    const capacity = 3 + description.paramCount + (description.layout ? sizeOf(description.layout) : 0);
    this.report = new Float32Array(capacity + (description.voice ? sizeOf(description.voice.layout) : 0));
    this.isAsked = false;
    this.fail = () => {};
  }

  // Start the sound; to be called by gestures, of which the first that counts starts it.
  wake() {
    if (this.context && this.context.state === "suspended") this.context.resume().catch(() => {});
    const isAllowed = !navigator.userActivation || navigator.userActivation.isActive; // else the browser complains
    if (!this.starting && isAllowed) this.starting = this.start().catch((error) => this.fail(error));
    return this.starting ?? Promise.resolve();
  }

  async start() {
    if (!window.AudioWorkletNode) throw new Error("this browser plays no instruments from a page opened in this way");
    const rates = this.description.rates;
    let context = new AudioContext({ latencyHint: "interactive" });
    this.deviceRate = context.sampleRate;
    if (!rates.includes(context.sampleRate)) { // the browser converts
      const rate = rates.find((each) => context.sampleRate % each === 0) ?? rates.at(-1);
      await context.close();
      context = new AudioContext({ latencyHint: "interactive", sampleRate: rate });
    }
    this.context = context;
    const node = await this.makeNode(context);
    node.port.onmessage = ({ data }) => this.receive(data);
    node.onprocessorerror = () => this.fail(new Error("the instrument has stopped: open the page again"));
    node.connect(context.destination);
    this.node = node;
    this.post({ events: this.waiting });
    this.waiting = [];
    if (context.state === "suspended") context.resume().catch(() => {});
  }

  // A node that plays, in a context of one of the rates of the images. score: played from the start, see `scoreOf`.
  async makeNode(context, score = null) {
    const { module, images, description } = this;
    await addProcessor(context);
    const layouts = [];
    if (description.layout) layouts.push([description.slot, description.layout]);
    if (description.voice) layouts.push([description.voice.slot, description.voice.layout]);
    const node = new AudioWorkletNode(context, "luthier", {
      numberOfInputs: 1, outputChannelCount: [2], processorOptions: { module, images, layouts, score },
    });
    await new Promise((resolve, reject) => {
      node.port.onmessage = ({ data }) => (data.error ? reject(new Error(data.error)) : resolve());
      node.onprocessorerror = () => reject(new Error("the instrument could not be started"));
    });
    return node;
  }

  post(message) {
    if (this.node) this.node.port.postMessage(message);
  }

  send(kind, key, value, slot = ALL, note = ALL) {
    const event = [kind, 0, note, key, value, slot];
    if (this.node) this.post({ events: [event] });
    else this.waiting.push(event);
    this.wake();
  }

  midi(status, first, second) { this.send(KIND.MIDI, status | (first << 8) | (second << 16), 0); }

  noteOn(key, velocity) { this.midi(0x90, key, Math.min(Math.max(Math.round(127 * velocity), 1), 127)); }

  noteOff(key) { this.midi(0x80, key, 64); }

  panic() {
    this.stopScore();
    this.send(KIND.CHOKE, 0, 0);
  }

  setParam({ slot, index, number }, value) {
    if (number !== undefined) this.values.set(number, value);
    this.send(KIND.PARAM, index, value, slot);
  }

  control(dimension, energy) { this.send(KIND.CONTROL, dimension, energy, this.description.slot); }

  // Play a score from its start: lists of seconds, kinds, keys and values, in order of time.
  playScore(entries) {
    this.wake().then(() => {
      if (this.node) this.post({ score: Engine.scoreOf(entries, this.context.sampleRate, this.description.slot) });
    });
  }

  stopScore() { this.post({ score: null }); }

  static scoreOf(entries, rate, slot) {
    return {
      frames: entries.map(([seconds]) => Math.round(seconds * rate)),
      events: entries.map(([, kind, key, value]) => [kind, key, value, slot]),
    };
  }

  // Ask for a report, unless one is on its way; the last one cannot be read any more.
  look() {
    if (!this.node || this.isAsked) return;
    this.isAsked = true;
    this.node.port.postMessage({ report: this.report }, [this.report.buffer]);
  }

  receive({ report, used }) {
    if (!report) return;
    this.isAsked = false;
    this.report = report;
    if (used) this.now = this.parse(report);
  }

  // {peaks, seconds, params, picture, voice}; of a layout {numbers, voices: [{fields, arrays}]}.
  parse(report) {
    const { paramCount, layout, voice } = this.description;
    const parsed = {
      peaks: [report[0], report[1]], seconds: report[2], params: report.subarray(3, 3 + paramCount),
      picture: null, voice: null,
    };
    let at = 3 + paramCount;
    if (layout) [parsed.picture, at] = this.parseLayout(report, layout, at);
    if (voice) [parsed.voice, at] = this.parseLayout(report, voice.layout, at);
    return parsed;
  }

  parseLayout(report, layout, start) {
    let at = start;
    const take = (count) => report.subarray(at, (at += count));
    const numbers = take(layout.numbers.length), voices = [];
    for (let left = report[at++]; left > 0; left--) {
      const fields = {};
      take(layout.fields.length).forEach((value, i) => (fields[layout.names[i]] ??= []).push(value));
      voices.push({ fields, arrays: layout.arrays.map(({ count }) => take(count)) });
    }
    return [{ numbers, voices }, at];
  }
}
