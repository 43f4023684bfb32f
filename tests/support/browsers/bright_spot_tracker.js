// In place of the hand tracker that npm fetches, whose files may not lie in the repository: 21 landmarks about the mean
// place of what is bright in a picture, moved by its colour: the trial pictures of browsers move or change colour. Its
// interface is that of MediaPipe Hands.
class Hands {
  constructor({ locateFile }) {
    if (!locateFile("hands_solution_simd_wasm_bin.wasm").startsWith("blob:")) throw new Error("a file is missing");
  }
  setOptions() {}
  onResults(call) { this.call = call; }
  async initialize() {}
  async send({ image }) {
    const canvas = new OffscreenCanvas(64, 48), context = canvas.getContext("2d", { willReadFrequently: true });
    context.drawImage(image, 0, 0, 64, 48);
    const { data } = context.getImageData(0, 0, 64, 48);
    let weight = 1e-9, across = 0, down = 0, colour = 0;
    for (let at = 0; at < 64 * 48; at++) {
      const light = (data[4 * at] + data[4 * at + 1] + data[4 * at + 2]) ** 4;
      colour += (data[4 * at] - data[4 * at + 2]) / (255 * 64 * 48);
      weight += light;
      across += light * ((at % 64) / 64);
      down += light * (Math.floor(at / 64) / 48);
    }
    const x = across / weight + 0.3 * colour, y = down / weight;
    this.call({ multiHandLandmarks: [Array.from({ length: 21 }, (_, i) => ({
      x: x + 0.2 * Math.cos(i), y: y + 0.2 * Math.sin(i), z: 0,
    }))] });
  }
}
