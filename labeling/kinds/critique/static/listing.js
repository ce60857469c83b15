// The text with its marks, and the list of errors beside it.

export function shown(form) {
  const order = form.inOrder();
  const marks = order.map((n, place) => ({
    ...form.errors[n],
    grade: Number(button(form, "severity", form.errors[n].severity)?.dataset.grade ?? 1),
    number: place + 1,
    isCurrent: n === form.current,
  }));
  form.marked.show(marks, form.picked);
  form.part("errors").replaceChildren(...order.map((n, place) => line(form, n, marks[place])));
  const weights = marks.map(({ severity }) => Number(button(form, "severity", severity)?.dataset.weight ?? 0));
  const score = weights.reduce((sum, weight) => sum + weight, 0);
  form.part("score").textContent = form.dataset.score.replace("{n}", marks.length).replace("{score}", score);
}

function line(form, n, mark) {
  const item = document.createElement("li");
  const go = document.createElement("button");
  Object.assign(go, { type: "button", className: "error" });
  go.dataset.error = n;
  go.setAttribute("aria-pressed", String(mark.isCurrent));
  const quote = document.createElement("q");
  Object.assign(quote, { textContent: form.marked.text.slice(mark.start, mark.end), lang: form.dataset.language, dir: "auto" });
  const grade = document.createElement("span");
  Object.assign(grade, { className: "grade", textContent: label(form, "severity", mark.severity) });
  grade.dataset.grade = mark.grade;
  const said = document.createElement("span");
  said.append(`${label(form, "type", mark.type)} · `, grade);
  go.append(quote, " ", said);
  const remove = document.createElement("button");
  Object.assign(remove, { type: "button", className: "button small", textContent: "✕" });
  remove.setAttribute("aria-label", form.dataset.remove.replace("{n}", mark.number));
  remove.dataset.remove = n;
  item.append(go, remove);
  return item;
}

function button(form, kind, name) {
  return form.buttons[kind].find((each) => each.dataset[kind] === name);
}

function label(form, kind, name) {
  return button(form, kind, name)?.querySelector("span").textContent ?? name;
}
