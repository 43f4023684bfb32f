// Pictures that are played: a press strikes an item, a glide strikes what it passes, arrows choose one, Space strikes.
const PRESS_FORCE = 0.8, GLIDE_FORCE = 0.7;
const GLOW_SIZES = 12, LEVEL_RANGE_DB = 60;
const DIRECTIONS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

const clamp = (value, low, high) => Math.min(Math.max(value, low), high);

// Linear levels up to 1 as 0…1 over 60 dB.
const levelShare = (level) => clamp(1 + (20 * Math.log10(Math.max(level, 1e-9))) / LEVEL_RANGE_DB, 0, 1);

// Sprites of glows in GLOW_SIZES sizes, each a core and a halo.
const paintGlows = (scale) => [...Array(GLOW_SIZES).keys()].map((size) => {
  const share = (size + 1) / GLOW_SIZES, radius = 5 + 19 * share ** 1.4;
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = Math.ceil(2 * radius * scale);
  const context = canvas.getContext("2d");
  context.scale(scale, scale);
  const core = colours.isDark ? "#fff3dc" : colours.accent, strength = 0.25 + 0.75 * share;
  const gradient = context.createRadialGradient(radius, radius, 0, radius, radius, radius);
  for (const [at, colour, alpha] of [[0, core, 1], [0.16, core, 0.95], [0.3, colours.accent, 0.6],
    [0.6, colours.accent, 0.14], [1, colours.accent, 0]]) gradient.addColorStop(at, withAlpha(colour, alpha * strength));
  context.fillStyle = gradient;
  context.fillRect(0, 0, 2 * radius, 2 * radius);
  return { canvas, radius };
});

class Picture extends Surface {
  // play: {strike(item, force, pointer), release(pointer)}
  constructor(canvas, label, play) {
    super(canvas);
    this.play = play;
    this.selected = -1;
    this.held = new Map(); // item by pointer
    canvas.setAttribute("aria-label", label);
    this.listen({
      press: (pointer, x, y) => this.touch(pointer, this.itemAt(x, y), this.forceAt(x, y, false)),
      move: (pointer, x, y) => this.touch(pointer, this.itemAt(x, y), this.forceAt(x, y, true)),
      release: (pointer) => this.release(pointer),
    });
    canvas.addEventListener("keydown", (event) => this.press(event));
    canvas.addEventListener("keyup", (event) => { if (event.key === " ") this.release("Space"); });
  }

  forceAt(x, y, isGlide) { return isGlide ? GLIDE_FORCE : PRESS_FORCE; }

  touch(pointer, item, force) {
    if (item === null || this.held.get(pointer) === item) return;
    this.release(pointer);
    this.held.set(pointer, item);
    this.select(item);
    this.play.strike(item, force, pointer);
  }

  release(pointer) {
    if (this.held.delete(pointer)) this.play.release(pointer);
  }

  press(event) {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const direction = DIRECTIONS[event.key];
    if (direction) this.select(this.neighbour(...direction));
    else if (event.key === " " && !event.repeat && this.selected >= 0) this.touch("Space", this.selected, PRESS_FORCE);
    if (direction || event.key === " ") event.preventDefault();
  }

  select(item) {
    if (item === null) return;
    this.selected = item;
    this.canvas.setAttribute("aria-description", this.describe(item));
    this.change();
  }

  recolour() {
    this.background = this.glows = null;
    super.recolour();
  }

  paint(context, milliseconds) {
    this.background ??= this.prepare((back) => this.paintBackground(back));
    this.glows ??= paintGlows(this.scale);
    context.save();
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.drawImage(this.background, 0, 0);
    context.restore();
    this.paintNow(context, milliseconds);
  }

  paintGlow(context, x, y, share) {
    const { canvas, radius } = this.glows[clamp(Math.floor(GLOW_SIZES * share), 0, GLOW_SIZES - 1)];
    context.drawImage(canvas, x - radius, y - radius, 2 * radius, 2 * radius);
  }
}
