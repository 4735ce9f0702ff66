import type { Strings } from "../strings/strings.js";
import type { Texts } from "../strings/texts.js";

type Key = keyof Strings["page"];

/** Gives the elements of index.html their texts: each names its text by `data-text`, and its attributes likewise. */
export function showPageTexts(root: ParentNode, texts: Texts): void {
  const named = (attribute: string) =>
    Array.from(root.querySelectorAll(`[${attribute}]`), (element) => {
      const key = element.getAttribute(attribute) as Key;
      return { element, choose: ({ page }: Strings) => page[key] };
    });
  for (const { element, choose } of named("data-text")) texts.show(element, choose);
  for (const { element, choose } of named("data-label")) texts.name(element, "aria-label", choose);
  for (const { element, choose } of named("data-title")) texts.name(element, "title", choose);
}
