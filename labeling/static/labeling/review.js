// Reviewing by keys: Y and N press their buttons; B, X and C open what one writes in, and Ctrl+Enter sends it.

import { named, single, submits } from "./keys.js";

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.repeat) return;
  if (submits(event) && event.target.localName === "textarea") {
    event.preventDefault();
    return event.target.form.requestSubmit();
  }
  if (!single(event)) return;
  const found = document.querySelector(`[data-key="${CSS.escape(named(event))}"]`);
  if (!found) return;
  event.preventDefault();
  if (found.localName !== "summary") return found.click();
  found.parentElement.open = true;
  found.parentElement.querySelector("textarea").focus();
});
