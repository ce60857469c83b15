// <combined-form>: the forms of several kinds, one step after the other. Each stays what it is on a page of
// its own; beside what work.js asks of a form one may offer
//   sorted        ids in the order of what was said, the best first; null where nothing orders them
//   arrange(ids)  show the texts in this order

class CombinedForm extends HTMLElement {
  connectedCallback() {
    this.steps = [...this.querySelectorAll(":scope > .step")];
    this.buttons = [...this.querySelectorAll(":scope > .steps > button")];
    this.begin({});
    for (const [n, button] of this.buttons.entries()) button.addEventListener("click", () => this.choose(n));
  }

  // at: the step in work; reached: the last one that was; presorted: name of a step -> ids as it began.
  begin({ at = 0, reached = 0, presorted = {} }) {
    Object.assign(this, { at, reached, presorted: { ...presorted } });
    this.show();
  }

  get forms() {
    return this.steps.map((step) => step.querySelector("[data-form]"));
  }

  get form() {
    return this.forms[this.at];
  }

  get taken() {
    return this.form.taken;
  }

  name(n) {
    return this.steps[n].dataset.part;
  }

  by(read) {
    return Object.fromEntries(this.forms.map((form, n) => [this.name(n), read(form)]));
  }

  get draft() {
    const { presorted, at, reached } = this;
    return { parts: this.by((form) => form.draft), presorted: { ...presorted }, step: at, reached };
  }

  get body() {
    return { parts: this.by((form) => form.body), presorted: { ...this.presorted } };
  }

  // A draft, or an answer that is being corrected: in that every step has been reached.
  restore({ parts = {}, presorted = {}, step = 0, reached = this.steps.length - 1 }) {
    this.remember();
    for (const [n, form] of this.forms.entries()) {
      const order = presorted[this.name(n)];
      if (order) form.arrange(order);
      form.restore(parts[this.name(n)] ?? {});
    }
    this.begin({ at: step, reached, presorted });
  }

  // How each form was before anything was done in it.
  remember() {
    this.untouched ??= this.forms.map((form) => JSON.stringify(form.draft));
  }

  get doubt() {
    return this.forms.map((form) => form.doubt ?? null).find((doubt) => doubt !== null) ?? null;
  }

  missing() {
    for (const [n, form] of this.forms.entries()) {
      if (n > this.reached) {
        this.go(n);
        return { message: this.told(n), target: this.steps[n] };
      }
      const missing = form.missing();
      if (!missing) continue;
      if (n !== this.at) this.go(n);
      return missing;
    }
    return null;
  }

  handleKey({ key, shiftKey }) {
    if (key === "Enter" && shiftKey && this.at > 0) return this.go(this.at - 1), true;
    if (this.form.handleKey({ key, shiftKey })) return true;
    if (key !== "Enter" || shiftKey || this.at === this.steps.length - 1) return false;
    if (document.activeElement?.closest("a, button, summary")) return false; // which takes Enter itself
    if (this.form.missing()) return false; // the page says what is
    this.go(this.at + 1);
    return true;
  }

  // A step by its button; what is missing before it is said here.
  choose(to) {
    for (let n = this.at; n < to; n += 1) {
      const missing = this.forms[n].missing();
      if (!missing) continue;
      if (n !== this.at) this.go(n);
      this.say(missing.message);
      missing.target?.focus();
      return;
    }
    if (to !== this.at) this.go(to);
  }

  go(n) {
    this.remember();
    if (n > this.at && "presorts" in this.dataset) this.sort(n);
    this.begin({ at: n, reached: Math.max(n, this.reached), presorted: this.presorted });
    this.say(`${this.told(n)} ${this.name(n) in this.presorted ? this.dataset.sorted : ""}`);
    this.steps[n].focus({ preventScroll: true });
    this.dispatchEvent(new Event("draft-change", { bubbles: true }));
  }

  // By the nearest step before that orders the texts. What somebody has begun stays as it began.
  sort(n) {
    const form = this.forms[n];
    if (!form.arrange || JSON.stringify(form.draft) !== this.untouched[n]) return;
    const order = this.forms.slice(0, n).reverse().map((one) => one.sorted ?? null).find(Boolean);
    if (!order) return;
    form.arrange(order);
    this.presorted[this.name(n)] = order;
  }

  told(n) {
    const values = { n: n + 1, all: this.steps.length, name: this.buttons[n].dataset.name };
    return this.dataset.now.replace(/\{(\w+)\}/g, (_, key) => values[key]);
  }

  say(text) {
    this.querySelector(':scope > [data-role="step"]').textContent = text.trim();
  }

  show() {
    for (const [n, step] of this.steps.entries()) {
      step.hidden = n !== this.at;
      this.buttons[n].setAttribute("aria-pressed", String(n === this.at));
      const key = this.buttons[n].querySelector("kbd");
      key.textContent = { [-1]: "⇧⏎", 1: "⏎" }[n - this.at] ?? "";
      key.hidden = !key.textContent;
    }
    // Only in the last step Enter submits: before it, the page shows Ctrl with it.
    this.closest(".work")?.toggleAttribute("data-enter-goes-on", this.at < this.steps.length - 1);
  }
}

customElements.define("combined-form", CombinedForm);
