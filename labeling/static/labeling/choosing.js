// <input type="checkbox" data-all="answer">: chooses all boxes of that name, or none.
document.addEventListener("change", (event) => {
  const name = event.target.dataset?.all ?? event.target.name;
  const all = document.querySelector(`[data-all="${CSS.escape(name)}"]`);
  if (!all) return;
  const boxes = [...document.querySelectorAll(`input[type=checkbox][name="${CSS.escape(name)}"]`)];
  if (event.target === all) boxes.forEach((box) => { box.checked = all.checked; });
  const chosen = boxes.filter((box) => box.checked).length;
  all.checked = chosen > 0 && chosen === boxes.length;
  all.indeterminate = chosen > 0 && chosen < boxes.length;
});
