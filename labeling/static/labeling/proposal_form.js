// <proposal-form>: the parts of a prompt that somebody writes, by its form. data-few-shot: an
// instruction, pairs of query and response and one more query; otherwise turns, the user's first.
// What is laid out here is laid out by labeling/proposals/shapes.py, which is what counts.

class ProposalForm extends HTMLElement {
  connectedCallback() {
    this.isFewShot = "fewShot" in this.dataset;
    this.fewest = this.isFewShot ? 2 : 0; // rows: of a query and its response; of two more turns
    this.rows = this.querySelector('[data-role="rows"]');
    this.fill(this.fewest);
    this.addEventListener("input", () => this.changed());
    this.querySelector("[data-add]").addEventListener("click", () => this.add());
    this.show();
    this.querySelector("textarea").focus();
  }

  changed() {
    this.show();
    this.dispatchEvent(new Event("draft-change", { bubbles: true }));
  }

  field(name) {
    return this.querySelector(`[name="${name}"]`);
  }

  // The fields of each row, two by two.
  get pairs() {
    return [...this.rows.children].map((row) => [...row.querySelectorAll("textarea")]);
  }

  fill(number) {
    const template = this.querySelector("template");
    while (this.rows.children.length < number) {
      const row = template.content.cloneNode(true);
      const n = this.rows.children.length + 1;
      for (const label of row.querySelectorAll("label")) {
        const field = row.querySelector(`[data-as="${label.dataset.for}"]`);
        label.htmlFor = field.id = `${label.dataset.for}-${n}`;
        if (this.isFewShot) label.textContent += ` ${n}`;
      }
      this.rows.append(row);
    }
  }

  add() {
    this.fill(this.rows.children.length + 1);
    this.rows.lastElementChild.querySelector("textarea").focus();
    this.changed();
  }

  get draft() {
    const value = (name) => this.field(name)?.value ?? "";
    const rows = this.pairs.map((pair) => pair.map((field) => field.value));
    const named = { language: value("language"), use_case: value("use_case") };
    if (!this.isFewShot) return { ...named, turns: [value("turn"), ...rows.flat()] };
    return {
      ...named,
      instruction: value("instruction"),
      pairs: rows,
      query: value("query"),
      labels: [value("ask"), value("answer")],
    };
  }

  get body() {
    return this.draft;
  }

  restore(draft) {
    const put = (name, value) => {
      const field = this.field(name);
      if (field && value !== undefined) field.value = value;
    };
    put("language", draft.language);
    put("use_case", draft.use_case);
    const turns = draft.turns ?? [];
    const rows = draft.pairs ?? turns.slice(1).flatMap((turn, n, all) => (n % 2 ? [] : [[turn, all[n + 1] ?? ""]]));
    put("turn", turns[0]);
    put("instruction", draft.instruction);
    put("query", draft.query);
    put("ask", draft.labels?.[0]);
    put("answer", draft.labels?.[1]);
    this.rows.replaceChildren();
    this.fill(Math.max(this.fewest, rows.length));
    this.pairs.forEach((pair, n) => pair.forEach((field, i) => { field.value = rows[n]?.[i] ?? ""; }));
    this.show();
  }

  // The first field that is needed and empty; a row is not where it and all after it are empty.
  missing() {
    const isEmpty = (field) => !field.value.trim();
    const needed = [...this.querySelectorAll("[data-needed]")];
    const { pairs } = this;
    const last = pairs.findLastIndex((pair) => !pair.every(isEmpty));
    needed.push(...pairs.slice(0, Math.max(this.fewest, last + 1)).flat());
    const target = [...this.querySelectorAll("textarea, input")].find((f) => needed.includes(f) && isEmpty(f));
    return target ? { message: this.dataset.missing, target } : null;
  }

  handleKey({ key }) {
    if (key !== "a") return false;
    this.add();
    return true;
  }

  show() {
    const { instruction, pairs = [], query, labels } = this.draft;
    const text = this.isFewShot ? layout(instruction, pairs, query, labels) : this.draft.turns.join("");
    if (this.isFewShot) this.querySelector('[data-role="reads"]').textContent = text;
    this.querySelector('[data-role="count"]').textContent = this.dataset.count.replace("{n}", [...text].length);
  }
}

function layout(instruction, pairs, query, [ask, answer]) {
  const after = (label) => (label.endsWith("：") ? label : `${label} `);
  const whole = pairs.filter((pair) => pair.some((text) => text.trim()));
  const blocks = whole.map(([one, other]) => `${after(ask)}${one}\n${after(answer)}${other}`);
  return [instruction, ...blocks, `${after(ask)}${query}\n${answer}`].join("\n\n");
}

customElements.define("proposal-form", ProposalForm);
