// <labeling-page>: what all kinds share. The kind's own element carries data-form and offers
//   draft     what to keep, from which restore(draft) makes the same form again
//   body      what to submit
//   missing() null, or { message, target }: what is missing and where to go
//   doubt     what to ask once before it is submitted; may be left out, as null
//   handleKey(event)  whether it took a single key
// and sends the event "draft-change" at each change.

import { Clock } from "./clock.js";
import { Draft, same } from "./draft.js";
import { keysOff, single, submits, toggleKeys, typing } from "./keys.js";
import { post } from "./send.js";

const RETRY = 5000;

class LabelingPage extends HTMLElement {
  async connectedCallback() {
    this.data = JSON.parse(document.getElementById("work-data").textContent);
    this.form = this.querySelector("[data-form]");
    await customElements.whenDefined(this.form.localName);
    this.clock = new Clock(this.data.active_seconds);
    this.leaseEnds = Date.now() + this.data.lease_seconds * 1000;
    this.draft = new Draft({ data: this.data, clock: this.clock, read: () => this.form.draft });
    this.restore();
    this.listen();
    this.showState();
    this.showLease();
    this.showKeys();
    setInterval(() => { this.showState(); this.showLease(); }, 1000);
    if (this.data.state === "expired" && this.draft.state !== "conflict") this.warn(this.text("lapsed"));
    this.dataset.ready = "";
  }

  part(role) {
    return this.querySelector(`[data-role="${role}"]`);
  }

  text(name, values = {}) {
    return this.data.texts[name].replace(/\{(\w+)\}/g, (whole, key) => values[key] ?? whole);
  }

  restore() {
    const kept = this.draft.kept();
    if (kept && same(kept.draft, this.data.draft)) {
      this.draft.forget(); // it arrived after all, with the last request of the closed page
    } else if (kept) {
      this.form.restore(kept.draft);
      // Our own request, which the closed page had sent, has arrived, or may still be on its way.
      const arrived = same(kept.sent, this.data.draft);
      this.draft.version = arrived ? this.data.version : kept.version;
      this.draft.unanswered = kept.sent ?? kept.draft;
      if (this.draft.version === this.data.version) {
        this.warn(this.text("restored"), { kind: "info" });
        this.draft.changed();
      } else {
        this.draft.become("conflict");
        this.choose(this.data);
      }
      return;
    }
    if (this.data.draft) this.form.restore(this.data.draft);
  }

  listen() {
    this.addEventListener("draft-change", () => {
      this.part("problem").textContent = "";
      this.asked = null;
      this.draft.changed();
    });
    this.addEventListener("click", (event) => {
      const action = event.target.closest("[data-do]")?.dataset.do;
      if (action && event.detail < 2) this.act(action); // a double click acts once
    });
    document.addEventListener("keydown", (event) => this.key(event));
    this.part("skip").addEventListener("submit", () => {
      this.draft.stop();
      this.draft.forget();
    });
    this.draft.addEventListener("state", () => this.showState());
    this.draft.addEventListener("lease", (event) => this.lease(event.detail));
    this.draft.addEventListener("conflict", (event) => this.choose(event.detail));
    this.draft.addEventListener("gone", (event) => this.leave(event.detail.detail));
    addEventListener("online", () => this.waiting && this.submit());
    addEventListener("focus", () => this.waiting && this.submit());
    addEventListener("beforeunload", (event) => {
      // What is unsaved lies on this device: ask only where it does not.
      if (this.draft.dirty && !this.draft.stopped && !this.draft.kept()) event.preventDefault();
    });
  }

  key(event) {
    if (event.defaultPrevented || this.submitting) return;
    if (event.repeat) {
      // A held key acts once, or it would go on in the next task; buttons take Enter by themselves.
      if (submits(event) || (event.key === "Enter" && !typing(event))) event.preventDefault();
      return;
    }
    if (submits(event) && !this.querySelector("dialog[open]")) {
      event.preventDefault();
      this.submit();
      return;
    }
    const skip = this.querySelector('dialog[data-role="skip"][open]');
    if (skip && single(event) && /^[1-9]$/.test(event.key)) {
      const reason = skip.querySelectorAll(".reasons input")[Number(event.key) - 1];
      reason?.focus();
      reason?.click();
      return;
    }
    if (!single(event) || this.querySelector("dialog[open]")) return;
    if (this.form.handleKey(event)) {
      event.preventDefault();
      return;
    }
    const action = { g: "guidelines", G: "guidelines", "?": "help", s: "skip", Escape: "escape" }[event.key];
    if (action) {
      event.preventDefault();
      this.act(action);
    } else if (event.key === "Enter" && !event.target.closest("a, button, summary") && this.querySelector("[data-on-enter]")) {
      event.preventDefault();
      this.submit();
    }
  }

  act(action) {
    ({
      submit: () => this.submit(),
      guidelines: () => this.toggleGuidelines(),
      escape: () => this.querySelector("#guidelines").hidden || this.toggleGuidelines(),
      help: () => this.part("help").showModal(),
      skip: () => this.askWhy(),
      close: () => this.querySelector("dialog[open]")?.close(),
      "toggle-keys": () => { toggleKeys(); this.showKeys(); },
    })[action]?.();
  }

  // Skipping cannot be undone: each time no reason is chosen yet, and without one Enter does nothing.
  askWhy() {
    this.part("skip").querySelector("form").reset();
    this.part("skip").showModal();
  }

  toggleGuidelines() {
    const panel = this.querySelector("#guidelines");
    panel.hidden = !panel.hidden;
    this.querySelector(".work-head [data-do=guidelines]").setAttribute("aria-expanded", String(!panel.hidden));
    if (panel.hidden) return;
    panel.focus();
    const badge = this.part("guidelines-changed");
    if (badge) {
      badge.remove();
      post(this.data.guidelines_url, { guideline_version: this.data.guideline_version });
    }
  }

  async submit() {
    if (this.submitting) return;
    this.waiting = false;
    const missing = this.form.missing();
    if (missing) {
      this.part("problem").textContent = missing.message;
      missing.target?.focus();
      return;
    }
    const doubt = this.form.doubt ?? null;
    if (doubt !== null && this.asked !== doubt) {
      this.part("problem").textContent = this.asked = doubt;
      return;
    }
    const thaw = this.freeze();
    this.draft.keep();
    this.part("problem").textContent = this.text("submitting");
    await this.draft.hold();
    const { status, data } = await post(this.data.submit_url + location.search, {
      body: this.form.body,
      client_key: this.data.client_key,
      active_seconds: this.clock.seconds,
      guideline_version: this.data.guideline_version, // the one in this page, not one since then
    });
    this.part("problem").textContent = "";
    if (status === 201) {
      this.draft.stop();
      this.draft.forget();
      location.assign(data.next);
      return;
    }
    thaw();
    this.draft.release();
    if (status === 401 || status === 403) {
      this.draft.dirty = true; // saving it tells when the person is back
      this.draft.become("signed-out");
    } else if (status === 0 || status >= 500) {
      this.waiting = true;
      this.part("problem").textContent = this.text("will_submit");
      setTimeout(() => this.waiting && this.submit(), RETRY);
    } else {
      const fields = (data.errors ?? []).map((error) => error.message).join(" ");
      this.part("problem").textContent = fields || data.detail;
    }
  }

  // While the answer is on its way the form takes nothing, which would be lost with the page.
  freeze() {
    const focused = this.form.contains(document.activeElement) ? document.activeElement : null;
    this.submitting = this.form.inert = true;
    focused?.blur(); // at once, not with the next frame
    return () => {
      this.submitting = this.form.inert = false;
      if (document.activeElement === document.body) focused?.focus({ preventScroll: true });
    };
  }

  // Two versions of the work, this one in the form: the person says which one goes on.
  choose(theirs) {
    const goOn = () => {
      this.part("banner").hidden = true;
      this.draft.settle(theirs.version);
      this.draft.changed();
    };
    this.warn(this.text("conflict"), {
      buttons: [
        [this.text("use_theirs"), () => { this.form.restore(theirs.draft ?? {}); goOn(); }],
        [this.text("use_mine"), goOn],
      ],
    });
  }

  warn(message, { kind = "warning", buttons = [], nodes = [] } = {}) {
    const banner = this.part("banner");
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
    Object.assign(link, { href: this.data.next_url, textContent: this.text("next_task") });
    this.warn(message, { nodes: [link] });
  }

  showSignIn() {
    const link = document.createElement("a");
    Object.assign(link, { href: this.data.sign_in_url, target: "_blank", textContent: this.text("sign_in") });
    const after = document.createElement("span");
    after.textContent = this.text("then_return");
    this.warn(this.text("signed_out"), { nodes: [link, after] });
    this.signInShown = true;
  }

  showState() {
    const { state, savedAt } = this.draft;
    if (state === "signed-out" && !this.signInShown) this.showSignIn();
    if (state === "saved" && this.signInShown) {
      this.part("banner").hidden = true;
      this.signInShown = false;
    }
    const age = savedAt ? Math.floor((Date.now() - savedAt) / 1000) : null;
    const words = {
      unsaved: () => this.text("unsaved"),
      saving: () => this.text("saving"),
      offline: () => this.text("offline"),
      failed: () => this.text("failed"),
      "signed-out": () => this.text("offline"),
      conflict: () => this.text("unsaved"),
      gone: () => this.text("unsaved"),
      saved: () => {
        if (age === null) return "";
        if (age < 2) return this.text("saved_now");
        return age < 90 ? this.text("saved_seconds", { n: age }) : this.text("saved_minutes", { n: Math.round(age / 60) });
      },
    };
    const saved = this.part("saved");
    saved.dataset.state = state;
    const now = words[state]();
    // A screen reader hears states, not each passing second.
    saved.setAttribute("aria-live", state === "saved" && age > 2 ? "off" : "polite");
    if (saved.textContent !== now) saved.textContent = now;
  }

  lease(data) {
    this.leaseEnds = Date.now() + data.lease_seconds * 1000;
    if (data.state !== "active") this.warn(this.text("lapsed"));
    this.showLease();
  }

  showLease() {
    const minutes = Math.max(0, Math.ceil((this.leaseEnds - Date.now()) / 60_000));
    this.part("lease").textContent = this.text("reserved", { n: minutes });
    this.part("active").textContent = this.text("active", { n: Math.floor(this.clock.seconds / 60) });
  }

  showKeys() {
    const button = this.querySelector('[data-do="toggle-keys"]');
    button.textContent = this.text(keysOff() ? "keys_off" : "keys_on");
    button.setAttribute("aria-pressed", String(!keysOff()));
  }
}

customElements.define("labeling-page", LabelingPage);
