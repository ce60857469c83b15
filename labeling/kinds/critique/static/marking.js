// A text as it is stored, shown in pieces that know their places, so that what is selected on the page is a
// part of the stored text and no other. Places count UTF-16 code units.

export class MarkedText {
  // hidden: where characters stand that show as markers.
  constructor(box, text, hidden) {
    this.box = box;
    this.text = text;
    this.hidden = new Map(hidden.map((place) => [place, place + String.fromCodePoint(text.codePointAt(place)).length]));
    // Of Windows' line ends the first half shows as nothing.
    this.halves = new Set([...text.matchAll(/\r(?=\n)/g)].map(({ index }) => index));
  }

  // marks: { start, end, grade, number, isCurrent }; picked: { start, end } or null.
  show(marks, picked) {
    const edges = new Set([0, this.text.length]);
    for (const { start, end } of picked ? [...marks, picked] : marks) edges.add(start).add(end);
    for (const [start, end] of this.hidden) edges.add(start).add(end);
    for (const half of this.halves) edges.add(half).add(half + 1);
    const cuts = [...edges].sort((one, other) => one - other);
    this.box.replaceChildren(...cuts.slice(1).map((end, n) => this.piece(cuts[n], end, marks, picked)));
  }

  piece(start, end, marks, picked) {
    const over = marks.filter((mark) => mark.start <= start && end <= mark.end);
    const piece = document.createElement(over.length ? "mark" : "span");
    Object.assign(piece.dataset, { start, end });
    if (over.length) piece.dataset.grade = Math.max(...over.map(({ grade }) => grade));
    piece.toggleAttribute("data-current", over.some(({ isCurrent }) => isCurrent));
    piece.toggleAttribute("data-picked", Boolean(picked) && picked.start <= start && end <= picked.end);
    const ends = marks.filter((mark) => mark.end === end && mark.start < end).map(({ number }) => number);
    if (ends.length) piece.dataset.ends = ends.join(" ");
    if (this.hidden.has(start)) {
      piece.className = "hidden-character";
      piece.textContent = `U+${this.text.codePointAt(start).toString(16).toUpperCase().padStart(4, "0")}`;
    } else if (!this.halves.has(start)) {
      piece.textContent = this.text.slice(start, end);
    }
    return piece;
  }

  // The part of the text that is selected on the page; null without one.
  selected() {
    const selection = getSelection();
    if (!selection.rangeCount || selection.isCollapsed) return null;
    const { startContainer, startOffset, endContainer, endOffset } = selection.getRangeAt(0);
    if (![startContainer, endContainer].some((node) => this.box.contains(node))) return null;
    const [start, end] = [this.place(startContainer, startOffset), this.place(endContainer, endOffset)];
    return start < end ? { start, end } : null;
  }

  // Of one end of a selection, which may lie outside of the text.
  place(node, offset) {
    if (node === this.box) return Number(this.box.children[offset]?.dataset.start ?? this.text.length);
    const piece = (node instanceof Element ? node : node.parentElement).closest("[data-start]");
    if (!this.box.contains(piece)) {
      const isBefore = node.compareDocumentPosition(this.box) & Node.DOCUMENT_POSITION_FOLLOWING;
      return isBefore ? 0 : this.text.length;
    }
    const [start, end] = [Number(piece.dataset.start), Number(piece.dataset.end)];
    const isText = node instanceof Text && piece.className === "";
    if (isText) return start + Math.min(offset, end - start);
    return offset ? end : start;
  }

  // Where a click fell.
  clicked({ target }) {
    return Number(target.closest("[data-start]")?.dataset.start ?? NaN);
  }

  scrollTo(place) {
    const pieces = [...this.box.children];
    const piece = pieces.find(({ dataset }) => Number(dataset.start) <= place && place < Number(dataset.end));
    piece?.scrollIntoView({ block: "nearest" });
  }
}
