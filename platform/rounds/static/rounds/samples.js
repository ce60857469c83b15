// The same held-out prompts at several steps, side by side.

import { format } from "./curves.js";

const MOST = 6; // steps shown of one prompt: the first, the last, and some between

export class Samples {
  constructor(host, words) {
    Object.assign(this, { host, words, prompts: new Map(), warned: new Set(), opened: new Set() });
  }

  // warned: prompts whose texts are shown only to who asks to see them.
  add({ step, samples, warned = [] }) {
    for (const key of warned) this.warned.add(key);
    for (const sample of samples) {
      const key = sample.prompt_id;
      if (!this.prompts.has(key)) this.prompts.set(key, { prompt: sample.prompt, steps: new Map() });
      this.prompts.get(key).steps.set(step, sample);
    }
    this.draw();
  }

  draw() {
    this.host.replaceChildren(...[...this.prompts].map(([key, one]) => this.folded(key, this.card(one))));
  }

  folded(key, card) {
    if (!this.warned.has(key)) return card;
    const fold = element("details", "more");
    fold.open = this.opened.has(key); // cards are drawn anew with each sample
    fold.addEventListener("toggle", () => (fold.open ? this.opened.add(key) : this.opened.delete(key)));
    fold.append(element("summary", "", this.words.warned), ...card.childNodes);
    card.append(fold);
    return card;
  }

  card({ prompt, steps }) {
    const card = element("article", "card sample");
    card.append(element("p", "verbatim prompt", prompt));
    const row = element("div", "steps");
    row.tabIndex = 0;
    for (const [step, sample] of spread([...steps].sort((a, b) => a[0] - b[0]))) {
      const cell = element("div", "step");
      const title = element("h3", "", `${this.words.step} ${step}`);
      if (sample.reward !== null && sample.reward !== undefined) {
        title.append(element("span", "quiet small", ` ${this.words.reward} ${format(sample.reward)}`));
      }
      cell.append(title, element("div", "verbatim", sample.text));
      row.append(cell);
    }
    card.append(row);
    return card;
  }
}

function element(name, kind, text = "") {
  const made = document.createElement(name);
  if (kind) made.className = kind;
  if (text) made.textContent = text;
  if (kind.includes("verbatim")) made.dir = "auto"; // what was written may be of any script
  return made;
}

function spread(items) {
  if (items.length <= MOST) return items;
  const last = items.length - 1;
  const chosen = Array.from({ length: MOST }, (_, i) => Math.round((i * last) / (MOST - 1)));
  return chosen.map((i) => items[i]);
}
