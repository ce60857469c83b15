// The last answers of this tab, each to be taken up again: a button after a submit, on this page or
// on the one that comes next. The answer counts until another one is submitted in its place.

import { post } from "./send.js";

const KEPT = "rondo:last-answers"; // addresses that open an answer again, the newest last
const MOST = 10;

export class Undo {
  constructor(page) {
    this.page = page;
    this.show();
  }

  // Of all projects.
  get kept() {
    try {
      return JSON.parse(sessionStorage.getItem(KEPT)) ?? [];
    } catch {
      return [];
    }
  }

  set kept(addresses) {
    try {
      sessionStorage.setItem(KEPT, JSON.stringify(addresses.slice(-MOST)));
    } catch {
      // Storage is full or forbidden: the history has them.
    }
    this.show();
  }

  // Of this project; none where a manager tries the page: the tab's own answers are real ones.
  get last() {
    if (!this.page.common.undoes) return undefined;
    const here = new URL("..", new URL(this.page.common.next_url, location)).pathname;
    return this.kept.filter((address) => address.startsWith(here)).at(-1);
  }

  add(address) {
    if (address) this.kept = [...this.kept, address];
  }

  show() {
    this.page.part("undo").hidden = !this.last;
  }

  // What is begun here stays as a draft, and is there again once that is corrected.
  async take() {
    const { page, last } = this;
    if (!last || page.submitting) return;
    page.submitting = true;
    page.draft.save();
    await page.draft.hold();
    const { keep_url: keep } = page.data;
    if (keep && !page.draft.touched) await post(keep, {}); // one further back: this one stays as it was
    const { status, data } = await post(last + location.search, {});
    page.submitting = false;
    if (status === 200 || status === 404 || status === 409) this.kept = this.kept.filter((one) => one !== last);
    if (status === 200) {
      location.assign(data.next);
      return;
    }
    if (page.draft.released(status)) return;
    page.part("problem").textContent = page.reason({ status, data });
  }
}
