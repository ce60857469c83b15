// When a key may act: never while someone types or composes, never with a modifier. And which key
// it is, on any layout.

const OFF = "rondo:single-keys-off";

// Within an input method. Safari ends the composition before the key that ended it, which it marks
// by its code alone.
export function composing(event) {
  return event.isComposing || event.keyCode === 229;
}

export function typing(event) {
  if (composing(event)) return true;
  const field = event.target.closest?.("input:not([type=checkbox], [type=radio], [type=button]), textarea, select, [contenteditable]");
  return Boolean(field);
}

// Escape is not a character: it acts where single keys are switched off, too.
export function single(event) {
  if (typing(event) || event.ctrlKey || event.metaKey || event.altKey) return false;
  return event.key === "Escape" || !keysOff();
}

// The key by the character that it types, small; by its place on the keyboard where that is none of
// ours: Cyrillic and Greek letters, the digits of AZERTY. Shift is the event's to say, so that Caps
// Lock changes nothing.
export function named({ key, code, shiftKey }) {
  if (/^[a-z]$/i.test(key)) return key.toLowerCase();
  if ([...key].length > 1 || /[0-9=?]/.test(key)) return key;
  const [, letter, digit] = /^(?:Key([A-Z])|Digit([0-9]))$/.exec(code) ?? [];
  return letter?.toLowerCase() ?? (shiftKey ? key : (digit ?? key));
}

export function submits(event) {
  return event.key === "Enter" && (event.ctrlKey || event.metaKey) && !composing(event);
}

// Undo of what was submitted; in a text the browser's own undo acts.
export function takesBack(event) {
  const modifier = (event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey;
  return modifier && !typing(event) && named(event) === "z";
}

export function keysOff() {
  return localStorage.getItem(OFF) === "1";
}

export function toggleKeys() {
  if (keysOff()) localStorage.removeItem(OFF);
  else localStorage.setItem(OFF, "1");
  mark();
}

// Keys that do nothing are not shown.
function mark() {
  document.documentElement.toggleAttribute("data-keys-off", keysOff());
}

addEventListener("storage", mark); // another tab
mark();
