// The annotator's own text, where none is good enough: one of the texts, edited, or one written from
// the start. What was typed is kept for each of them, also where it is put aside.

import { diff } from "../../diff.js";
import { told, within } from "../../difference.js";
import { asStored, typed } from "../../line_ends.js";

export class Writing {
  // pane: holds the editor; stored(letter): a text as it is stored, "" of one's own; changed(): by typing.
  constructor(pane, { stored, changed }) {
    this.pane = pane;
    this.stored = (of) => (of ? stored(of) : "");
    this.editor = pane.querySelector("textarea");
    this.texts = new Map(); // letter or "" -> what was typed
    this.of = null; // whose text is in the editor
    this.editor.addEventListener("input", () => {
      this.texts.set(this.of, this.editor.value);
      this.compare();
      changed();
    });
  }

  // What was typed, in the place of all that is here: [[of, text], …].
  keep(texts) {
    this.texts = new Map(texts.map(([of, text]) => [of, typed(text)]));
    this.of = null;
  }

  show(writing) {
    this.pane.hidden = !writing;
    const of = writing?.of ?? null;
    if (writing) this.label(writing);
    if (of === this.of) return;
    this.of = of;
    if (of === null) return;
    this.editor.value = this.text(of);
    this.editor.setSelectionRange(0, 0);
    this.compare();
  }

  label({ of, tied }) {
    const { edited, own } = this.pane.dataset;
    this.pane.querySelector('[data-role="title"]').textContent = of ? edited.replace("{letter}", of) : own;
    this.pane.toggleAttribute("data-edits", Boolean(of));
    for (const button of this.pane.querySelectorAll("[data-tied]")) {
      button.setAttribute("aria-pressed", String(button.dataset.tied === String(tied)));
    }
  }

  // What the editor has, or would have, of a text.
  text(of) {
    return this.texts.get(of) ?? typed(this.stored(of));
  }

  // As it is to be stored.
  written(of) {
    return asStored(this.text(of), this.stored(of));
  }

  isChanged(of) {
    return this.text(of) !== typed(this.stored(of));
  }

  // Through the browser's editing, so that its own undo can take it back.
  reset() {
    const original = typed(this.stored(this.of));
    this.editor.focus();
    this.editor.select();
    if (!document.execCommand("insertText", false, original)) this.editor.value = original;
    this.texts.set(this.of, this.editor.value);
    this.compare();
  }

  compare() {
    cancelAnimationFrame(this.frame);
    if (!this.of) return;
    this.frame = requestAnimationFrame(() => {
      const parts = diff(typed(this.stored(this.of)), this.editor.value);
      this.pane.querySelector('[data-role="difference"]').replaceChildren(...within(parts));
      this.pane.querySelector('[data-role="distance"]').textContent = told(parts, this.pane.dataset);
    });
  }
}
