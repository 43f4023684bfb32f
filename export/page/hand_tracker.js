// In a worker: finds a hand in pictures, by the tracker that the page carries (MediaPipe Hands).
const OPTIONS = { maxNumHands: 1, modelComplexity: 0, minDetectionConfidence: 0.5, minTrackingConfidence: 0.5 };
let tracker = null, found = null;
for (const name of ["log", "info", "warn", "error"]) console[name] = () => {}; // it tells of all that it does

// What the tracker's scripts use of a document: they know how to load their parts in one, not in a worker.
class Script {
  setAttribute(name, value) { this[name] = value; }
  addEventListener(name, call) { this[`on${name}`] = call; }
}
self.window = self;
self.alert = () => { throw new Error("this browser draws nothing by WebGL in a worker, which the tracker needs"); };
self.document = {
  createElement: (name) => (name === "canvas" ? new OffscreenCanvas(1, 1) : new Script()),
  body: {
    appendChild: (script) => {
      importScripts(script.src);
      script.onload();
    },
  },
};

// files: bytes by their names. The tracker asks for them by these names and receives addresses within the page.
const open = async (files) => {
  const addresses = new Map(Object.entries(files).map(([name, bytes]) => {
    const type = name.endsWith(".js") ? "text/javascript" : name.endsWith(".wasm") ? "application/wasm" : "";
    return [name, URL.createObjectURL(new Blob([bytes], { type }))];
  }));
  const locateFile = (name) => addresses.get(name) ?? name;
  importScripts(locateFile("hands.js"));
  tracker = new Hands({ locateFile });
  tracker.setOptions(OPTIONS);
  tracker.onResults((results) => { found = results; });
  await tracker.initialize();
};

// The 63 coordinates of 21 landmarks, of the picture's own width and height, and depth; null without a hand.
const track = async (picture) => {
  found = null;
  await tracker.send({ image: picture });
  const [landmarks] = found?.multiHandLandmarks ?? [];
  return landmarks ? Float32Array.from(landmarks.flatMap(({ x, y, z }) => [x, y, z])) : null;
};

onmessage = async ({ data: { files, picture } }) => {
  try {
    if (files) await open(files);
    const landmarks = picture ? await track(picture) : null;
    postMessage({ isOpen: true, landmarks });
  } catch (error) {
    postMessage({ error: String(error?.message || error) });
  }
  picture?.close?.();
};
