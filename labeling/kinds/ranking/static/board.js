// What stands on the board: one state after the other, so that each step can be taken back. What is
// typed is no step: it stays whatever is undone.

const EMPTY = {
  places: new Map(), // letter -> tier, "0" is unacceptable
  last: null, // the letter that was placed last
  pinned: [], // letters, two at most
  folded: new Set(), // letters
  asking: null, // the question (asking.js)
  writing: null, // { of: letter, "" for a text of one's own; tied }
};

// The tiers that hold a text, best first, without the unacceptable.
export function tiersOf(letters, places) {
  const at = (tier) => letters.filter((letter) => places.get(letter) === tier);
  return letters.map((_, i) => at(String(i + 1))).filter((tier) => tier.length);
}

export class Board {
  constructor(letters) {
    this.letters = letters;
    this.begin({});
  }

  // From this state on, with nothing to undo.
  begin(state) {
    this.state = { ...EMPTY, ...state };
    this.past = [];
  }

  change(part) {
    this.past.push(this.state);
    this.state = { ...this.state, ...part };
  }

  // The state that was left, or null where there was nothing to undo.
  undo() {
    if (!this.past.length) return null;
    const left = this.state;
    this.state = this.past.pop();
    return left;
  }

  // The letters without a place.
  get open() {
    return this.letters.filter((letter) => !this.state.places.has(letter));
  }

  // `places` with the letter in a tier, or in none.
  moved(letter, tier) {
    const places = new Map(this.state.places);
    if (tier === null) places.delete(letter);
    else places.set(letter, tier);
    return places;
  }

  // The pinned letters with this one or without it, whichever they are not; of three the last two.
  pinning(letter) {
    const { pinned } = this.state;
    return pinned.includes(letter) ? pinned.filter((one) => one !== letter) : [...pinned, letter].slice(-2);
  }

  // The folded letters with these, or without.
  folding(letters, fold) {
    const folded = new Set(this.state.folded);
    for (const letter of letters) fold ? folded.add(letter) : folded.delete(letter);
    return folded;
  }
}
