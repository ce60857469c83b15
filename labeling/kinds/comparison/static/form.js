// <comparison-form>: one of seven steps between two texts, or "both bad". One key, or one click, is the
// answer: it is submitted at once, and Undo takes it up again.

class ComparisonForm extends HTMLElement {
  connectedCallback() {
    this.sides = [...this.querySelectorAll(".side")];
    this.buttons = [...this.querySelectorAll("[data-step]")];
    this.step = null; // "-3" (A much better) to "3" (B much better), or "bad"
    this.addEventListener("click", (event) => {
      const button = event.target.closest("[data-step]");
      if (button && event.detail < 2) this.answer(button.dataset.step); // a double click answers once
    });
  }

  get draft() {
    return this.step === null ? {} : this.body;
  }

  get body() {
    const step = Number(this.step) || 0; // "bad" is none
    const better = step ? Number(this.sides[step < 0 ? 0 : 1].dataset.id) : null;
    return { better, strength: Math.abs(step), both_bad: this.step === "bad" };
  }

  restore({ better = null, strength = null, both_bad = false }) {
    const sign = better === Number(this.sides[0].dataset.id) ? -1 : 1;
    this.step = strength === null ? null : both_bad ? "bad" : String(better === null ? 0 : sign * strength);
    this.show();
  }

  missing() {
    return this.step === null ? { message: this.dataset.missing, target: this.buttons[0] } : null;
  }

  handleKey({ key }) {
    const letter = key.toUpperCase();
    const side = this.sides.find((each) => each.dataset.letter === letter);
    if (side) return this.go(side), true;
    if (/^[1-7]$/.test(key)) return this.answer(String(Number(key) - 4)), true;
    if (key === "=") return this.answer("0"), true;
    if (key === "0" || letter === "X") return this.answer("bad"), true;
    const place = { ArrowLeft: 0, ArrowRight: 1 }[key];
    if (place !== undefined) return this.go(this.sides[place]), true;
    return false;
  }

  // So arrows scroll it.
  go(side) {
    side.querySelector(".rendered").focus({ preventScroll: true });
    side.scrollIntoView({ block: "nearest" });
  }

  answer(step) {
    const page = this.closest("labeling-page");
    if (page.isNew) return; // it was meant for the task before
    this.step = step;
    this.show();
    this.dispatchEvent(new Event("draft-change", { bubbles: true }));
    page.submit();
  }

  show() {
    for (const button of this.buttons) {
      button.setAttribute("aria-pressed", String(button.dataset.step === this.step));
    }
    const better = this.body.better;
    for (const side of this.sides) side.toggleAttribute("data-better", Number(side.dataset.id) === better);
  }
}

customElements.define("comparison-form", ComparisonForm);
