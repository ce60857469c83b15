// A task with a content warning is covered until the person asks to see it, or leaves it to others.
// What is covered is inert: no screen reader reads it, no key reaches it.

const LOOKED = "rondo:looked-at"; // the assignment that this tab has uncovered

export class Cover {
  constructor(page) {
    this.page = page;
    page.addEventListener("submit", (event) => {
      if (event.target !== this.form) return;
      event.preventDefault();
      page.skipping.send(new FormData(this.form));
    });
  }

  // A new task came.
  begin() {
    this.form = this.page.part("cover");
    if (!this.form) return;
    if (sessionStorage.getItem(LOOKED) === String(this.page.data.id)) {
      this.form.remove();
      this.form = null;
      return;
    }
    const { activeElement: focused } = document; // the kind's form may have begun in its text
    this.before = this.page.form.contains(focused) ? focused : null;
    this.cover(true);
    this.form.querySelector("[data-do=look]").focus();
  }

  get isUp() {
    return Boolean(this.form);
  }

  look() {
    try {
      sessionStorage.setItem(LOOKED, String(this.page.data.id));
    } catch {
      // Storage is full or forbidden: after a reload one is asked again.
    }
    this.form.remove();
    this.form = null;
    this.cover(false);
    if (this.before) this.before.focus();
    else this.page.leaveField();
  }

  decline() {
    this.form.querySelector("[data-decline]")?.click(); // not where nobody else can be given it
  }

  handleKey({ key }) {
    if (key === "v") return this.look(), true;
    if (key === "d") return this.decline(), true;
    return false;
  }

  cover(inert) {
    for (const part of this.page.part("task").children) {
      if (part !== this.form) part.inert = inert;
    }
  }
}
