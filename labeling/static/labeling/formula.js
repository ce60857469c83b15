// <tex-formula>: its text is LaTeX between its marks; it shows the formula, and the source stays
// inside, unseen, for whoever copies. Temml comes with the first formula that is near the view.
// What Temml does not know, and what could hide a letter or act, stays source.

const VENDOR = new URL("../vendor/", import.meta.url);
const OPTIONS = { throwOnError: true, trust: false, maxExpand: 200, maxSize: [12, 120] };
const DEEPEST = 16; // groups in groups: each doubles what a browser may take to lay it out
const SLICE = 12; // ms at one go, so that keys are answered
// Definitions; links, pictures, attributes; what is invisible, pale, shifted or laid over others.
const OFF = new RegExp(
  String.raw`(?:^|[^\\])%|\\(?:[egx]?def|let|futurelet|global|long|(?:re)?newcommand|providecommand` +
    "|expandafter|noexpand|char|href|url|includegraphics|class|id|style|data|ref|eqref" +
    "|[hv]?phantom|smash|(?:math)?[rlc]lap|[a-z]*color(?:box)?|raise(?:box)?|m?kern|[mh]skip|hspace|rule|verb" +
    "|above[a-z]*|mathchoice|toggle|cancelto)(?![A-Za-z])",
);

let temml = null;
function load() {
  temml ??= new Promise((resolve, reject) => {
    const style = document.createElement("link");
    Object.assign(style, { rel: "stylesheet", href: new URL("temml.css", VENDOR) });
    const script = document.createElement("script");
    Object.assign(script, { src: new URL("temml.min.js", VENDOR), onerror: reject });
    script.onload = () => resolve(window.temml);
    document.head.append(style, script);
  });
  return temml;
}

// The LaTeX between the marks, and whether it stands on lines of its own.
function read(source) {
  if (source.startsWith("\\begin")) return { tex: source, display: true };
  const width = /^(?:\$\$|\\)/.test(source) ? 2 : 1;
  const display = source.startsWith("$$") || source.startsWith("\\[");
  return { tex: source.slice(width, -width), display };
}

function tooDeep(tex) {
  let depth = 0;
  for (const [mark] of tex.matchAll(/\\left(?![A-Za-z])|\\right(?![A-Za-z])|\\begin\{|\\end\{|\\.|[{}]/gs)) {
    if (mark === "{" || mark === "\\left" || mark.startsWith("\\begin")) depth += 1;
    if (depth > DEEPEST) return true;
    if (mark === "}" || mark === "\\right") depth -= 1;
  }
  return false;
}

const waiting = new Set();
let working = false;

async function work() {
  if (working) return;
  working = true;
  try {
    const library = await load();
    let since = performance.now();
    for (const formula of waiting) {
      waiting.delete(formula);
      formula.render(library);
      if (performance.now() - since < SLICE) continue;
      await new Promise((resolve) => setTimeout(resolve));
      since = performance.now();
    }
  } catch {
    temml = null; // it could not be fetched: sources are shown, the next formula tries again
    waiting.clear();
  } finally {
    working = false;
  }
}

const near = new IntersectionObserver(
  (entries) => {
    for (const { isIntersecting, target } of entries) {
      if (!isIntersecting) continue;
      near.unobserve(target);
      waiting.add(target);
    }
    if (waiting.size) work();
  },
  { rootMargin: "400px", scrollMargin: "400px" }, // the latter in a box with a scroll of its own
);

class TexFormula extends HTMLElement {
  connectedCallback() {
    if (!this.dataset.state) near.observe(this);
  }

  disconnectedCallback() {
    near.unobserve(this);
    waiting.delete(this);
  }

  render(library) {
    const source = this.textContent;
    const { tex, display } = read(source);
    this.dataset.state = "source";
    if (OFF.test(tex) || tooDeep(tex)) return;
    const shown = document.createElement("span");
    try {
      library.render(tex, shown, { ...OPTIONS, displayMode: display });
    } catch {
      return;
    }
    if (shown.querySelector("[href], [src], .temml-error, merror")) return;
    for (const named of shown.querySelectorAll("[id]")) named.removeAttribute("id");
    const kept = document.createElement("span");
    kept.className = "tex-source";
    kept.ariaHidden = "true";
    kept.textContent = source;
    this.replaceChildren(kept, ...shown.childNodes);
    this.dataset.state = display ? "display" : "inline";
    // A formula on lines of its own ends its line itself.
    if (display && this.nextSibling?.nodeName === "BR") this.nextSibling.dataset.spare = "";
  }
}

customElements.define("tex-formula", TexFormula);
