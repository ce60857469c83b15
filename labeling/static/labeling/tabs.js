// The same task in two tabs of this browser: both say so, before anything is written twice.

const CHANNEL = "rondo:tasks";

export class Tabs {
  constructor(page) {
    this.page = page;
    this.tab = crypto.randomUUID();
    this.channel = new BroadcastChannel(CHANNEL);
    this.channel.addEventListener("message", ({ data }) => this.hear(data));
  }

  // A new task came.
  begin() {
    this.warned = false;
    this.say("opened");
  }

  say(what) {
    this.channel.postMessage({ what, tab: this.tab, assignment: this.page.data.id });
  }

  hear({ what, tab, assignment }) {
    if (tab === this.tab || assignment !== this.page.data?.id || this.page.draft.stopped) return;
    if (what === "opened") this.say("here too");
    if (this.warned) return;
    this.warned = true;
    this.page.status.warn(this.page.text("two_tabs"), { kind: "info" });
  }
}
