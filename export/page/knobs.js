// Knobs and switches: painted, with a slider or a check box of the browser's beneath for keys and screen readers.
const KNOB_WIDTH = 78, KNOB_HEIGHT = 96, KNOB_RADIUS = 25, DRAG_PIXELS = 180, SLIDER_STEPS = 200;
const START_ANGLE = 0.75 * Math.PI, ANGLE_RANGE = 1.5 * Math.PI;
const MIN_LOG_RATIO = 10;

const isLogarithmic = ({ low, high }) => low > 0 && high > MIN_LOG_RATIO * low;
const positionOf = (param, value) => {
  const { low, high } = param, clamped = Math.min(Math.max(value, low), high);
  return isLogarithmic(param) ? Math.log(clamped / low) / Math.log(high / low) : (clamped - low) / (high - low || 1);
};
const valueAt = (param, position) => {
  const { low, high, names } = param, share = Math.min(Math.max(position, 0), 1);
  const value = isLogarithmic(param) ? low * (high / low) ** share : low + share * (high - low);
  return names.length ? Math.round(value) : value;
};

const formatValue = (value, { unit, names, switch: isSwitch, name }) => {
  if (isSwitch) return name === "play" ? (value > 0.5 ? "notes" : "as learned") : value > 0.5 ? "on" : "off";
  if (names.length) return names[Math.round(value)] ?? "";
  const short = (number) => String(Number(number.toPrecision(3)));
  if (unit === "Hz" && Math.abs(value) >= 1000) return `${short(value / 1000)} kHz`;
  if (unit === "s" && Math.abs(value) < 1) return `${short(1000 * value)} ms`;
  if (unit === "x") return `×${short(value)}`;
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 || unit.startsWith("dB") ? 1 : 2;
  let text = value.toFixed(unit === "" && Number.isInteger(value) ? 0 : digits);
  if (Number(text) === 0) text = text.replace("-", "");
  return `${text.replace("-", "−")} ${unit === "semitones" ? "st" : unit}`.trim();
};

class Knob extends Surface {
  constructor(param, set) {
    const box = document.createElement("label"), canvas = document.createElement("canvas");
    super(canvas);
    Object.assign(this, { param, set, box, value: param.value });
    box.className = "knob";
    box.title = param.help;
    this.title = param.name[0].toUpperCase() + param.name.slice(1);
    this.input = document.createElement("input");
    this.input.type = param.switch ? "checkbox" : "range";
    this.input.setAttribute("aria-label", this.title);
    box.append(this.input, canvas);
    canvas.setAttribute("aria-hidden", "true");
    for (const name of ["focus", "blur"]) this.input.addEventListener(name, () => this.change());
    if (param.switch) this.followSwitch();
    else this.followSlider();
    this.show(param.value);
  }

  get hasFocus() { return document.activeElement === this.input && this.input.matches(":focus-visible"); }

  followSwitch() {
    this.input.addEventListener("change", () => this.choose(this.input.checked ? 1 : 0));
  }

  followSlider() {
    const { input, canvas, param } = this;
    Object.assign(input, { min: 0, max: param.names.length ? param.high - param.low : SLIDER_STEPS, step: 1 });
    input.addEventListener("input", () => this.choose(valueAt(param, input.value / input.max)));
    let start = null;
    this.listen({
      press: (_, x, y) => {
        input.focus({ preventScroll: true });
        start = [y, positionOf(param, this.value)];
      },
      move: (_, x, y, event) => {
        if (event.shiftKey !== this.isFine) [start, this.isFine] = [[y, positionOf(param, this.value)], event.shiftKey];
        this.choose(valueAt(param, start[1] + (start[0] - y) / (DRAG_PIXELS * (event.shiftKey ? 8 : 1))));
      },
      release: () => {},
    });
    canvas.addEventListener("dblclick", () => this.choose(param.value));
    canvas.addEventListener("wheel", (event) => {
      event.preventDefault();
      this.choose(valueAt(param, positionOf(param, this.value) - Math.sign(event.deltaY) / 50));
    }, { passive: false });
    input.addEventListener("keydown", (event) => {
      if (event.key === "Delete" || event.key === "Backspace") this.choose(param.value);
    });
  }

  choose(value) {
    if (value === this.value) return;
    this.show(value);
    this.set(this.param, value);
  }

  // Show a value that was set elsewhere.
  show(value) {
    this.value = value;
    const { input, param } = this;
    if (param.switch) input.checked = value > 0.5;
    else {
      input.value = Math.round(positionOf(param, value) * input.max);
      input.setAttribute("aria-valuetext", formatValue(value, param));
    }
    this.change();
  }

  paint(context) {
    const middle = this.width / 2;
    context.textAlign = "center";
    context.font = `12px ${colours.font}`;
    context.fillStyle = colours.quiet;
    context.fillText(this.title, middle, 13, this.width);
    context.fillStyle = colours.text;
    context.fillText(formatValue(this.value, this.param), middle, 91, this.width);
    if (this.param.switch) this.paintSwitch(context, middle, 50);
    else this.paintDial(context, middle, 49);
  }

  paintSwitch(context, x, y) {
    const isOn = this.value > 0.5;
    context.beginPath();
    context.roundRect(x - 20, y - 11, 40, 22, 11);
    context.fillStyle = isOn ? colours.accent : colours.border;
    context.fill();
    this.paintFocus(context);
    context.beginPath();
    context.arc(x + (isOn ? 9 : -9), y, 8, 0, 2 * Math.PI);
    context.fillStyle = isOn ? colours["on-accent"] : colours.panel;
    context.fill();
  }

  paintFocus(context) {
    if (!this.hasFocus) return;
    context.strokeStyle = colours.text;
    context.lineWidth = 1.5;
    context.stroke();
  }

  paintDial(context, x, y) {
    const { param } = this, angle = (position) => START_ANGLE + ANGLE_RANGE * position;
    const position = positionOf(param, this.value);
    const zero = param.low < 0 && param.high > 0 ? positionOf(param, 0) : 0;
    const arc = (from, to, colour) => {
      context.beginPath();
      context.arc(x, y, KNOB_RADIUS, angle(from), angle(to));
      context.strokeStyle = colour;
      context.lineWidth = 4;
      context.lineCap = "round";
      context.stroke();
    };
    context.beginPath();
    context.arc(x, y, KNOB_RADIUS - 6, 0, 2 * Math.PI);
    context.fillStyle = colours.raised;
    context.fill();
    this.paintFocus(context);
    arc(0, 1, colours.border);
    if (Math.abs(position - zero) > 0.004) arc(Math.min(zero, position), Math.max(zero, position), colours.accent);
    const [dx, dy] = [Math.cos(angle(position)), Math.sin(angle(position))];
    context.beginPath();
    context.moveTo(x + 8 * dx, y + 8 * dy);
    context.lineTo(x + 16 * dx, y + 16 * dy);
    context.strokeStyle = colours.text;
    context.lineWidth = 2.5;
    context.stroke();
  }
}

// All knobs in groups, of which one is seen at a time.
class KnobPanel {
  constructor(place, tabs, params, title, set) {
    this.knobs = params.map((param) => new Knob(param, set));
    const groups = [...new Set(params.map(({ group }) => group))];
    const first = groups.includes("") ? "" : groups[0];
    const show = (group) => {
      for (const knob of this.knobs) knob.box.hidden = knob.param.group !== group;
    };
    place.append(...this.knobs.map(({ box }) => box));
    const name = (group) => (group ? group[0].toUpperCase() + group.slice(1).replace(/\d+$/, " $&") : title);
    makeTabs(tabs, groups.map((group) => [group, name(group)]), first, show);
  }

  find(name) { return this.knobs.find(({ param }) => param.group === "" && param.name === name); }

  // Follow what controllers of a MIDI keyboard have changed.
  follow(values, isNew) {
    for (const knob of this.knobs) {
      const value = values[knob.param.number];
      if (!Number.isNaN(value) && isNew(knob.param.number, value) && Math.abs(value - knob.value) > 1e-6 * Math.abs(value))
        knob.show(value);
    }
  }
}

// A row of tabs; show: called with the name of the chosen one.
const makeTabs = (place, names, chosen, show) => {
  const buttons = names.map(([name, words]) => {
    const button = document.createElement("button");
    Object.assign(button, { type: "button", textContent: words });
    button.setAttribute("role", "tab");
    button.addEventListener("click", () => choose(name));
    return [name, button];
  });
  const choose = (wanted) => {
    for (const [name, button] of buttons) {
      button.setAttribute("aria-selected", String(name === wanted));
      button.tabIndex = name === wanted ? 0 : -1;
    }
    show(wanted);
  };
  place.append(...buttons.map(([, button]) => button));
  place.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    const at = buttons.findIndex(([, button]) => button === document.activeElement);
    if (!step || at < 0) return;
    const [name, button] = buttons[(at + step + buttons.length) % buttons.length];
    choose(name);
    button.focus();
  });
  choose(chosen);
};
