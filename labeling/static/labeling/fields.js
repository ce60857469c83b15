// Whether the focus is in a text field of the task, where single keys do not act and are not shown.
// Told by an attribute: a style that looks for it goes through all of the texts at each key.

import { typing } from "./keys.js";

export class Fields {
  constructor(page) {
    this.page = page;
    page.addEventListener("focusin", ({ target }) => this.see(target));
    page.addEventListener("focusout", ({ relatedTarget }) => this.see(relatedTarget));
  }

  see(focused = document.activeElement) {
    const inTask = this.page.part("task").contains(focused);
    this.page.toggleAttribute("data-typing", inTask && typing({ target: focused }));
  }
}
