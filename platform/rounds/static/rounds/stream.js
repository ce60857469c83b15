// A job's events: the stored ones first, then live ones over SSE, without a gap between them.

const PAGE = 2000;
const AGAIN = 5000; // milliseconds until a refused stream is asked for again
const ENDED = ["succeeded", "failed", "cancelled"];

export class Stream {
  // onEvents gets arrays of {id, kind, data}; onLink gets "live", "lost" or "ended".
  constructor({ stored, events, onEvents, onLink }) {
    Object.assign(this, { stored, events, onEvents, onLink, last: 0, source: null, over: false });
  }

  async start() {
    const state = await this.catchUp();
    if (this.over) return undefined;
    if (ENDED.includes(state)) return this.stop("ended");
    if (state === null) {
      this.onLink("lost");
      this.timer = setTimeout(() => this.start(), AGAIN);
      return undefined;
    }
    return this.follow();
  }

  // Take what is stored; the state of the job, null when the server does not answer.
  async catchUp() {
    for (;;) {
      let body;
      try {
        const answer = await fetch(`${this.stored}?after=${this.last}&limit=${PAGE}`);
        if (!answer.ok) return null;
        body = await answer.json();
      } catch {
        return null;
      }
      this.take(body.events);
      if (body.next === null) return body.job.state;
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
    this.source.addEventListener("end", () => this.stop("ended"));
  }

  stop(state = null) {
    this.over = true;
    clearTimeout(this.timer);
    this.source?.close();
    if (state) this.onLink(state);
  }
}
