// <rules-form>: a digit says of the next rule whether the text follows it.

import { TextwiseForm } from "../../textwise.js";

class RulesForm extends TextwiseForm {
  row(one) {
    return { answers: { ...one.answers } };
  }

  read(one, { answers }) {
    one.answers = { ...answers };
  }

  // How many are answered, and how many rules it breaks.
  said(one) {
    const given = Object.values(one.answers);
    const broken = given.filter((answer) => answer === "broken").length;
    return `${given.length}/${one.questions.length}${broken ? ` ✗${broken}` : ""}`;
  }
}

customElements.define("rules-form", RulesForm);
