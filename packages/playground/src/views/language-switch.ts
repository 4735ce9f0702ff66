import { add } from "../elements.js";
import type { UrlState } from "../state/url-state.js";
import { chooseLanguage, LANGUAGES, type Language } from "../strings/language.js";
import { Texts } from "../strings/texts.js";
import { PARTS, type PartName } from "./presentation.js";

/** Shows what the page is about, and adds the links to the parts, the switch of languages and the button that copies a link. Returns the texts. */
export function showHeader(intro: Element, nav: Element, state: UrlState): Texts {
  const language = chooseLanguage(state.text("lang"), navigator.languages);
  const texts = new Texts(LANGUAGES[language]);
  texts.show(intro, (strings) => strings.intro);
  for (const part of Object.keys(PARTS) as PartName[]) {
    texts.show(add(nav, "a", { href: `#${part}` }), ({ parts }) => parts[part]);
  }
  const select = add(nav, "select", { id: "language" });
  texts.name(select, "aria-label", (strings) => strings.language);
  for (const [value, { name }] of Object.entries(LANGUAGES)) {
    add(select, "option", { value, lang: value }).textContent = name;
  }
  select.value = language;
  const show = (chosen: Language) => {
    document.documentElement.lang = chosen;
    texts.change(LANGUAGES[chosen]);
  };
  select.addEventListener("change", () => {
    state.set("lang", select.value);
    show(select.value as Language);
  });
  const share = add(nav, "button", { type: "button", id: "share" });
  texts.show(share, (strings) => strings.share.copy);
  share.addEventListener("click", async () => {
    state.flush();
    // A page that is not from a secure address has no clipboard. The address bar has the link there, too.
    const copied = navigator.clipboard?.writeText(location.href).then(() => true);
    const isCopied = await copied?.catch(() => false);
    share.textContent = texts.strings.share[isCopied ? "copied" : "refused"];
    setTimeout(() => {
      share.textContent = texts.strings.share.copy;
    }, 1500);
  });
  show(language);
  return texts;
}
