// <demonstration-form>: an editor, a counter, and a preview rendered by the server.

import { post } from "../../send.js";

class DemonstrationForm extends HTMLElement {
  connectedCallback() {
    this.editor = this.querySelector("textarea");
    this.output = this.querySelector('[data-role="preview"]');
    this.button = this.querySelector("[data-preview]");
    this.editor.addEventListener("input", () => {
      this.count();
      this.dispatchEvent(new Event("draft-change", { bubbles: true }));
    });
    this.button.addEventListener("click", () => this.toggle());
    this.count();
    this.editor.focus();
  }

  get draft() {
    return { text: this.editor.value };
  }

  get body() {
    return this.draft;
  }

  restore({ text = "" }) {
    this.editor.value = text;
    this.count();
  }

  missing() {
    if (this.editor.value.trim()) return null;
    return { message: this.dataset.missing, target: this.editor };
  }

  handleKey() {
    return false;
  }

  count() {
    const text = this.editor.value;
    const words = text.match(/[\p{L}\p{N}][\p{L}\p{N}\p{M}'’-]*/gu)?.length ?? 0;
    const template = /\p{Script=Han}/u.test(text) ? this.dataset.countCharacters : this.dataset.count;
    const characters = [...text].length;
    this.querySelector('[data-role="count"]').textContent = template
      .replace("{words}", words)
      .replace("{characters}", characters);
  }

  async toggle() {
    const showing = this.output.hidden;
    if (showing) {
      const page = this.closest("labeling-page");
      const answer = await post(page.common.preview_url, { text: this.editor.value });
      page.part("problem").textContent = answer.status === 200 ? "" : page.reason(answer);
      if (answer.status !== 200) return;
      this.output.innerHTML = answer.data.text; // rendered inert by the server, as completions are
    }
    this.output.hidden = !showing;
    this.editor.hidden = showing;
    this.button.setAttribute("aria-pressed", String(showing));
    if (!showing) this.editor.focus();
  }
}

customElements.define("demonstration-form", DemonstrationForm);
