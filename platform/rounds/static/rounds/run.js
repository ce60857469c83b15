// <rondo-run>: one run, followed live. Everything that it shows comes from the job's stored events.

import { Curves } from "./curves.js";
import { Log } from "./log.js";
import { Samples } from "./samples.js";
import { Stream } from "./stream.js";
import { tabs } from "./tabs.js";

class RondoRun extends HTMLElement {
  connectedCallback() {
    this.words = Object.fromEntries(
      Object.entries(this.dataset)
        .filter(([name]) => name.startsWith("word"))
        .map(([name, text]) => [name.slice(4).toLowerCase(), text]),
    );
    const known = JSON.parse(document.getElementById("curves").textContent);
    this.curves = new Curves(this.part("charts"), { known, words: this.words });
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
    this.part("live").textContent = this.words[state];
    this.part("live").dataset.link = state;
  }

  take(events) {
    const lines = [];
    for (const { id, kind, data } of events) {
      if (kind === "log") lines.push({ id, level: data.level, text: data.text });
      if (kind === "state") lines.push({ id, level: "state", text: this.stateLine(data) });
      if (kind === "metric") this.metric(data);
      if (kind === "sample") this.sample(data);
      if (kind === "progress") this.progress(data);
    }
    if (lines.length) this.log.add(lines);
    const changed = events.filter(({ kind }) => kind === "state").at(-1);
    if (changed && this.part("live").dataset.link) this.stateChanged();
  }

  stateLine({ state, attempt, reason }) {
    const number = this.words.attempt.replace("{n}", attempt);
    return [state, attempt ? number : "", reason].filter(Boolean).join(" · ");
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
    this.part("step").textContent = step;
    this.part("total").textContent = total;
    this.part("phase").textContent = phase;
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
    if (answer.ok) {
      const made = document.createRange().createContextualFragment(await answer.text());
      this.querySelector("#run-head").replaceWith(made);
    }
  }
}

customElements.define("rondo-run", RondoRun);
