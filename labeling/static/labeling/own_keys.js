// The page's own keys as its buttons and its list show them.

import { keysOff, toggleKeys } from "./keys.js";

export class OwnKeys {
  constructor(page) {
    this.page = page;
    this.switch = page.querySelector('[data-do="toggle-keys"]');
  }

  toggle() {
    toggleKeys();
    this.show();
  }

  show() {
    this.switch.textContent = this.page.text(keysOff() ? "keys_off" : "keys_on");
    this.switch.setAttribute("aria-pressed", String(!keysOff()));
  }

  // With Shift where the form takes the letter; which it takes may change with each change.
  showTaken() {
    const { form } = this.page;
    for (const key of this.page.querySelectorAll("kbd[data-own]")) {
      const { own } = key.dataset;
      const shown = (form.taken?.includes(own) ? "⇧" : "") + own.toUpperCase();
      if (key.textContent !== shown) key.textContent = shown;
    }
  }
}
