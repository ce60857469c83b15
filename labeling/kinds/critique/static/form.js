// <critique-form>: parts of a text marked as errors, by mouse, finger or keys, and words about the whole.

import { MarkedText } from "./marking.js";
import { Points } from "./points.js";
import { shown } from "./listing.js";
import { Walk } from "./walking.js";

const ARROWS = { ArrowLeft: [-1, "word"], ArrowRight: [1, "word"], ArrowUp: [-1, "sentence"], ArrowDown: [1, "sentence"] };

class CritiqueForm extends HTMLElement {
  connectedCallback() {
    const [stored, hidden] = [...this.querySelectorAll("[data-stored] script")].map((each) => JSON.parse(each.textContent));
    this.points = new Points(stored);
    this.walk = new Walk(stored, this.dataset.language);
    this.marked = new MarkedText(this.part("marking"), stored, hidden.map((point) => this.points.unit(point)));
    this.note = this.querySelector("#note");
    this.whole = this.querySelector("#whole");
    this.buttons = { type: [...this.querySelectorAll("[data-type]")], severity: [...this.querySelectorAll("[data-severity]")] };
    this.errors = []; // { start, end, type, severity, note }, in the order in which they were marked
    this.forget();
    this.ending = new AbortController();
    this.listen(this.ending.signal);
    this.show();
  }

  disconnectedCallback() {
    this.ending.abort();
  }

  part(role) {
    return this.querySelector(`[data-role="${role}"]`);
  }

  listen(signal) {
    document.addEventListener("selectionchange", () => this.selected(), { signal });
    this.marked.box.addEventListener("pointerdown", () => this.picked && (this.forget(), this.show()));
    this.marked.box.addEventListener("click", (event) => getSelection().isCollapsed && this.clicked(event));
    this.note.addEventListener("input", () => {
      this.errors[this.current].note = this.note.value;
      this.changed();
    });
    this.whole.addEventListener("input", () => this.changed());
    this.addEventListener("click", ({ target }) => {
      const button = target.closest("button");
      if (!button) return;
      const { type, severity, doForm, error, remove } = button.dataset;
      if (type) this.choose({ type });
      if (severity) this.choose({ severity });
      if (error) this.go(Number(error));
      if (remove) this.remove(Number(remove));
      if (doForm === "fine") this.toggle("fine");
      if (doForm === "preview") this.toggle("preview");
    });
  }

  get body() {
    const errors = this.errors.map((error) => ({
      ...error,
      start: this.points.point(error.start),
      end: this.points.point(error.end),
    }));
    return { completion: Number(this.dataset.completion), errors, text: this.whole.value };
  }

  get draft() {
    const { errors, text } = this.body;
    return { errors, text };
  }

  restore({ errors = [], text = "" }) {
    this.errors = errors.map((error) => ({
      ...error,
      start: this.points.unit(error.start),
      end: this.points.unit(error.end),
    }));
    this.whole.value = text;
    this.forget();
    this.show();
  }

  missing() {
    if (this.picked && (this.type || this.severity)) return { message: this.dataset.pending, target: this.marked.box };
    if ("needsText" in this.dataset && !this.whole.value.trim()) return { message: this.dataset.unsaid, target: this.whole };
    return null;
  }

  get doubt() {
    return this.errors.length || this.whole.value.trim() ? null : this.dataset.none;
  }

  handleKey({ key, shiftKey }) {
    const letter = this.buttons.severity.find((each) => each.querySelector("kbd").textContent === key.toUpperCase());
    const digit = /^\d$/.test(key) && this.buttons.type[(Number(key) + 9) % 10];
    if (digit) return this.choose({ type: digit.dataset.type }), true;
    if (letter) return this.choose({ severity: letter.dataset.severity }), true;
    if (ARROWS[key] && this.part("preview").hidden) return this.move(...ARROWS[key], shiftKey), true;
    if (key === "n" && this.errors.length) return this.step(shiftKey ? -1 : 1), true;
    if (["Delete", "Backspace"].includes(key) && this.current >= 0) return this.remove(this.current), true;
    if (key === "Escape" && (this.picked || this.current >= 0)) return this.forget(), this.show(), true;
    if (key === "o" && this.current >= 0) return this.note.focus(), true;
    if (key === "t") return this.whole.focus(), true;
    if (key === "a") return this.toggle("fine"), true;
    if (key === "p") return this.toggle("preview"), true;
    return false;
  }

  // Nothing is selected, no error is at hand, nothing is chosen for the next one.
  forget() {
    this.picked = null;
    this.current = -1;
    this.type = this.severity = null;
  }

  toggle(name) {
    const button = this.querySelector(`[data-do-form="${name}"]`);
    const on = button.getAttribute("aria-pressed") !== "true";
    button.setAttribute("aria-pressed", String(on));
    if (name === "fine") this.isFine = on;
    else [this.part("preview").hidden, this.marked.box.hidden] = [!on, on];
  }

  // By mouse or finger: the text stays as it is, or what is selected would be lost.
  selected() {
    const found = this.marked.selected();
    const part = found && this.walk.trimmed(found);
    if (!part || part.start >= part.end) return;
    this.pick(part.start, part.end);
    this.showChoices();
  }

  clicked(event) {
    const place = this.marked.clicked(event);
    const over = this.errors.filter(({ start, end }) => start <= place && place < end);
    const shortest = over.sort((one, other) => one.end - one.start - (other.end - other.start))[0];
    this.go(this.errors.indexOf(shortest));
  }

  // anchor: the end that stays when the selection is extended.
  pick(anchor, focus) {
    this.current = -1;
    [this.anchor, this.focused] = [anchor, focus];
    this.picked = { start: Math.min(anchor, focus), end: Math.max(anchor, focus) };
  }

  move(way, wide, extend) {
    const unit = wide === "word" && this.isFine ? "grapheme" : wide;
    const from = this.picked ?? this.errors[this.current];
    if (extend && this.picked) {
      let edge = this.walk.edge(unit, this.focused, way < 0);
      if (edge === this.anchor) edge = this.walk.edge(unit, edge, way < 0);
      if (edge !== undefined) this.pick(this.anchor, edge);
    } else {
      const found = way < 0
        ? this.walk.previous(unit, from?.start ?? this.marked.text.length)
        : this.walk.next(unit, from?.end ?? 0);
      if (found) this.pick(found.start, found.end);
    }
    getSelection().removeAllRanges();
    this.show();
    if (this.picked) this.marked.scrollTo(this.focused > this.anchor ? this.focused - 1 : this.focused);
  }

  step(way) {
    const order = this.inOrder();
    const place = order.indexOf(this.current);
    const next = place < 0 && way < 0 ? order.length - 1 : (place + way + order.length) % order.length;
    this.go(order[next]);
  }

  // The numbers of the errors, by their place in the text.
  inOrder() {
    const place = (n) => [this.errors[n].start, this.errors[n].end];
    return this.errors.map((_, n) => n).sort((a, b) => place(a)[0] - place(b)[0] || place(a)[1] - place(b)[1]);
  }

  go(number) {
    this.forget();
    this.current = number;
    this.show();
    if (number >= 0) this.marked.scrollTo(this.errors[number].start);
  }

  choose(said) {
    this.selected(); // the browser may not have told of it yet
    if (this.current >= 0) {
      Object.assign(this.errors[this.current], said);
      this.changed();
    } else if (this.picked) {
      Object.assign(this, said);
      if (this.type && this.severity) this.add();
    }
    this.show();
    if (this.current < 0 && !this.picked) this.part("picked").textContent = this.dataset.first;
  }

  add() {
    const { start, end } = this.walk.trimmed(this.picked);
    const twin = this.errors.findIndex((e) => e.start === start && e.end === end && e.type === this.type);
    if (twin < 0 && this.errors.length >= Number(this.dataset.most)) {
      this.closest("labeling-page").part("problem").textContent = this.dataset.full;
      return;
    }
    if (twin < 0) this.errors.push({ start, end, type: this.type, severity: this.severity, note: "" });
    else this.errors[twin].severity = this.severity;
    getSelection().removeAllRanges();
    this.forget();
    this.current = twin < 0 ? this.errors.length - 1 : twin;
    this.changed();
  }

  remove(number) {
    this.errors.splice(number, 1);
    this.forget();
    this.show();
    this.changed();
    this.marked.box.focus({ preventScroll: true });
  }

  changed() {
    this.dispatchEvent(new Event("draft-change", { bubbles: true }));
  }

  show() {
    shown(this);
    this.showChoices();
  }

  // What holds for the selection, or for the error at hand.
  showChoices() {
    const { type, severity } = this.errors[this.current] ?? this;
    for (const [name, value] of Object.entries({ type, severity })) {
      for (const button of this.buttons[name]) button.setAttribute("aria-pressed", String(button.dataset[name] === value));
    }
    const quote = this.picked && this.marked.text.slice(this.picked.start, this.picked.end);
    const short = quote?.length > 80 ? `${[...quote].slice(0, 60).join("")} …` : quote;
    this.part("picked").textContent = quote ? this.dataset.picked.replace("{quote}", () => short) : this.dataset.nothing;
    this.part("note-field").hidden = this.current < 0;
    if (document.activeElement !== this.note) this.note.value = this.errors[this.current]?.note ?? "";
  }
}

customElements.define("critique-form", CritiqueForm);
