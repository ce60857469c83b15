// <rondo-run>: one run, followed live. Everything that it shows comes from the job's stored events.

import { Curves, format } from "./curves.js";
import { Log } from "./log.js";
import { Samples } from "./samples.js";
import { ENDED, Stream } from "./stream.js";
import { tabs } from "./tabs.js";

const LINE_METRICS = 6;

class RondoRun extends HTMLElement {
  connectedCallback() {
    this.words = JSON.parse(document.getElementById("run-words").textContent);
    const known = JSON.parse(document.getElementById("curves").textContent);
    this.curves = new Curves(this.part("charts"), this.part("others"), {
      known,
      words: this.words,
    });
    this.log = new Log(this, this.words);
    this.samples = new Samples(this.part("samples"), this.words);
    this.part("smoothing").addEventListener("input", (event) =>
      this.curves.set({ smoothing: Number(event.target.value) }),
    );
    this.part("logarithmic").addEventListener("change", (event) =>
      this.curves.set({ logarithmic: event.target.checked }),
    );
    tabs(this, (id) => (id === "tab-curves" ? this.curves.redrawAll() : this.log.toEnd()));
    this.stream = new Stream({
      stored: this.dataset.stored,
      events: this.dataset.events,
      onEvents: (events) => this.take(events),
      onState: (state) => this.part("shows").dataset.shows !== state && this.stateChanged(),
      onLink: (state) => this.link(state),
    });
    this.stream.start();
  }

  disconnectedCallback() {
    this.stream.stop();
    this.curves.close();
  }

  part(name) {
    return this.querySelector(`[data-${name}]`);
  }

  link(state) {
    const live = this.part("live");
    if (live.dataset.link === state) return;
    live.dataset.link = state;
    live.textContent = this.words[state];
    if (state === "signedout") live.append(" ", this.part("sign-in").content.cloneNode(true));
  }

  take(events) {
    const lines = [];
    for (const { id, kind, data, created_at: time } of events) {
      if (kind === "log") lines.push({ id, time, level: data.level, text: data.text });
      if (kind === "state") lines.push({ id, time, level: "state", text: this.stateLine(data) });
      if (kind === "metric") {
        this.metric(data);
        lines.push({ id, time, level: "metric", text: this.metricLine(data) });
      }
      if (kind === "sample") this.sample(data);
      if (kind === "progress") this.progress(data);
    }
    if (lines.length) this.log.add(lines);
    const changed = events.filter(({ kind }) => kind === "state").at(-1);
    if (changed && this.part("live").dataset.link) this.stateChanged();
  }

  stateLine({ state, attempt, reason }) {
    const number = this.words.attempt.replace("{n}", attempt);
    const word = this.words[`state${state}`] ?? state;
    return [word, attempt ? number : "", reason].filter(Boolean).join(" · ");
  }

  metricLine({ step, values }) {
    const shown = Object.entries(values).slice(0, LINE_METRICS);
    const texts = shown.map(([name, value]) => `${name} ${value === null ? "NaN" : format(value)}`);
    return [`${this.words.step} ${step}`, ...texts].join(" · ");
  }

  metric(data) {
    this.part("no-charts").hidden = true;
    this.curves.add(data);
  }

  sample(data) {
    this.part("no-samples").hidden = true;
    this.samples.add(data);
  }

  progress({ step, total, eta_seconds: eta, phase }) {
    // What is stored is told again: it was so on the way, and the head of an ended run is final.
    if (ENDED.includes(this.part("shows").dataset.shows)) return;
    this.part("step").textContent = step;
    this.part("total").textContent = total;
    this.part("phase").textContent = this.words[`phase${phase}`] ?? phase;
    this.part("eta").textContent = eta === null ? "–" : this.duration(eta);
    const bar = this.part("progress");
    bar.max = Math.max(total, 1);
    bar.value = step;
  }

  duration(seconds) {
    if (seconds < 90) return this.words.second.replace("{n}", Math.round(seconds));
    if (seconds < 5400) return this.words.minute.replace("{n}", Math.round(seconds / 60));
    return this.words.hour.replace("{n}", (seconds / 3600).toFixed(1));
  }

  // Buttons and outcome belong to the server: it sends the head of the page anew.
  async stateChanged() {
    const answer = await fetch(this.dataset.url, { headers: { "HX-Request": "true" } });
    if (answer.status === 401) this.link("signedout");
    if (answer.ok) {
      const made = document.createRange().createContextualFragment(await answer.text());
      this.querySelector("#run-head").replaceWith(made);
    }
  }
}

customElements.define("rondo-run", RondoRun);
