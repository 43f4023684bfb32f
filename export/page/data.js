// What the page carries: bytes as gzip in base64, and the text in a file of images.
const TABLES_PLACE = 24, TEXT_PLACE = 40, TEXT_SIZE = 48; // in the header of a file of images: u8

const unpack = async (id) => {
  const text = atob(document.getElementById(id).textContent);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
};

// The file of images; its tables come sorted by the places of their bytes in words of four.
const unpackImages = async () => {
  const sorted = await unpack("images"), images = new Uint8Array(sorted.length);
  const start = Number(new DataView(sorted.buffer).getBigUint64(TABLES_PLACE, true));
  images.set(sorted.subarray(0, start));
  for (let plane = 0, from = start; plane < 4; plane++)
    for (let at = start + plane; at < images.length; at += 4) images[at] = sorted[from++];
  return images;
};

const readDescription = (images) => {
  const view = new DataView(images.buffer);
  const place = Number(view.getBigUint64(TEXT_PLACE, true)), size = Number(view.getBigUint64(TEXT_SIZE, true));
  return JSON.parse(new TextDecoder().decode(images.subarray(place, place + size)));
};
