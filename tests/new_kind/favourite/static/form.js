// <favourite-form>: one of a few completions.

class FavouriteForm extends HTMLElement {
  connectedCallback() {
    this.buttons = [...this.querySelectorAll("[data-pick]")];
    this.addEventListener("click", (event) => this.pick(event.target.closest("[data-pick]")));
  }

  get body() {
    return { best: Number(this.picked?.dataset.pick) };
  }

  get draft() {
    return this.body;
  }

  get picked() {
    return this.buttons.find((button) => button.ariaPressed === "true");
  }

  restore({ best }) {
    this.pick(this.buttons.find((button) => Number(button.dataset.pick) === best));
  }

  missing() {
    return this.picked ? null : { message: this.dataset.missing, target: this.buttons[0] };
  }

  handleKey(event) {
    const button = this.buttons[Number(event.key) - 1];
    if (button) this.pick(button);
    return Boolean(button);
  }

  pick(button) {
    if (!button) return;
    for (const other of this.buttons) other.ariaPressed = String(other === button);
    this.dispatchEvent(new Event("draft-change", { bubbles: true }));
  }
}

customElements.define("favourite-form", FavouriteForm);
