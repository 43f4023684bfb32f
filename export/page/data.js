// What the page carries: bytes as gzip in base64, and the text in a file of images.
const TEXT_PLACE = 40, TEXT_SIZE = 48; // in the header of a file of images: u8

const unpack = async (id) => {
  const text = atob(document.getElementById(id).textContent);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
};

const readDescription = (images) => {
  const view = new DataView(images.buffer);
  const place = Number(view.getBigUint64(TEXT_PLACE, true)), size = Number(view.getBigUint64(TEXT_SIZE, true));
  return JSON.parse(new TextDecoder().decode(images.subarray(place, place + size)));
};
