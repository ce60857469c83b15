// A text field makes one kind of line end of all: what nobody edited stays as it was stored.

// `stored` as a text field has it.
export function typed(stored) {
  return stored.replaceAll(/\r\n?/g, "\n");
}

// The text of a field that began with `stored`, with its line ends.
export function asStored(text, stored) {
  const original = typed(stored);
  if (text === original) return stored;
  const windows = stored.includes("\r") && stored.replaceAll("\r\n", "\n") === original && !/(^|[^\r])\n/.test(stored);
  return windows ? text.replaceAll("\n", "\r\n") : text;
}
