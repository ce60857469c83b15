// I opens and closes what the project puts before a prompt: its system prompt and exemplars.

import { named, single } from "./keys.js";

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.repeat || !single(event) || document.querySelector("dialog[open]")) return;
  const box = document.querySelector(".put-before");
  if (!box || named(event) !== "i") return;
  event.preventDefault();
  box.open = !box.open;
  if (box.open) box.scrollIntoView({ block: "nearest" });
});
