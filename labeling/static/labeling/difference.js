// Differences of two texts, marked: within one text, and side by side. And <text-difference>, which
// holds two texts as JSON, the one before and the one after, and shows what was done to the first.

import { diff, distance } from "./diff.js";

const MARKS = { added: "ins", removed: "del" };

// What became of the first text, as nodes: what is gone struck out, what is new underlined.
export function within(parts) {
  return parts.map(({ kind, text }) => (kind === "same" ? text : marked(MARKS[kind], text)));
}

// The two texts, each as nodes: what only one of them has is marked in it.
export function sides(parts) {
  const side = (own) =>
    parts.filter(({ kind }) => kind === "same" || kind === own).map(({ kind, text }) => (kind === own ? marked("mark", text) : text));
  return [side("removed"), side("added")];
}

// How much differs, in words: in characters where the writing has no spaces. words: with {n},
// {added} and {removed}; none: what to say where nothing but blanks differs.
export function told(parts, { words, characters, none }) {
  const { n, added, removed } = distance(parts);
  if (!n) return none;
  const han = parts.some(({ text }) => /\p{Script=Han}/u.test(text));
  return (han ? characters : words).replace("{n}", n).replace("{added}", added).replace("{removed}", removed);
}

function marked(tag, text) {
  const mark = document.createElement(tag);
  mark.textContent = text;
  return mark;
}

class TextDifference extends HTMLElement {
  connectedCallback() {
    const [before, after] = [...this.querySelectorAll("script")].map((script) => JSON.parse(script.textContent));
    const parts = diff(before, after);
    this.querySelector('[data-role="difference"]').replaceChildren(...within(parts));
    this.querySelector('[data-role="distance"]').textContent = told(parts, this.dataset);
  }
}

customElements.define("text-difference", TextDifference);
