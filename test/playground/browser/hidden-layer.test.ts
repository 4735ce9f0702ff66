import type { Browser, Page } from "puppeteer-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { BROWSERS, launch, openPage } from "../../support/browser-pages.js";
import { findFaults } from "./axe.js";
import { serveBuiltPage } from "./built-page.js";

// The pictures of the hidden units' weights, as a person points at them, in each browser of this machine.

let site: Awaited<ReturnType<typeof serveBuiltPage>>;
beforeAll(async () => {
  site = await serveBuiltPage();
});
afterAll(() => site.close());

const SHEET = "#layer .layer .pointed";
const OUTGOING = "#layer .rows .pointed";

const textOf = (page: Page, selector: string) => page.$eval(selector, (element) => element.textContent?.trim() ?? "");
const valuesOf = (page: Page) => page.$$eval("#layer .outgoing .value", (all) => all.map((e) => e.textContent ?? ""));

/** Opens the page and scrolls to the pictures, which are not drawn before they are seen. */
async function openLayer(browser: Browser, parameters = ""): Promise<{ page: Page; errors: string[] }> {
  const opened = await openPage(browser, `${site.url}?lang=en${parameters}`);
  const { page } = opened;
  await page.setViewport({ width: 1366, height: 768 });
  await page.waitForSelector("button[name=run]:enabled");
  await page.$eval("#layer", (section) => section.scrollIntoView({ block: "start" }));
  await page.waitForFunction(() => document.querySelector("#layer .outgoing .value")?.textContent);
  return opened;
}

/** The middle of a column and row of a picture, in pixels of the page. */
async function placeOn(
  page: Page,
  selector: string,
  [column, columns]: [number, number],
  [row, rows]: [number, number],
) {
  const { left, top, width, height } = await page.$eval(`${selector} canvas`, (canvas) => {
    const { left, top, width, height } = canvas.getBoundingClientRect();
    return { left, top, width, height };
  });
  return [left + ((column + 0.5) / columns) * width, top + ((row + 0.5) / rows) * height] as const;
}

/** Red, green and blue of a pixel of a canvas. */
const colourAt = (page: Page, selector: string, x: number, y: number) =>
  page.$eval(
    `${selector} canvas`,
    (canvas, x, y) =>
      Array.from((canvas as HTMLCanvasElement).getContext("2d")?.getImageData(x, y, 1, 1).data ?? []).slice(0, 3),
    x,
    y,
  );

describe.each(BROWSERS)("the hidden units in $name", (kind) => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launch(kind);
  });
  afterAll(() => browser.close());

  test("pointing at a unit shows it, its activation and its ten weights", async () => {
    const { page, errors } = await openLayer(browser);
    expect(await textOf(page, "#layer .unit-panel h3")).toBe("Hidden unit 1");
    expect(await textOf(page, "#layer .activation")).toContain("Draw a digit");
    const first = await valuesOf(page);
    // Unit 13 is the third one in the second row.
    await page.mouse.move(...(await placeOn(page, SHEET, [2, 10], [1, 5])));
    await page.waitForFunction(() => document.querySelector("#layer .unit-panel h3")?.textContent === "Hidden unit 13");
    const values = await valuesOf(page);
    expect(values).toHaveLength(10);
    expect(values).not.toEqual(first);
    // A negative weight has a bar of the other colour, on the other side of zero, and a sign.
    const isNegative = await page.$$eval("#layer .signed i", (bars) =>
      bars.map((bar) => bar.classList.contains("negative")),
    );
    expect(isNegative).toEqual(values.map((value) => value.startsWith("−")));
    expect(new Set(isNegative).size).toBe(2);
    await page.$eval("#draw", (button) => (button as HTMLButtonElement).click());
    await page.waitForFunction(() =>
      /sigmoid\(.*\) = 0\.\d/.test(document.querySelector(".activation")?.textContent ?? ""),
    );
    // A click takes the unit for the part about one weight.
    await page.mouse.click(...(await placeOn(page, SHEET, [2, 10], [1, 5])));
    expect(await page.$eval("#w-unit", (field) => (field as HTMLInputElement).value)).toBe("13");
    expect(errors).toEqual([]);
    await page.close();
  });

  test("keys choose units and weights, and a screen reader hears them", async () => {
    const { page } = await openLayer(browser);
    await page.focus(SHEET);
    for (const key of ["ArrowRight", "ArrowDown"] as const) await page.keyboard.press(key);
    expect(await textOf(page, "#layer .unit-panel h3")).toBe("Hidden unit 12");
    expect(await textOf(page, "#layer [role=status]")).toContain("Hidden unit 12.");
    await page.keyboard.press("Enter");
    expect(await page.$eval("#w-unit", (field) => (field as HTMLInputElement).value)).toBe("12");
    await page.focus(OUTGOING);
    for (const key of ["ArrowLeft", "ArrowDown", "ArrowDown"] as const) await page.keyboard.press(key);
    const values = await valuesOf(page);
    expect(await textOf(page, "#layer .outgoing-weights .reading")).toBe(
      `Weight from hidden unit 11 to digit 2: ${values[2]}`,
    );
    await page.close();
  });

  test("W2 says its weights where it is pointed at, and its colours agree with the signs", async () => {
    const { page } = await openLayer(browser);
    await page.mouse.move(...(await placeOn(page, OUTGOING, [20, 50], [7, 10])));
    await page.waitForFunction(() =>
      document.querySelector("#layer .outgoing-weights .reading")?.textContent?.includes("unit 21 to digit 7"),
    );
    for (const [digit, value] of (await valuesOf(page)).entries()) {
      const [red = 0, , blue = 0] = await colourAt(page, OUTGOING, 20, digit);
      // Violet has more blue than red, yellow less. Grey is near zero.
      if (Math.abs(red - blue) > 20) expect([value, blue > red]).toEqual([value, value.startsWith("−")]);
    }
    const legend = await page.$$eval("#layer .legend span", (numbers) => numbers.map((number) => number.textContent));
    expect(legend).toEqual(["≤ −0.030", "0", "≥ 0.030", "≤ −0.030", "0", "≥ 0.030"]);
    await page.close();
  });

  test("while the networks train the pictures follow and nothing moves; a pause shows the difference of both", async () => {
    const { page, errors } = await openLayer(browser, "&weights=difference");
    expect(await textOf(page, "#layer .note")).toContain("after 0 steps");
    const boxesOf = () =>
      page.$$eval("#layer *", (all) => {
        const { top } = (document.querySelector("#layer") as Element).getBoundingClientRect();
        return all
          .filter((element) => !element.closest("span, .signed, .spoken"))
          .map((element) => {
            const box = element.getBoundingClientRect();
            return `${element.tagName} ${element.className} ${box.top - top} ${box.left} ${box.height}`;
          });
      });
    const before = await boxesOf();
    await page.$eval("button[name=run]", (button) => (button as HTMLButtonElement).click());
    await page.waitForFunction(
      () => Number(document.querySelector("#numerical [data-value=steps]")?.textContent?.replace(",", "")) > 60,
    );
    await page.$eval("button[name=run]", (button) => (button as HTMLButtonElement).click());
    await page.waitForFunction(() => document.querySelector("button[name=run]")?.textContent === "Resume");
    const steps = await textOf(page, "#numerical [data-value=steps]");
    await page.waitForFunction(
      (steps) => document.querySelector("#layer .note")?.textContent?.includes(`after ${steps} steps`),
      {},
      steps,
    );
    // Both gradients agree to many digits, so the weights do, too; but not in every bit.
    const largest = await textOf(page, "#layer .legend span:last-child");
    expect(largest).toMatch(/≥ \d\.\d × 10⁻(⁷|⁸|⁹|¹\d)/);
    expect(await boxesOf()).toEqual(before);
    await page.click("#layer input[value=backprop]");
    expect(await textOf(page, "#layer .legend span:last-child")).toMatch(/≥ 0\.\d/);
    expect(await textOf(page, "#layer .note")).toBe(`After ${steps} steps.`);
    await page.waitForFunction(() => location.search.includes("weights=backprop"));
    expect(errors).toEqual([]);
    await page.close();
  });

  test.skipIf(kind.kind === "firefox").each(["light", "dark"])("axe finds nothing in the %s theme", async (theme) => {
    const { page } = await openLayer(browser);
    await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: theme }]);
    await page.mouse.move(...(await placeOn(page, SHEET, [2, 10], [1, 5])));
    expect(await findFaults(page, "#layer")).toEqual([]);
    await page.close();
  });
});
