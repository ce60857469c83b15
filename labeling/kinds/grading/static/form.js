// <grading-form>: a digit says of the next item whether the text meets it.

import { TextwiseForm } from "../../textwise.js";

class GradingForm extends TextwiseForm {
  // null, in drafts alone, where there is no answer yet.
  row(one) {
    const answers = one.questions.map(({ dataset }) => one.answers[dataset.question]);
    return { met: answers.map((answer) => ({ yes: true, no: false })[answer] ?? null) };
  }

  read(one, { met }) {
    const given = one.questions.map(({ dataset }, n) => [dataset.question, met[n]]);
    const told = given.filter(([, isMet]) => typeof isMet === "boolean");
    one.answers = Object.fromEntries(told.map(([name, isMet]) => [name, isMet ? "yes" : "no"]));
  }

  // How many are answered.
  said(one) {
    return `${Object.keys(one.answers).length}/${one.questions.length}`;
  }
}

customElements.define("grading-form", GradingForm);
