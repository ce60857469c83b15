// Leaving a task to others: the dialog that asks why, and what is sent.

import { post } from "./send.js";

export class Skipping {
  constructor(page) {
    this.page = page;
    this.dialog = page.part("skip");
    this.dialog.addEventListener("submit", (event) => {
      event.preventDefault();
      this.send(new FormData(event.target));
    });
  }

  get isOpen() {
    return this.dialog.open;
  }

  // Skipping cannot be undone: each time no reason is chosen yet, and without one Enter does nothing.
  ask() {
    if (!this.page.querySelector("[data-do=skip]")) return; // nobody skips here
    this.page.part("skip-problem").textContent = "";
    this.dialog.querySelector("form").reset();
    this.dialog.showModal();
  }

  // By its number, as the dialog shows it.
  choose(number) {
    const reason = this.dialog.querySelectorAll(".reasons input")[number - 1];
    reason?.focus();
    reason?.click();
  }

  async send(sent) {
    const { page } = this;
    if (page.submitting) return;
    sent.delete("csrfmiddlewaretoken"); // the page's is an old one once one has signed in again
    sent.set("guideline_version", page.data.guideline_version);
    page.submitting = true;
    page.part("skip-problem").textContent = "";
    await page.draft.hold();
    const { status, data } = await post(page.data.skip_url, sent);
    if (status === 200) {
      await page.goOn(data);
      return;
    }
    page.submitting = false;
    const isSignedOut = page.draft.released(status);
    if (status === 409) location.assign(page.common.next_url + location.search); // skipped already
    if (isSignedOut && !this.isOpen) return; // the banner says it, which a dialog would cover
    const problem = page.part(this.isOpen ? "skip-problem" : "problem");
    problem.textContent = isSignedOut ? page.text("signed_out") : page.reason({ status, data });
    if (isSignedOut) problem.append(...page.status.signIn().flatMap((node) => [" ", node]));
  }
}
