// The guidelines beside the work; on a narrow screen over it, as a sheet that Escape closes.

import { post } from "./send.js";

export class Guidelines {
  constructor(page) {
    this.page = page;
    this.panel = page.querySelector("#guidelines");
    this.button = page.querySelector(".work-head [data-do=guidelines]");
  }

  get isOpen() {
    return !this.panel.hidden;
  }

  close() {
    if (this.isOpen) this.toggle();
  }

  toggle() {
    this.panel.hidden = this.isOpen;
    this.button.setAttribute("aria-expanded", String(this.isOpen));
    if (!this.isOpen) {
      this.before?.focus({ preventScroll: true }); // where the person was
      return;
    }
    this.before = this.page.form.contains(document.activeElement) ? document.activeElement : this.button;
    this.panel.focus();
    const badge = this.page.part("guidelines-changed");
    if (badge) {
      badge.remove();
      post(this.page.common.guidelines_url, { guideline_version: this.page.data.guideline_version });
    }
  }
}
