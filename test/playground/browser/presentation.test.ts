import type { Browser, Page } from "puppeteer-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { BROWSERS, launch, openPage } from "../../support/browser-pages.js";
import { findFaults } from "./axe.js";
import { serveBuiltPage } from "./built-page.js";

// The page in class, in each browser of this machine.

let site: Awaited<ReturnType<typeof serveBuiltPage>>;
beforeAll(async () => {
  site = await serveBuiltPage();
});
afterAll(() => site.close());

const shown = (page: Page) =>
  page.evaluate(() =>
    ["lesson", "differences", "descent", "toy", "training"].filter((id) =>
      document.getElementById(id)?.checkVisibility(),
    ),
  );

describe.each(BROWSERS)("the presentation in $name", (kind) => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launch(kind);
  });
  afterAll(() => browser.close());

  test("shows the parts of the URL in large type, and keys choose others", async () => {
    const { page, errors } = await openPage(browser, `${site.url}?lang=en&present=1&panels=toy,descent`);
    await page.waitForSelector("#present");
    expect(await shown(page)).toEqual(["descent", "toy"]);
    expect(await page.evaluate(() => getComputedStyle(document.documentElement).fontSize)).toBe("21px");
    await page.keyboard.press("2");
    expect(await shown(page)).toEqual(["differences"]);
    await page.waitForFunction(() => new URLSearchParams(location.search).get("panels") === "differences");
    // Digits that are typed into a field are no shortcuts.
    await page.select("#d-f", "");
    await page.focus("#d-own");
    await page.keyboard.type("+3p");
    expect(await shown(page)).toEqual(["differences"]);
    // A slider has no use for them.
    await page.focus("#d-h");
    await page.keyboard.press("1");
    expect(await shown(page)).toEqual(["lesson"]);
    await page.$$eval(".answer button", (buttons) => (buttons[3] as HTMLButtonElement).click());
    expect(await shown(page)).toEqual(["descent"]);
    await page.locator('#parts a[href="#toy"]').click();
    expect(await shown(page)).toEqual(["toy"]);
    await page.locator("#present").click();
    expect(await shown(page)).toHaveLength(5);
    expect(errors).toEqual([]);
    await page.close();
  });

  test.each([
    [1366, 768],
    [1920, 1080],
  ])("parts are seen whole on a projector of %i × %i, and the curves with their controls", async (width, height) => {
    const { page } = await openPage(browser, `${site.url}?lang=en&present=1`);
    await page.setViewport({ width, height });
    await page.waitForSelector("button[name=run]:enabled");
    const type = await page.evaluate(() => Number.parseFloat(getComputedStyle(document.documentElement).fontSize));
    expect(type / width).toBeCloseTo(0.0154, 3);
    const bottom = (selector: string) => page.$eval(selector, (element) => element.getBoundingClientRect().bottom);
    const size = () =>
      page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.scrollHeight]);
    for (const language of ["en", "ja", "zh", "ko"]) {
      await page.select("#language", language);
      for (const [key, part] of [
        ["2", "differences"],
        ["3", "descent"],
        ["4", "toy"],
      ] as const) {
        await page.keyboard.press(key);
        await page.waitForFunction((id) => document.getElementById(id)?.checkVisibility(), {}, part);
        expect(await size(), `${part} in ${language}`).toEqual([width, height]);
      }
      await page.keyboard.press("5");
      expect(await shown(page)).toEqual(["training"]);
      for (const element of ["#losses", "#accuracies", "button[name=run]"]) {
        expect(await bottom(element), `${element} in ${language}`).toBeLessThan(height);
      }
    }
    await page.close();
  });

  test("settings of the training survive a reload", async () => {
    const { page } = await openPage(browser, `${site.url}?lang=en&units=20&batch=50&seed=7&h=1e-3&rate=0.5&x=2`);
    await page.waitForSelector("button[name=run]:enabled");
    const fields = () =>
      page.$$eval("#hiddenSize, #batchSize, #seed, #h", (inputs) =>
        inputs.map((input) => (input as HTMLInputElement).value),
      );
    expect(await fields()).toEqual(["20", "50", "7", "1e-3"]);
    expect(await page.$eval("output[name=shownRate]", (output) => output.textContent)).toBe("0.5");
    await page.waitForFunction(() => document.querySelector("[data-value=formula]")?.textContent?.includes("15,910"));
    await page.$eval("#seed", (field) => {
      (field as HTMLInputElement).value = "9";
      field.dispatchEvent(new Event("change", { bubbles: true }));
    });
    await page.waitForFunction(() => new URLSearchParams(location.search).get("seed") === "9");
    await page.reload();
    await page.waitForSelector("#present");
    expect(await fields()).toEqual(["20", "50", "9", "1e-3"]);
    await page.close();
  });

  test("a setting of the URL that is out of its range is not used", async () => {
    const { page } = await openPage(browser, `${site.url}?lang=en&units=9000&h=3&rate=4&seed=x`);
    await page.waitForSelector("button[name=run]:enabled");
    expect(await page.$eval("#hiddenSize", (field) => (field as HTMLInputElement).value)).toBe("50");
    expect(await page.$eval("#h", (field) => (field as HTMLInputElement).value)).toBe("1e-4");
    expect(await page.$eval("output[name=shownRate]", (output) => output.textContent)).toBe("0.1");
    if (kind.kind === "chrome") {
      await page.keyboard.press("p");
      expect(await findFaults(page)).toEqual([]);
    }
    await page.close();
  });
});
