// <ranking-form>: texts into tiers, by key, button, drag or question. Tiers start empty.

import Sortable from "../../../vendor/sortable.esm.js";
import { answered, ask, middle } from "./asking.js";
import { Board, tiersOf } from "./board.js";
import { Texts } from "./texts.js";
import { Writing } from "./writing.js";

const SAYS = { 1: "better", 2: "same", "=": "same", 3: "worse", 0: "unacceptable", x: "unacceptable" };

class RankingForm extends HTMLElement {
  connectedCallback() {
    this.texts = new Texts(this.querySelector(".texts"), this.part("differs"));
    this.letters = this.texts.letters;
    this.taken = this.letters.map((letter) => letter.toLowerCase());
    this.board = new Board(this.letters);
    this.differing = false;
    const pane = this.part("writing"); // not there where the project does not offer it
    this.writing = pane && new Writing(pane, { stored: (letter) => this.texts.text(letter), changed: () => this.tell() });
    this.slots = [...this.querySelectorAll(".slot")];
    this.addEventListener("click", (event) => this.click(event));
    const motion = matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 120;
    this.sortables = this.slots.map((slot) =>
      Sortable.create(slot, {
        group: "tiers",
        animation: motion,
        onEnd: ({ item, to }) => this.place(item.dataset.letter, to.dataset.tier || null),
      }),
    );
    this.show();
  }

  disconnectedCallback() {
    for (const sortable of this.sortables) sortable.destroy(); // it is kept in a list otherwise
  }

  part(role) {
    return this.querySelector(`[data-role="${role}"]`);
  }

  get state() {
    return this.board.state;
  }

  get draft() {
    const at = (tier) => this.letters.filter((l) => this.state.places.get(l) === tier).flatMap((l) => this.texts.ids(l));
    const found = { tiers: this.letters.map((_, i) => at(String(i + 1))), unacceptable: at("0") };
    const { writing } = this.state;
    if (writing) found.written = { ...this.own(writing.of), tied: writing.tied };
    const aside = [...(this.writing?.texts.keys() ?? [])].filter((of) => of !== writing?.of && this.writing.isChanged(of));
    if (aside.length) found.aside = aside.map((of) => this.own(of));
    return found;
  }

  // The texts stand in this order from now on, under the letters that they have.
  arrange(ids) {
    this.texts.arrange([...new Set(ids.map((id) => this.texts.letterOf(id)))]);
    this.letters = this.board.letters = this.texts.letters;
    this.show();
  }

  own(of) {
    return { original: of ? this.texts.ids(of)[0] : null, text: this.writing.written(of) };
  }

  get body() {
    const { tiers, unacceptable, written } = this.draft;
    const body = { tiers: tiers.filter((tier) => tier.length), unacceptable };
    return written ? { ...body, written } : body;
  }

  restore({ tiers = [], unacceptable = [], written = null, aside = [] }) {
    const places = new Map();
    const put = (ids, tier) => ids.forEach((id) => places.set(this.texts.letterOf(id), tier));
    tiers.forEach((ids, i) => put(ids, String(i + 1)));
    put(unacceptable, "0");
    let writing = null;
    if (this.writing) {
      const of = ({ original }) => (original === null ? "" : this.texts.letterOf(original));
      this.writing.keep([...aside, ...(written ? [written] : [])].map((one) => [of(one), one.text]));
      writing = written && { of: of(written), tied: written.tied };
    }
    this.board.begin({ places, writing });
    this.show();
  }

  missing() {
    const { open, state } = this.board;
    if (open.length) {
      const message = this.dataset.missing.replace("{letters}", open.join(", "));
      return { message, target: this.texts.focusable(open[0]) };
    }
    const of = state.writing?.of;
    if (of === undefined) return null;
    const target = this.writing.editor;
    if (!this.writing.text(of).trim()) return { message: this.dataset.empty, target };
    return this.writing.isChanged(of) ? null : { message: this.dataset.unchanged.replace("{letter}", of), target };
  }

  handleKey({ key, shiftKey }) {
    const letter = key.toUpperCase();
    if (this.state.asking && (SAYS[key] || /^\d$/.test(key) || key === "Escape")) return this.say(key), true;
    if (this.letters.includes(letter) && !shiftKey) return this.texts.go(letter), true;
    if (/^[1-9]$/.test(key)) return Number(key) <= this.letters.length && this.put(key), true;
    if (key === "0" || letter === "X") return this.put("0"), true;
    if (key === "=") return this.tie(), true;
    if (letter === "L" && shiftKey) return this.foldPlaced(), true;
    const act = { U: "undo", P: "pin", L: "fold", T: "tellApart", Q: "questions", M: "edit", W: "write" }[letter];
    if (act && !shiftKey) return this[act](), true;
    const step = { ArrowLeft: -1, ArrowRight: 1 }[key];
    if (step) return this.step(step), true;
    const shift = { ArrowUp: -1, ArrowDown: 1 }[key];
    if (shift && shiftKey && this.state.places.has(this.texts.current)) return this.shift(this.texts.current, shift), true;
    return false;
  }

  // Place the current text, or the first without a place, and go to the next one.
  put(tier) {
    const letter = this.texts.current ?? this.board.open[0] ?? this.letters[0];
    this.place(letter, tier);
    const after = this.letters.indexOf(letter);
    const left = this.board.open;
    this.texts.go(left.find((l) => this.letters.indexOf(l) > after) ?? left[0] ?? letter);
  }

  tie() {
    const { last, places } = this.state;
    if (last && places.has(last) && this.texts.current !== last) this.put(places.get(last));
  }

  step(by) {
    const among = this.pair ?? this.letters;
    const at = among.indexOf(this.texts.current);
    const to = at < 0 ? (by > 0 ? 0 : among.length - 1) : at + by;
    this.texts.go(among[(to + among.length) % among.length]);
  }

  // Up is better: tiers 1 to K, then unacceptable.
  shift(letter, by) {
    const order = [...this.letters.map((_, i) => String(i + 1)), "0"];
    const at = order.indexOf(this.state.places.get(letter)) + by;
    if (order[at]) this.place(letter, order[at]);
  }

  place(letter, tier) {
    if ((this.state.places.get(letter) ?? null) === tier) return this.show();
    const places = this.board.moved(letter, tier);
    const last = tier === null ? this.state.last : letter;
    this.change(this.state.asking ? ask(this.letters, places, last) : { places, last });
    this.announce(letter, tier);
  }

  pin(letter = this.texts.current) {
    if (!letter) return;
    this.change({ pinned: this.board.pinning(letter), folded: this.board.folding([letter], false) });
    this.texts.go(letter);
  }

  fold(letter = this.texts.current) {
    if (!letter || this.pair) return;
    this.change({ folded: this.board.folding([letter], !this.state.folded.has(letter)) });
    this.texts.go(letter);
  }

  // All that have a place, or all of them open again.
  foldPlaced() {
    const { current } = this.texts;
    const placed = [...this.state.places.keys()];
    if (!placed.length) return;
    this.change({ folded: this.board.folding(placed, placed.some((letter) => !this.state.folded.has(letter))) });
    if (current) this.texts.go(current);
  }

  tellApart() {
    if (!this.pair) return;
    this.differing = !this.differing;
    this.show();
  }

  questions() {
    if (this.state.asking) return this.leave();
    if (!this.board.open.length || !this.querySelector('[data-act="questions"]')) return; // not offered for few
    this.change(ask(this.letters, this.state.places, this.state.last));
    this.turnToQuestion();
  }

  say(key) {
    if (key === "Escape") return this.leave();
    if (!SAYS[key]) return;
    this.change(answered(this.letters, this.state, SAYS[key]));
    this.turnToQuestion();
  }

  leave() {
    const { letter } = this.state.asking;
    this.change({ asking: null });
    this.texts.go(letter);
  }

  turnToQuestion() {
    this.texts.go(this.state.asking?.letter ?? this.state.last);
  }

  // The best of the texts where none is current; the others make room.
  edit(letter = this.texts.current ?? tiersOf(this.letters, this.state.places)[0]?.[0] ?? this.letters[0]) {
    const others = this.letters.filter((one) => one !== letter);
    const folded = this.board.folding([letter], false);
    others.forEach((one) => folded.add(one));
    this.write({ of: letter, tied: false }, { folded, pinned: [], asking: null });
  }

  write(writing = this.state.writing ?? { of: "", tied: false }, more = {}) {
    if (!this.writing) return;
    if (this.state.writing?.of !== writing.of) this.change({ writing, ...more });
    this.writing.editor.focus();
  }

  discard() {
    this.change({ writing: null, folded: new Set() });
    this.texts.go(this.texts.current ?? this.letters[0]);
  }

  reset() {
    this.writing.reset();
    this.tell();
  }

  undo() {
    const left = this.board.undo();
    if (!left) return;
    this.tell();
    const before = this.state.places;
    const changed = this.letters.find((letter) => before.get(letter) !== left.places.get(letter));
    if (changed) this.announce(changed, before.get(changed) ?? null);
    if (this.state.asking) this.turnToQuestion();
    else if (changed) this.texts.go(changed);
  }

  change(part) {
    this.board.change(part);
    this.tell();
  }

  tell() {
    this.show();
    this.dispatchEvent(new Event("draft-change", { bubbles: true }));
  }

  announce(letter, tier) {
    const words = { null: this.dataset.removed, 0: this.dataset.refused }[tier] ?? this.dataset.placed;
    this.part("announce").textContent = words.replace("{letter}", letter).replace("{tier}", tier);
  }

  click(event) {
    const button = event.target.closest("button, .token");
    if (!button) return;
    const { act, say, tier, move, tied } = button.dataset;
    const letter = button.closest("[data-letter]")?.dataset.letter;
    if (button.matches(".token")) this.texts.go(letter);
    else if (act) this[act](...(letter ? [letter] : []));
    else if (say) this.say(say);
    else if (move) this.shift(letter, Number(move));
    else if (tied) this.change({ writing: { ...this.state.writing, tied: tied === "true" } });
    else if (tier) {
      this.place(letter, this.state.places.get(letter) === tier ? null : tier);
      if (event.detail) this.texts.go(letter); // by keyboard: the next button is one Tab away
    }
  }

  // The two texts side by side: those of a question, or those that are pinned; or null.
  get pair() {
    const { asking, pinned } = this.state;
    if (asking) return [asking.letter, asking.tiers[middle(asking)].at(-1)];
    return pinned.length === 2 ? pinned : null;
  }

  show() {
    const { places, asking, writing } = this.state;
    const { pair } = this;
    this.differing &&= Boolean(pair);
    this.texts.show(this.state, pair, this.differing);
    this.writing?.show(writing);
    this.toggleAttribute("data-writing", Boolean(writing));
    this.part("asking").hidden = !asking;
    this.part("tools").hidden = Boolean(asking);
    if (asking) this.part("question").textContent = this.dataset.question.replace("{new}", pair[0]).replace("{old}", pair[1]);
    const apart = this.querySelector('[data-act="tellApart"]');
    apart.hidden = !pair;
    apart.setAttribute("aria-pressed", String(this.differing));
    for (const slot of this.slots) {
      const tier = slot.dataset.tier || undefined;
      for (const letter of this.letters) {
        const token = this.querySelector(`.token[data-letter="${letter}"]`);
        if (places.get(letter) === tier) slot.append(token);
      }
    }
  }
}

customElements.define("ranking-form", RankingForm);
