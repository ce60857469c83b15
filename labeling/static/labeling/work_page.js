// What the pages share on which people write: their parts by role, and their words.

export class WorkPage extends HTMLElement {
  part(role) {
    return this.querySelector(`[data-role="${role}"]`);
  }

  text(name, values = {}) {
    return this.common.texts[name].replace(/\{(\w+)\}/g, (whole, key) => values[key] ?? whole);
  }

  // Why what was sent did nothing, for people.
  reason({ status, data }) {
    if (status === 0 || status >= 500) return this.text("no_answer");
    if (status === 413) return this.text("too_large");
    const fields = (data.errors ?? []).map((error) => error.message).join(" ");
    return fields || data.detail || this.text("not_taken");
  }
}
