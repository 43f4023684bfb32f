// node play_wasm.js MODULE IMAGES MESSAGES RATE BLOCK FRAMES OUT: plays messages (frame i8, key i4, as int64 pairs).
const fs = require("fs");
const [, , modulePath, imagesPath, messagesPath, rate, block, frames, out] = process.argv;
const compiled = new WebAssembly.Module(fs.readFileSync(modulePath));
if (WebAssembly.Module.imports(compiled).length) throw new Error("the module has imports");
const shell = new WebAssembly.Instance(compiled, {}).exports;
if (shell._initialize) shell._initialize();
const images = fs.readFileSync(imagesPath);
const place = shell.allocate(images.length);
new Uint8Array(shell.memory.buffer).set(images, place);
const result = shell.open(place, images.length, +rate);
if (result) throw new Error(`result ${result}`);
const file = fs.readFileSync(messagesPath);
const messages = new BigInt64Array(file.buffer, file.byteOffset, file.length / 8);
const total = +frames, sound = new Float32Array(2 * total);
let next = 0, spent = 0n;
for (let start = 0; start < total; start += +block) {
  const count = Math.min(+block, total - start);
  for (; next < messages.length / 2 && Number(messages[2 * next]) < start + count; next++)
    if (!shell.send(Number(messages[2 * next]) - start, 15, 0, -1, Number(messages[2 * next + 1]), 0, -1))
      throw new Error("no room");
  const began = process.hrtime.bigint();
  const audio = shell.render(count, 0);
  if (start > +rate) spent += process.hrtime.bigint() - began;
  const view = new Float32Array(shell.memory.buffer, audio, 2 * count);
  sound.set(view.subarray(0, count), start);
  sound.set(view.subarray(count), total + start);
}
fs.writeFileSync(out, new Uint8Array(sound.buffer));
console.log(Number(spent) / 1e9 / Math.max((total - +rate) / +rate, 1e-9));
