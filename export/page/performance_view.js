// Performances: the learned control signal, a random one, and the learned one with its dimensions permuted. The signal
// is drawn, and lit as the engine plays it.
const PERFORMANCE_NAMES = ["learned", "random", "permuted"], SIGNAL_MARGIN = 8, SIGNAL_GLOW_SECONDS = 0.5;

class PerformancePanel extends Surface {
  // play: {start(entries), stop()}; lit: (dimension) => as the signal passes a site.
  constructor(panel, canvas, buttons, performances, play, lit) {
    super(canvas);
    Object.assign(this, { performances, play, lit, shown: "learned", playing: "", seconds: -1, passed: 0 });
    panel.hidden = false;
    this.buttons = PERFORMANCE_NAMES.map((name) => {
      const button = document.createElement("button");
      Object.assign(button, { type: "button", textContent: name });
      button.addEventListener("click", () => this.toggle(name));
      return [name, button];
    });
    buttons.append(...this.buttons.map(([, button]) => button));
    this.showButtons();
    canvas.addEventListener("click", () => this.toggle(this.shown));
  }

  // [seconds, kind, key, value] of a performance, in order of time.
  entriesOf(name) {
    const rows = ([seconds, keys, values], kind) => seconds.map((time, i) => [time, kind, keys[i], values[i]]);
    const entries = rows(this.performances[name], KIND.CONTROL);
    if (name !== "random") entries.push(...rows(this.performances.deformation, KIND.DEFORM));
    return entries.sort(([one], [other]) => one - other);
  }

  toggle(name) {
    const isSame = this.playing === name;
    if (this.playing) this.stop();
    if (isSame) return;
    [this.playing, this.shown, this.passed, this.base] = [name, name, 0, null];
    this.play.start(this.entriesOf(name));
    this.showButtons();
    this.change();
  }

  stop() {
    this.playing = "";
    this.seconds = -1;
    this.play.stop();
    this.showButtons();
    this.change();
  }

  showButtons() {
    for (const [name, button] of this.buttons) {
      button.setAttribute("aria-pressed", String(this.playing === name));
      button.title = this.playing === name ? "Stop" : `Play the ${name} control signal`;
    }
  }

  // Follow the seconds that the engine has played.
  show(seconds) {
    if (!this.playing || seconds < 0) return;
    this.seconds = seconds;
    const [times, keys] = this.performances[this.shown];
    while (this.passed < times.length && times[this.passed] <= seconds) this.lit(keys[this.passed++]);
    if (seconds > this.performances.seconds + SIGNAL_GLOW_SECONDS) this.stop();
    this.change();
  }

  x(seconds) { return SIGNAL_MARGIN + (seconds / this.performances.seconds) * (this.width - 2 * SIGNAL_MARGIN); }

  y(dimension) {
    const share = (dimension + 0.5) / this.performances.dimensions;
    return this.height - SIGNAL_MARGIN - share * (this.height - 2 * SIGNAL_MARGIN);
  }

  recolour() {
    this.base = null;
    super.recolour();
  }

  radius(value) {
    const scale = clamp(this.width / 700, 0.6, 1);
    return scale * (1.2 + 3.3 * Math.sqrt(Math.max(value, 0) / this.largest));
  }

  paint(context) {
    this.largest = Math.max(1e-9, ...this.performances[this.shown][2]);
    this.base ??= this.prepare((back) => this.paintSites(back));
    context.save();
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.drawImage(this.base, 0, 0);
    context.restore();
    if (this.seconds >= 0) this.paintNow(context);
  }

  paintSites(context) {
    const [times, keys, values] = this.performances[this.shown];
    context.fillStyle = withAlpha(colours.text, 0.4);
    times.forEach((time, i) => {
      context.beginPath();
      context.arc(this.x(time), this.y(keys[i]), this.radius(values[i]), 0, 2 * Math.PI);
      context.fill();
    });
  }

  paintNow(context) {
    const [times, keys, values] = this.performances[this.shown];
    for (let i = this.passed - 1; i >= 0 && this.seconds - times[i] < SIGNAL_GLOW_SECONDS; i--) {
      const share = 1 - (this.seconds - times[i]) / SIGNAL_GLOW_SECONDS;
      context.fillStyle = withAlpha(colours.accent, share);
      context.beginPath();
      context.arc(this.x(times[i]), this.y(keys[i]), this.radius(values[i]) + 3 * share, 0, 2 * Math.PI);
      context.fill();
    }
    const x = this.x(Math.min(this.seconds, this.performances.seconds));
    context.strokeStyle = colours.accent;
    context.lineWidth = 1.5;
    context.beginPath();
    context.moveTo(x, 0);
    context.lineTo(x, this.height);
    context.stroke();
  }
}
