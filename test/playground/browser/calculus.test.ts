import type { Browser, Page } from "puppeteer-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { BROWSERS, CHROMIUM, launch, openPage } from "../../support/browser-pages.js";
import { findFaults } from "./axe.js";
import { serveBuiltPage } from "./built-page.js";

// The parts about differences and descent as a person uses them, in each browser of this machine.

let site: Awaited<ReturnType<typeof serveBuiltPage>>;
beforeAll(async () => {
  site = await serveBuiltPage();
});
afterAll(() => site.close());

const textOf = (page: Page, selector: string) => page.$eval(selector, (element) => element.textContent?.trim() ?? "");
const fieldOf = (page: Page, selector: string) =>
  page.$eval(selector, (element) => (element as HTMLInputElement).value);
/** Waits until the URL has a value, which it has a moment after the change. */
const urlHas = (page: Page, name: string, value: string) =>
  page.waitForFunction((key, expected) => new URLSearchParams(location.search).get(key) === expected, {}, name, value);

describe.each(BROWSERS)("the calculus in $name", (kind) => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launch(kind);
  });
  afterAll(() => browser.close());

  test("h is moved by keys, and the page says which error rules", async () => {
    const { page, errors } = await openPage(browser, `${site.url}?lang=en&dh=0.01`);
    await page.waitForSelector("#differences .regime");
    expect(await textOf(page, "#differences .regime")).toContain("truncation error rules");
    await page.focus("#d-h");
    await page.keyboard.press("Home");
    await page.waitForFunction(() => document.querySelector(".regime")?.textContent?.includes("h is lost"));
    expect(await page.$eval("#d-h", (slider) => slider.getAttribute("aria-valuetext"))).toBe("1.00 × 10⁻¹⁷");
    await urlHas(page, "dh", "1e-17");
    // The chapter's own function has no truncation error to speak of.
    await page.keyboard.press("End");
    await page.select("#d-f", "0.01x^2 + 0.1x");
    await page.waitForFunction(() => document.querySelector(".regime")?.textContent?.includes("third derivative"));
    await urlHas(page, "dh", "1");
    expect(errors).toEqual([]);
    await page.close();
  });

  test("a mouse reads the errors at another h without choosing it", async () => {
    const { page } = await openPage(browser, `${site.url}?lang=en`);
    await page.setViewport({ width: 1366, height: 768 });
    const plot = await page.waitForSelector("#differences .plots > div svg");
    const reading = () => page.$eval("#differences .reading", (element) => element.textContent ?? "");
    expect(await reading()).toContain("Point at the picture");
    const h = () =>
      page.$$eval("#differences input[type=range]", (sliders) =>
        sliders.map((slider) => (slider as HTMLInputElement).value),
      );
    const before = await h();
    await plot!.evaluate((svg) => svg.scrollIntoView({ block: "center" }));
    const { x, y, width, height } = (await plot!.boundingBox())!;
    await page.mouse.move(x + width / 2, y + height / 2);
    await page.waitForFunction(() => document.querySelector("#differences .reading")?.textContent?.startsWith("h ="));
    // In the middle h is about 10⁻⁹, where the central difference of float64 keeps seven digits and float32 none.
    const found =
      /^h = \d\.\d\s×\s10⁻(\S+)\. float64: central difference \d\.\d\s×\s10⁻(\S+),.*float32: central difference 0\.5/;
    expect(await reading()).toMatch(found);
    expect(["⁸", "⁹", "¹⁰"]).toContain(found.exec(await reading())?.[1]);
    expect(["⁶", "⁷", "⁸"]).toContain(found.exec(await reading())?.[2]);
    expect(await h()).toEqual(before);
    await page.mouse.move(x + width / 2, y - 60);
    await page.waitForFunction(() => document.querySelector("#differences .reading")?.textContent?.startsWith("Point"));
    await page.close();
  });

  test("the point is dragged, and a link brings everything back", async () => {
    const { page } = await openPage(browser, `${site.url}?lang=en`);
    const plot = (await page.waitForSelector("#differences .plot"))!;
    await plot.scrollIntoView();
    const { x, y, width, height } = (await plot.boundingBox())!;
    await page.mouse.move(x + width / 2, y + height / 2);
    await page.mouse.down();
    await page.mouse.move(x + 0.3 * width, y + height / 2, { steps: 4 });
    await page.mouse.up();
    const moved = Number(await fieldOf(page, "#d-x"));
    expect(moved).toBeLessThan(-1);
    await page.select("#d-f", "exp(x)");
    await urlHas(page, "f", "exp(x)");
    const { page: second } = await openPage(browser, page.url());
    await second.waitForSelector("#d-x");
    expect(Number(await fieldOf(second, "#d-x"))).toBeCloseTo(moved, 1);
    expect(await fieldOf(second, "#d-f")).toBe("exp(x)");
    await Promise.all([page.close(), second.close()]);
  });

  test("a function is typed in, and a wrong one is said at its field", async () => {
    const { page } = await openPage(browser, `${site.url}?lang=en&f=x%5E2%2B1&x=1`);
    await page.waitForSelector("#d-own");
    expect(await fieldOf(page, "#d-own")).toBe("x^2+1");
    expect(await textOf(page, "#differences tbody tr")).toContain("2.00000");
    // A function of the list, and then one's own again: the numbers are always those of the function that is shown.
    await page.select("#d-f", "exp(x)");
    await page.waitForFunction(() => document.querySelector("#differences tbody tr")?.textContent?.includes("2.718"));
    await page.select("#d-f", "");
    await page.waitForFunction(() => document.querySelector("#differences tbody tr")?.textContent?.includes("2.00000"));
    await page.focus("#d-own");
    await page.keyboard.press("End");
    await page.keyboard.type("(");
    await page.waitForFunction(() => document.querySelector("#d-own-wrong")?.textContent?.includes("6 characters"));
    expect(await textOf(page, "#differences tbody tr")).toContain("2.00000");
    await page.close();
  });

  test("a function without a value at x, or without any, is drawn where it has values", async () => {
    for (const [f, lines] of [
      ["log(x)", 1],
      ["sqrt(-1-x^2)", 0],
    ] as const) {
      const { page, errors } = await openPage(browser, `${site.url}?lang=en&x=-1&f=${encodeURIComponent(f)}`);
      await page.waitForSelector("#differences .regime");
      expect(await textOf(page, "#differences .regime")).toContain("no value");
      const drawn = await page.$eval("#differences .function", (line) => line.getAttribute("d") ?? "");
      expect(drawn.match(/M/g) ?? []).toHaveLength(lines);
      expect(errors).toEqual([]);
      await page.close();
    }
  });

  test("paths start where the map is clicked, stay, and tell how they end", async () => {
    const address = `${site.url}?lang=en&surface=valley`;
    const { page } = await openPage(browser, address);
    const map = (await page.waitForSelector(".surface"))!;
    // The first path is the page's own, not the reader's: the address stays as it is.
    await new Promise((resolve) => setTimeout(resolve, 400));
    expect(page.url()).toBe(address);
    expect(await page.$$eval(".paths li", (items) => items.length)).toBe(1);
    await map.scrollIntoView();
    await map.click({ offset: { x: 40, y: 60 } });
    await page.focus("#g-rate");
    await page.keyboard.press("End");
    await page.$eval(".surface", (surface) => (surface as SVGElement).focus());
    for (const key of ["ArrowRight", "ArrowUp", "Enter"] as const) await page.keyboard.press(key);
    const paths = await page.$$eval(".paths li", (items) => items.map((item) => item.textContent));
    expect(paths).toHaveLength(3);
    expect(paths[2]).toContain("diverged");
    expect(await page.$$eval("#descent .route", (routes) => routes.length)).toBe(3);
    const coordinates = await page.$$eval(".surface text", (texts) => texts.map(({ textContent }) => textContent));
    expect(coordinates).toEqual(["−4", "0", "4", "−4", "0", "4"]);
    await page.waitForFunction(() => location.search.split("*").length === 3);
    const { page: shared } = await openPage(browser, page.url());
    await shared.waitForSelector(".paths li");
    expect(await shared.$$eval(".paths li", (items) => items.map((item) => item.textContent))).toEqual(paths);
    await shared.$eval("#descent .buttons button:not(.primary)", (button) => (button as HTMLButtonElement).click());
    await shared.waitForFunction(() => location.search.includes("paths=none"));
    await shared.reload();
    await shared.waitForSelector(".paths .none");
    await shared.goto(`${site.url}?lang=en&surface=valley&paths=0.9_-7_2*0.123_1_1*0.9_99_1*x`);
    await shared.waitForSelector(".paths li");
    expect(await shared.$$eval(".paths li", (items) => items.length)).toBe(1);
    await shared.close();
    await page.close();
  });

  test("the gradient of three weights is seen move by move, and is put together with the update", async () => {
    const { page, errors } = await openPage(browser, `${site.url}?lang=en`);
    await page.waitForSelector("#toy button[name=move]");
    const cells = () =>
      page.$$eval("#toy tbody tr", (rows) =>
        rows.slice(0, 3).map((row) => Array.from(row.querySelectorAll("td"), (cell) => cell.textContent ?? "")),
      );
    for (let i = 0; i < 6; i++) await page.click("#toy button[name=move]");
    expect(await textOf(page, "#toy [role=status]")).toContain("complete after six losses");
    // The quotients are those of backpropagation to all digits that are shown, because L is quadratic.
    for (const [, , , quotient, exact] of await cells()) expect(quotient).toBe(exact);
    const [before] = await cells();
    await page.click("#toy button[name=move]");
    expect(await textOf(page, "#toy [role=status]")).toContain("One update made");
    expect((await cells())[0]![0]).not.toBe(before![0]);
    await page.focus("#toy button[name=step]");
    for (let i = 0; i < 5; i++) await page.keyboard.press("Enter");
    expect(await textOf(page, "#toy [role=status]")).toContain("6 updates made");
    for (let i = 0; i < 3; i++) await page.click("#toy button[name=move]");
    // A link to the page leads to the same move.
    await urlHas(page, "toymoves", "45");
    const [said, shown] = [await textOf(page, "#toy [role=status]"), await cells()];
    await page.reload();
    await page.waitForSelector("#toy tbody tr");
    expect(await textOf(page, "#toy [role=status]")).toBe(said);
    expect(await cells()).toEqual(shown);
    expect(shown[1]![1]).not.toBe("");
    expect(errors).toEqual([]);
    await page.close();
  });

  test("the language changes without a new page, and the URL has it", async () => {
    const { page } = await openPage(browser, `${site.url}?lang=ja`);
    await page.waitForSelector("#differences h2");
    expect(await textOf(page, "#differences h2")).toBe("数値微分");
    expect(await page.evaluate(() => document.documentElement.lang)).toBe("ja");
    await page.evaluate(() => Object.assign(window, { stayed: true }));
    await page.select("#language", "ko");
    expect(await textOf(page, "#descent h2")).toBe("경사 하강법");
    await urlHas(page, "lang", "ko");
    expect(await page.evaluate(() => "stayed" in window)).toBe(true);
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

  test.each(["en", "ja", "zh", "ko"])("axe finds nothing in %s, light and dark", async (language) => {
    const { page } = await openPage(browser, `${site.url}?lang=${language}`);
    for (const value of ["light", "dark"]) {
      await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value }]);
      await page.waitForSelector("#descent .route");
      expect(await findFaults(page, "#differences", "#descent", "#toy", "#parts")).toEqual([]);
    }
    await page.close();
  });

  test.each([360, 768, 1366, 1920])("nothing is wider than a screen of %d pixels", async (width) => {
    for (const language of ["en", "ja", "zh", "ko"]) {
      const { page } = await openPage(browser, `${site.url}?lang=${language}`);
      await page.setViewport({ width, height: 800 });
      await page.waitForSelector("#toy table");
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
      await page.close();
    }
  });

  test("what is needed before the first step is at most 350 KB", async () => {
    const { gzipSync } = await import("node:zlib");
    const page = await browser.newPage();
    let bytes = 0;
    page.on("response", async (response) => {
      if (response.url().includes("/mnist/") || !response.ok()) return;
      bytes += gzipSync(await response.buffer()).length;
    });
    await page.goto(site.url, { waitUntil: "networkidle2" });
    expect(bytes).toBeGreaterThan(50_000);
    expect(bytes).toBeLessThan(350_000);
    await page.close();
  });
});
