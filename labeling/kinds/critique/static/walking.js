// Words, sentences and characters of a text, for selecting with keys. Places count UTF-16 code units.

export class Walk {
  constructor(text, language) {
    this.text = text;
    this.language = language;
    this.found = {};
  }

  // unit: "word", "sentence" or "grapheme".
  parts(unit) {
    this.found[unit] ??= [...new Intl.Segmenter(this.language, { granularity: unit }).segment(this.text)]
      .filter(({ segment, isWordLike }) => (unit === "word" ? isWordLike : unit === "grapheme" || segment.trim()))
      .map(({ index, segment }) => this.trimmed({ start: index, end: index + segment.length }, unit));
    return this.found[unit];
  }

  trimmed({ start, end }, unit = "sentence") {
    if (unit === "grapheme") return { start, end };
    const part = this.text.slice(start, end);
    return { start: start + part.length - part.trimStart().length, end: end - part.length + part.trimEnd().length };
  }

  next(unit, place) {
    return this.parts(unit).find(({ start }) => start >= place);
  }

  previous(unit, place) {
    return this.parts(unit).findLast(({ end }) => end <= place);
  }

  // Where the moving end of a selection goes.
  edge(unit, place, backwards) {
    const parts = this.parts(unit);
    if (backwards) return parts.findLast(({ start }) => start < place)?.start;
    return parts.find(({ end }) => end > place)?.end;
  }
}
