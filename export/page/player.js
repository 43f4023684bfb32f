// Connects what is on the page with the engine.
const PICTURES = {
  modes: (canvas, { modes }, play) => (modes ? new ModesPicture(canvas, modes, play) : null),
  harmonics: (canvas, { keys }, play) => new HarmonicsPicture(canvas, keys, play),
  sound_map: (canvas, { map }, play) => (map ? new SoundMapPicture(canvas, map, play) : null),
};
const PICTURE_TITLES = { modes: "Modes", harmonics: "Harmonics", sound_map: "Map" };
const OWN_CHANGE_MS = 400; // in which a report may still tell a value from before
const VOICE_TEXT_MS = 100; // between two texts about the voice
const METER_RANGE_DB = 60, METER_FALL = 0.93; // of its length, for each picture

const find = (id) => document.getElementById(id);

const showNotice = (error) => {
  const notice = find("notice");
  notice.textContent = error ? String(error.message || error) : "";
  notice.hidden = !error;
};

class Meter extends Surface {
  constructor(canvas) {
    super(canvas);
    this.shares = [0, 0];
  }

  show(peaks) {
    const before = this.shares;
    this.shares = before.map((share, side) => {
      const now = clamp(1 + (20 * Math.log10(peaks[side] + 1e-9)) / METER_RANGE_DB, 0, 1);
      return Math.max(now, METER_FALL * share - 0.001, 0);
    });
    if (this.shares.some((share, side) => share !== before[side])) this.change();
  }

  paint(context) {
    this.shares.forEach((share, side) => {
      const y = side * 6 + 1;
      for (const [length, colour] of [[1, colours.border], [share, colours.accent]]) {
        context.fillStyle = colour;
        context.beginPath();
        context.roundRect(0, y, length * this.width, 4, 2);
        context.fill();
      }
    });
  }
}

class Player {
  constructor(engine, description) {
    Object.assign(this, { engine, description });
    this.ownChanges = new Map(); // milliseconds of the last change of a parameter made here
    this.reported = new Map();
    this.notes = { noteOn: (key, velocity) => this.noteOn(key, velocity), noteOff: (key) => this.noteOff(key) };
    this.keyboard = new Keyboard(find("keyboard"), description.keys, this.notes);
    this.meter = new Meter(find("meter"));
    this.knobs = new KnobPanel(find("knobs"), find("groups"), description.params, document.querySelector("h1").textContent,
      (param, value) => this.setParam(param, value));
    this.held = new Map(); // key by pointer of the picture
    this.addViews();
    this.addPerformances();
    this.addVoice();
    this.addHand();
    this.addMotion();
    this.addControls();
    engine.fail = showNotice;
    animate(() => this.update());
  }

  get playsNotes() {
    const play = this.knobs.find("play");
    return !play || play.value > 0.5;
  }

  setParam(param, value) {
    this.ownChanges.set(param.number, performance.now());
    this.engine.setParam(param, value);
  }

  setPlaysNotes(notes) {
    if (this.playsNotes !== notes) this.knobs.find("play")?.choose(Number(notes));
  }

  noteOn(key, velocity) {
    this.keyboard.light(key, velocity);
    this.lightSounds();
    this.engine.noteOn(key, velocity);
  }

  noteOff(key) {
    this.keyboard.light(key, 0);
    this.lightSounds();
    this.engine.noteOff(key);
  }

  lightSounds() {
    if (!this.picture?.soundsOf) return;
    const keys = [...this.keyboard.lit.keys()];
    this.picture.light(new Set(keys.flatMap((key) => this.picture.soundsOf(key, this.playsNotes))));
  }

  // Light the sound of a dimension of the control plane.
  lightDimension(dimension) {
    const { map } = this.description;
    if (map?.driven && this.picture?.strike) this.picture.strike(map.plain.indexOf(dimension));
  }

  excite(dimension, energy) {
    this.engine.control(dimension, energy);
    this.lightDimension(dimension);
  }

  addViews() {
    const { display, pad } = this.description, canvas = find("picture"), views = [];
    this.picture = PICTURES[display](canvas, this.description, {
      strike: (item, force, pointer) => this.strike(item, force, pointer), release: (pointer) => this.release(pointer),
    });
    if (this.picture) views.push([canvas, PICTURE_TITLES[display]]);
    else canvas.hidden = true;
    if (pad.length) {
      this.pad = new Pad(find("pad"), (x, y, force) => this.strikePad(x, y, force));
      views.push([find("pad"), "Pad"]);
    }
    if (!views.length) find("picture").closest("section").hidden = true;
    else makeTabs(find("views"), views.map(([view, title]) => [view, title]), views[0][0], (chosen) => {
      for (const [view] of views) view.hidden = view !== chosen;
    });
  }

  strike(item, force, pointer) {
    const { display } = this.description;
    if (display === "harmonics") this.hold(pointer, item, force);
    else if (display === "modes") this.strikeResonance(item, force, pointer);
    else this.strikeSound(item, force, pointer);
  }

  strikeResonance(resonance, force, pointer) {
    const { modes, dimensions, energy } = this.description;
    if (modes.keys[resonance] >= 0 && (this.playsNotes || resonance >= dimensions.length)) {
      this.hold(pointer, modes.keys[resonance], force);
    } else if (resonance < dimensions.length) {
      this.setPlaysNotes(false);
      this.excite(dimensions[resonance], force * energy[dimensions[resonance]]);
    }
  }

  strikeSound(sound, force, pointer) {
    const { map, energy } = this.description, note = map.note[sound], plain = map.plain[sound];
    if (note >= 0 && (this.playsNotes || plain < 0)) {
      this.setPlaysNotes(true);
      this.hold(pointer, note, force);
    } else if (plain >= 0) {
      this.setPlaysNotes(false);
      if (map.driven) this.excite(plain, force * energy[plain]);
      else this.hold(pointer, plain, force);
    }
  }

  strikePad(x, y, force) {
    this.setPlaysNotes(false);
    for (const [dimension, energy] of padEnergies(this.description.pad, x, y, force)) this.excite(dimension, energy);
  }

  hold(pointer, key, force) {
    this.release(pointer);
    this.held.set(pointer, key);
    this.noteOn(key, force);
  }

  release(pointer) {
    const key = this.held.get(pointer);
    if (key === undefined) return;
    this.held.delete(pointer);
    if (![...this.held.values()].includes(key)) this.noteOff(key);
  }

  addPerformances() {
    const { performances } = this.description;
    if (!performances) return;
    this.performance = new PerformancePanel(find("performance"), find("signal"), find("performances"), performances, {
      start: (entries) => {
        this.setPlaysNotes(false);
        this.engine.playScore(entries);
      },
      stop: () => this.engine.stopScore(),
    }, (dimension) => this.lightDimension(dimension));
  }

  addVoice() {
    const sing = find("sing");
    if (!sing) return;
    this.microphone = new Microphone(this.engine);
    sing.addEventListener("click", async () => {
      try {
        if (this.microphone.isOn) this.microphone.stop();
        else await this.microphone.start();
        showNotice(null);
      } catch (error) {
        showNotice(`The microphone cannot be used: ${error.message}`);
      }
      sing.textContent = this.microphone.isOn ? "Stop singing" : "Sing";
      sing.setAttribute("aria-pressed", String(this.microphone.isOn));
      if (!this.microphone.isOn) find("sung").textContent = "Put on headphones, then press Sing.";
    });
  }

  // Excite the control plane by a gesture: how far each of its coordinates takes part, and its force.
  strikeByGesture(map, shares, force) {
    this.setPlaysNotes(false);
    for (const [dimension, energy] of gestureEnergies(map, shares, force)) this.excite(dimension, energy);
  }

  addHand() {
    const button = find("camera");
    if (!button) return;
    const { hand } = this.description, picture = new HandPicture(find("hand"));
    const gesture = new HandGesture((shares, force) => this.strikeByGesture(hand, shares, force));
    const tracker = new HandTracker((landmarks) => {
      picture.show(gesture.follow(landmarks, performance.now() / 1000), this.camera.aspect);
      if (this.camera.isOn) find("seen").textContent = landmarks ? "Move your hand." : "Show your hand to the camera.";
    });
    this.camera = new Camera(tracker, (error) => this.showCamera(error));
    this.showCamera = (error) => {
      if (error) showNotice(`The hand cannot be followed: ${error.message}`);
      button.textContent = this.camera.isOn ? "Stop" : "Hand";
      button.setAttribute("aria-pressed", String(this.camera.isOn));
      if (!this.camera.isOn) find("seen").textContent = "Your hand before the camera plays it: the camera's picture stays on this page.";
    };
    button.addEventListener("click", async () => {
      showNotice(null);
      find("seen").textContent = "Starting…";
      let failure = null;
      try {
        if (this.camera.isOn) this.camera.stop();
        else await this.camera.start();
      } catch (error) {
        failure = error;
      }
      this.showCamera(failure);
    });
  }

  // Offered where the browser tells of motion: on pages that are served safely to devices that are held.
  addMotion() {
    const { motion } = this.description, isHeld = matchMedia("(pointer: coarse)").matches;
    if (!motion.length || !isHeld || !window.isSecureContext || !window.DeviceMotionEvent) return;
    const button = find("move"), gesture = new MotionGesture((shares, force) => this.strikeByGesture(motion, shares, force));
    find("motion").hidden = false;
    const follow = (event) => gesture.follow(event, performance.now());
    button.addEventListener("click", async () => {
      const isOn = button.getAttribute("aria-pressed") === "true";
      window.removeEventListener("devicemotion", follow);
      showNotice(null);
      if (!isOn && (await DeviceMotionEvent.requestPermission?.().catch(() => "denied")) === "denied")
        return showNotice("The motion of the device cannot be used: this page may not read it");
      if (!isOn) window.addEventListener("devicemotion", follow);
      button.setAttribute("aria-pressed", String(!isOn));
    });
  }

  showVoice({ numbers: [isVoiced, pitch, level] }) {
    const milliseconds = performance.now();
    if (!this.microphone?.isOn || milliseconds - (this.voiceShown ?? 0) < VOICE_TEXT_MS) return;
    this.voiceShown = milliseconds;
    const key = 69 + 12 * Math.log2(pitch / 440);
    const text = isVoiced ? `${noteName(Math.round(key))} · ${pitch.toFixed(1)} Hz` : "no voice";
    const line = `${text} · ${level.toFixed(0).replace("-", "−")} dB`;
    if (find("sung").textContent !== line) find("sung").textContent = line;
  }

  addControls() {
    const { volume } = this.description, slider = find("volume");
    Object.assign(slider, { min: volume.low, max: volume.high, value: volume.value });
    const showVolume = () => slider.setAttribute("aria-valuetext", formatValue(Number(slider.value), { unit: "dB", names: [] }));
    slider.addEventListener("input", () => {
      this.engine.setParam(volume, Number(slider.value));
      showVolume();
    });
    showVolume();
    find("panic").addEventListener("click", () => this.panic());
    find("higher").addEventListener("click", () => this.keyboard.shift(1));
    find("lower").addEventListener("click", () => this.keyboard.shift(-1));
    if (navigator.requestMIDIAccess) this.addMidi(find("midi"));
    document.addEventListener("keydown", (event) => this.typeKey(event));
    document.addEventListener("keyup", (event) => this.keyboard.release(event.code));
    window.addEventListener("blur", () => this.keyboard.releaseAll());
    for (const name of ["pointerdown", "pointerup", "keydown"])
      document.addEventListener(name, () => this.engine.wake(), { capture: true, passive: true });
  }

  addMidi(button) {
    button.hidden = false;
    button.addEventListener("click", async () => {
      try {
        const count = await openMidi((status, first, second) => this.playMessage(status, first, second));
        button.setAttribute("aria-pressed", "true");
        button.title = count === 1 ? "1 MIDI input" : `${count} MIDI inputs`;
      } catch (error) {
        showNotice(`MIDI cannot be used: ${error.message}`);
      }
    });
  }

  playMessage(status, first, second) {
    const kind = status & 0xf0;
    if (kind === 0x90 || kind === 0x80) this.keyboard.light(first, kind === 0x90 ? second / 127 : 0);
    this.lightSounds();
    this.engine.midi(status, first, second);
  }

  typeKey(event) {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.code === "Escape") this.panic();
    else if (event.code === "Equal" || event.code === "Minus") this.keyboard.shift(event.code === "Equal" ? 1 : -1);
    else if (!this.keyboard.typeKey(event)) return;
    event.preventDefault();
  }

  panic() {
    if (this.performance?.playing) this.performance.stop();
    this.keyboard.pressed.clear();
    this.held.clear();
    this.keyboard.lit.clear();
    this.keyboard.change();
    this.lightSounds();
    this.engine.panic();
  }

  update() {
    const now = this.engine.now;
    this.engine.now = null;
    if (now) this.show(now);
    this.engine.look(); // gives away the memory of the report
  }

  show(now) {
    this.meter.show(now.peaks);
    this.performance?.show(now.seconds);
    if (now.picture && this.picture && !this.picture.canvas.hidden) this.picture.show(now.picture);
    if (now.voice) this.showVoice(now.voice);
    this.knobs.follow(now.params, (number, value) => this.isNew(number, value));
  }

  // Whether a parameter was moved by a controller, not from here.
  isNew(number, value) {
    const isOther = this.reported.get(number) !== value;
    this.reported.set(number, value);
    return isOther && performance.now() - (this.ownChanges.get(number) ?? -OWN_CHANGE_MS) >= OWN_CHANGE_MS;
  }
}

// Open what the page carries; the player can be used as soon as this has ended.
window.player = (async () => {
  try {
    readColours();
    if (!window.DecompressionStream || !window.WebAssembly) throw new Error("this browser is too old to play this page");
    const [module, images] = await Promise.all([unpack("module"), unpackImages()]);
    const description = readDescription(images);
    return new Player(new Engine(module, images, description), description);
  } catch (error) {
    showNotice(error);
    return null;
  }
})();
