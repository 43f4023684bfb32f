// The keyboard: several fingers, velocity by height; what sounds is lit. Computer keys play it by their positions.
const BLACK = [1, 3, 6, 8, 10], NOTE_NAMES = ["C", "C♯", "D", "D♯", "E", "F", "F♯", "G", "G♯", "A", "A♯", "B"];
const BLACK_WIDTH = 0.62, BLACK_HEIGHT = 0.62, MIN_VELOCITY = 0.15, COMPUTER_VELOCITY = 0.75;
const MAX_WHITE_KEYS = 36, MIN_WHITE_KEYS = 8;
const LOWER = "ZSXDCVGBHNJM", UPPER = "Q2W3ER5T6Y7UI9O0P"; // from a C upwards, and from the C above
const STEPS = new Map([
  ...[...LOWER].map((letter, step) => [`Key${letter}`, step]),
  ...[...UPPER].map((letter, step) => [/\d/.test(letter) ? `Digit${letter}` : `Key${letter}`, 12 + step]),
]);
const LETTERS = new Map([...LOWER].map((letter, step) => [step, letter]));
[...UPPER].forEach((letter, step) => LETTERS.set(12 + step, letter));

const isBlack = (key) => BLACK.includes(key % 12);
const noteName = (key) => NOTE_NAMES[key % 12] + (Math.floor(key / 12) - 1);
const whitesBelow = (key) => 7 * Math.floor(key / 12) + [...Array(key % 12).keys()].filter((k) => !isBlack(k)).length;

class Keyboard extends Surface {
  constructor(canvas, [low, high], play) {
    super(canvas);
    Object.assign(this, { low, high, play });
    this.pressed = new Map(); // key by pointer or computer key
    this.lit = new Map(); // velocity by key
    this.cursor = Math.min(Math.max(60, low), high);
    this.base = 48; // the C of the lower row of computer keys
    this.hasLetters = !matchMedia("(pointer: coarse)").matches;
    this.listen({
      press: (pointer, x, y) => this.press(pointer, this.keyAt(x, y)),
      move: (pointer, x, y) => this.press(pointer, this.keyAt(x, y)),
      release: (pointer) => this.release(pointer),
    });
    canvas.addEventListener("keydown", (event) => this.moveCursor(event));
    canvas.addEventListener("keyup", (event) => { if (event.key === " ") this.release("Space"); });
    canvas.addEventListener("blur", () => this.release("Space"));
  }

  resize(width, height) {
    const wanted = width < 700 ? 40 : 32; // pixels of a white key
    this.count = Math.min(Math.max(Math.floor(width / wanted), MIN_WHITE_KEYS), MAX_WHITE_KEYS);
    if (this.first === undefined) {
      const middle = (whitesBelow(this.low) + whitesBelow(this.high)) / 2 - this.count / 2;
      this.first = this.clampFirst(7 * Math.round(middle / 7));
      const [low, high] = [12 * Math.ceil(this.first / 7), 12 * Math.floor((this.first + this.count) / 7) - 12];
      this.base = Math.min(Math.max(48, low), Math.max(low, high));
    }
    this.first = this.clampFirst(this.first);
    super.resize(width, height);
  }

  clampFirst(first) { return Math.min(Math.max(first, 0), 75 - this.count); }

  shift(octaves) {
    this.releaseAll();
    this.first = this.clampFirst(this.first + 7 * octaves);
    this.base = Math.min(Math.max(this.base + 12 * octaves, 0), 96);
    this.change();
  }

  // [left, width] of a key in white keys from the first.
  extent(key) {
    const left = whitesBelow(key) - this.first;
    return isBlack(key) ? [left - BLACK_WIDTH / 2, BLACK_WIDTH] : [left, 1];
  }

  get keys() {
    const found = [];
    for (let key = 0; key < 128; key++) {
      const [left, width] = this.extent(key);
      if (left + width > 0.01 && left < this.count - 0.01 && (!isBlack(key) || (left >= -0.4 && left < this.count - 0.4)))
        found.push(key);
    }
    return found;
  }

  keyAt(x, y) {
    const across = (x / this.width) * this.count, up = y / this.height;
    for (const black of [true, false])
      for (const key of this.keys) {
        const [left, width] = this.extent(key), height = black ? BLACK_HEIGHT : 1;
        if (isBlack(key) === black && across >= left && across < left + width && up < height)
          return [key, MIN_VELOCITY + (1 - MIN_VELOCITY) * Math.min(Math.max(up / (0.92 * height), 0), 1)];
      }
    return null;
  }

  press(pointer, hit) {
    if (!hit || this.pressed.get(pointer) === hit[0]) return;
    this.release(pointer);
    const [key, velocity] = hit;
    this.pressed.set(pointer, key);
    this.play.noteOn(key, velocity);
  }

  release(pointer) {
    const key = this.pressed.get(pointer);
    if (key === undefined) return;
    this.pressed.delete(pointer);
    if (![...this.pressed.values()].includes(key)) this.play.noteOff(key);
  }

  releaseAll() { for (const pointer of [...this.pressed.keys()]) this.release(pointer); }

  light(key, velocity) {
    if (velocity) this.lit.set(key, velocity);
    else this.lit.delete(key);
    this.change();
  }

  moveCursor(event) {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    if (step) {
      this.cursor = Math.min(Math.max(this.cursor + step, 0), 127);
      while (whitesBelow(this.cursor) >= this.first + this.count && this.first < 75 - this.count) this.first++;
      while (whitesBelow(this.cursor) < this.first) this.first--;
      this.canvas.setAttribute("aria-description", noteName(this.cursor));
      this.change();
    } else if (event.key === " " && !event.repeat) {
      this.press("Space", [this.cursor, COMPUTER_VELOCITY]);
    }
    if (step || event.key === " ") event.preventDefault();
  }

  // Computer keys: whether an event plays.
  typeKey(event) {
    const step = STEPS.get(event.code);
    if (step === undefined || this.base + step > 127) return false;
    if (!event.repeat) this.press(event.code, [this.base + step, COMPUTER_VELOCITY]);
    return true;
  }

  paint(context) {
    for (const black of [false, true])
      for (const key of this.keys) if (isBlack(key) === black) this.paintKey(context, key, black);
  }

  paintKey(context, key, black) {
    const unit = this.width / this.count, [left, width] = this.extent(key);
    const x = left * unit + (black ? 0 : 0.5), wide = width * unit - (black ? 0 : 1);
    const high = this.height * (black ? BLACK_HEIGHT : 1), isInRange = key >= this.low && key <= this.high;
    const body = context.createLinearGradient(0, 0, 0, high);
    const [upper, lower] = black
      ? isInRange ? ["#101012", "#2f3035"] : ["#3a3b3f", "#4a4b50"]
      : isInRange ? colours.isDark ? ["#e9e4d9", "#f7f3ea"] : ["#ffffff", "#fbf8f2"]
        : colours.isDark ? ["#8d897f", "#969187"] : ["#dcd6cb", "#dcd6cb"];
    body.addColorStop(0, upper);
    body.addColorStop(1, lower);
    const shape = (inset = 0) => {
      context.beginPath();
      context.roundRect(x + inset, -4 + inset, wide - 2 * inset, high + 4 - 2 * inset, 4);
    };
    shape();
    context.fillStyle = body;
    context.fill();
    if (!black && !colours.isDark) {
      context.strokeStyle = colours.border;
      context.lineWidth = 1;
      context.stroke();
    }
    if (this.lit.has(key)) {
      const glow = context.createLinearGradient(0, 0, 0, high);
      glow.addColorStop(0, withAlpha(colours.accent, 0.35));
      glow.addColorStop(1, withAlpha(colours.accent, 0.45 + 0.55 * this.lit.get(key)));
      context.fillStyle = glow;
      context.fill();
      context.fillStyle = colours["on-accent"]; // seen without colour too
      context.beginPath();
      context.arc(x + wide / 2, high - (black ? 8 : 26), 3, 0, 2 * Math.PI);
      context.fill();
    }
    if (key === this.cursor && this.hasFocus && this.canvas.matches(":focus-visible")) {
      shape(1.5);
      context.strokeStyle = colours.accent;
      context.lineWidth = 2;
      context.stroke();
    }
    this.paintLabels(context, key, black, x + wide / 2, high);
  }

  paintLabels(context, key, black, middle, high) {
    context.textAlign = "center";
    context.fillStyle = black ? "#cfc9bd" : "#5b564e";
    context.font = `12px ${colours.font}`;
    const letter = this.hasLetters && LETTERS.get(key - this.base);
    if (letter) context.fillText(letter, middle, high - (black ? 18 : 38));
    if (key % 12 === 0) context.fillText(noteName(key), middle, high - 8);
  }
}
