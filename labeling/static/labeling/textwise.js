// Texts that are judged one after the other. A digit answers the next question about the text on
// the page, Enter goes on to the next text that is not judged. A kind's form extends it with
//   row(one)          what is said of a text, but for its id
//   read(one, row)    the other way
//   said(one)         what its button shows beside its letter

export class TextwiseForm extends HTMLElement {
  connectedCallback() {
    this.tabs = [...this.querySelectorAll("[data-go]")];
    this.texts = [...this.querySelectorAll(".one-text")].map((section) => ({
      section,
      ids: section.dataset.ids.split(" ").map(Number),
      questions: [...section.querySelectorAll("[data-question]")],
      answers: {}, // name of a question -> the value of its button, in the order in which they were given
      isSeen: false,
    }));
    this.current = this.texts[0];
    this.addEventListener("click", (event) => this.click(event));
    this.show();
  }

  // The field of the body.
  get field() {
    return this.dataset.field;
  }

  get draft() {
    return { ...this.body, seen: this.texts.filter((one) => one.isSeen).map((one) => one.ids[0]) };
  }

  get body() {
    const rows = this.texts.flatMap((one) => one.ids.map((completion) => ({ completion, ...this.row(one) })));
    return { [this.field]: rows };
  }

  // A draft, or an answer that is being corrected: of that every text was seen.
  restore({ [this.field]: rows = [], seen }) {
    for (const one of this.texts) {
      const row = rows.find(({ completion }) => completion === one.ids[0]);
      if (!row) continue;
      this.read(one, row);
      one.answers = this.inOrder(one);
      one.isSeen = seen?.includes(one.ids[0]) ?? true;
    }
    this.current = this.texts.find((one) => !this.isJudged(one)) ?? this.texts[0];
    this.show();
  }

  // As they stand on the page: what is stored has lost the order in which they were given.
  inOrder({ questions, answers }) {
    const names = questions.map(({ dataset }) => dataset.question).filter((name) => name in answers);
    return Object.fromEntries(names.map((name) => [name, answers[name]]));
  }

  next(one) {
    return one.questions.find((question) => !(question.dataset.question in one.answers));
  }

  // Where nothing is asked a text is judged by having been looked at.
  isJudged(one) {
    return one.questions.length ? !this.next(one) : one.isSeen;
  }

  missing() {
    this.current.isSeen = true;
    const one = this.texts.find((each) => !this.isJudged(each));
    if (!one) return null;
    if (one !== this.current) this.go(one);
    const question = this.next(one);
    const { letter } = one.section.dataset;
    const message = (question ? this.dataset.missing : this.dataset.unread).replace("{letter}", letter);
    const target = question ?? one.section.querySelector(".rendered");
    return { message: message.replace("{label}", question?.ariaLabel ?? ""), target };
  }

  handleKey({ key }) {
    if (/^[1-9]$/.test(key)) return this.answer(Number(key));
    if (key === "Backspace") return this.takeBack();
    if (key === "Enter") return this.goOn();
    const step = { ArrowLeft: -1, ArrowRight: 1 }[key];
    if (!step) return false;
    const to = this.texts[this.texts.indexOf(this.current) + step];
    if (to) this.go(to);
    return this.texts.length > 1;
  }

  // A text is left by itself once all is said of it that can be.
  get isWhole() {
    return !this.next(this.current);
  }

  answer(digit) {
    const question = this.next(this.current) ?? this.current.questions.at(-1);
    const button = question?.querySelectorAll("[data-value]")[digit - 1];
    if (!button) return false;
    this.give(question, button);
    if (this.isWhole) this.goOn();
    this.next(this.current)?.scrollIntoView({ block: "nearest" });
    return true;
  }

  give(question, button) {
    const { answers } = this.current;
    delete answers[question.dataset.question]; // the last one given is the last one taken back
    answers[question.dataset.question] = button.dataset.value;
    const said = button.dataset.said ?? button.textContent.trim();
    this.tell(this.dataset.given.replace("{label}", question.ariaLabel).replace("{answer}", said));
    this.changed();
  }

  tell(message) {
    this.querySelector('[data-role="told"]').textContent = message;
  }

  // Of the text before where nothing is said of this one yet: its last answer has led here.
  takeBack() {
    const before = this.texts[this.texts.indexOf(this.current) - 1];
    if (before && !Object.keys(this.current.answers).length) this.go(before);
    const last = Object.keys(this.current.answers).at(-1);
    if (last === undefined) return false;
    delete this.current.answers[last];
    this.changed();
    return true;
  }

  // False where every text is judged: the page submits then. A button takes Enter itself.
  goOn() {
    if (document.activeElement?.matches(".textwise button")) return false;
    this.current.isSeen = true;
    const at = this.texts.indexOf(this.current);
    const order = [...this.texts.slice(at + 1), ...this.texts.slice(0, at)];
    if (!this.isJudged(this.current)) return false; // the page says what is missing
    const to = order.find((one) => !this.isJudged(one));
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
    this.press(button);
    // After a click with the mouse the keys go on with the text; Tab and Enter stay where they are.
    if (detail) this.current.section.querySelector(".rendered").focus({ preventScroll: true });
  }

  press(button) {
    if (button.matches("[data-go]")) this.go(this.texts[this.tabs.indexOf(button)]);
    else if ("value" in button.dataset) this.give(button.closest("[data-question]"), button);
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
      this.tabs[n].querySelector('[data-role="said"]').textContent = this.said(one);
      for (const question of one.questions) {
        question.toggleAttribute("data-next", isCurrent && question === this.next(one));
        const given = one.answers[question.dataset.question];
        for (const button of question.querySelectorAll("[data-value]")) {
          button.setAttribute("aria-pressed", String(button.dataset.value === given));
        }
      }
    }
  }
}
