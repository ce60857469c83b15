// The button under the preview of a file says what will be stored, by what is chosen above it.
const form = document.querySelector("[data-confirm]");  // none where nothing is left to import

function tell() {
  const said = JSON.parse(document.getElementById("import-buttons").textContent);
  const button = form.querySelector("button");
  const repaired = form.querySelectorAll("[name=repairs]:checked").length > 0;
  const text = said[form.elements.alike.value][Number(repaired)];
  button.textContent = text || button.dataset.nothing;
  button.disabled = !text;
}

form?.addEventListener("change", tell);
if (form) tell();
