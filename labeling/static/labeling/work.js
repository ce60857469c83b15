// <labeling-page>: what all kinds share. The kind's own element carries data-form and offers
//   draft     what to keep, from which restore(draft) makes the same form again
//   body      what to submit
//   missing() null, or { message, target }: what is missing and where to go
//   doubt     what to ask once before it is submitted; may be left out, as null
//   handleKey({ key, shiftKey })  whether it took a single key, named as keys.js does
//   taken     letters that it takes though they are the page's (labeling/kinds/keys.py), which act
//             with Shift there; may be left out
// and sends the event "draft-change" at each change. One whose single key is a whole answer calls
// submit() of this page, unless isNew. In the stored draft "remark" lies beside it.

import { Clock } from "./clock.js";
import { Cover } from "./cover.js";
import { Draft, same } from "./draft.js";
import { Fields } from "./fields.js";
import { Guidelines } from "./guidelines.js";
import { composing, named, single, submits, takesBack, typing } from "./keys.js";
import { Remark } from "./remark.js";
import { OwnKeys } from "./own_keys.js";
import { togglePutBefore } from "./put_before.js";
import { toggleRaw } from "./raw.js";
import { post } from "./send.js";
import { Skipping } from "./skipping.js";
import { Status } from "./status.js";
import { Tabs } from "./tabs.js";
import { Undo } from "./undo.js";
import { WorkPage } from "./work_page.js";

const RETRY = 5000;
const NEW = 500; // ms: nobody reads a task in less, and a key pressed twice is pressed again in less

class LabelingPage extends WorkPage {
  cameAt = -NEW;

  async connectedCallback() {
    this.common = JSON.parse(document.getElementById("work-common").textContent);
    this.status = new Status(this);
    this.remark = new Remark(this);
    this.skipping = new Skipping(this);
    this.guidelines = new Guidelines(this);
    this.cover = new Cover(this);
    this.undo = new Undo(this);
    this.tabs = new Tabs(this);
    this.fields = new Fields(this);
    this.keys = new OwnKeys(this);
    await this.begin(JSON.parse(document.getElementById("work-data").textContent));
    this.listen();
    this.keys.show();
    setInterval(() => this.status.show(), 1000);
    this.dataset.ready = "";
    if (this.waiting) this.submit();
  }

  // A task from its arrival on. What it listens to ends with it: a page takes many tasks.
  async begin(data) {
    const form = this.querySelector("[data-form]");
    await customElements.whenDefined(form.localName);
    this.ending = new AbortController();
    const { signal } = this.ending;
    this.data = data;
    this.form = form;
    this.asked = null;
    this.waiting = this.submitting = false;
    this.clock = new Clock(data.active_seconds, signal);
    this.draft = new Draft({ data, clock: this.clock, read: () => this.written, signal });
    this.status.begin();
    this.restore();
    this.keys.showTaken();
    this.cover.begin();
    this.draft.addEventListener("state", () => this.status.show());
    this.draft.addEventListener("lease", (event) => this.status.renewed(event.detail));
    this.draft.addEventListener("conflict", (event) => this.status.choose(event.detail));
    this.draft.addEventListener("refused", (event) => this.status.refuse(event.detail));
    this.draft.addEventListener("gone", (event) => this.status.leave(event.detail.detail));
    this.status.show();
    const lapsed = data.state === "expired" && this.draft.state !== "conflict";
    if (lapsed) this.status.warn(this.text("lapsed"));
    this.tabs.begin();
    this.fields.see();
    this.draft.touched = false; // forms may say that they changed while they are restored
  }

  // Whether this task has only just taken the place of the one before.
  get isNew() {
    return performance.now() - this.cameAt < NEW;
  }

  // All that this person has done with the task.
  get written() {
    return { ...this.form.draft, ...this.remark.draft };
  }

  write({ remark, ...draft }) {
    this.form.restore(draft);
    this.remark.restore(remark);
  }

  restore() {
    this.remark.restore();
    const kept = this.draft.kept();
    // Submitted, and the page closed before the server answered. With its key it is one answer.
    this.waiting = kept?.submitted === this.data.client_key;
    if (kept && same(kept.draft, this.data.draft)) {
      this.draft.forget(); // it arrived after all, with the last request of the closed page
    } else if (kept) {
      this.write(kept.draft);
      // Our own request, which the closed page had sent, has arrived, or may still be on its way.
      const arrived = same(kept.sent, this.data.draft);
      this.draft.version = arrived ? this.data.version : kept.version;
      this.draft.unanswered = kept.sent ?? kept.draft;
      if (this.draft.version === this.data.version) {
        this.status.warn(this.text("restored"), { kind: "info" });
        this.draft.changed();
      } else {
        this.waiting = false; // which of the two it is, the person says
        this.draft.become("conflict");
        this.status.choose(this.data);
      }
      return;
    }
    if (this.data.draft) this.write(this.data.draft);
  }

  listen() {
    this.addEventListener("draft-change", () => {
      this.part("problem").textContent = "";
      this.asked = null;
      this.keys.showTaken();
      this.draft.changed();
    });
    this.addEventListener("click", (event) => {
      const action = event.target.closest("[data-do]")?.dataset.do;
      if (action && event.detail < 2) this.act(action); // a double click acts once
    });
    document.addEventListener("keydown", (event) => this.key(event));
    addEventListener("popstate", () => {
      // Back and forward: what is there now is the server's to say. A link within the page is not.
      if (location.pathname !== new URL(this.data.submit_url, location).pathname) location.reload();
    });
    for (const back of ["online", "focus"]) addEventListener(back, () => this.waiting && this.submit());
    addEventListener("beforeunload", (event) => {
      // What is unsaved lies on this device: ask only where it does not.
      if (this.draft.dirty && !this.draft.stopped && !this.draft.onDevice) event.preventDefault();
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
    const key = named(event);
    if (single(event) && /^[1-9]$/.test(key)) {
      if (this.skipping.isOpen) return this.skipping.choose(Number(key));
      if (this.remark.isOpen) return this.remark.toggle(Number(key));
    }
    if (this.querySelector("dialog[open]")) return;
    if (key === "Escape" && typing(event) && !composing(event)) {
      this.leaveField();
      return;
    }
    if (takesBack(event)) {
      event.preventDefault();
      this.undo.take();
      return;
    }
    if (!single(event)) return;
    const first = this.cover.isUp ? this.cover : this.form;
    const fresh = key === "u" && !this.draft.touched; // nothing here to undo: the last answer is
    if (!fresh && first.handleKey({ key, shiftKey: event.shiftKey })) {
      event.preventDefault();
      return;
    }
    const action = key === "Escape" ? "escape" : this.common.keys[key];
    if (action) {
      event.preventDefault();
      this.act(action, event.shiftKey);
    } else if (event.key === "Enter" && !event.target.closest("a, button, summary") && this.querySelector("[data-on-enter]")) {
      event.preventDefault();
      this.submit();
    }
  }

  // From the text to its form: single keys act there, and Tab leads back.
  leaveField() {
    this.form.tabIndex = -1;
    this.form.focus({ preventScroll: true });
  }

  act(action, isShifted = false) {
    ({
      submit: () => this.submit(),
      guidelines: () => this.guidelines.toggle(),
      escape: () => this.guidelines.close(),
      help: () => this.part("help").showModal(),
      skip: () => this.skipping.ask(),
      remark: () => this.remark.open(),
      look: () => this.cover.look(),
      undo: () => this.undo.take(),
      raw: () => toggleRaw(),
      before: () => togglePutBefore(),
      prompt: () => this.querySelector("prompt-box").step?.(isShifted),
      close: () => this.querySelector("dialog[open]")?.close(),
      "toggle-keys": () => this.keys.toggle(),
    })[action]?.();
  }

  async submit() {
    if (this.submitting || this.cover.isUp) return;
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
    this.draft.submitted = true;
    this.draft.keep();
    this.part("problem").textContent = this.text("submitting");
    await this.draft.hold();
    const { status, data } = await post(this.data.submit_url + location.search, {
      body: this.form.body,
      ...this.remark.value,
      client_key: this.data.client_key,
      active_seconds: this.clock.seconds,
      guideline_version: this.data.guideline_version, // the one in this page, not one since then
    });
    this.part("problem").textContent = "";
    if (status === 201) {
      this.status.goal.add();
      this.undo.add(data.undo);
      await this.goOn(data);
      return;
    }
    thaw();
    if (this.draft.released(status)) return;
    if (status === 0 || status >= 500) {
      this.waiting = true;
      this.part("problem").textContent = this.text("will_submit");
      setTimeout(() => this.waiting && this.submit(), RETRY);
    } else {
      this.part("problem").textContent = this.reason({ status, data });
    }
    this.draft.submitted = this.waiting;
    this.draft.keep();
  }

  // The next task takes the place of this one, which is the server's now. Where this page cannot
  // show it (another kind, other guidelines, none left), its own page does.
  async goOn({ next, task }) {
    this.ending.abort();
    this.draft.forget();
    if (task === null) {
      location.assign(next);
      return;
    }
    delete this.dataset.ready;
    this.querySelector("dialog[open]")?.close();
    this.part("banner").hidden = true;
    this.part("problem").textContent = "";
    history.pushState(null, "", next);
    const template = document.createElement("template");
    template.innerHTML = task.html; // as inert as in a whole page
    this.part("task").replaceChildren(template.content);
    this.part("skip").querySelector("form").action = task.data.skip_url;
    scrollTo(0, 0);
    await this.begin(task.data);
    this.cameAt = performance.now();
    this.part("arrived").textContent = this.text("next_is_here");
    if (!this.part("task").contains(document.activeElement)) this.part("heading").focus();
    this.dataset.ready = "";
  }

  // While the answer is on its way the form takes nothing, which would be lost with the page.
  freeze() {
    const focused = this.form.contains(document.activeElement) ? document.activeElement : null;
    this.part("arrived").textContent = "";
    this.submitting = this.form.inert = true;
    focused?.blur(); // at once, not with the next frame
    return () => {
      this.submitting = this.form.inert = false;
      if (document.activeElement === document.body) focused?.focus({ preventScroll: true });
    };
  }
}

customElements.define("labeling-page", LabelingPage);
