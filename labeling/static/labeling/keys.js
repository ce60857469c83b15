// When a key may act: never while someone types or composes, never with a modifier.

const OFF = "rondo:single-keys-off";

export function typing(event) {
  if (event.isComposing || event.keyCode === 229) return true;
  const field = event.target.closest?.("input:not([type=checkbox], [type=radio], [type=button]), textarea, select, [contenteditable]");
  return Boolean(field);
}

// Escape is not a character: it acts where single keys are switched off, too.
export function single(event) {
  if (typing(event) || event.ctrlKey || event.metaKey || event.altKey) return false;
  return event.key === "Escape" || !keysOff();
}

export function submits(event) {
  return event.key === "Enter" && (event.ctrlKey || event.metaKey) && !event.isComposing && event.keyCode !== 229;
}

export function keysOff() {
  return localStorage.getItem(OFF) === "1";
}

export function toggleKeys() {
  if (keysOff()) localStorage.removeItem(OFF);
  else localStorage.setItem(OFF, "1");
}
