// What a labeling page says of its task: saved or not, the lease, and the banner above it.

import { Goal } from "./goal.js";

export class Status {
  constructor(page) {
    this.page = page;
    this.goal = new Goal(page);
  }

  // A new task: its lease began with it.
  begin() {
    this.leaseEnds = Date.now() + this.page.data.lease_seconds * 1000;
    this.shownFor = null; // the state of the draft that the banner speaks of
  }

  show() {
    this.showState();
    this.showLease();
  }

  warn(message, { kind = "warning", buttons = [], nodes = [] } = {}) {
    const banner = this.page.part("banner");
    const line = document.createElement("span");
    line.textContent = message;
    const made = buttons.map(([label, act]) => {
      const button = document.createElement("button");
      Object.assign(button, { type: "button", className: "button small", textContent: label });
      button.addEventListener("click", act);
      return button;
    });
    banner.replaceChildren(line, ...nodes, ...made);
    banner.className = `message ${kind} work-banner`;
    banner.hidden = false;
  }

  // The task is not this person's to answer any more.
  leave(message) {
    const link = document.createElement("a");
    Object.assign(link, { href: this.page.common.next_url, textContent: this.page.text("next_task") });
    this.warn(message, { nodes: [link] });
  }

  // Two versions of the work, this one in the form: the person says which one goes on.
  choose(theirs) {
    const { page } = this;
    const goOn = () => {
      page.part("banner").hidden = true;
      page.draft.settle(theirs.version);
      page.draft.changed();
    };
    this.warn(page.text("conflict"), {
      buttons: [
        [page.text("use_theirs"), () => { page.write(theirs.draft ?? {}); goOn(); }],
        [page.text("use_mine"), goOn],
      ],
    });
  }

  // What one does who is signed out: nodes after the message.
  signIn() {
    const link = document.createElement("a");
    const { sign_in_url: href } = this.page.common;
    Object.assign(link, { href, target: "_blank", textContent: this.page.text("sign_in") });
    const after = document.createElement("span");
    after.textContent = this.page.text("then_return");
    return [link, after];
  }

  showSignIn() {
    this.warn(this.page.text("signed_out"), { nodes: this.signIn() });
    this.shownFor = "signed-out";
  }

  // The server does not take what is in the form: why, and that it is not lost.
  refuse(answer) {
    this.warn(`${this.page.reason(answer)} ${this.page.text("refused_kept")}`);
    this.shownFor = "refused";
  }

  showState() {
    const { state, savedAt } = this.page.draft;
    if (state === "signed-out" && this.shownFor !== state) this.showSignIn();
    if (state === "saved" && this.shownFor) {
      this.page.part("banner").hidden = true;
      this.shownFor = null;
    }
    const age = savedAt ? Math.floor((Date.now() - savedAt) / 1000) : null;
    const saved = this.page.part("saved");
    saved.dataset.state = state;
    const now = this.words(state, age);
    // A screen reader hears states, not each passing second.
    saved.setAttribute("aria-live", state === "saved" && age > 2 ? "off" : "polite");
    if (saved.textContent !== now) saved.textContent = now;
  }

  words(state, age) {
    const name = { "signed-out": "signed_out_kept", conflict: "unsaved", gone: "unsaved" }[state] ?? state;
    if (name !== "saved") {
      const unsafe = !["saving", "unsaved"].includes(name) && !this.page.draft.onDevice;
      return this.page.text(unsafe ? "not_kept" : name);
    }
    if (age === null) return "";
    if (age < 2) return this.page.text("saved_now");
    if (age < 90) return this.page.text("saved_seconds", { n: age });
    return this.page.text("saved_minutes", { n: Math.round(age / 60) });
  }

  renewed(data) {
    this.leaseEnds = Date.now() + data.lease_seconds * 1000;
    if (this.page.data.has_lease && data.state !== "active") this.warn(this.page.text("lapsed"));
    this.showLease();
  }

  showLease() {
    const minutes = Math.max(0, Math.ceil((this.leaseEnds - Date.now()) / 60_000));
    const reserved = this.page.data.has_lease ? this.page.text("reserved", { n: minutes }) : "";
    this.page.part("lease").textContent = reserved;
    const active = { n: Math.floor(this.page.clock.seconds / 60) };
    this.page.part("active").textContent = this.page.text("active", active);
  }
}
