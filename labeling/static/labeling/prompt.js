// <prompt-box>: a prompt as high as the reader wants it, by dragging its edge, by arrows on it or by
// V; remembered on this device. One that is longer gets a button that shows it whole, and folds it.

const KEPT = "rondo:prompt-height";
const LOWEST = 64; // pixels
const STEP = 32; // of an arrow
const LARGE = 96; // of V

class PromptBox extends HTMLElement {
  connectedCallback() {
    this.prompt = this.querySelector(".prompt");
    this.button = this.querySelector(":scope > .foot > button");
    this.edge = this.querySelector('[role="separator"]');
    this.button.addEventListener("click", () => {
      this.toggleAttribute("data-whole");
      this.button.setAttribute("aria-expanded", String(this.hasAttribute("data-whole")));
    });
    this.edge.addEventListener("pointerdown", (event) => this.drag(event));
    this.edge.addEventListener("keydown", (event) => this.key(event));
    const kept = Number(localStorage.getItem(KEPT));
    if (kept) this.choose(kept);
    this.watcher = new ResizeObserver(() => this.measure());
    this.watcher.observe(this.prompt);
  }

  disconnectedCallback() {
    this.watcher.disconnect();
  }

  measure() {
    const whole = this.hasAttribute("data-whole");
    this.button.hidden = !whole && this.prompt.scrollHeight <= this.prompt.clientHeight + 1;
    this.edge.hidden = whole || this.prompt.scrollHeight <= LOWEST;
    this.edge.setAttribute("aria-valuenow", String(Math.round(this.prompt.offsetHeight)));
  }

  // pixels: kept where the window has room for them.
  resize(pixels) {
    const height = Math.round(Math.max(LOWEST, Math.min(pixels, this.prompt.scrollHeight + 2, innerHeight * 0.6)));
    this.choose(height);
    localStorage.setItem(KEPT, String(height));
  }

  choose(height) {
    this.dataset.resized = "";
    this.style.setProperty("--prompt-height", `${height}px`);
  }

  drag(event) {
    event.preventDefault();
    this.edge.focus();
    this.edge.setPointerCapture(event.pointerId);
    const start = this.prompt.offsetHeight - event.clientY;
    const move = ({ clientY }) => this.resize(start + clientY);
    this.edge.addEventListener("pointermove", move);
    this.edge.addEventListener("lostpointercapture", () => this.edge.removeEventListener("pointermove", move), { once: true });
  }

  key(event) {
    const step = { ArrowUp: -STEP, ArrowDown: STEP }[event.key];
    if (!step) return;
    event.preventDefault();
    this.resize(this.prompt.offsetHeight + step);
  }

  // By V, or Shift and V.
  step(lower) {
    if (this.hasAttribute("data-whole") || this.inert) return;
    this.resize(this.prompt.offsetHeight + (lower ? -LARGE : LARGE));
  }
}

customElements.define("prompt-box", PromptBox);
