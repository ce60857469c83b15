// The button under the preview of a file says what will be stored, by what is chosen above it.
const form = document.querySelector("[data-confirm]");
const button = form.querySelector("button");
const said = JSON.parse(document.getElementById("import-buttons").textContent);

function tell() {
  const alike = form.elements.alike?.value ?? "all";
  const repaired = form.querySelectorAll("[name=repairs]:checked").length > 0;
  const text = said[alike][Number(repaired)];
  button.textContent = text || button.dataset.nothing;
  button.disabled = !text;
}

form.addEventListener("change", tell);
tell();
