// What moves, a hand or the device itself, excites the control plane by a learned map: one column of energies for each
// coordinate. As on the pad, it is struck along its way, by its speed.
const HAND_STEP = 0.06, HAND_FULL_SPEED = 3, HAND_LOST_SECONDS = 0.5; // of half the picture's width or height
const LANDMARK_NUMBERS = 3; // across, down, and depth
const GRAVITY = 9.81, MIN_SHAKE = 4, FULL_SHAKE = 25, SHAKE_PAUSE_MS = 90; // m/s²
const TILT_STEP = 0.08, FULL_TILT_SPEED = 3; // of gravity's own length, in a second

// The energies of the dimensions that a movement excites at a force: [dimension, energy], those that matter. shares: how
// far each coordinate takes part in the movement. The strongest dimension receives what it has at full deflection.
const gestureEnergies = (map, shares, force) => {
  const sum = shares.reduce((total, share) => total + share, 0);
  if (!(sum > 0)) return [];
  const energies = map.map((row) => row.reduce((total, value, i) => total + value * shares[i], 0));
  const full = shares.reduce((total, share, i) => total + share * Math.max(...map.map((row) => row[i])), 0) / sum;
  const most = Math.max(...energies);
  if (!(most > 0)) return [];
  return energies.map((energy, dimension) => [dimension, (energy / most) * full * force])
    .filter(([, energy]) => energy > MIN_ENERGY * full * force);
};

// Strikes along the way of a hand. strike: (shares, force).
class HandGesture {
  constructor(strike) {
    this.strike = strike;
    this.filter = new OneEuroFilter();
    this.reset();
  }

  reset() {
    this.filter.reset();
    this.last = null; // where it was struck last: {numbers, time}
  }

  // Landmarks from 0 to 1 at a time in seconds, or null without a hand; what is drawn: the filtered ones. A hand that
  // has just come strikes nothing.
  follow(landmarks, time) {
    if (!landmarks) {
      if (this.last && time - this.last.time > HAND_LOST_SECONDS) this.reset();
      return null;
    }
    const steady = Float64Array.from(this.filter.filter(landmarks, time));
    const numbers = steady.map((value, i) => (i % LANDMARK_NUMBERS < 2 ? 2 * value - 1 : 2 * value));
    if (!this.last) this.last = { numbers, time };
    const moved = numbers.map((value, i) => Math.abs(value - this.last.numbers[i]));
    const distance = Math.sqrt(moved.reduce((sum, value) => sum + value ** 2, 0) / (moved.length / LANDMARK_NUMBERS));
    const seconds = Math.max(time - this.last.time, 1e-3);
    if (distance >= HAND_STEP) {
      this.strike([...moved], clamp(distance / (seconds * HAND_FULL_SPEED), 0.08, 1));
      this.last = { numbers, time };
    } else if (seconds > HAND_LOST_SECONDS) {
      this.last = { numbers, time }; // a slow drift is no stroke
    }
    return steady;
  }
}

// Strikes by the motion of the device: by its tilt along its way, and by shakes.
class MotionGesture {
  constructor(strike) {
    this.strike = strike;
    this.tilt = new OneEuroFilter();
    this.tilted = null; // the direction of gravity where it was struck last: {direction, milliseconds}
    this.shaken = -SHAKE_PAUSE_MS;
  }

  // An event of the device, or what one has: accelerations in m/s², without gravity and with it.
  follow({ acceleration, accelerationIncludingGravity }, milliseconds) {
    const axes = ({ x, y, z }) => [x ?? 0, y ?? 0, z ?? 0];
    const whole = axes(accelerationIncludingGravity ?? {}), gravity = this.tilt.filter(whole, milliseconds / 1000);
    const shake = acceleration?.x != null ? axes(acceleration) : whole.map((value, i) => value - gravity[i]);
    this.followShake(shake.map(Math.abs), milliseconds);
    this.followTilt([...gravity].map((value) => value / GRAVITY), milliseconds);
  }

  followShake(sizes, milliseconds) {
    const most = Math.max(...sizes);
    if (!(most >= MIN_SHAKE) || milliseconds - this.shaken < SHAKE_PAUSE_MS) return;
    this.shaken = milliseconds;
    this.strike(sizes, clamp(most / FULL_SHAKE, 0.08, 1));
  }

  followTilt(direction, milliseconds) {
    if (!this.tilted) this.tilted = { direction, milliseconds };
    const moved = direction.map((value, i) => Math.abs(value - this.tilted.direction[i]));
    const distance = Math.hypot(...moved), passed = milliseconds - this.tilted.milliseconds;
    if (distance >= TILT_STEP && passed > 0) {
      if (milliseconds - this.shaken >= SHAKE_PAUSE_MS) // a shake tilts too
        this.strike(moved, clamp((1000 * distance) / (passed * FULL_TILT_SPEED), 0.08, 1));
      this.tilted = { direction, milliseconds };
    } else if (passed > 1000 * HAND_LOST_SECONDS) {
      this.tilted = { direction, milliseconds };
    }
  }
}
