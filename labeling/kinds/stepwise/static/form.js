// <stepwise-form>: one label a step, one key a label; a step may be written anew.

const LABELS = { "+": 1, "=": 1, 1: 1, 0: 0, 2: 0, "-": -1, "−": -1, 3: -1 };

class StepwiseForm extends HTMLElement {
  connectedCallback() {
    this.steps = [...this.querySelectorAll(".step")].map((item) => ({
      item,
      place: { start: Number(item.dataset.start), end: Number(item.dataset.end) },
      buttons: [...item.querySelectorAll("[data-label]")],
      group: item.querySelector(".labels"),
      rewriting: item.querySelector("[data-rewrite]"),
      box: item.querySelector(".rewrite"),
      editor: item.querySelector("textarea"),
      stored: item.querySelector("textarea")?.defaultValue ?? "",
      label: null,
    }));
    this.at = 0;
    this.addEventListener("click", ({ target }) => this.clicked(target));
    this.addEventListener("focusin", ({ target }) => this.mark(this.numberOf(target)));
    this.addEventListener("input", () => this.changed());
    this.show();
  }

  get body() {
    const steps = this.steps.map((step, n) => ({
      ...step.place,
      label: n < this.asked ? step.label : null,
      rewrite: this.rewritten(step),
    }));
    return { completion: Number(this.dataset.completion), steps };
  }

  get draft() {
    const steps = this.steps.map((step) => {
      const { place, label, box, editor } = step;
      const found = { ...place, label, rewrite: box && !box.hidden ? editor.value : null };
      return box?.hidden && this.isChanged(step) ? { ...found, aside: editor.value } : found;
    });
    return { steps };
  }

  // By their places: what was said of a step holds for the same part of the text only.
  restore({ steps = [] }) {
    const kept = new Map(steps.map((step) => [`${step.start} ${step.end}`, step]));
    for (const step of this.steps) {
      const { label = null, rewrite = null, aside = null } = kept.get(`${step.place.start} ${step.place.end}`) ?? {};
      step.label = label;
      if (step.editor) [step.editor.value, step.box.hidden] = [rewrite ?? aside ?? step.stored, rewrite === null];
    }
    const next = this.unlabeled();
    this.mark(next < 0 ? 0 : next);
    this.show();
  }

  missing() {
    const empty = this.steps.find(({ box, editor }) => box && !box.hidden && !editor.value.trim());
    if (empty) return { message: this.dataset.empty, target: empty.editor };
    const next = this.unlabeled();
    return next < 0 ? null : { message: this.dataset.missing, target: this.steps[next].item };
  }

  handleKey({ key, shiftKey }) {
    if (key in LABELS) return this.choose(LABELS[key]), true;
    if (key === "ArrowUp") return this.go(this.at - 1), true;
    if (key === "ArrowDown") return this.go(this.at + 1), true;
    if (key === "Backspace") return this.takeBack(), true;
    if (key === "e" && this.steps[this.at].box) return shiftKey ? this.discard() : this.rewrite(), true;
    return false;
  }

  // How many of the steps are to be labeled.
  get asked() {
    const first = this.dataset.until === "first_error" ? this.steps.findIndex(({ label }) => label === -1) : -1;
    return first < 0 ? this.steps.length : first + 1;
  }

  unlabeled() {
    return this.steps.slice(0, this.asked).findIndex(({ label }) => label === null);
  }

  // A text that is as it was is none.
  rewritten(step) {
    return step.box && !step.box.hidden && this.isChanged(step) ? step.editor.value : null;
  }

  isChanged({ editor, stored }) {
    return editor.value.trim() !== stored.trim();
  }

  numberOf(target) {
    return this.steps.findIndex(({ item }) => item.contains(target));
  }

  clicked(target) {
    const [n, button] = [this.numberOf(target), target.closest("button")];
    if (n < 0) return;
    this.mark(n);
    if (button?.dataset.label) this.choose(Number(button.dataset.label));
    else if (button?.matches("[data-discard]")) this.discard();
    else if (button?.matches("[data-rewrite]")) this.rewrite();
  }

  choose(label) {
    if (this.at >= this.asked) return;
    this.steps[this.at].label = label;
    this.changed();
    this.go(Math.min(this.at + 1, this.asked - 1));
  }

  takeBack() {
    if (this.steps[this.at].label === null) this.go(this.at - 1);
    this.steps[this.at].label = null;
    this.changed();
  }

  // What was typed stays, also what was put aside.
  rewrite() {
    const { box, editor, stored } = this.steps[this.at];
    if (box.hidden) {
      box.hidden = false;
      if (!editor.value.trim()) editor.value = stored;
      this.changed();
    }
    editor.focus();
  }

  discard() {
    const { box } = this.steps[this.at];
    if (box.hidden) return;
    box.hidden = true;
    this.changed();
    this.go(this.at);
  }

  go(n) {
    if (!this.steps[n]) return;
    this.mark(n);
    this.steps[n].item.focus({ preventScroll: true });
    this.steps[n].item.scrollIntoView({ block: "nearest" });
  }

  mark(n) {
    if (n < 0) return;
    this.at = n;
    for (const [place, { item }] of this.steps.entries()) {
      if (place === n) item.setAttribute("aria-current", "step");
      else item.removeAttribute("aria-current");
    }
  }

  changed() {
    this.show();
    this.dispatchEvent(new Event("draft-change", { bubbles: true }));
  }

  show() {
    const { asked } = this;
    for (const [n, { item, label, buttons, group, box, rewriting }] of this.steps.entries()) {
      item.dataset.said = label ?? "";
      group.hidden = n >= asked;
      for (const button of buttons) button.setAttribute("aria-pressed", String(Number(button.dataset.label) === label));
      rewriting?.setAttribute("aria-expanded", String(!box.hidden));
    }
    const done = this.steps.slice(0, asked).filter(({ label }) => label !== null).length;
    const over = asked < this.steps.length ? ` · ${this.dataset.over}` : "";
    const line = this.dataset.progress.replace("{done}", done).replace("{all}", asked) + over;
    this.querySelector('[data-role="progress"]').textContent = line;
  }
}

customElements.define("stepwise-form", StepwiseForm);
