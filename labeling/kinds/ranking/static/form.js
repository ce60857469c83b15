// <ranking-form>: texts into tiers, by key, button or drag. Tiers start empty.

import Sortable from "../../../vendor/sortable.esm.js";

class RankingForm extends HTMLElement {
  connectedCallback() {
    this.columns = [...this.querySelectorAll(".text-column")];
    this.letters = this.columns.map((column) => column.dataset.letter);
    this.places = new Map(); // letter -> tier, "0" is unacceptable
    this.past = [];
    this.last = null; // placed last
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
  }

  disconnectedCallback() {
    for (const sortable of this.sortables) sortable.destroy(); // it is kept in a list otherwise
  }

  get draft() {
    const at = (tier) => this.letters.filter((l) => this.places.get(l) === tier).flatMap((l) => this.ids(l));
    return { tiers: this.letters.map((_, i) => at(String(i + 1))), unacceptable: at("0") };
  }

  get body() {
    const { tiers, unacceptable } = this.draft;
    return { tiers: tiers.filter((tier) => tier.length), unacceptable };
  }

  restore({ tiers = [], unacceptable = [] }) {
    const tierOf = new Map(tiers.flatMap((ids, i) => ids.map((id) => [id, String(i + 1)])));
    for (const id of unacceptable) tierOf.set(id, "0");
    this.places = new Map();
    for (const letter of this.letters) {
      const tier = tierOf.get(this.ids(letter)[0]);
      if (tier !== undefined) this.places.set(letter, tier);
    }
    this.show();
  }

  missing() {
    const open = this.letters.filter((letter) => !this.places.has(letter));
    if (!open.length) return null;
    const message = this.dataset.missing.replace("{letters}", open.join(", "));
    return { message, target: this.text(open[0]) };
  }

  ids(letter) {
    return this.column(letter).dataset.ids.split(" ").map(Number);
  }

  column(letter) {
    return this.columns[this.letters.indexOf(letter)];
  }

  // What has the focus where a letter is current: so arrows scroll it.
  text(letter) {
    return this.column(letter).querySelector(".rendered");
  }

  get current() {
    return document.activeElement?.closest?.(".text-column")?.dataset.letter ?? null;
  }

  go(letter) {
    this.text(letter).focus({ preventScroll: true });
    this.column(letter).scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  handleKey({ key, shiftKey }) {
    const letter = key.toUpperCase();
    if (this.letters.includes(letter) && !shiftKey) return this.go(letter), true;
    if (/^[1-9]$/.test(key)) return Number(key) <= this.letters.length && this.put(key), true;
    if (key === "0" || letter === "X") return this.put("0"), true;
    if (key === "=") return this.tie(), true;
    if (letter === "U") return this.undo(), true;
    const step = { ArrowLeft: -1, ArrowRight: 1 }[key];
    if (step) return this.step(step), true;
    const shift = { ArrowUp: -1, ArrowDown: 1 }[key];
    if (shift && shiftKey && this.places.has(this.current)) return this.shift(shift), true;
    return false;
  }

  // Place the current text, or the first without a place, and go to the next one.
  put(tier) {
    const open = this.letters.filter((letter) => !this.places.has(letter));
    const letter = this.current ?? open[0] ?? this.letters[0];
    this.place(letter, tier);
    const after = this.letters.indexOf(letter);
    const left = this.letters.filter((l) => !this.places.has(l));
    const next = left.find((l) => this.letters.indexOf(l) > after) ?? left[0];
    this.go(next ?? letter);
  }

  tie() {
    if (this.last && this.places.has(this.last) && this.current !== this.last) this.put(this.places.get(this.last));
  }

  step(by) {
    const count = this.letters.length;
    const at = this.current ? this.letters.indexOf(this.current) + by : by > 0 ? 0 : count - 1;
    this.go(this.letters[(at + count) % count]);
  }

  // Up is better: tiers 1 to K, then unacceptable.
  shift(by) {
    const order = [...this.letters.map((_, i) => String(i + 1)), "0"];
    const at = order.indexOf(this.places.get(this.current)) + by;
    if (order[at]) this.place(this.current, order[at]);
  }

  place(letter, tier) {
    if ((this.places.get(letter) ?? null) === tier) return this.show();
    this.past.push(new Map(this.places));
    if (tier === null) this.places.delete(letter);
    else this.places.set(letter, tier);
    this.last = tier === null ? this.last : letter;
    this.show();
    this.announce(letter, tier);
    this.dispatchEvent(new Event("draft-change", { bubbles: true }));
  }

  undo() {
    const before = this.past.pop();
    if (!before) return;
    const changed = this.letters.find((letter) => before.get(letter) !== this.places.get(letter));
    this.places = before;
    this.show();
    if (changed) {
      this.announce(changed, before.get(changed) ?? null);
      this.go(changed);
    }
    this.dispatchEvent(new Event("draft-change", { bubbles: true }));
  }

  announce(letter, tier) {
    const words = { null: this.dataset.removed, 0: this.dataset.refused }[tier] ?? this.dataset.placed;
    const line = this.querySelector('[data-role="announce"]');
    line.textContent = words.replace("{letter}", letter).replace("{tier}", tier);
  }

  click(event) {
    const button = event.target.closest("[data-undo], .segments button");
    if (!button) return;
    if (button.matches("[data-undo]")) {
      this.undo();
      return;
    }
    const letter = button.closest(".text-column").dataset.letter;
    const same = this.places.get(letter) === button.dataset.tier;
    this.place(letter, same ? null : button.dataset.tier);
    if (event.detail) this.go(letter); // by keyboard: the next button is one Tab away
  }

  show() {
    for (const column of this.columns) {
      const tier = this.places.get(column.dataset.letter);
      if (tier === undefined) delete column.dataset.placed;
      else column.dataset.placed = tier;
      column.querySelector('[data-role="place"]').textContent = { undefined: "", 0: "✕" }[tier] ?? tier;
      for (const button of column.querySelectorAll(".segments button")) {
        button.setAttribute("aria-pressed", String(button.dataset.tier === tier));
      }
    }
    for (const slot of this.slots) {
      const tier = slot.dataset.tier || undefined;
      for (const letter of this.letters) {
        const token = this.querySelector(`.token[data-letter="${letter}"]`);
        if (this.places.get(letter) === tier) slot.append(token);
      }
    }
  }
}

customElements.define("ranking-form", RankingForm);
