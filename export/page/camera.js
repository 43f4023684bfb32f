// The camera, after a click: its pictures go to the tracker in a worker, one at a time, and the hand is drawn.
const CAMERA = { width: { ideal: 640 }, height: { ideal: 480 }, facingMode: "user" };
const FINGERS = [[0, 1, 2, 3, 4], [0, 5, 6, 7, 8], [5, 9, 10, 11, 12], [9, 13, 14, 15, 16], [0, 17, 18, 19, 20], [13, 17]];
const HAND_SEEN_MS = 1500, HAND_FADE_MS = 400; // after the last picture with a hand

// Files packed one after the other, beneath a list of [name, bytes] as JSON in the element's attribute.
const unpackTracker = async () => {
  const element = document.getElementById("tracker"), bytes = await unpack("tracker"), files = {};
  let at = 0;
  for (const [name, size] of JSON.parse(element.dataset.files)) files[name] = bytes.slice(at, (at += size));
  return files;
};

class HandTracker {
  // see: (landmarks or null) for each picture.
  constructor(see) {
    this.see = see;
    this.worker = this.answer = null;
  }

  // Start the worker; it is kept.
  async open() {
    if (this.worker) return;
    const worker = new Worker(URL.createObjectURL(new Blob([HAND_TRACKER], { type: "text/javascript" })));
    worker.onmessage = ({ data }) => this.answer?.(data);
    worker.onerror = (event) => this.answer?.({ error: event.message || "it could not be started" });
    this.worker = worker;
    try {
      const files = await unpackTracker();
      await this.ask({ files }, Object.values(files).map((each) => each.buffer));
    } catch (error) {
      worker.terminate();
      this.worker = null;
      throw error;
    }
  }

  async track(picture) { this.see((await this.ask({ picture }, [picture])).landmarks); }

  ask(message, transferred) {
    return new Promise((resolve, reject) => {
      this.answer = (data) => (data.error ? reject(new Error(data.error)) : resolve(data));
      this.worker.postMessage(message, transferred);
    });
  }
}

class Camera {
  constructor(tracker, fail) {
    Object.assign(this, { tracker, fail, stream: null });
    this.video = document.createElement("video");
    Object.assign(this.video, { muted: true, playsInline: true });
  }

  get isOn() { return this.stream !== null; }

  get aspect() { return this.video.videoWidth / this.video.videoHeight || 1; }

  async start() {
    if (!navigator.mediaDevices) throw new Error("this browser gives no camera to this page");
    const stream = await navigator.mediaDevices.getUserMedia({ video: CAMERA });
    this.stream = stream;
    try {
      this.video.srcObject = stream;
      await Promise.all([this.video.play(), this.tracker.open()]);
    } catch (error) {
      this.stop();
      throw error;
    }
    this.follow(stream);
  }

  stop() {
    for (const track of this.stream?.getTracks() ?? []) track.stop();
    this.stream = this.video.srcObject = null;
    this.tracker.see(null);
  }

  // Until it is switched off; pictures that come while the tracker is busy are left out.
  async follow(stream) {
    try {
      while (this.stream === stream) {
        await this.tracker.track(await createImageBitmap(this.video));
        await new Promise((resolve) => requestAnimationFrame(resolve));
      }
    } catch (error) {
      if (this.stream !== stream) return;
      this.stop();
      this.fail(error);
    }
  }
}

// The hand over the picture of the instrument, mirrored.
class HandPicture extends Surface {
  constructor(canvas) {
    super(canvas);
    this.landmarks = null;
    this.seen = 0;
  }

  // aspect: width of the camera's picture over its height.
  show(landmarks, aspect) {
    if (landmarks) [this.landmarks, this.seen, this.aspect] = [landmarks, performance.now(), aspect];
    this.change();
  }

  point(number) {
    const wide = Math.min(this.width, this.height * this.aspect), high = wide / this.aspect;
    const across = 1 - this.landmarks[3 * number], down = this.landmarks[3 * number + 1];
    return [this.width / 2 + (across - 0.5) * wide, this.height / 2 + (down - 0.5) * high];
  }

  paint(context) {
    const fresh = Math.min(1 - (performance.now() - this.seen - HAND_SEEN_MS) / HAND_FADE_MS, 1);
    if (!this.landmarks || fresh <= 0) return;
    Object.assign(context, { lineWidth: 3, lineJoin: "round", lineCap: "round" });
    context.strokeStyle = withAlpha(colours.accent, 0.7 * fresh);
    for (const finger of FINGERS) {
      context.beginPath();
      for (const number of finger) context.lineTo(...this.point(number));
      context.stroke();
    }
    context.fillStyle = withAlpha(colours.accent, fresh);
    for (let number = 0; number < this.landmarks.length / 3; number++) {
      context.beginPath();
      context.arc(...this.point(number), 4, 0, 2 * Math.PI);
      context.fill();
    }
    this.change(); // it fades
  }
}
