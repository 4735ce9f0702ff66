// The presentation: large type, and only the parts that are chosen by the URL or by keys.
import { add } from "../elements.js";
import type { UrlState } from "../state/url-state.js";
import type { Texts } from "../strings/texts.js";

/** The parts in the order of their keys, 1 to 5, and the elements of each. */
export const PARTS = {
  lesson: "#lesson",
  differences: "#differences",
  descent: "#descent",
  toy: "#toy",
  training: ".before, #training",
} as const;

export type PartName = keyof typeof PARTS;

const NAMES = Object.keys(PARTS) as PartName[];

/** The parts that a text of the URL names, in the order of the page; all of them if it names none. */
export function readPanels(text: string | null): readonly PartName[] {
  const named = (text ?? "").split(",");
  const chosen = NAMES.filter((name) => named.includes(name));
  return chosen.length > 0 ? chosen : NAMES;
}

/** Controls for which a letter or a digit is a value, or chooses one. */
const TYPED = "input:not([type=range], [type=radio]), select";

/**
 * Adds the switch of the presentation, and listens to its keys. Returns what shows the part of an element, alone, if it is
 * hidden.
 */
export function showPresentation(nav: Element, state: UrlState, texts: Texts): (element: Element) => void {
  let isOn = state.text("present") === "1";
  let panels = readPanels(state.text("panels"));
  const button = add(nav, "button", { type: "button", id: "present" });
  texts.show(button, ({ presentation }) => presentation.name);
  const hint = add(nav, "p", { class: "hint", id: "present-keys" });
  texts.show(hint, ({ presentation }) => presentation.keys);
  const show = () => {
    document.documentElement.classList.toggle("present", isOn);
    button.setAttribute("aria-pressed", String(isOn));
    hint.hidden = !isOn;
    for (const name of NAMES) {
      for (const part of document.querySelectorAll<HTMLElement>(PARTS[name])) part.hidden = !panels.includes(name);
    }
  };
  const toggle = () => {
    isOn = !isOn;
    // All parts come back with the end of the presentation.
    if (!isOn) panels = NAMES;
    save();
  };
  const save = () => {
    state.set("present", isOn ? 1 : 0);
    state.set("panels", panels.length === NAMES.length ? "" : panels.join());
    show();
  };
  const reveal = (element: Element) => {
    const name = NAMES.find((name) => element.closest(PARTS[name]));
    if (!name || panels.includes(name)) return;
    panels = [name];
    save();
  };
  button.addEventListener("click", toggle);
  nav.addEventListener("click", ({ target }) => {
    const part = target instanceof HTMLAnchorElement && document.querySelector(target.hash);
    if (part) reveal(part);
  });
  document.addEventListener("keydown", (event) => {
    const { key, target, altKey, ctrlKey, metaKey } = event;
    // Letters and digits that a reader types are no shortcuts.
    if (altKey || ctrlKey || metaKey || (target instanceof Element && target.closest(TYPED))) return;
    if (key === "p" || key === "P") return toggle();
    const number = isOn && /^[0-5]$/.test(key) ? Number(key) : undefined;
    if (number === undefined) return;
    panels = number === 0 ? NAMES : [NAMES[number - 1]!];
    save();
    scrollTo(0, 0);
  });
  show();
  return reveal;
}
