import type { Browser } from "puppeteer-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CHROMIUM, launch, openPage } from "../../support/browser-pages.js";
import { englishWordsOf } from "../strings/english-words.js";
import { findFaults } from "./axe.js";
import { serveBuiltPage } from "./built-page.js";
import { shownTexts } from "./shown-texts.js";

// The whole page in each language. Without Chromium this is skipped: install it, or name it in CHROMIUM.
describe.skipIf(!CHROMIUM)("every language", () => {
  let site: Awaited<ReturnType<typeof serveBuiltPage>>;
  let browser: Browser;
  beforeAll(async () => {
    site = await serveBuiltPage();
    browser = await launch(CHROMIUM!);
  });
  afterAll(async () => {
    await browser.close();
    site.close();
  });

  test.each(["ja", "zh", "ko"])("nothing that is seen or read aloud stays English in %s", async (language) => {
    const { page } = await openPage(browser, `${site.url}?lang=${language}`);
    await page.waitForSelector("button[name=run]:enabled");
    await page.click("button[name=one]");
    await page.click("#draw");
    await page.waitForFunction(() => document.querySelector("#said")?.textContent?.trim());
    await page.waitForFunction(() => document.querySelector("#threads")?.textContent);
    await page.$eval("#hiddenSize", (field) => {
      (field as HTMLInputElement).value = "300";
      field.dispatchEvent(new Event("input", { bubbles: true }));
    });
    const texts = await shownTexts(page);
    expect(texts.length).toBeGreaterThan(100);
    expect(texts.filter((text) => englishWordsOf(text).length > 0)).toEqual([]);
    expect(await findFaults(page)).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(800);
    await page.close();
  });

  test("a change of the language reaches what the training has said", async () => {
    const { page } = await openPage(browser, `${site.url}?lang=en`);
    await page.waitForSelector("button[name=run]:enabled");
    await page.click("button[name=one]");
    await page.waitForFunction(() => document.querySelector("#comparison")?.textContent?.includes("first step"));
    await page.select("#language", "ja");
    const texts = await shownTexts(page);
    expect(texts.filter((text) => englishWordsOf(text).length > 0)).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.lang)).toBe("ja");
    await page.close();
  });

  test("an error is said in the reader's language", async () => {
    site.missing = /^\/mnist\//;
    const context = await browser.createBrowserContext();
    const page = await context.newPage();
    await page.goto(`${site.url}?lang=ko`);
    await page.waitForSelector("#failure:not([hidden])");
    expect(await page.$eval("#reason", (element) => element.textContent)).toContain("불러오지 못했습니다");
    site.missing = undefined;
    await page.close();
  });
});
