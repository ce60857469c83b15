// The draft of one assignment: on the server within five seconds of a change, on this device at once.

import { post } from "./send.js";

const SOON = 1500; // after the last change
const LATEST = 5000; // after the first one
const RETRY = 5000;
const RENEW = 60_000; // the lease of someone who only reads
const SAVED = "rondo:saved-draft"; // of this tab: what the server took last
const SIGNED_OUT = [401, 403];
const LATER = [408, 429]; // the same draft may well be taken in a moment

// Whatever the order of the keys, which is the database's to choose.
const sorted = (value) => {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== "object") return value;
  return Object.keys(value).sort().map((key) => [key, sorted(value[key])]);
};
const canonical = (draft) => JSON.stringify(sorted(draft));
export const same = (a, b) => Boolean(a && b) && canonical(a) === canonical(b);

// A page may have been asked for before the draft came, and be shown after it: then it has an older
// one than this tab has saved.
function remember(sent) {
  try {
    sessionStorage.setItem(SAVED, JSON.stringify(sent));
  } catch {
    // Storage is full or forbidden: the page shows what it was given.
  }
}

function saved({ id, version: shown }) {
  try {
    const { id: of, draft, version } = JSON.parse(sessionStorage.getItem(SAVED)) ?? {};
    return of === id && version > shown ? { draft, version } : {};
  } catch {
    return {};
  }
}

// Events: "state" (detail: unsaved, saving, saved, offline, failed, signed-out, refused, conflict,
// gone), "conflict" (detail: the other version; until settle() nothing is saved), "lease" (detail:
// the answer), "refused" (detail: { status, data }; saved again once it is changed), "gone" (the task
// is no longer this person's to answer). Aborting `signal` ends it.
export class Draft extends EventTarget {
  constructor({ data, clock, read, signal }) {
    super();
    this.data = Object.assign(data, saved(data));
    this.clock = clock;
    this.read = read;
    this.version = data.version;
    this.key = `rondo:draft:${data.id}`;
    this.state = "saved";
    this.savedAt = null;
    this.dirty = false;
    this.touched = false; // the person has done something since the task came
    this.submitted = false; // it is the answer, and was to be sent
    this.onDevice = true; // what is unsaved lies on this device too
    this.flying = null; // the draft on its way
    this.stopped = false;
    this.lastContact = Date.now();
    addEventListener("online", () => this.save(), { signal });
    addEventListener("focus", () => this.state === "signed-out" && this.save(), { signal });
    document.addEventListener("visibilitychange", () => {
      if (document.hidden) this.save({ keepalive: true });
      else if (this.state === "signed-out") this.save();
    }, { signal });
    const renewing = setInterval(() => this.renew(), 10_000);
    signal.addEventListener("abort", () => {
      clearInterval(renewing);
      this.stop();
    });
  }

  // What this device kept and the server may not have: null, or { draft, version, sent, submitted },
  // where sent is the draft that was on its way then, and submitted the key of the answer that it is.
  kept() {
    try {
      return JSON.parse(localStorage.getItem(this.key));
    } catch {
      return null;
    }
  }

  changed() {
    if (this.stopped) return;
    this.dirty = this.touched = true;
    this.submitted = false;
    this.keep();
    if (!["offline", "signed-out", "conflict"].includes(this.state)) this.become("unsaved");
    clearTimeout(this.soon);
    this.soon = setTimeout(() => this.save(), SOON);
    this.latest ??= setTimeout(() => this.save(), LATEST);
  }

  keep() {
    try {
      localStorage.setItem(this.key, JSON.stringify({
        draft: this.read(), version: this.version, sent: this.flying,
        submitted: this.submitted ? this.data.client_key : null,
      }));
      this.onDevice = true;
    } catch {
      this.onDevice = false; // storage is full or forbidden: the server's copy has to do
    }
  }

  forget() {
    localStorage.removeItem(this.key);
    sessionStorage.removeItem(SAVED);
  }

  renew() {
    // One at a time, or versions would cross: a save renews the lease too.
    if (this.dirty || this.sending || this.held || this.stopped) return;
    if (this.clock.idle || this.state === "conflict") return;
    if (Date.now() - this.lastContact > RENEW) this.sent = this.send(null);
  }

  save(options) {
    clearTimeout(this.soon);
    clearTimeout(this.latest);
    this.latest = null;
    if (!this.dirty || this.stopped || this.held || this.state === "conflict") return;
    if (this.sending) {
      this.soon = setTimeout(() => this.save(), SOON); // one at a time, or versions would cross
      return;
    }
    this.become("saving");
    this.dirty = false;
    this.sent = this.send(this.read(), options);
  }

  // While the answer is on its way no draft may follow it.
  async hold() {
    this.held = true;
    await this.sent;
  }

  // What was sent instead was not taken. True where the person is signed out, which the page says:
  // saving the draft, again and again, tells when they are back.
  released(status) {
    const isSignedOut = SIGNED_OUT.includes(status);
    this.held = false;
    this.dirty ||= isSignedOut;
    this.save();
    if (isSignedOut) this.become("signed-out");
    return isSignedOut;
  }

  async send(draft, options) {
    this.sending = true;
    this.flying = draft;
    const sent = { draft, version: this.version, active_seconds: this.clock.seconds };
    const { status, data } = await post(this.data.draft_url, sent, options);
    this.sending = false;
    this.flying = null;
    if (this.stopped) return;
    this.lastContact = Date.now();
    if (status === 200) this.accepted(draft, data);
    else this.refused(draft, status, data);
  }

  accepted(draft, data) {
    this.version = data.version;
    if (this.dirty || this.submitted) this.keep();
    else if (draft !== null) this.forget();
    if (draft !== null) remember({ id: this.data.id, draft, version: data.version });
    this.savedAt = draft === null ? this.savedAt : Date.now();
    this.dispatchEvent(new CustomEvent("lease", { detail: data }));
    this.become(this.dirty ? "unsaved" : "saved");
  }

  refused(draft, status, data) {
    if (draft !== null) this.dirty = true;
    if (draft !== null && status === 0) this.unanswered = draft;
    if (data.code === "stale_draft" && same(data.draft, this.unanswered)) {
      this.version = data.version; // our own, whose answer got lost
      this.become("unsaved");
      this.save();
    } else if (data.code === "stale_draft") {
      this.become("conflict");
      this.dispatchEvent(new CustomEvent("conflict", { detail: data }));
    } else if (status === 409) {
      this.stop(); // saving it again would be refused again
      this.become("gone");
      this.dispatchEvent(new CustomEvent("gone", { detail: data }));
    } else if (SIGNED_OUT.includes(status)) {
      this.become("signed-out");
      this.soon = setTimeout(() => this.save(), RETRY);
    } else if (status > 0 && status < 500 && !LATER.includes(status)) {
      this.become("refused");
      this.dispatchEvent(new CustomEvent("refused", { detail: { status, data } }));
    } else {
      this.become(status === 0 ? "offline" : "failed");
      this.soon = setTimeout(() => this.save(), RETRY);
    }
  }

  // After a conflict: go on from the other tab's version, or write over it.
  settle(version) {
    this.version = version;
    this.become("saved");
  }

  become(state) {
    this.state = state;
    this.dispatchEvent(new CustomEvent("state", { detail: state }));
  }

  stop() {
    this.stopped = true;
    clearTimeout(this.soon);
    clearTimeout(this.latest);
  }
}
