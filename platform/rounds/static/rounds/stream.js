// A job's events: the stored ones first, then live ones over SSE, without a gap between them.

const PAGE = 2000;
const AGAIN = 5000; // milliseconds until a refused stream is asked for again
export const ENDED = ["succeeded", "failed", "cancelled"];

export class Stream {
  // onEvents gets arrays of {id, kind, data}, onState the job's state after what is stored;
  // onLink gets "live", "lost", "signedout" or "ended".
  constructor({ stored, events, onEvents, onState, onLink }) {
    Object.assign(this, { stored, events, onEvents, onState, onLink });
    Object.assign(this, { last: 0, source: null, over: false });
  }

  async start() {
    const state = await this.catchUp();
    if (this.over) return undefined;
    if (ENDED.includes(state)) return this.stop("ended");
    if (["lost", "signedout"].includes(state)) {
      this.onLink(state);
      this.timer = setTimeout(() => this.start(), AGAIN);
      return undefined;
    }
    return this.follow();
  }

  // Take what is stored; the state of the job, or of the link when the server gives no answer.
  async catchUp() {
    for (;;) {
      let body;
      try {
        const address = `${this.stored}?after=${this.last}&limit=${PAGE}`;
        const answer = await fetch(address, { headers: { Accept: "application/json" } });
        if (answer.status === 401) return "signedout";
        if (!answer.ok) return "lost";
        body = await answer.json();
      } catch {
        return "lost";
      }
      this.take(body.events);
      if (body.next !== null) continue;
      this.onState(body.job.state);
      return body.job.state;
    }
  }

  take(events) {
    const fresh = events.filter((event) => event.id > this.last);
    if (!fresh.length) return;
    this.last = fresh.at(-1).id;
    this.onEvents(fresh);
  }

  follow() {
    // The browser reconnects by itself and sends Last-Event-ID; `after` serves the first time.
    this.source = new EventSource(`${this.events}?after=${this.last}`);
    this.source.onopen = () => this.onLink("live");
    this.source.onerror = () => {
      if (this.over) return;
      this.onLink("lost");
      if (this.source.readyState !== EventSource.CLOSED) return;
      clearTimeout(this.timer); // refused for good, or ended in between: look again
      this.timer = setTimeout(() => this.start(), AGAIN);
    };
    for (const kind of ["state", "log", "progress", "metric", "sample"]) {
      this.source.addEventListener(kind, (message) => this.take([JSON.parse(message.data)]));
    }
    // What this page has seen is no longer there: a backup was restored.
    this.source.addEventListener("gap", () => location.reload());
    this.source.addEventListener("end", () => this.stop("ended"));
  }

  stop(state = null) {
    this.over = true;
    clearTimeout(this.timer);
    this.source?.close();
    if (state) this.onLink(state);
  }
}
