// <prompt-box>: a prompt that is longer than its box gets a button that shows it whole, and folds it.

class PromptBox extends HTMLElement {
  connectedCallback() {
    this.prompt = this.querySelector(".prompt");
    this.button = this.querySelector(":scope > button");
    this.button.addEventListener("click", () => {
      this.toggleAttribute("data-whole");
      this.button.setAttribute("aria-expanded", String(this.hasAttribute("data-whole")));
    });
    this.watcher = new ResizeObserver(() => this.measure());
    this.watcher.observe(this.prompt);
  }

  disconnectedCallback() {
    this.watcher.disconnect();
  }

  measure() {
    const whole = this.hasAttribute("data-whole");
    this.button.hidden = !whole && this.prompt.scrollHeight <= this.prompt.clientHeight + 1;
  }
}

customElements.define("prompt-box", PromptBox);
