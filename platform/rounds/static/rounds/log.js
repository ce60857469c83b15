// The log: follows its end until paused or scrolled away, filters by level and word.

export class Log {
  constructor(root, words) {
    this.words = words;
    this.list = root.querySelector("[data-log]");
    this.button = root.querySelector("[data-follow]");
    this.search = root.querySelector("[data-search]");
    this.severe = root.querySelector("[data-warnings]");
    this.counter = root.querySelector("[data-lines]");
    this.following = true;
    this.lines = 0;
    this.button.addEventListener("click", () => this.follow(!this.following));
    this.search.addEventListener("input", () => this.filter());
    this.severe.addEventListener("change", () => this.filter());
    this.list.addEventListener("wheel", (event) => event.deltaY < 0 && this.follow(false), {
      passive: true,
    });
  }

  add(lines) {
    const part = document.createDocumentFragment();
    for (const { id, level, text, time } of lines) {
      const line = document.createElement("li");
      line.id = `line-${id}`;
      line.className = level;
      line.dataset.level = level;
      const clock = document.createElement("time");
      clock.dateTime = clock.title = time;
      clock.textContent = new Date(time).toLocaleTimeString([], { hour12: false });
      line.append(clock, ` ${text}`);
      line.hidden = !this.fits(line);
      part.append(line);
    }
    this.list.append(part);
    this.lines += lines.length;
    this.counter.textContent = this.words.lines.replace("{n}", this.lines);
    this.toEnd();
  }

  fits(line) {
    const word = this.search.value.toLowerCase();
    if (this.severe.checked && !["warning", "error"].includes(line.dataset.level)) return false;
    return !word || line.textContent.toLowerCase().includes(word);
  }

  filter() {
    for (const line of this.list.children) line.hidden = !this.fits(line);
    this.toEnd();
  }

  follow(yes) {
    this.following = yes;
    this.button.setAttribute("aria-pressed", yes);
    this.button.textContent = yes ? this.words.pause : this.words.follow;
    this.toEnd();
  }

  // Lines out of sight are taken to be one row high; those that come into sight get their height
  // with the frame after the next.
  toEnd(frames = 2) {
    if (!this.following) return;
    this.list.scrollTop = this.list.scrollHeight;
    if (frames) requestAnimationFrame(() => this.toEnd(frames - 1));
  }
}
