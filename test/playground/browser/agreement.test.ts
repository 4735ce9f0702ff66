import type { Browser, Page } from "puppeteer-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { BROWSERS, launch, openPage } from "../../support/browser-pages.js";
import { findFaults } from "./axe.js";
import { hasAllImages, serveBuiltPage } from "./built-page.js";

// The pictures of how far both methods are apart, as a person points at them, in each browser of this machine.

let site: Awaited<ReturnType<typeof serveBuiltPage>>;
beforeAll(async () => {
  site = await serveBuiltPage();
});
afterAll(() => site.close());

const LOSSES = "#agreement .plots > :first-child";
const GRADIENTS = "#agreement .plots > :last-child";

const textOf = (page: Page, selector: string) => page.$eval(selector, (element) => element.textContent?.trim() ?? "");

describe.each(BROWSERS)("the comparison of the gradients in $name", (kind) => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launch(kind);
  });
  afterAll(() => browser.close());

  test("every point says its values to a pointer and to keys", async () => {
    const { page, errors } = await openPage(browser, `${site.url}?lang=en`);
    await page.setViewport({ width: 1366, height: 768 });
    await page.waitForSelector("button[name=run]:enabled");
    await page.$eval("#agreement", (section) => section.scrollIntoView({ block: "start" }));
    await page.waitForFunction(() => document.querySelector("#agreement")?.textContent?.includes("All 39,760 entries"));
    expect(await textOf(page, `${LOSSES} .reading`)).toBe("Start the training, or make a step.");
    await page.$eval("button[name=one]", (button) => {
      for (let i = 0; i < 12; i++) (button as HTMLButtonElement).click();
    });
    await page.waitForFunction(() =>
      document.querySelector("#agreement .reading")?.textContent?.includes("in 12 steps"),
    );
    await page.waitForFunction(() =>
      document.querySelector("#agreement")?.textContent?.includes("after 12 steps, on 100"),
    );
    // The losses of the first step are those of the same weights.
    await page.focus(`${LOSSES} .pointed-plot`);
    await page.keyboard.press("ArrowRight");
    expect(await textOf(page, `${LOSSES} [role=status]`)).toBe("Step 1: |ΔL| = 0");
    await page.keyboard.press("End");
    expect(await textOf(page, `${LOSSES} .reading`)).toMatch(/^Step 12: \|ΔL\| = \d\.\d\s×\s10⁻/);

    await page.focus(`${GRADIENTS} .pointed-plot`);
    await page.keyboard.press("End");
    const said = await textOf(page, `${GRADIENTS} [role=status]`);
    const [, a = "", b = ""] = /: (\S+) by differences, (\S+) by backpropagation, apart by/.exec(said) ?? [];
    const [numerical, backprop] = [a, b].map((text) => Number(text.replace("−", "-")));
    // The largest entry of the gradient, which both methods give to six digits and more.
    expect(Math.abs(backprop!)).toBeGreaterThan(1e-3);
    expect(Math.abs(numerical! - backprop!)).toBeLessThan(1e-6);
    // The smallest entry is far from the others.
    await page.keyboard.press("Home");
    const smallest = await textOf(page, `${GRADIENTS} [role=status]`);
    const { x, y } = await page.$eval(`${GRADIENTS} .ring`, (ring) => {
      const { left, top, width, height } = ring.getBoundingClientRect();
      return { x: left + width / 2, y: top + height / 2 };
    });
    await page.keyboard.press("End");
    await page.mouse.move(x, y);
    expect(await textOf(page, `${GRADIENTS} .reading`)).toBe(smallest);
    await page.mouse.move(5, 5);
    expect(await textOf(page, `${GRADIENTS} .reading`)).toContain("All 39,760 entries");
    expect(errors).toEqual([]);
    await page.close();
  });

  test("a run stays the same whether its gradients are compared or not, and nothing moves", async () => {
    const losses: string[] = [];
    for (const part of ["#lesson", "#agreement"]) {
      const { page } = await openPage(browser, `${site.url}?lang=en`);
      await page.setViewport({ width: 1366, height: 768 });
      // On the first images the same run would be another one.
      await hasAllImages(page);
      await page.$eval(part, (section) => section.scrollIntoView({ block: "start" }));
      const heightOf = () => page.$eval("#agreement", (section) => section.getBoundingClientRect().height);
      const before = await heightOf();
      await page.$eval("button[name=one]", (button) => {
        for (let i = 0; i < 20; i++) (button as HTMLButtonElement).click();
      });
      await page.waitForFunction(() => document.querySelector("#numerical [data-value=steps]")?.textContent === "20");
      await page.waitForFunction(() => document.querySelector("#backprop [data-value=steps]")?.textContent === "20");
      if (part === "#agreement") expect(await heightOf()).toBe(before);
      losses.push(await textOf(page, "#numerical [data-value=loss]"), await textOf(page, "#comparison"));
      await page.close();
    }
    const differenceOf = (comparison = "") => comparison.slice(comparison.indexOf("Over"));
    expect(losses[2]).toBe(losses[0]);
    expect(differenceOf(losses[3])).toBe(differenceOf(losses[1]));
  });

  test.skipIf(kind.kind === "firefox").each(["light", "dark"])("axe finds nothing in the %s theme", async (theme) => {
    const { page } = await openPage(browser, `${site.url}?lang=en`);
    await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: theme }]);
    await page.waitForSelector("button[name=run]:enabled");
    expect(await findFaults(page, "#agreement")).toEqual([]);
    await page.close();
  });
});
