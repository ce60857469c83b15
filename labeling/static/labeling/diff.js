// Differences of two texts by words, by characters where the writing has no spaces (Myers, 1986).

const TOKEN = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]|[\p{L}\p{N}\p{M}'’_-]+|\s+|[^]/gu;
const MOST_EDITS = 1500; // beyond that lines are compared first, and words in those that changed
const MOST_IN_LINES = 300; // beyond that changed lines are shown as one replacement

export function tokens(text) {
  return text.match(TOKEN) ?? [];
}

// [{ kind: "same" | "added" | "removed", text }], neighbours of one kind joined.
export function diff(before, after) {
  const a = tokens(before);
  const b = tokens(after);
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start += 1;
  let end = 0;
  while (end < a.length - start && end < b.length - start && a.at(-1 - end) === b.at(-1 - end)) end += 1;
  const middle = walk(a.slice(start, a.length - end), b.slice(start, b.length - end));
  const same = (list) => list.map((text) => ({ kind: "same", text }));
  return join([...same(a.slice(0, start)), ...middle, ...same(a.slice(a.length - end))]);
}

// How many words (or characters) came and went; blanks are not words.
export function distance(parts) {
  const count = (kind) =>
    parts.filter((part) => part.kind === kind).flatMap((part) => tokens(part.text)).filter((t) => t.trim()).length;
  const [added, removed] = [count("added"), count("removed")];
  return { added, removed, n: added + removed };
}

function walk(a, b) {
  if (!a.length || !b.length) return replaced(a, b);
  const trace = furthest(a, b, MOST_EDITS);
  return trace ? back(a, b, trace) : byLines(a, b);
}

function replaced(a, b) {
  const all = (list, kind) => list.map((text) => ({ kind, text }));
  return [...all(a, "removed"), ...all(b, "added")];
}

// Long texts that have little in common: their lines first, then the words of those that changed.
function byLines(a, b) {
  const [above, below] = [lines(a), lines(b)];
  const trace = furthest(above, below, MOST_EDITS);
  if (!trace) return replaced(a, b);
  const found = [];
  let [removed, added] = [[], []];
  const close = () => {
    const words = removed.length && added.length && furthest(removed, added, MOST_IN_LINES);
    found.push(...(words ? back(removed, added, words) : replaced(removed, added)));
    [removed, added] = [[], []];
  };
  for (const { kind, text } of back(above, below, trace)) {
    if (kind === "removed") removed.push(...tokens(text));
    else if (kind === "added") added.push(...tokens(text));
    else {
      close();
      found.push({ kind, text });
    }
  }
  close();
  return found;
}

function lines(list) {
  return list.join("").match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

// The furthest reaching paths for each number of edits; null when there are too many.
function furthest(a, b, limit) {
  const most = Math.min(a.length + b.length, limit);
  let reach = new Map([[1, 0]]);
  const trace = [];
  for (let edits = 0; edits <= most; edits += 1) {
    trace.push(new Map(reach));
    for (let k = -edits; k <= edits; k += 2) {
      const down = k === -edits || (k !== edits && (reach.get(k - 1) ?? -1) < (reach.get(k + 1) ?? -1));
      let x = down ? reach.get(k + 1) : reach.get(k - 1) + 1;
      while (x < a.length && x - k < b.length && a[x] === b[x - k]) x += 1;
      reach.set(k, x);
      if (x >= a.length && x - k >= b.length) return trace;
    }
  }
  return null;
}

function back(a, b, trace) {
  const parts = [];
  let [x, y] = [a.length, b.length];
  for (let edits = trace.length - 1; edits >= 0; edits -= 1) {
    const reach = trace[edits];
    const k = x - y;
    const down = k === -edits || (k !== edits && (reach.get(k - 1) ?? -1) < (reach.get(k + 1) ?? -1));
    const from = down ? k + 1 : k - 1;
    const fromX = reach.get(from) ?? 0;
    const fromY = fromX - from;
    while (x > fromX && y > fromY && x > 0 && y > 0) {
      parts.push({ kind: "same", text: a[x - 1] });
      [x, y] = [x - 1, y - 1];
    }
    if (edits === 0) break;
    parts.push(down ? { kind: "added", text: b[fromY] } : { kind: "removed", text: a[fromX] });
    [x, y] = [fromX, fromY];
  }
  return parts.reverse();
}

function join(parts) {
  const joined = [];
  for (const part of parts) {
    const last = joined.at(-1);
    if (last?.kind === part.kind) last.text += part.text;
    else joined.push({ ...part });
  }
  return joined;
}
