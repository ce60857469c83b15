// How much a person has answered today, or in the day or week of their goal, and for how long. The
// count is asked for once; from then on this page counts its own answers.

export class Goal {
  constructor(page) {
    this.page = page;
    this.wanted = page.common.goal; // null: nothing is counted; answers: 0 without a goal
    this.asked = 0;
    if (this.wanted) this.ask();
  }

  async ask() {
    this.done = null;
    const mine = (this.asked += 1);
    try {
      const response = await fetch(this.wanted.url, { headers: { Accept: "application/json" }, redirect: "error" });
      if (!response.ok || mine !== this.asked) return;
      const { answered, seconds, seconds_left } = await response.json();
      if (mine !== this.asked) return; // answered meanwhile: that count is on its way
      this.done = answered;
      this.seconds = seconds;
      this.ends = Date.now() + seconds_left * 1000;
      this.show();
    } catch {
      // Without a connection there is no count: the next answer asks again.
    }
  }

  // An answer was stored.
  add() {
    if (!this.wanted) return;
    if (this.done === null || Date.now() > this.ends) {
      this.ask();
      return;
    }
    this.done += 1;
    this.seconds += this.page.clock.seconds;
    this.show();
  }

  // Read aloud only when the goal is reached: a count at each answer would be noise.
  show() {
    const { answers, period } = this.wanted;
    const line = this.page.part("goal");
    if (!answers) {
      const minutes = Math.floor(this.seconds / 60);
      line.textContent = this.page.text("today", { n: this.done, minutes });
      return;
    }
    const isReached = this.done >= answers;
    const count = this.page.text(`goal_${period}`, { n: this.done, goal: answers });
    line.setAttribute("aria-live", this.done === answers ? "polite" : "off");
    line.toggleAttribute("data-reached", isReached);
    line.textContent = isReached ? `${count} ${this.page.text("goal_reached")}` : count;
  }
}
