import type { Browser, Page } from "puppeteer-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { BROWSERS, CHROMIUM, launch, openPage } from "../../support/browser-pages.js";
import { findFaults } from "./axe.js";
import { serveBuiltPage } from "./built-page.js";

// The lesson as a reader uses it: predict and reveal, or only read.

let site: Awaited<ReturnType<typeof serveBuiltPage>>;
beforeAll(async () => {
  site = await serveBuiltPage();
});
afterAll(() => site.close());

const covered = (page: Page) => page.$$eval(".answer.covered", (answers) => answers.length);
/** How far below the top of the page the buttons of the answers are, and the part that follows the lesson. */
const places = (page: Page) =>
  page.$$eval(".answer button, #differences", (elements) =>
    elements.map((element) => Math.round(element.getBoundingClientRect().top + scrollY)),
  );
const fieldOf = (page: Page, selector: string) =>
  page.$eval(selector, (element) => (element as HTMLInputElement).value);

describe.each(BROWSERS)("the lesson in $name", (kind) => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launch(kind);
  });
  afterAll(() => browser.close());

  test("a prediction reveals the answer, and says whether it was right", async () => {
    const { page, errors } = await openPage(browser, `${site.url}?lang=en`);
    await page.waitForSelector(".question");
    expect(await covered(page)).toBe(7);
    const before = await places(page);
    const choices = await page.$$(".question:nth-of-type(3) input");
    await choices[0]!.focus();
    await page.keyboard.press(" ");
    expect(await covered(page)).toBeLessThan(7);
    const verdict = () => page.$eval(".question:nth-of-type(3) strong", (element) => element.textContent);
    expect(await verdict()).toBe("Not so.");
    for (let i = 0; i < 2; i++) await page.keyboard.press("ArrowDown");
    expect(await verdict()).toBe("Right.");
    // An answer has its space before it is revealed, so that no button moves while a reader aims at it.
    expect(await places(page)).toEqual(before);
    expect(errors).toEqual([]);
    await page.close();
  });

  test("the picture of the second question does not answer the third", async () => {
    const { page } = await openPage(browser, `${site.url}?lang=en`);
    await page.waitForSelector(".question");
    const textsOf = (name: string) =>
      page.$$eval(`article[aria-labelledby=stop-${name}] svg text`, (texts) =>
        texts.map(({ textContent }) => textContent),
      );
    expect((await textsOf("rounding")).join()).toMatch(/float32.*rounding|rounding.*float32/);
    expect((await textsOf("order")).join()).not.toMatch(/float32|rounding/);
    await page.close();
  });

  test("the button of a stop sets the controls of its part, and goes there", async () => {
    const { page } = await openPage(browser, `${site.url}?lang=en&f=exp(x)&x=2&surface=bowl`);
    await page.waitForSelector(".question");
    const buttons = await page.$$(".answer button");
    await buttons[2]!.evaluate((button) => (button as HTMLButtonElement).click());
    await page.waitForFunction(() => document.querySelector(".regime")?.textContent?.includes("rounding error rules"));
    expect([await fieldOf(page, "#d-f"), await fieldOf(page, "#d-x")]).toEqual(["sin(x)", "1"]);
    await buttons[3]!.evaluate((button) => (button as HTMLButtonElement).click());
    expect(await fieldOf(page, "#g-surface")).toBe("valley");
    expect(await page.$eval(".paths", (list) => list.textContent)).toContain("diverged");
    await page.waitForFunction(() => Math.abs(document.querySelector("#descent")!.getBoundingClientRect().top) < 5);
    // Keys go on from there, and Back leads to where the reader was.
    expect(await page.evaluate(() => document.activeElement?.id)).toBe("descent");
    expect(await page.evaluate(() => location.hash)).toBe("#descent");
    await page.evaluate(() => history.back());
    await page.waitForFunction(() => location.hash === "#differences" && location.search.includes("surface=valley"));
    await page.close();
  });

  test("the questions about networks set the controls of the book, for the next run if one has begun", async () => {
    const { page } = await openPage(browser, `${site.url}?lang=en&toyh=0.1&units=20&h=1e-3&rate=3&unit=7`);
    await page.waitForSelector("button[name=run]:enabled");
    await page.$eval("#toy button[name=move]", (button) => (button as HTMLButtonElement).click());
    await page.$eval("button[name=one]", (button) => (button as HTMLButtonElement).click());
    await page.waitForFunction(() => document.querySelector("#numerical [data-value=steps]")?.textContent === "1");
    const press = async (stop: number) =>
      (await page.$$(".answer button"))[stop]!.evaluate((button) => (button as HTMLButtonElement).click());
    await press(4);
    expect(await fieldOf(page, "#t-h")).toBe("0.5");
    expect(await page.$eval("#toy .regime", (said) => said.textContent)).toContain("The next move adds h to w₀");
    await press(5);
    expect([await fieldOf(page, "#hiddenSize"), await fieldOf(page, "#h")]).toEqual(["50", "1e-4"]);
    expect(await page.$eval(".pending", (said) => said.textContent)).toContain("from the next run on");
    await press(6);
    expect(await page.$eval("output[name=shownRate]", (output) => output.textContent)).toBe("0.1");
    expect(await page.$eval("#numerical [data-value=steps]", (steps) => steps.textContent)).toBe("1");
    await page.close();
  });
});

// These tests need one browser, not each. Without Chromium they are skipped: install it, or name it in CHROMIUM.
describe.skipIf(!CHROMIUM)("in Chromium", () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launch(CHROMIUM!);
  });
  afterAll(() => browser.close());

  test("who only scrolls reads every answer", async () => {
    const { page } = await openPage(browser, `${site.url}?lang=ja`);
    await page.waitForSelector(".question");
    const before = await places(page);
    while ((await covered(page)) > 0) {
      const scrolled = await page.evaluate(() => scrollY);
      await page.mouse.wheel({ deltaY: 400 });
      await page.waitForFunction((y) => scrollY > y, {}, scrolled);
    }
    expect(await places(page)).toEqual(before);
    await page.close();
  });

  test("a print has all answers", async () => {
    const { page } = await openPage(browser, `${site.url}?lang=en`);
    await page.waitForSelector(".question");
    await page.emulateMediaType("print");
    const filters = await page.$$eval(".answer p", (texts) => texts.map((text) => getComputedStyle(text).filter));
    expect(new Set(filters)).toEqual(new Set(["none"]));
    await page.close();
  });

  test.each(["en", "ja", "zh", "ko"])("axe finds nothing in %s, light and dark", async (language) => {
    const { page } = await openPage(browser, `${site.url}?lang=${language}`);
    await page.waitForSelector(".question");
    for (const value of ["light", "dark"]) {
      await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value }]);
      expect(await findFaults(page, "#lesson")).toEqual([]);
    }
    await page.close();
  });
});
