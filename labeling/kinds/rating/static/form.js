// <rating-form>: a digit answers a text's next scale, a letter sets a flag.

import { TextwiseForm } from "../../textwise.js";

class RatingForm extends TextwiseForm {
  connectedCallback() {
    const first = this.querySelector(".one-text");
    this.keys = Object.fromEntries(
      [...first.querySelectorAll("[data-flag]")]
        .map((button) => [button.querySelector("kbd")?.textContent.toLowerCase(), button.dataset.flag]),
    );
    this.flags = new Map(); // a text -> the flags that are set
    super.connectedCallback();
  }

  flagsOf(one) {
    if (!this.flags.has(one)) this.flags.set(one, new Set());
    return this.flags.get(one);
  }

  row(one) {
    const numbers = Object.entries(one.answers).map(([name, value]) => [name, Number(value)]);
    return { scales: Object.fromEntries(numbers), flags: [...this.flagsOf(one)] };
  }

  read(one, { scales, flags }) {
    one.answers = Object.fromEntries(Object.entries(scales).map(([name, number]) => [name, String(number)]));
    this.flags.set(one, new Set(flags));
  }

  // The ids of the texts, the best first, equal ones as they stand; null without scales.
  get sorted() {
    if (!this.current.questions.length) return null;
    const score = ({ questions, answers }) => {
      const counted = this.dataset.order === "mean" ? questions : questions.slice(0, 1);
      return counted.reduce((sum, { dataset }) => sum + Number(answers[dataset.question] ?? 0), 0);
    };
    return [...this.texts].sort((a, b) => score(b) - score(a)).flatMap(({ ids }) => ids);
  }

  said(one) {
    const flags = this.flagsOf(one).size ? ` ⚑${this.flagsOf(one).size}` : "";
    const given = one.questions.map(({ dataset }) => one.answers[dataset.question] ?? "–");
    const seen = one.isSeen ? "✓" : "";
    return (given.length ? given.join("/") : seen) + flags;
  }

  // Flags may follow the last number.
  get isWhole() {
    return super.isWhole && !this.current.section.querySelector("[data-flag]");
  }

  handleKey(event) {
    if (!(event.key in this.keys)) return super.handleKey(event);
    this.flag(this.keys[event.key]);
    return true;
  }

  press(button) {
    if (button.dataset.flag) this.flag(button.dataset.flag);
    else super.press(button);
  }

  flag(name) {
    const flags = this.flagsOf(this.current);
    if (!flags.delete(name)) flags.add(name);
    this.changed();
  }

  show() {
    super.show();
    for (const one of this.texts) {
      for (const button of one.section.querySelectorAll("[data-flag]")) {
        button.setAttribute("aria-pressed", String(this.flagsOf(one).has(button.dataset.flag)));
      }
    }
  }
}

customElements.define("rating-form", RatingForm);
