import type { Browser, Page } from "puppeteer-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { BROWSERS, launch, openPage } from "../../support/browser-pages.js";
import { findFaults } from "./axe.js";
import { hasAllImages, serveBuiltPage } from "./built-page.js";

// What a network confuses, and images that it reads wrong, as a person looks for them, in each browser of this machine.

let site: Awaited<ReturnType<typeof serveBuiltPage>>;
beforeAll(async () => {
  site = await serveBuiltPage();
});
afterAll(() => site.close());

const textOf = (page: Page, selector: string) => page.$eval(selector, (element) => element.textContent?.trim() ?? "");

/** The counts: a row for each digit, a column for what the network says. */
const countsOf = (page: Page) =>
  page.$$eval("#confusion tbody tr", (rows) =>
    rows.map((row) => Array.from(row.querySelectorAll("td"), (cell) => Number(cell.textContent))),
  );

const sum = (counts: readonly number[]) => counts.reduce((a, b) => a + b, 0);

/** Waits until the pad shows a test image about which both networks have said something; returns label and answers. */
async function answerOn(page: Page): Promise<{ label: number; said: number[] }> {
  const pattern = "labelled (\\d)\\. (?:Both networks say (\\d)|Differences say (\\d), backpropagation says (\\d))";
  await page.waitForFunction(
    (pattern) => new RegExp(pattern).test(document.querySelector("#said")?.textContent ?? ""),
    {},
    pattern,
  );
  const found = new RegExp(pattern).exec(await textOf(page, "#said")) ?? [];
  const [label = Number.NaN, ...said] = found.slice(1).filter(Boolean).map(Number);
  return { label, said };
}

/** Opens the page, trains until the network reads each digit as itself now and then, and pauses. */
async function openTrained(browser: Browser): Promise<{ page: Page; errors: string[] }> {
  const opened = await openPage(browser, `${site.url}?lang=en`);
  const { page } = opened;
  await page.setViewport({ width: 1366, height: 768 });
  await hasAllImages(page);
  await page.$eval("#confusion", (section) => section.scrollIntoView({ block: "start" }));
  // The first weights read all images as one digit or two.
  await page.waitForFunction(() =>
    document.querySelector("#confusion .note")?.textContent?.startsWith("After 0 steps"),
  );
  await page.$eval("button[name=run]", (button) => (button as HTMLButtonElement).click());
  await page.waitForFunction(() => {
    const note = document.querySelector("#confusion .note")?.textContent ?? "";
    return Number(/^After ([\d,]+) steps/.exec(note)?.[1]?.replaceAll(",", "")) >= 500;
  });
  await page.$eval("button[name=run]", (button) => (button as HTMLButtonElement).click());
  // Where training stops the counts are those of the network that has stopped.
  await page.waitForFunction(() => {
    const textOf = (selector: string) => document.querySelector(selector)?.textContent;
    const steps = textOf("#numerical [data-value=steps]");
    return textOf("button[name=run]") === "Resume" && textOf("#confusion .note")?.startsWith(`After ${steps} steps: `);
  });
  return opened;
}

describe.each(BROWSERS)("the confusions in $name", (kind) => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launch(kind);
  });
  afterAll(() => browser.close());

  test("the counts are those of the test images, and a cell shows such an image", async () => {
    const { page, errors } = await openTrained(browser);
    const counts = await countsOf(page);
    expect(sum(counts.flat())).toBe(1000);
    const wrong = 1000 - sum(counts.map((row, label) => row[label]!));
    expect(await textOf(page, "#confusion .note")).toMatch(
      new RegExp(`: ${wrong} of 1,000 test images are read wrong`),
    );
    // As many of the first 1,000 test images show a 0, a 1, a 2.
    expect(counts.slice(0, 3).map(sum)).toEqual([85, 126, 116]);
    const cells = counts.flatMap((row, label) => row.map((count, said) => ({ label, said, count })));
    const { label, said } = cells.filter((cell) => cell.label !== cell.said).sort((a, b) => b.count - a.count)[0]!;
    await page.$eval(`#confusion tbody tr:nth-child(${label + 1}) td:nth-child(${said + 2})`, (cell) =>
      (cell as HTMLElement).click(),
    );
    const answer = await answerOn(page);
    expect([answer.label, answer.said[0]]).toEqual([label, said]);
    expect(errors).toEqual([]);
    await page.close();
  });

  test("the button shows images that the network reads wrong", async () => {
    const { page } = await openTrained(browser);
    for (let i = 0; i < 3; i++) {
      await page.$eval("#said", (said) => {
        said.textContent = "";
      });
      await page.click("#draw-wrong");
      const { label, said } = await answerOn(page);
      expect(said[0]).not.toBe(label);
    }
    await page.close();
  });

  test("keys choose cells, one of which is a stop of the Tab key", async () => {
    const { page } = await openTrained(browser);
    await page.$eval("#confusion td[tabindex='0']", (cell) => (cell as HTMLElement).focus());
    for (const key of ["ArrowDown", "ArrowRight", "ArrowRight", "ArrowLeft", "ArrowUp", "ArrowDown"] as const) {
      await page.keyboard.press(key);
    }
    expect(await page.evaluate(() => document.activeElement?.getAttribute("aria-label"))).toMatch(/^1 read as 1: /);
    expect(await page.$$eval("#confusion td[tabindex='0']", (cells) => cells.length)).toBe(1);
    await page.keyboard.press("Enter");
    const { label, said } = await answerOn(page);
    expect([label, said[0]]).toEqual([1, 1]);
    if (kind.name === BROWSERS[0]!.name) expect(await findFaults(page, "#confusion")).toEqual([]);
    await page.close();
  });
});
