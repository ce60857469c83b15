// One chart per metric: the raw line behind, the smoothed one in front, the healthy range shaded.

import uPlot from "../vendor/uPlot.esm.js";

const MOST_POINTS = 1500;
const HEIGHT = 180;

export class Curves {
  // host holds the charts of known metrics, others those that nobody described.
  constructor(host, others, { known, words }) {
    Object.assign(this, { host, others, words, known, smoothing: 0, logarithmic: false });
    this.charts = new Map();
    this.dirty = new Set();
    this.resize = new ResizeObserver(() => this.redrawAll());
    this.resize.observe(host);
    this.resize.observe(others);
    this.theme = new MutationObserver(() => this.rebuildAll());
    this.theme.observe(document.documentElement, { attributeFilter: ["data-theme"] });
  }

  // One metric event; of two with the same step the later one counts.
  add({ step, values }) {
    for (const [name, value] of Object.entries(values)) {
      const chart = this.charts.get(name) ?? this.open(name);
      chart.points.set(step, value);
      this.dirty.add(chart);
    }
    this.schedule();
  }

  schedule() {
    if (this.waiting) return;
    this.waiting = requestAnimationFrame(() => {
      this.waiting = null;
      for (const chart of this.dirty) this.draw(chart);
      this.dirty.clear();
    });
  }

  redrawAll() {
    for (const chart of this.charts.values()) this.dirty.add(chart);
    this.schedule();
  }

  rebuildAll() {
    for (const chart of this.charts.values()) {
      chart.plot?.destroy();
      chart.plot = null;
    }
    this.redrawAll();
  }

  set(options) {
    Object.assign(this, options);
    this.rebuildAll();
  }

  open(name) {
    const index = this.known.findIndex((curve) => curve.name === name);
    const about = this.known[index] ?? { name, label: name.replaceAll("_", " "), hint: "" };
    const figure = document.createElement("figure");
    figure.className = "chart";
    figure.dataset.metric = name;
    figure.dataset.order = index < 0 ? 1000 : index;
    const caption = document.createElement("figcaption");
    const title = document.createElement("strong");
    title.textContent = about.label;
    const now = document.createElement("span");
    now.className = "now";
    const hint = document.createElement("span");
    hint.className = "hint";
    hint.textContent = about.hint;
    caption.append(title, now, hint);
    const canvas = document.createElement("div");
    canvas.className = "plot";
    figure.append(caption, canvas);
    const host = index < 0 ? this.others : this.host;
    if (host === this.others) host.closest("details").hidden = false; // and never its tab
    const after = [...host.children].find(
      (other) => Number(other.dataset.order) > Number(figure.dataset.order),
    );
    host.insertBefore(figure, after ?? null);
    const chart = { name, about, figure, canvas, now, points: new Map(), plot: null };
    this.charts.set(name, chart);
    return chart;
  }

  draw(chart) {
    this.say(chart);
    const width = Math.floor(chart.canvas.clientWidth);
    if (width < 40) return;
    const data = this.data(chart);
    if (!chart.plot) {
      chart.plot = new uPlot(this.options(chart, width), data, chart.canvas);
    } else {
      if (chart.plot.width !== width) chart.plot.setSize({ width, height: HEIGHT });
      chart.plot.setData(data);
    }
  }

  // [steps, raw, smoothed]: sorted, at most MOST_POINTS, gaps where a value was not finite.
  data(chart) {
    let rows = [...chart.points].sort((a, b) => a[0] - b[0]);
    const stride = Math.ceil(rows.length / MOST_POINTS);
    if (stride > 1) rows = rows.filter((_, i) => i % stride === 0 || i === rows.length - 1);
    const usable = (value) => (this.logarithmic && value <= 0 ? null : value);
    const raw = rows.map(([, value]) => usable(value));
    let mean = null;
    const smooth = raw.map((value) => {
      if (value === null) return null;
      mean = mean === null ? value : this.smoothing * mean + (1 - this.smoothing) * value;
      return mean;
    });
    return [rows.map(([step]) => step), raw, smooth];
  }

  say(chart) {
    const { low, high } = chart.about;
    const last = [...chart.points].sort((a, b) => a[0] - b[0]).at(-1)?.[1] ?? null;
    const outside =
      last !== null && ((low != null && last < low) || (high != null && last > high));
    chart.now.textContent = last === null ? "NaN" : format(last);
    chart.now.classList.toggle("outside", outside || last === null);
    const range =
      low != null && high != null
        ? this.words.healthy.replace("{low}", format(low)).replace("{high}", format(high))
        : "";
    chart.now.title = outside ? this.words.outside : range;
    const spoken = [chart.about.label, chart.now.textContent, outside ? this.words.outside : range];
    chart.canvas.setAttribute("role", "img");
    chart.canvas.setAttribute("aria-label", spoken.filter(Boolean).join(", "));
  }

  options(chart, width) {
    const style = getComputedStyle(this.host);
    const colour = (name) => style.getPropertyValue(name).trim();
    const axis = {
      stroke: colour("--quiet"),
      grid: { stroke: colour("--border"), width: 1 },
      ticks: { stroke: colour("--border"), width: 1 },
      font: `12px ${style.fontFamily}`,
    };
    const few = (_plot, ticks, _axis, _space, step) =>
      ticks.map((tick) => (tick == null ? "" : scaled(tick, step)));
    return {
      width,
      height: HEIGHT,
      cursor: { sync: { key: "run" }, points: { size: 6 } },
      legend: { show: false },
      scales: {
        x: { time: false },
        y: this.logarithmic ? { distr: 3 } : { range: (_plot, low, high) => around(low, high) },
      },
      axes: [{ ...axis, size: 32 }, { ...axis, size: 64, values: few }],
      series: [
        {},
        { show: this.smoothing > 0, stroke: colour("--quiet"), width: 1, alpha: 0.4 },
        { stroke: colour("--accent"), width: 2 },
      ],
      hooks: {
        drawClear: [(plot) => shade(plot, chart.about, colour("--accent"))],
        setCursor: [(plot) => this.read(chart, plot)],
      },
    };
  }

  // Under the pointer, here or in another chart, the value of that step; else the last one.
  read(chart, plot) {
    const { idx } = plot.cursor;
    if (idx == null || plot.data[0][idx] === undefined) return this.say(chart);
    const value = plot.data[1][idx];
    const text = value === null ? "NaN" : format(value);
    chart.now.textContent = `${this.words.step} ${plot.data[0][idx]}: ${text}`;
    return undefined;
  }

  close() {
    this.resize.disconnect();
    this.theme.disconnect();
    for (const chart of this.charts.values()) chart.plot?.destroy();
  }
}

// The range of an axis: a little room above and below; a constant in the middle.
function around(low, high) {
  if (low == null) return [0, 1];
  const room = high > low ? (high - low) * 0.1 : Math.abs(low) * 0.1 || 1;
  return [low - room, high + room];
}

function shade(plot, { low, high }, colour) {
  if (low == null || high == null) return;
  const { ctx, bbox } = plot;
  const clamp = (y) => Math.min(Math.max(y, bbox.top), bbox.top + bbox.height);
  const top = clamp(plot.valToPos(high, "y", true));
  const bottom = clamp(plot.valToPos(low, "y", true));
  ctx.save();
  ctx.globalAlpha = 0.08;
  ctx.fillStyle = colour;
  ctx.fillRect(bbox.left, top, bbox.width, Math.max(bottom - top, 0));
  ctx.restore();
}

// A tick with as many digits as tell it from the next one.
function scaled(value, step) {
  const size = Math.max(Math.abs(value), step);
  if (size < 0.001 || size >= 1e5) return value === 0 ? "0" : format(value);
  const digits = Math.min(Math.max(0, -Math.floor(Math.log10(step) + 1e-9)), 8);
  return value.toFixed(digits).replace("-", "−");
}

export function format(value) {
  const size = Math.abs(value);
  if (size !== 0 && (size < 0.001 || size >= 1e5)) return value.toExponential(1).replace("-", "−");
  const digits = size >= 100 ? 0 : size >= 10 ? 1 : 3;
  return String(Number(value.toFixed(digits))).replace("-", "−");
}
