// <rating-form>: one text at a time. A digit answers its next scale, a letter sets a flag, Enter goes
// on to the next text that is not rated.

class RatingForm extends HTMLElement {
  connectedCallback() {
    this.tabs = [...this.querySelectorAll("[data-go]")];
    this.texts = [...this.querySelectorAll(".rated")].map((section) => ({
      section,
      ids: section.dataset.ids.split(" ").map(Number),
      scales: [...section.querySelectorAll("[data-scale]")],
      numbers: {}, // name of a scale -> its number, in the order in which they were given
      flags: new Set(),
      isSeen: false,
    }));
    this.current = this.texts[0];
    this.keys = Object.fromEntries(
      [...this.current.section.querySelectorAll("[data-flag]")]
        .map((button) => [button.querySelector("kbd")?.textContent.toLowerCase(), button.dataset.flag]),
    );
    this.addEventListener("click", (event) => this.click(event));
    this.show();
  }

  get draft() {
    return { ratings: this.ratings(), seen: this.texts.filter((one) => one.isSeen).map((one) => one.ids[0]) };
  }

  get body() {
    return { ratings: this.ratings() };
  }

  ratings() {
    return this.texts.flatMap(({ ids, numbers, flags }) =>
      ids.map((completion) => ({ completion, scales: { ...numbers }, flags: [...flags] })),
    );
  }

  // A draft, or an answer that is being corrected: of that every text was seen.
  restore({ ratings = [], seen }) {
    for (const one of this.texts) {
      const found = ratings.find(({ completion }) => completion === one.ids[0]);
      if (!found) continue;
      one.numbers = { ...found.scales };
      one.flags = new Set(found.flags);
      one.isSeen = seen?.includes(one.ids[0]) ?? true;
    }
    this.current = this.texts.find((one) => !this.isRated(one)) ?? this.texts[0];
    this.show();
  }

  next(one) {
    return one.scales.find((scale) => !(scale.dataset.scale in one.numbers));
  }

  // Where there are flags alone, a text is rated by having been looked at.
  isRated(one) {
    return one.scales.length ? !this.next(one) : one.isSeen;
  }

  missing() {
    this.current.isSeen = true;
    const one = this.texts.find((each) => !this.isRated(each));
    if (!one) return null;
    if (one !== this.current) this.go(one);
    const scale = this.next(one);
    const { letter } = one.section.dataset;
    const message = (scale ? this.dataset.missing : this.dataset.unread).replace("{letter}", letter);
    const target = scale ?? one.section.querySelector(".rendered");
    return { message: message.replace("{label}", scale?.ariaLabel ?? ""), target };
  }

  handleKey({ key }) {
    if (/^[1-7]$/.test(key)) return this.answer(Number(key));
    if (key === "Backspace") return this.takeBack();
    if (key === "Enter") return this.goOn();
    const step = { ArrowLeft: -1, ArrowRight: 1 }[key];
    if (step) {
      const to = this.texts[this.texts.indexOf(this.current) + step];
      if (to) this.go(to);
      return this.texts.length > 1;
    }
    if (!(key in this.keys)) return false;
    this.flag(this.keys[key]);
    return true;
  }

  answer(number) {
    const scale = this.next(this.current) ?? this.current.scales.at(-1);
    if (!scale) return false;
    this.give(scale, number);
    const isLast = !this.next(this.current) && !this.current.section.querySelector("[data-flag]");
    if (isLast) this.goOn();
    this.next(this.current)?.scrollIntoView({ block: "nearest" });
    return true;
  }

  give(scale, number) {
    const { numbers } = this.current;
    delete numbers[scale.dataset.scale]; // the last one given is the last one taken back
    numbers[scale.dataset.scale] = number;
    const said = this.dataset.given.replace("{label}", scale.ariaLabel).replace("{number}", number);
    this.querySelector('[data-role="told"]').textContent = said;
    this.changed();
  }

  takeBack() {
    const last = Object.keys(this.current.numbers).at(-1);
    if (last === undefined) return false;
    delete this.current.numbers[last];
    this.changed();
    return true;
  }

  flag(name) {
    const { flags } = this.current;
    if (!flags.delete(name)) flags.add(name);
    this.changed();
  }

  // False where every text is rated: the page submits then. A button takes Enter itself.
  goOn() {
    if (document.activeElement?.matches("[data-go], [data-number], [data-flag]")) return false;
    this.current.isSeen = true;
    const at = this.texts.indexOf(this.current);
    const order = [...this.texts.slice(at + 1), ...this.texts.slice(0, at)];
    if (!this.isRated(this.current)) return false; // the page says what is missing
    const to = order.find((one) => !this.isRated(one));
    if (to) this.go(to);
    return Boolean(to);
  }

  // So arrows scroll it.
  go(one) {
    this.current.isSeen = true;
    this.current = one;
    this.changed();
    one.section.querySelector(".rendered").focus({ preventScroll: true });
    one.section.scrollIntoView({ block: "nearest" });
  }

  click({ target, detail }) {
    const button = target.closest("button");
    if (!button) return;
    if (button.matches("[data-go]")) this.go(this.texts[this.tabs.indexOf(button)]);
    else if (button.dataset.number) this.give(button.closest("[data-scale]"), Number(button.dataset.number));
    else if (button.dataset.flag) this.flag(button.dataset.flag);
    // After a click with the mouse the keys go on with the text; Tab and Enter stay where they are.
    if (detail) this.current.section.querySelector(".rendered").focus({ preventScroll: true });
  }

  changed() {
    this.show();
    this.dispatchEvent(new Event("draft-change", { bubbles: true }));
  }

  show() {
    for (const [n, one] of this.texts.entries()) {
      const isCurrent = one === this.current;
      one.section.hidden = !isCurrent;
      this.tabs[n].setAttribute("aria-pressed", String(isCurrent));
      const flags = one.flags.size ? ` ⚑${one.flags.size}` : "";
      const given = one.scales.map((scale) => one.numbers[scale.dataset.scale] ?? "–");
      const rated = one.scales.length ? given.join("/") : one.isSeen ? "✓" : "";
      this.tabs[n].querySelector('[data-role="rated"]').textContent = rated + flags;
      for (const scale of one.scales) {
        scale.toggleAttribute("data-next", isCurrent && scale === this.next(one));
        for (const button of scale.querySelectorAll("button")) {
          const isGiven = one.numbers[scale.dataset.scale] === Number(button.dataset.number);
          button.setAttribute("aria-pressed", String(isGiven));
        }
      }
      for (const button of one.section.querySelectorAll("[data-flag]")) {
        button.setAttribute("aria-pressed", String(one.flags.has(button.dataset.flag)));
      }
    }
  }
}

customElements.define("rating-form", RatingForm);
