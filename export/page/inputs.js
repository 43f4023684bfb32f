// MIDI keyboards and the microphone, both only after a click.
const MICROPHONE = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };

// Play what all MIDI inputs send. send: (status, first, second). Returns how many there are.
const openMidi = async (send) => {
  const access = await navigator.requestMIDIAccess();
  const listen = (input) => {
    input.onmidimessage = ({ data: [status, first = 0, second = 0] }) => {
      if (status < 0xf0) send(status, first, second);
    };
  };
  access.inputs.forEach(listen);
  access.onstatechange = ({ port }) => { if (port.type === "input" && port.state === "connected") listen(port); };
  return access.inputs.size;
};

class Microphone {
  constructor(engine) {
    this.engine = engine;
    this.stream = this.source = null; // source: ends it
  }

  get isOn() { return this.source !== null; }

  async start() {
    await this.engine.wake();
    if (!navigator.mediaDevices) throw new Error("this browser gives no microphone to this page");
    this.stream = await navigator.mediaDevices.getUserMedia({ audio: MICROPHONE });
    this.source = this.needsBridge ? await this.bridge() : this.connect();
  }

  // Whether the context has another rate than the microphone, in a browser that converts none.
  get needsBridge() {
    const { context, deviceRate } = this.engine;
    return context.sampleRate !== deviceRate && !navigator.mediaDevices.getSupportedConstraints().sampleRate;
  }

  // Connect the stream within the context; a function that ends it.
  connect() {
    const source = this.engine.context.createMediaStreamSource(this.stream);
    source.connect(this.engine.node);
    return () => source.disconnect();
  }

  // Hear the stream in a context of its own rate, which sends it to the instrument; a function that ends it.
  async bridge() {
    const context = new AudioContext({ latencyHint: "interactive" }), { port1, port2 } = new MessageChannel();
    await addProcessor(context);
    const capture = new AudioWorkletNode(context, "luthier-capture");
    capture.port.postMessage(port1, [port1]);
    this.engine.node.port.postMessage({ voice: { port: port2, rate: context.sampleRate } }, [port2]);
    context.createMediaStreamSource(this.stream).connect(capture).connect(context.destination); // it is silent
    return () => {
      this.engine.post({ voice: null });
      context.close();
    };
  }

  stop() {
    this.source();
    for (const track of this.stream.getTracks()) track.stop();
    this.stream = this.source = null;
  }
}
