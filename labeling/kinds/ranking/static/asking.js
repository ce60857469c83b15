// Insertion by questions: a text finds its tier among n by at most ceil(log2(n + 1)) of them, as
// each halves the places that are left. A question is { letter, tiers, low, high }: the text stands
// before one of tiers[low … high], where tiers are those that hold a text, best first.

import { tiersOf } from "./board.js";

// What changes when the next text without a place is asked for: { places, last, asking }. The first
// of all has none to be compared with; asking is null once all have a place.
export function ask(letters, places, last = null) {
  const letter = letters.find((one) => !places.has(one));
  const tiers = tiersOf(letters, places);
  if (letter && !tiers.length) return ask(letters, new Map(places).set(letter, "1"), letter);
  return { places, last, asking: letter ? { letter, tiers, low: 0, high: tiers.length } : null };
}

// The place of the tier that the text is compared with.
export function middle({ low, high }) {
  return Math.floor((low + high) / 2);
}

// What changes by an answer: the text is "better" or "worse" than those of that tier, the "same", or
// "unacceptable".
export function answered(letters, { places, last, asking }, said) {
  const { letter, tiers } = asking;
  const place = middle(asking);
  if (said === "unacceptable") return ask(letters, new Map(places).set(letter, "0"), letter);
  if (said === "same") {
    const tied = tiers.map((tier, i) => (i === place ? [...tier, letter] : tier));
    return ask(letters, numbered(places, tied), letter);
  }
  const left = { ...asking, ...(said === "better" ? { high: place } : { low: place + 1 }) };
  if (left.low < left.high) return { places, last, asking: left };
  const parted = [...tiers.slice(0, left.low), [letter], ...tiers.slice(left.low)];
  return ask(letters, numbered(places, parted), letter);
}

// `places` with these tiers; what is unacceptable stays so.
function numbered(places, tiers) {
  const found = new Map([...places].filter(([, tier]) => tier === "0"));
  tiers.forEach((tier, i) => tier.forEach((letter) => found.set(letter, String(i + 1))));
  return found;
}
