import type { Browser, Page } from "puppeteer-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { BROWSERS, launch, openPage } from "../../support/browser-pages.js";
import { findFaults } from "./axe.js";
import { serveBuiltPage } from "./built-page.js";

// The charts of the training as a person uses them, in each browser of this machine.

let site: Awaited<ReturnType<typeof serveBuiltPage>>;
beforeAll(async () => {
  site = await serveBuiltPage();
});
afterAll(() => site.close());

const textOf = (page: Page, selector: string) => page.$eval(selector, (element) => element.textContent?.trim() ?? "");
const textsOf = (page: Page, selector: string) =>
  page.$$eval(selector, (elements) => elements.map((element) => element.textContent?.trim() ?? ""));

/** Trains for 20 steps or more, and pauses. */
async function train(page: Page): Promise<void> {
  await page.waitForSelector("button[name=run]:enabled");
  await page.click("button[name=run]");
  await page.waitForFunction(
    () =>
      Number(document.querySelector("#numerical [data-value=steps]")?.textContent?.replace(",", "")) >= 20 &&
      document.querySelector("#losses .line.numerical")?.getAttribute("d")?.includes("L"),
  );
  await page.click("button[name=run]");
  await page.waitForFunction(() => document.querySelector("button[name=run]")?.textContent === "Resume");
}

/** Makes so many steps, and not one more. */
async function makeSteps(page: Page, steps: number): Promise<void> {
  await page.waitForSelector("button[name=run]:enabled");
  await page.$eval(
    "button[name=one]",
    (button, steps) => {
      for (let i = 0; i < steps; i++) (button as HTMLButtonElement).click();
    },
    steps,
  );
  await page.waitForFunction(
    (text) => {
      const cells = [...document.querySelectorAll("[data-value=steps]")];
      return cells.every(({ textContent }) => textContent === text);
    },
    {},
    String(steps),
  );
}

/** Begins the next run with another learning rate: a place of the slider. */
async function beginWith(page: Page, place: number): Promise<void> {
  await page.$eval(
    "#learning-rate",
    (slider, value) => {
      (slider as HTMLInputElement).value = String(value);
      slider.dispatchEvent(new Event("input", { bubbles: true }));
    },
    place,
  );
  await page.click("button[name=again]");
  await page.waitForFunction(() => document.querySelector("#numerical [data-value=steps]")?.textContent === "0");
}

describe.each(BROWSERS)("the charts in $name", (kind) => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launch(kind);
  });
  afterAll(() => browser.close());

  test("up to four pinned runs stay, with their names at their lines, over the next run and a reload", async () => {
    const { page, errors } = await openPage(browser, `${site.url}?lang=en&pin=backprop`);
    await page.waitForSelector("button[name=run]:enabled");
    expect(await page.$eval("#pin", (button) => (button as HTMLButtonElement).disabled)).toBe(true);
    expect(await textOf(page, "#pin-why")).toContain("first step");
    await train(page);
    await page.click("#pin");
    expect(await textsOf(page, "#pins li > span")).toEqual(["1 · learning rate 0.1"]);
    // The same run is not pinned twice.
    expect(await page.$eval("#pin", (button) => (button as HTMLButtonElement).disabled)).toBe(true);
    // The axes may change with the next runs, but not the number of points.
    const pointsOf = () => page.$eval("#losses .pin.p0", (path) => path.getAttribute("d")?.split("L").length);
    const before = await pointsOf();
    for (const [i, place] of [15, 17, 18].entries()) {
      await beginWith(page, place);
      await train(page);
      await page.click("#pin");
      await page.waitForSelector(`#accuracies path.pin.p${i + 1}:not(.train)`);
    }
    expect(await pointsOf()).toBe(before);
    const rates = ["0.1", "0.3", "0.7", "1"];
    const names = rates.map((rate, i) => `${i + 1} · learning rate ${rate}`);
    expect(await textsOf(page, "#pins li > span")).toEqual(names);
    expect((await textsOf(page, "#losses text.pin")).sort()).toEqual(rates.map((rate, i) => `${i + 1} · η ${rate}`));
    expect(await textOf(page, "#pin-why")).toContain("Unpin one");
    const dashes = await page.$$eval("#losses path.pin", (paths) =>
      paths.map((path) => getComputedStyle(path).strokeDasharray),
    );
    expect(new Set(dashes).size).toBe(4);
    await page.waitForFunction(() => location.search.includes("rate=1"));

    await page.reload();
    await page.waitForSelector("button[name=run]:enabled");
    expect(await textsOf(page, "#pins li > span")).toEqual(names);
    expect(await page.$$("#losses path.pin")).toHaveLength(4);
    // A run is unpinned by a key, and the focus goes on to the next one.
    await page.focus("#pins li.p1 button");
    await page.keyboard.press("Enter");
    expect(await textsOf(page, "#pins li > span")).toEqual(names.filter((_, i) => i !== 1));
    expect(await page.evaluate(() => document.activeElement?.getAttribute("aria-label"))).toContain("Unpin");
    expect(await page.$$("#losses path.pin")).toHaveLength(3);
    if (kind.kind === "chrome") expect(await findFaults(page, "#training")).toEqual([]);
    expect(errors).toEqual([]);
    await page.close();
  });

  test("the values of all curves are read at a step, by pointer, touch and keys, and nothing moves", async () => {
    const { page, errors } = await openPage(browser, `${site.url}?lang=en`);
    await makeSteps(page, 60);
    await page.click("#pin");
    const height = () =>
      page.$$eval(".losses, .accuracies", (charts) => charts.map((chart) => chart.getBoundingClientRect().height));
    const values = (chart: string) => textsOf(page, `.${chart} .readout b`);
    const place = () => textOf(page, ".losses .readout p");
    expect(await place()).toBe("Last values");
    expect(await values("losses")).toHaveLength(3);
    const [before, last] = [await height(), await values("losses")];
    await page.$eval("#losses", (chart) => chart.scrollIntoView({ block: "center" }));
    const box = (await (await page.$("#losses"))?.boundingBox())!;
    await page.mouse.move(box.x + 60, box.y + 100);
    await page.waitForFunction(() => document.querySelector(".losses .readout p")?.textContent?.startsWith("At step"));
    expect(await values("losses")).not.toEqual(last);
    expect(await page.$$("#losses circle")).toHaveLength(3);
    // The other chart shows the same step.
    expect(await page.$$("#accuracies circle")).toHaveLength(6);
    expect(await height()).toEqual(before);
    await page.mouse.move(5, 5);
    await page.waitForFunction(() => document.querySelector(".losses .readout p")?.textContent === "Last values");

    await page.$eval("#losses", (chart) => (chart as unknown as SVGElement).focus());
    await page.keyboard.press("Home");
    expect(await place()).toBe("At step 0");
    await page.keyboard.press("ArrowRight");
    expect(await place()).toBe("At step 1");
    expect(await textOf(page, ".losses > .spoken")).toMatch(/^At step 1; Central differences \d/);
    await page.keyboard.press("PageUp");
    expect(await place()).toBe("At step 11");
    await page.keyboard.press("Escape");
    expect(await place()).toBe("Last values");
    if (kind.kind === "chrome") {
      await page.touchscreen.tap(box.x + 60, box.y + 100);
      await page.waitForFunction(() => document.querySelector(".losses .readout p")?.textContent !== "Last values");
      expect(await findFaults(page, "#training")).toEqual([]);
    }
    expect(errors).toEqual([]);
    await page.close();
  });
});
