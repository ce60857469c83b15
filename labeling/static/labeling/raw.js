// The raw texts in place of the rendered ones: by R or a button, remembered on this device.

import { named, single } from "./keys.js";

const KEPT = "rondo:raw-texts";

function show() {
  const raw = localStorage.getItem(KEPT) === "1";
  document.documentElement.toggleAttribute("data-raw", raw);
  for (const button of document.querySelectorAll("[data-raw-toggle]")) {
    button.setAttribute("aria-pressed", String(raw));
  }
}

export function toggleRaw() {
  if (localStorage.getItem(KEPT) === "1") localStorage.removeItem(KEPT);
  else localStorage.setItem(KEPT, "1");
  show();
}

document.addEventListener("click", (event) => event.target.closest("[data-raw-toggle]") && toggleRaw());
// After all that listen on the page: of a task's, work.js gives the key out.
addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.repeat || !single(event) || document.querySelector("dialog[open]")) return;
  if (named(event) !== "r") return;
  event.preventDefault();
  toggleRaw();
});
addEventListener("storage", show); // another tab
show();
