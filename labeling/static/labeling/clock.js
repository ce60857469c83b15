// Active time: seconds in which the page was visible and someone did something within a minute.

const IDLE = 60_000;
const SIGNS = ["pointerdown", "pointermove", "keydown", "wheel", "scroll", "touchstart", "input"];

export class Clock {
  // Runs until `signal` is aborted.
  constructor(seconds, signal) {
    this.milliseconds = seconds * 1000;
    this.lastSign = performance.now();
    this.lastTick = this.lastSign;
    for (const sign of SIGNS) {
      addEventListener(sign, () => this.sign(), { passive: true, capture: true, signal });
    }
    const ticking = setInterval(() => this.tick(), 1000);
    signal.addEventListener("abort", () => clearInterval(ticking));
  }

  get idle() {
    return document.hidden || performance.now() - this.lastSign > IDLE;
  }

  get seconds() {
    return Math.round(this.milliseconds / 1000);
  }

  sign() {
    if (this.idle) this.lastTick = performance.now(); // the pause does not count
    this.lastSign = performance.now();
  }

  tick() {
    const now = performance.now();
    // A throttled timer of a hidden tab must not count in one go when it comes back.
    if (!this.idle) this.milliseconds += Math.min(now - this.lastTick, 2000);
    this.lastTick = now;
  }
}
