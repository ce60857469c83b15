// <wide-box>: what is wider than its place is scrolled in it, by keyboard as well.

const watched = new ResizeObserver((entries) => {
  for (const { target } of entries) {
    const box = target.closest("wide-box");
    if (box === null) continue;
    if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
    else box.removeAttribute("tabindex");
  }
});

class WideBox extends HTMLElement {
  connectedCallback() {
    watched.observe(this);
    for (const child of this.children) watched.observe(child);
  }

  disconnectedCallback() {
    watched.unobserve(this);
    for (const child of this.children) watched.unobserve(child);
  }
}

customElements.define("wide-box", WideBox);
