// The control pad: a press excites the learned plane, a drag excites it along its path; several fingers.
const PAD_MARGIN = 20, PAD_FADE_MS = 2500, PAD_JOIN_MS = 400, PAD_STEP = 0.02, PAD_FORCE = 0.75;
const MIN_STROKE_DISTANCE = 0.025, MIN_STROKE_MS = 12, FULL_FORCE_SPEED = 2.5, MAX_STROKES = 2000;
const MIN_ENERGY = 0.02; // of the largest one of the plane: less is not sent

class Pad extends Surface {
  // strike: (x, y, force), 0…1 from the lower left
  constructor(canvas, strike) {
    super(canvas);
    this.strike = strike;
    this.strokes = [];
    this.pointers = new Map(); // {x, y, time} by pointer
    this.cursor = [0.5, 0.5];
    canvas.setAttribute("aria-label", "Control pad: the arrows move, Space strikes");
    this.listen({
      press: (pointer, x, y, event) => this.press(pointer, this.position(x, y), this.pressure(event)),
      move: (pointer, x, y) => this.drag(pointer, this.position(x, y)),
      release: (pointer) => this.release(pointer),
    });
    canvas.addEventListener("keydown", (event) => this.move(event));
    canvas.addEventListener("keyup", (event) => { if (event.key === " ") this.release("Space"); });
  }

  pressure(event) {
    return event.pointerType !== "mouse" && event.pressure > 0 && event.pressure < 1 && event.pressure !== 0.5
      ? event.pressure : PAD_FORCE;
  }

  position(x, y) {
    const wide = this.width - 2 * PAD_MARGIN, high = this.height - 2 * PAD_MARGIN;
    return [clamp((x - PAD_MARGIN) / wide, 0, 1), clamp(1 - (y - PAD_MARGIN) / high, 0, 1)];
  }

  point(x, y) {
    const wide = this.width - 2 * PAD_MARGIN, high = this.height - 2 * PAD_MARGIN;
    return [PAD_MARGIN + x * wide, PAD_MARGIN + (1 - y) * high];
  }

  press(pointer, [x, y], force) {
    this.cursor = [x, y];
    const time = performance.now();
    this.pointers.set(pointer, { x, y, time });
    this.add({ time, pointer, x, y, force });
  }

  drag(pointer, [x, y]) {
    const last = this.pointers.get(pointer);
    if (!last) return;
    const time = performance.now(), distance = Math.hypot(x - last.x, y - last.y);
    if (distance < MIN_STROKE_DISTANCE || time - last.time < MIN_STROKE_MS) return;
    const force = clamp(distance / (((time - last.time) / 1000) * FULL_FORCE_SPEED), 0.08, 1);
    this.pointers.set(pointer, { x, y, time });
    this.cursor = [x, y];
    this.add({ time, pointer, x, y, force });
  }

  add(stroke) {
    this.strokes.push(stroke);
    if (this.strokes.length > MAX_STROKES) this.strokes.shift();
    this.strike(stroke.x, stroke.y, stroke.force);
    this.change();
  }

  release(pointer) {
    if (this.pointers.delete(pointer)) this.change();
  }

  move(event) {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const direction = DIRECTIONS[event.key], step = PAD_STEP / (event.shiftKey ? 5 : 1);
    if (direction) {
      this.cursor = this.cursor.map((value, i) => clamp(value + step * direction[i], 0, 1));
      if (this.pointers.has("Space")) this.drag("Space", this.cursor);
      this.change();
    } else if (event.key === " " && !event.repeat) {
      this.press("Space", this.cursor, PAD_FORCE);
    }
    if (direction || event.key === " ") event.preventDefault();
    const [x, y] = this.cursor.map((value) => Math.round(100 * value));
    this.canvas.setAttribute("aria-description", `${x} % across, ${y} % up`);
  }

  recolour() {
    this.background = null;
    super.recolour();
  }

  paint(context, milliseconds) {
    this.background ??= this.prepare((back) => this.paintGrid(back));
    context.save();
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.drawImage(this.background, 0, 0);
    context.restore();
    this.paintTrail(context);
    context.fillStyle = colours.accent;
    for (const { x, y } of this.pointers.values()) {
      const [px, py] = this.point(x, y);
      context.globalAlpha = 0.25;
      this.dot(context, px, py, 26);
      context.globalAlpha = 1;
      this.dot(context, px, py, 9);
    }
    const [px, py] = this.point(...this.cursor);
    context.strokeStyle = this.hasFocus ? colours.accent : colours.quiet;
    context.lineWidth = 1.5;
    context.beginPath();
    context.moveTo(px - 12, py);
    context.lineTo(px + 12, py);
    context.moveTo(px, py - 12);
    context.lineTo(px, py + 12);
    context.stroke();
    if (this.strokes.length) this.change(); // they fade
  }

  paintTrail(context) {
    const now = performance.now(), last = new Map();
    while (this.strokes.length && now - this.strokes[0].time > PAD_FADE_MS) this.strokes.shift();
    for (const { time, pointer, x, y, force } of this.strokes) {
      const point = this.point(x, y), fresh = Math.max(1 - (now - time) / PAD_FADE_MS, 0), before = last.get(pointer);
      if (before && time - before.time < PAD_JOIN_MS) {
        context.strokeStyle = withAlpha(colours.accent, 0.5 * fresh);
        context.lineWidth = 2;
        context.beginPath();
        context.moveTo(...before.point);
        context.lineTo(...point);
        context.stroke();
      }
      context.fillStyle = withAlpha(colours.accent, 0.6 * fresh);
      this.dot(context, ...point, 3 + 9 * force + 14 * (1 - fresh) * force);
      last.set(pointer, { time, point });
    }
  }

  dot(context, x, y, radius) {
    context.beginPath();
    context.arc(x, y, radius, 0, 2 * Math.PI);
    context.fill();
  }

  paintGrid(context) {
    context.lineWidth = 1;
    for (let i = 0; i <= 8; i++) {
      context.strokeStyle = withAlpha(colours.border, i % 4 ? 0.25 : 0.7);
      const [left, bottom] = this.point(0, 0), [right, top] = this.point(1, 1), [x, y] = this.point(i / 8, i / 8);
      context.beginPath();
      context.moveTo(x, top);
      context.lineTo(x, bottom);
      context.moveTo(left, y);
      context.lineTo(right, y);
      context.stroke();
    }
    context.font = `12px ${colours.font}`;
    context.fillStyle = colours.quiet;
    const [left, top] = this.point(0, 1);
    context.fillText("↑ second component", left + 8, top + 18);
    context.textAlign = "right";
    context.fillText("first component →", this.width - PAD_MARGIN - 8, this.height - PAD_MARGIN - 8);
  }
}

// The energy of each dimension at a point of the pad, those that matter: [dimension, energy].
const padEnergies = (pad, x, y, force) => {
  const least = MIN_ENERGY * Math.max(0, ...pad.flat());
  return pad.map(([across, upwards], dimension) => [dimension, (across * x + upwards * y) * force])
    .filter(([, energy]) => energy > least);
};
