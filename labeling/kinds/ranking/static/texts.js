// The columns of texts: which are folded, which two stand side by side, and what differs in them.

import { diff } from "../../diff.js";
import { sides, told } from "../../difference.js";

export class Texts {
  // box: holds the columns; line: says how much the two differ.
  constructor(box, line) {
    this.box = box;
    this.line = line;
    this.columns = new Map([...box.querySelectorAll(".text-column")].map((one) => [one.dataset.letter, one]));
  }

  get letters() {
    return [...this.columns.keys()];
  }

  column(letter) {
    return this.columns.get(letter);
  }

  ids(letter) {
    return this.column(letter).dataset.ids.split(" ").map(Number);
  }

  // In this order on the page, each by its letter.
  arrange(letters) {
    this.columns = new Map(letters.map((letter) => [letter, this.column(letter)]));
    this.box.append(...this.columns.values());
  }

  // The letter of a completion.
  letterOf(id) {
    return this.letters.find((letter) => this.ids(letter).includes(id));
  }

  // As it is stored.
  text(letter) {
    return JSON.parse(this.column(letter).querySelector("[data-stored] script").textContent);
  }

  get current() {
    return document.activeElement?.closest?.(".text-column")?.dataset.letter ?? null;
  }

  // What has the focus where a letter is current is its text, so that arrows scroll it.
  go(letter) {
    const column = this.column(letter);
    const target = "folded" in column.dataset ? column : this.focusable(letter);
    target.focus({ preventScroll: true });
    column.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  focusable(letter) {
    return this.column(letter).querySelector(".rendered");
  }

  // pair: two letters side by side, or null; differing: whether what differs in them is marked.
  show({ places, pinned, folded }, pair, differing) {
    this.box.toggleAttribute("data-pair", Boolean(pair));
    let wide = 0;
    for (const [letter, column] of this.columns) {
      const tier = places.get(letter);
      mark(column, "placed", tier);
      mark(column, "pinned", pinned.includes(letter) ? "" : undefined);
      mark(column, "pair", pair?.includes(letter) ? String(pair.indexOf(letter)) : undefined);
      const folds = pair ? !pair.includes(letter) : folded.has(letter);
      mark(column, "folded", folds ? "" : undefined);
      if (!folds) wide += 1;
      column.querySelector('[data-role="place"]').textContent = { undefined: "", 0: "✕" }[tier] ?? tier;
      press(column, "[data-pin]", "pressed", pinned.includes(letter));
      press(column, "[data-fold]", "expanded", !folds);
      for (const button of column.querySelectorAll("[data-tier]")) {
        button.setAttribute("aria-pressed", String(button.dataset.tier === tier));
      }
      for (const button of column.querySelectorAll("[data-move]")) button.disabled = tier === undefined;
    }
    this.box.toggleAttribute("data-single", wide === 1);
    this.box.style.setProperty("--rows", Math.max(1, Math.ceil(wide / 2)));
    this.tell(differing ? pair : null);
  }

  tell(pair) {
    const name = pair?.join(" ") ?? "";
    if (this.shown === name) return;
    this.shown = name;
    for (const column of this.columns.values()) {
      delete column.dataset.differing;
      column.querySelector('[data-role="differing"]').replaceChildren();
    }
    this.line.textContent = "";
    if (!pair) return;
    const parts = diff(this.text(pair[0]), this.text(pair[1]));
    sides(parts).forEach((nodes, i) => {
      const column = this.column(pair[i]);
      column.dataset.differing = "";
      column.querySelector('[data-role="differing"]').replaceChildren(...nodes);
    });
    const [one, other] = pair;
    this.line.textContent = told(parts, this.line.dataset).replace("{one}", one).replace("{other}", other);
  }
}

function mark(element, name, value) {
  if (value === undefined) delete element.dataset[name];
  else element.dataset[name] = value;
}

function press(column, selector, state, value) {
  column.querySelector(selector).setAttribute(`aria-${state}`, String(value));
}
