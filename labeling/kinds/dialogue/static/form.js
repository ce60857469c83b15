// <dialogue-form>: at each turn two replies, one of seven steps between them or "both bad", and the
// next message. Turns are the server's: a message is asked under its turn's number, so that one that
// is sent twice is asked once. What is typed and chosen meanwhile is the draft.

import { post } from "../../send.js";

const SOON = 1000; // ms between two looks for replies
const LATER = 5000; // after the first minute
const PATIENCE = 60;
const RETRY = 5000;

class DialogueForm extends HTMLElement {
  connectedCallback() {
    this.talk = this.querySelector('[data-role="talk"]');
    this.standing = this.querySelector('[data-role="standing"]');
    this.field = this.querySelector("textarea");
    this.step = null; // "-3" (A much better) to "3" (B much better), or "bad"
    this.looks = 0;
    this.addEventListener("click", (event) => this.click(event.target));
    this.field?.addEventListener("input", () => this.changed());
    this.field?.addEventListener("keydown", (event) => this.typed(event));
    this.show();
    this.toEnd();
    if (this.dataset.url) this.begin();
  }

  disconnectedCallback() {
    this.gone = true;
    clearTimeout(this.timer);
  }

  begin() {
    if (this.state === "") this.ask({ number: 0, message: "", choice: null });
    else if (this.state === "waiting") this.look();
  }

  get live() {
    return this.querySelector("[data-live]");
  }

  // Of the turn that is shown last; -1 before the first one is asked.
  get number() {
    return Number(this.live.dataset.number);
  }

  get state() {
    return this.live.dataset.state;
  }

  get answered() {
    return this.state === "answered";
  }

  get choice() {
    if (!this.answered || this.step === null) return null;
    const step = Number(this.step) || 0; // "bad" is none
    const better = step ? "AB"[Number(step > 0)] : null;
    return { better, strength: Math.abs(step), both_bad: this.step === "bad" };
  }

  get message() {
    return this.field?.value ?? "";
  }

  get draft() {
    return { number: Math.max(this.number, 0), step: this.step, message: this.message };
  }

  get body() {
    return { turns: this.number + Number(this.answered), choice: this.choice };
  }

  // A draft, or an answer that is corrected.
  restore({ number = 0, step = null, message = "", turns = null }) {
    if (turns) {
      const last = turns.at(-1);
      const sign = last.better === last.first ? -1 : 1;
      number = turns.length - 1;
      step = last.both_bad ? "bad" : String(last.better === null ? 0 : sign * last.strength);
    }
    const went = number < this.number; // the message was sent after all
    if (this.field) this.field.value = went && message === this.live.dataset.message ? "" : message;
    this.step = went ? null : step;
    this.show();
  }

  missing() {
    if (!this.answered) return this.number > 0 ? null : { message: this.dataset.none, target: this.talk };
    return this.step === null ? { message: this.dataset.missing, target: this.querySelector("[data-step]") } : null;
  }

  get doubt() {
    return this.message.trim() || !this.answered ? this.dataset.unsent : null;
  }

  handleKey({ key }) {
    const letter = key.toUpperCase();
    const side = this.querySelector(`.side[data-letter="${letter === "A" || letter === "B" ? letter : ""}"]`);
    if (side) return this.go(side), true;
    if (letter === "M" && this.field) return this.field.focus(), true;
    if (key === "Enter" && this.field && !document.activeElement.closest("button, a, summary")) {
      return this.field.focus(), true;
    }
    if (!this.answered) return false;
    if (/^[1-7]$/.test(key)) return this.choose(String(Number(key) - 4)), true;
    if (key === "=") return this.choose("0"), true;
    if (key === "0" || letter === "X") return this.choose("bad"), true;
    const towards = { ArrowLeft: -1, ArrowRight: 1 }[key];
    if (!towards) return false;
    this.choose(String(Math.max(-3, Math.min(3, (Number(this.step) || 0) + towards))));
    return true;
  }

  // So arrows scroll it.
  go(side) {
    side.querySelector(".rendered").focus({ preventScroll: true });
    side.scrollIntoView({ block: "nearest" });
  }

  typed(event) {
    const composing = event.isComposing || event.keyCode === 229;
    if (event.key !== "Enter" || composing || event.shiftKey || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    if (!event.repeat) this.send();
  }

  click(target) {
    const button = target.closest("button");
    if (button?.matches("[data-step]")) this.choose(button.dataset.step);
    else if (button?.matches("[data-send]")) this.send();
    else if (button?.matches("[data-again]")) {
      this.ask({ number: this.number, message: this.live.dataset.message, choice: null });
    }
  }

  choose(step) {
    const button = this.querySelector(`[data-step="${step}"]`);
    if (!button || button.disabled || step === this.step || this.sending) return;
    this.step = step;
    this.show();
    this.changed();
  }

  changed() {
    this.dispatchEvent(new Event("draft-change", { bubbles: true }));
  }

  send() {
    if (this.sending || !this.answered) return;
    if (this.step === null) return this.say(this.dataset.choose, this.querySelector("[data-step]"));
    if (!this.message.trim()) return this.say(this.dataset.empty, this.field);
    this.ask({ number: this.number + 1, message: this.message, choice: this.choice });
  }

  // Until it has arrived: what is asked twice is one question.
  async ask(question) {
    this.sending = true;
    if (this.field) this.field.readOnly = true;
    this.standing.textContent = this.dataset.sending;
    const answer = await post(this.dataset.url, question);
    if (this.gone) return;
    const { status, data } = answer;
    if (status === 0 || status >= 500 || status === 401 || status === 403) {
      this.standing.textContent = this.dataset.lost;
      this.timer = setTimeout(() => this.ask(question), RETRY);
      return;
    }
    this.sending = false;
    if (this.field) this.field.readOnly = false;
    if (status === 200) {
      if (question.number > 0 && this.message === question.message) this.field.value = "";
      this.looks = 0;
      const typing = document.activeElement === this.field;
      this.take(data);
      if (typing) this.closest("labeling-page").leaveField(); // so that single keys choose as soon as replies are there
      if (question.number > 0) this.changed();
    } else {
      this.standing.textContent = "";
      this.say(this.closest("labeling-page").reason(answer));
      if (status === 409 && this.number >= 0) this.look();
    }
  }

  async look() {
    if (this.gone || this.sending) return;
    this.looks += 1;
    const seen = `${this.number}.${this.state}`;
    try {
      const response = await fetch(`${this.dataset.url}?seen=${seen}`, { headers: { "Accept": "application/json" } });
      if (response.ok && !this.gone && !this.sending) return this.take(await response.json());
    } catch {
      // the next look may find it
    }
    this.wait();
  }

  wait() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.look(), this.looks < PATIENCE ? SOON : LATER);
  }

  take({ html, standing }) {
    if (this.standing.textContent !== standing) this.standing.textContent = standing;
    if (html !== null) {
      const before = this.number;
      this.talk.innerHTML = html; // rendered inert by the server
      if (this.number !== before && before >= 0) this.step = null;
      this.show();
      this.toEnd();
    }
    if (this.state === "waiting") this.wait();
  }

  toEnd() {
    if (this.number > 0) this.live.lastElementChild.scrollIntoView({ block: "nearest" });
  }

  say(text, target) {
    this.closest("labeling-page").part("problem").textContent = text;
    target?.focus();
  }

  show() {
    for (const button of this.querySelectorAll("[data-step]")) {
      button.setAttribute("aria-pressed", String(button.dataset.step === this.step));
    }
    const better = this.choice?.better ?? null;
    for (const side of this.querySelectorAll(".side")) {
      side.toggleAttribute("data-better", side.dataset.letter === better);
    }
    const last = "last" in this.live.dataset;
    this.querySelector(".composer")?.toggleAttribute("hidden", last);
    this.querySelector(".last")?.toggleAttribute("hidden", !last);
  }
}

customElements.define("dialogue-form", DialogueForm);
