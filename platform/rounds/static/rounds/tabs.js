// Tabs by the ARIA pattern: arrows move, the choice is kept in the address.

export function tabs(root, onShow) {
  const buttons = [...root.querySelectorAll("[role=tab]")];
  const show = (chosen, { focus = false } = {}) => {
    for (const button of buttons) {
      const yes = button === chosen;
      button.setAttribute("aria-selected", yes);
      button.tabIndex = yes ? 0 : -1;
      root.querySelector(`#${button.getAttribute("aria-controls")}`).hidden = !yes;
    }
    if (focus) chosen.focus();
    history.replaceState(null, "", `#${chosen.id.replace("tab-", "")}`);
    onShow(chosen.id);
  };
  for (const [i, button] of buttons.entries()) {
    button.addEventListener("click", () => show(button));
    button.addEventListener("keydown", (event) => {
      const move = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (!move) return;
      event.preventDefault();
      show(buttons[(i + move + buttons.length) % buttons.length], { focus: true });
    });
  }
  const named = buttons.find((button) => `#${button.id.replace("tab-", "")}` === location.hash);
  if (named) show(named);
}
