// <correction-form>: an editor that begins with the completion, and the difference as it grows.

import { diff } from "../../diff.js";
import { told, within } from "../../difference.js";
import { asStored, typed } from "../../line_ends.js";

class CorrectionForm extends HTMLElement {
  connectedCallback() {
    this.editor = this.querySelector("textarea");
    this.stored = JSON.parse(this.querySelector("[data-stored] script").textContent);
    // Not what is in the field now: after a reload some browsers put there what was typed before.
    this.original = typed(this.stored);
    this.editor.addEventListener("input", () => this.changed());
    this.querySelector("[data-reset]").addEventListener("click", () => this.write(this.original));
    this.querySelector("[data-reset-paragraph]").addEventListener("click", () => this.resetParagraph());
    this.editor.setSelectionRange(0, 0);
    this.editor.focus({ preventScroll: true });
    this.show();
  }

  disconnectedCallback() {
    cancelAnimationFrame(this.frame);
  }

  get draft() {
    return { text: this.editor.value };
  }

  get body() {
    return { completion: Number(this.dataset.completion), text: asStored(this.editor.value, this.stored) };
  }

  restore({ text = this.original }) {
    this.editor.value = text;
    this.show();
  }

  missing() {
    return this.editor.value.trim() ? null : { message: this.dataset.missing, target: this.editor };
  }

  // An unchanged text becomes an example for training: no one should say so by a slip.
  get doubt() {
    return this.editor.value === this.original ? this.dataset.unchanged : null;
  }

  handleKey() {
    return false;
  }

  // Through the browser's editing, so that its own undo can take it back.
  write(text, from = 0, to = this.editor.value.length) {
    this.editor.focus();
    this.editor.setSelectionRange(from, to);
    if (!document.execCommand("insertText", false, text)) {
      this.editor.setRangeText(text, from, to, "end");
    }
    this.changed();
  }

  // The paragraph of the cursor, by its number, as the completion had it.
  resetParagraph() {
    const text = this.editor.value;
    const at = this.editor.selectionStart;
    const number = text.slice(0, at).split("\n").length - 1;
    const from = text.lastIndexOf("\n", at - 1) + 1;
    const to = text.indexOf("\n", at);
    this.write(this.original.split("\n")[number] ?? "", from, to < 0 ? text.length : to);
  }

  changed() {
    this.show();
    this.dispatchEvent(new Event("draft-change", { bubbles: true }));
  }

  show() {
    cancelAnimationFrame(this.frame);
    this.frame = requestAnimationFrame(() => this.compare());
  }

  compare() {
    const parts = diff(this.original, this.editor.value);
    this.querySelector('[data-role="difference"]').replaceChildren(...within(parts));
    const { distance: words, distanceCharacters: characters, same, blanks } = this.dataset;
    const none = this.editor.value === this.original ? same : blanks;
    this.querySelector('[data-role="distance"]').textContent = told(parts, { words, characters, none });
  }
}

customElements.define("correction-form", CorrectionForm);
