// Places in a text: Python counts Unicode code points, JavaScript UTF-16 code units.

export class Points {
  constructor(text) {
    this.units = [0]; // of each point
    for (const character of text) this.units.push(this.units.at(-1) + character.length);
  }

  unit(point) {
    return this.units[point];
  }

  point(unit) {
    return this.units.findIndex((each) => each >= unit);
  }
}
