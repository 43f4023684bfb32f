// Canvases that are painted at most sixty times a second, and only when something on them has changed.
const MIN_FRAME_MS = 15;
const surfaces = [];

// The colours of the page, from its style sheet.
const colours = {};
const readColours = () => {
  const style = getComputedStyle(document.documentElement);
  for (const name of ["view", "panel", "raised", "border", "text", "quiet", "accent", "on-accent", "warning"])
    colours[name] = style.getPropertyValue(`--${name}`).trim();
  colours.isDark = matchMedia("(prefers-color-scheme: dark)").matches;
  colours.font = style.getPropertyValue("--sans").trim();
};

const withAlpha = (colour, alpha) =>
  colour + Math.round(255 * Math.min(Math.max(alpha, 0), 1)).toString(16).padStart(2, "0");

class Surface {
  constructor(canvas) {
    this.canvas = canvas;
    this.width = this.height = 0;
    this.isChanged = true;
    surfaces.push(this);
    new ResizeObserver(([{ contentRect }]) => this.resize(contentRect.width, contentRect.height)).observe(canvas);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.recolour());
    canvas.addEventListener("focus", () => this.change());
    canvas.addEventListener("blur", () => this.change());
  }

  resize(width, height) {
    const scale = window.devicePixelRatio || 1;
    [this.width, this.height, this.scale] = [width, height, scale];
    this.canvas.width = Math.max(Math.round(width * scale), 1);
    this.canvas.height = Math.max(Math.round(height * scale), 1);
    this.recolour();
  }

  recolour() { // a subclass drops what it has painted in advance
    readColours();
    this.change();
  }

  change() { this.isChanged = true; }

  get hasFocus() { return document.activeElement === this.canvas; }

  // A canvas of the same size for what does not move, painted by a function.
  prepare(paint) {
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [this.canvas.width, this.canvas.height];
    const context = canvas.getContext("2d");
    context.scale(this.scale, this.scale);
    paint(context);
    return canvas;
  }

  update(milliseconds) {
    if (!this.isChanged || this.width < 1 || this.height < 1) return;
    this.isChanged = false;
    const context = this.canvas.getContext("2d");
    context.setTransform(this.scale, 0, 0, this.scale, 0, 0);
    context.clearRect(0, 0, this.width, this.height);
    this.paint(context, milliseconds);
  }

  // Pointers, several at once, in the surface's own pixels: press, move while pressed, release.
  listen({ press, move, release }) {
    const canvas = this.canvas, place = (event) => {
      const box = canvas.getBoundingClientRect();
      return [event.clientX - box.left, event.clientY - box.top];
    };
    const held = new Set();
    canvas.addEventListener("pointerdown", (event) => {
      if (event.button) return;
      event.preventDefault();
      canvas.focus({ preventScroll: true });
      try { canvas.setPointerCapture(event.pointerId); } catch { /* it has gone already */ }
      held.add(event.pointerId);
      press(event.pointerId, ...place(event), event);
    });
    canvas.addEventListener("pointermove", (event) => {
      if (held.has(event.pointerId)) move(event.pointerId, ...place(event), event);
    });
    const end = (event) => {
      if (held.delete(event.pointerId)) release(event.pointerId);
    };
    for (const name of ["pointerup", "pointercancel", "lostpointercapture"]) canvas.addEventListener(name, end);
  }
}

// Call a function for every picture, at most sixty times a second, and paint what has changed.
const animate = (each) => {
  let last = -MIN_FRAME_MS;
  const step = (milliseconds) => {
    if (milliseconds - last >= MIN_FRAME_MS) {
      last = milliseconds;
      each(milliseconds);
      for (const surface of surfaces) surface.update(milliseconds);
    }
    requestAnimationFrame(step);
  };
  requestAnimationFrame(step);
};
