// Concerns and a comment, which go with an answer of any kind: a dialog whose fields are kept with
// the draft. It costs no key where there is nothing to say.

export class Remark {
  constructor(page) {
    this.page = page;
    this.dialog = page.part("remark"); // null where the project offers none
    this.given = {}; // before it offered none any more
    this.boxes = [...(this.dialog?.querySelectorAll("input") ?? [])];
    this.field = this.dialog?.querySelector("textarea");
    this.dialog?.addEventListener("input", () => {
      this.show();
      page.dispatchEvent(new Event("draft-change"));
    });
  }

  // What is submitted: nothing where nothing is said.
  get value() {
    if (!this.dialog) return this.given;
    const concerns = this.boxes.filter((box) => box.checked).map((box) => box.value);
    const comment = this.field?.value.trim() ? this.field.value : "";
    return { ...(comment && { comment }), ...(concerns.length && { concerns }) };
  }

  // Beside what the form keeps in the draft.
  get draft() {
    const { value } = this;
    return Object.keys(value).length ? { remark: value } : {};
  }

  restore({ concerns = [], comment = "" } = {}) {
    if (!this.dialog) {
      this.given = { ...(comment && { comment }), ...(concerns.length && { concerns }) };
      return;
    }
    for (const box of this.boxes) box.checked = concerns.includes(box.value);
    this.field.value = comment;
    this.show();
  }

  open() {
    this.dialog?.showModal();
  }

  get isOpen() {
    return Boolean(this.dialog?.open);
  }

  // By its number, as the dialog shows it.
  toggle(number) {
    this.boxes[number - 1]?.focus();
    this.boxes[number - 1]?.click();
  }

  // The button says how much there is.
  show() {
    const { concerns = [], comment = "" } = this.value;
    const count = concerns.length + (comment ? 1 : 0);
    const badge = this.page.part("remark-count");
    badge.hidden = count === 0;
    badge.textContent = count;
  }
}
