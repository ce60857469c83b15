// <task-pages>: what is changed in the editor is shown at once by the page beside it.

const SOON = 400;

class TaskPages extends HTMLElement {
  connectedCallback() {
    this.toggleAttribute("data-scripted", true);
    this.frame = this.querySelector("iframe");
    this.frame.addEventListener("load", () => this.settle());
    this.focused = this.querySelector("[autofocus]"); // not the form in the frame, though it asks for it
    const { URL: at, readyState } = this.frame.contentDocument; // about:blank before it begins to load
    if (at !== "about:blank" && readyState === "complete") this.settle();
    else this.frame.inert = true;
    this.prompt = this.querySelector("#tried-prompt");
    this.editor = this.querySelector("[data-editor]");
    this.prompt.addEventListener("change", () => this.show());
    this.editor?.addEventListener("input", () => {
      clearTimeout(this.soon);
      this.soon = setTimeout(() => this.send(), SOON);
    });
  }

  settle() {
    this.frame.inert = false;
    if (document.activeElement !== this.focused) this.focused?.focus({ preventScroll: true });
    this.focused = null;
  }

  // The session keeps what is right in it, for the page to read.
  async send() {
    const sent = new FormData(this.editor);
    sent.set("act", "show");
    const number = (this.number = (this.number ?? 0) + 1);
    const answer = await fetch(this.editor.action, { method: "POST", body: new URLSearchParams(sent) });
    if (answer.ok && number === this.number) this.show();
  }

  // Without an entry in the history.
  show() {
    const { value, dataset } = this.prompt;
    this.focused = document.activeElement; // a form that takes the focus gives it back
    this.frame.inert = true;
    this.frame.contentWindow.location.replace(value ? `${dataset.base}&prompt=${value}` : dataset.base);
  }
}

customElements.define("task-pages", TaskPages);
