// <proposal-page>: a prompt that somebody writes. Its draft lies on the server and on this device;
// Ctrl+Enter submits it and goes on to the next one.

import { Clock } from "./clock.js";
import { Draft, same } from "./draft.js";
import { composing, named, single, submits, typing } from "./keys.js";
import { post } from "./send.js";
import { Status } from "./status.js";
import { Tabs } from "./tabs.js";
import { WorkPage } from "./work_page.js";

const RETRY = 5000;
const LOOK = 1200; // after the last change the server is asked whether the project has it already

class ProposalPage extends WorkPage {
  async connectedCallback() {
    this.common = JSON.parse(document.getElementById("work-common").textContent);
    this.data = JSON.parse(document.getElementById("work-data").textContent);
    this.form = this.querySelector("[data-form]");
    await customElements.whenDefined(this.form.localName);
    const { signal } = (this.ending = new AbortController());
    this.status = new Status(this);
    this.clock = new Clock(this.data.active_seconds, signal);
    this.draft = new Draft({ data: this.data, clock: this.clock, read: () => this.form.draft, signal });
    this.status.begin();
    this.restore();
    this.draft.addEventListener("state", () => this.status.show());
    this.draft.addEventListener("conflict", (event) => this.status.choose(event.detail));
    this.draft.addEventListener("refused", (event) => this.status.refuse(event.detail));
    this.draft.addEventListener("gone", (event) => this.status.leave(event.detail.detail));
    this.listen();
    this.status.show();
    new Tabs(this).begin();
    setInterval(() => this.status.show(), 1000);
    this.dataset.ready = "";
  }

  write(draft) {
    this.form.restore(draft);
  }

  // What this device has kept, unless the server has it too; then what the server has.
  restore() {
    const kept = this.draft.kept();
    if (!kept || same(kept.draft, this.data.draft)) {
      this.draft.forget();
      if (this.data.draft) this.write(this.data.draft);
      return;
    }
    this.write(kept.draft);
    const arrived = same(kept.sent, this.data.draft);
    this.draft.version = arrived ? this.data.version : kept.version;
    this.draft.unanswered = kept.sent ?? kept.draft;
    if (this.draft.version === this.data.version) {
      this.status.warn(this.text("restored"), { kind: "info" });
      this.draft.changed();
    } else {
      this.draft.become("conflict");
      this.status.choose(this.data);
    }
  }

  listen() {
    this.addEventListener("draft-change", () => {
      this.part("problem").textContent = "";
      this.draft.changed();
      clearTimeout(this.looking);
      this.looking = setTimeout(() => this.look(), LOOK);
    });
    this.querySelector("[data-do=submit]").addEventListener("click", (event) => event.detail < 2 && this.submit());
    document.addEventListener("keydown", (event) => this.key(event));
    addEventListener("online", () => this.waiting && this.submit());
    addEventListener("focus", () => this.waiting && this.submit());
    addEventListener("pageshow", (event) => event.persisted && location.reload());
    addEventListener("beforeunload", (event) => {
      if (this.draft.dirty && !this.draft.stopped && !this.draft.onDevice) event.preventDefault();
    });
  }

  key(event) {
    if (event.defaultPrevented || this.submitting) return;
    if (submits(event)) {
      event.preventDefault();
      if (!event.repeat) this.submit();
      return;
    }
    if (event.repeat) return;
    if (event.key === "Escape" && typing(event) && !composing(event)) {
      this.form.tabIndex = -1;
      this.form.focus({ preventScroll: true });
    } else if (single(event) && this.form.handleKey({ key: named(event) })) {
      event.preventDefault();
    }
  }

  // Whether the project has it, or nearly: said while there is time to write something else.
  async look() {
    const asked = (this.asked = Symbol("asked"));
    const { status, data } = await post(this.data.check_url, { body: this.form.body });
    if (status === 200 && asked === this.asked) this.part("alike").textContent = data.alike;
  }

  async submit() {
    if (this.submitting) return;
    this.waiting = false;
    const missing = this.form.missing();
    if (missing) {
      this.part("problem").textContent = missing.message;
      missing.target.focus();
      return;
    }
    const focused = this.form.contains(document.activeElement) ? document.activeElement : null;
    this.submitting = this.form.inert = true; // what is typed now would be lost with the page
    this.draft.keep();
    this.part("problem").textContent = this.text("submitting");
    await this.draft.hold();
    const sent = { body: this.form.body, active_seconds: this.clock.seconds };
    const { status, data } = await post(this.data.submit_url, sent);
    this.part("problem").textContent = "";
    if (status === 201) {
      this.ending.abort();
      this.draft.forget();
      location.assign(data.next);
      return;
    }
    this.submitting = this.form.inert = false;
    focused?.focus({ preventScroll: true });
    this.stay({ status, data });
  }

  // It was not taken: why, and what happens to it.
  stay({ status, data }) {
    if (this.draft.released(status)) return;
    if (status === 0 || status >= 500) {
      this.waiting = true;
      this.part("problem").textContent = this.text("will_submit");
      setTimeout(() => this.waiting && this.submit(), RETRY);
    } else {
      this.part("problem").textContent = this.reason({ status, data });
    }
  }
}

customElements.define("proposal-page", ProposalPage);
