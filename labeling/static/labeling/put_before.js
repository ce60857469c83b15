// Opens and closes what the project puts before a prompt: its system prompt and exemplars.

export function togglePutBefore() {
  const box = document.querySelector(".put-before");
  if (!box) return;
  box.open = !box.open;
  if (box.open) box.scrollIntoView({ block: "nearest" });
}
