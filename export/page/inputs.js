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
    this.stream = this.source = null;
  }

  get isOn() { return this.source !== null; }

  async start() {
    await this.engine.wake();
    if (!navigator.mediaDevices) throw new Error("this browser gives no microphone to this page");
    this.stream = await navigator.mediaDevices.getUserMedia({ audio: MICROPHONE });
    this.source = this.engine.context.createMediaStreamSource(this.stream);
    this.source.connect(this.engine.node);
  }

  stop() {
    this.source.disconnect();
    for (const track of this.stream.getTracks()) track.stop();
    this.stream = this.source = null;
  }
}
