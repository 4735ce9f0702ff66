import type { Page } from "puppeteer-core";

/**
 * The texts that the page shows or has read aloud: of its elements, and of the attributes `aria-label` and `title`.
 * Functions to choose from are code, and languages have their own names, so the options of both are left out.
 */
export function shownTexts(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const texts: string[] = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const { parentElement, textContent } = walker.currentNode;
      const isCode = parentElement?.closest("script, style, noscript, code, #d-f, #language");
      if (!isCode && parentElement?.checkVisibility() && textContent?.trim()) texts.push(textContent.trim());
    }
    for (const element of document.querySelectorAll("[aria-label], [title]")) {
      for (const name of ["aria-label", "title"]) texts.push(element.getAttribute(name) ?? "");
    }
    return texts.filter((text) => text !== "");
  });
}
