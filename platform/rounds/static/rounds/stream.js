// A job's events: the stored ones first, then live ones over SSE, without a gap between them.

const PAGE = 2000;

export class Stream {
  // onEvents gets arrays of {id, kind, data}; onLink gets "live", "lost" or "ended".
  constructor({ stored, events, onEvents, onLink }) {
    Object.assign(this, { stored, events, onEvents, onLink, last: 0, source: null });
  }

  async start({ ended }) {
    await this.catchUp();
    if (ended) return this.onLink("ended");
    this.follow();
  }

  async catchUp() {
    for (;;) {
      const answer = await fetch(`${this.stored}?after=${this.last}&limit=${PAGE}`);
      if (!answer.ok) return this.onLink("lost");
      const { events } = await answer.json();
      this.take(events);
      if (events.length < PAGE) return undefined;
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
    this.source.onerror = () => this.onLink("lost");
    for (const kind of ["state", "log", "progress", "metric", "sample"]) {
      this.source.addEventListener(kind, (message) => {
        this.take([{ id: Number(message.lastEventId), kind, data: JSON.parse(message.data) }]);
      });
    }
  }

  stop() {
    this.source?.close();
    this.source = null;
  }
}
