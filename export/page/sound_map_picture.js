// The learned sounds, similar ones near each other; a press or a glide plays them.
const MAP_MARGIN = 36, MAP_HIT_PIXELS = 40, MAX_NAMED_SOUNDS = 60, AFTERGLOW_MS = 1200;

class SoundMapPicture extends Picture {
  constructor(canvas, map, play) {
    super(canvas, `Map of ${map.x.length} sounds: arrows choose one, Space plays it`, play);
    this.map = map;
    this.sounding = new Set();
    this.strikes = new Map(); // milliseconds of the last strike of a sound
  }

  point(item) {
    const wide = this.width - 2 * MAP_MARGIN, high = this.height - 2 * MAP_MARGIN;
    return [MAP_MARGIN + this.map.x[item] * wide, MAP_MARGIN + (1 - this.map.y[item]) * high];
  }

  itemAt(x, y) {
    let best = null, nearest = MAP_HIT_PIXELS;
    for (let i = 0; i < this.map.x.length; i++) {
      const [px, py] = this.point(i), distance = Math.hypot(px - x, py - y);
      if (distance < nearest) [best, nearest] = [i, distance];
    }
    return best;
  }

  neighbour(right, up) {
    if (this.selected < 0) return 0;
    const { x, y } = this.map;
    let best = this.selected, least = Infinity;
    for (let i = 0; i < x.length; i++) {
      const across = x[i] - x[this.selected], above = y[i] - y[this.selected];
      const along = across * right + above * up, aside = Math.abs(across * up) + Math.abs(above * right);
      if (along > 1e-6 && along + 2 * aside < least) [best, least] = [i, along + 2 * aside];
    }
    return best;
  }

  describe(item) { return `sound ${item + 1} of ${this.map.x.length} ${this.map.names[item]}`.trim(); }

  // Light a sound that is struck.
  strike(item) {
    if (item < 0) return;
    this.strikes.set(item, performance.now());
    this.change();
  }

  // The sounds that a key plays; notes: whether it plays notes.
  soundsOf(key, notes) {
    const { note, plain, driven } = this.map;
    if (notes && note.some((each) => each >= 0)) {
      let best = 0;
      note.forEach((each, i) => {
        if (each >= 0 && (note[best] < 0 || Math.abs(each - key) < Math.abs(note[best] - key))) best = i;
      });
      return [best];
    }
    const found = notes ? note.indexOf(key) : driven ? -1 : plain.indexOf(key);
    return found >= 0 ? [found] : [];
  }

  light(items) {
    for (const item of this.sounding) if (!items.has(item)) this.strike(item);
    if (items.size !== this.sounding.size || [...items].some((item) => !this.sounding.has(item))) this.change();
    this.sounding = items;
  }

  show() {}

  paintBackground(context) {
    const { x, level, names } = this.map, named = x.length <= MAX_NAMED_SOUNDS;
    context.font = `12px ${colours.font}`;
    context.textAlign = "center";
    const small = x.length > 300 ? 0.45 : 1;
    for (let i = 0; i < x.length; i++) {
      const [px, py] = this.point(i), radius = small * (5 + 10 * level[i] ** 0.5);
      context.fillStyle = withAlpha(colours.text, 0.16 + 0.2 * level[i]);
      context.beginPath();
      context.arc(px, py, radius, 0, 2 * Math.PI);
      context.fill();
      context.fillStyle = colours.quiet;
      if (named && names[i]) context.fillText(names[i], px, py + radius + 13);
    }
  }

  paintNow(context) {
    const now = performance.now();
    for (const [item, start] of this.strikes) {
      const share = 1 - (now - start) / AFTERGLOW_MS;
      if (share <= 0) this.strikes.delete(item);
      else if (!this.sounding.has(item)) this.paintGlow(context, ...this.point(item), share);
    }
    for (const item of this.sounding) this.paintGlow(context, ...this.point(item), 1);
    if (this.selected >= 0) {
      context.strokeStyle = withAlpha(colours.accent, this.hasFocus ? 1 : 0.6);
      context.lineWidth = 1.5;
      context.beginPath();
      context.arc(...this.point(this.selected), 11 + 4 * this.map.level[this.selected], 0, 2 * Math.PI);
      context.stroke();
    }
    if (this.strikes.size) this.change(); // they fade
  }
}
