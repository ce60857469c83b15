// What is copied from a raw text is the text, to the byte: a marker becomes the character that it
// stands for. Copied from a rendered one, a formula is its source.

const MARKER = /^U\+([0-9A-F]{4,6})$/;

function rawOf(range) {
  const from = range.commonAncestorContainer;
  const box = (from.nodeType === Node.TEXT_NODE ? from.parentElement : from).closest(".verbatim");
  if (box === null) return null;
  const copied = range.cloneContents();
  for (const hidden of copied.querySelectorAll(".hidden-character")) {
    const named = MARKER.exec(hidden.textContent);
    if (named) hidden.replaceWith(String.fromCodePoint(parseInt(named[1], 16)));
  }
  for (const math of copied.querySelectorAll("tex-formula > math")) math.remove();
  return copied.textContent;
}

document.addEventListener("copy", (event) => {
  const selection = getSelection();
  if (selection.rangeCount !== 1 || selection.isCollapsed || event.target.closest("input, textarea")) return;
  const raw = rawOf(selection.getRangeAt(0));
  if (raw === null) return;
  event.clipboardData.setData("text/plain", raw);
  event.preventDefault();
});
