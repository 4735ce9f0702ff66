import type { Browser, Page } from "puppeteer-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { BROWSERS, CHROMIUM, launch, openPage } from "../../support/browser-pages.js";
import { findFaults } from "./axe.js";
import { hasAllImages, serveBuiltPage } from "./built-page.js";

// The page as a person uses it, in each browser of this machine.

let site: Awaited<ReturnType<typeof serveBuiltPage>>;
beforeAll(async () => {
  site = await serveBuiltPage();
});
afterAll(() => site.close());

const textOf = (page: Page, selector: string) => page.$eval(selector, (element) => element.textContent?.trim() ?? "");
const isDisabled = (page: Page, selector: string) => page.$eval(selector, (element) => element.matches(":disabled"));
const ready = hasAllImages;
const stepsOf = async (page: Page, method: string) =>
  Number((await textOf(page, `#${method} [data-value=steps]`)).replaceAll(",", ""));

describe.each(BROWSERS)("the training in $name", (kind) => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launch(kind);
  });
  afterAll(() => browser.close());

  test("both networks learn, pause after the same step, and go on", async () => {
    const { page, errors } = await openPage(browser, site.url);
    await ready(page);
    expect(await textOf(page, "button[name=run]")).toBe("Start");
    expect(await isDisabled(page, "button[name=again]")).toBe(true);
    await page.click("button[name=run]");
    await page.waitForFunction(
      () => Number(document.querySelector("#numerical [data-value=steps]")?.textContent?.replace(",", "")) > 120,
    );
    // The accuracy is that of now, not that of the first step.
    await page.waitForFunction(
      () => Number.parseFloat(document.querySelector("#backprop [data-value=sampleTest]")?.textContent ?? "") > 15,
    );
    await page.click("button[name=run]");
    await page.waitForFunction(() => document.querySelector("button[name=run]")?.textContent === "Resume");
    expect(await stepsOf(page, "numerical")).toBe(await stepsOf(page, "backprop"));
    await page.click("button[name=run]");
    await page.waitForFunction(() => document.querySelector("button[name=run]")?.textContent === "Pause");
    expect(errors).toEqual([]);
    await page.close();
  });

  test("one weight is moved by h, and the quotient is backpropagation's value", async () => {
    const { page } = await openPage(browser, `${site.url}?lang=en&unit=3`);
    await ready(page);
    await page.waitForSelector("#weight tr.backprop td");
    const numberOf = async (selector: string) =>
      Number(
        (await textOf(page, selector))
          .replace("−", "-")
          .replace(
            / × 10(.*)/,
            (_, raised: string) =>
              `e${Array.from(raised, (c) => (c === "⁻" ? "-" : "⁰¹²³⁴⁵⁶⁷⁸⁹".indexOf(c))).join("")}`,
          ),
      );
    const [quotient, backprop] = [await numberOf("#weight tr.central td"), await numberOf("#weight tr.backprop td")];
    expect(backprop).not.toBe(0);
    expect(Math.abs(quotient - backprop)).toBeLessThan(1e-5 * Math.abs(backprop) + 1e-10);
    expect(await textOf(page, "#weight .rest")).toContain("39,759 more");
    expect(
      await page.$$eval("#weight mark", (marks) => marks.map((mark) => mark.textContent?.length ?? 0)),
    ).toHaveLength(3);
    // A unit that the network has not is said at the field, until the field shows the unit of the numbers again.
    await page.focus("#w-unit");
    await page.keyboard.type("99");
    expect(await textOf(page, "#w-unit-wrong")).toContain("from 1 to 50");
    await page.focus("#weight .unit");
    expect(await textOf(page, "#w-unit-wrong")).toBe("");
    // Another weight is chosen by a key, and while the network trains the numbers follow.
    await page.keyboard.press("ArrowLeft");
    await page.waitForFunction(() =>
      document.querySelector("#weight [role=status]")?.textContent?.includes("column 14"),
    );
    await page.waitForSelector("#weight tr.backprop td");
    const before = await textOf(page, "#weight tr.central td");
    await page.click("button[name=run]");
    await page.waitForFunction(
      (old) => document.querySelector("#weight tr.central td")?.textContent !== old,
      {},
      before,
    );
    await page.close();
  });

  test("several threads train where the page is isolated, and one where it is not", async () => {
    const losses: string[] = [];
    for (const url of [site.url, site.plainUrl]) {
      const { page, errors } = await openPage(browser, `${url}?lang=en`);
      await ready(page);
      await page.$eval("button[name=one]", (button) => {
        for (let i = 0; i < 5; i++) (button as HTMLButtonElement).click();
      });
      await page.waitForFunction(() => document.querySelector("#numerical [data-value=steps]")?.textContent === "5");
      const cores = await page.evaluate(() => navigator.hardwareConcurrency);
      // The networks train in workers, and numgrad makes no worker in a worker of Firefox.
      const isolated = kind.kind === "firefox" ? 1 : Math.min(cores, 7);
      const expected = url === site.url ? `${isolated} for differences` : "one for each network";
      await page.waitForFunction(
        (text) => document.querySelector("#threads")?.textContent?.includes(text),
        {},
        expected,
      );
      // The weight is moved after the step, and on a busy machine that comes later.
      let quotient = "";
      for (let same = 0; same < 4; ) {
        await new Promise((resolve) => setTimeout(resolve, 250));
        const before = quotient;
        quotient = await textOf(page, "#weight tr.central td");
        same = quotient === before ? same + 1 : 0;
      }
      losses.push(await textOf(page, "#numerical [data-value=loss]"), quotient);
      expect(errors).toEqual([]);
      await page.close();
    }
    // The numbers do not depend on the threads, also beside the weight that is moved in between.
    expect(losses.slice(0, 2)).toEqual(losses.slice(2));
  });

  test("ten quick presses on Step make ten steps", async () => {
    const { page } = await openPage(browser, site.url);
    await ready(page);
    await page.$eval("button[name=one]", (button) => {
      for (let i = 0; i < 10; i++) (button as HTMLButtonElement).click();
    });
    await page.waitForFunction(() => document.querySelector("#backprop [data-value=steps]")?.textContent === "10");
    await page.waitForFunction(() => document.querySelector("#numerical [data-value=steps]")?.textContent === "10");
    await page.close();
  });

  test("a setting for the next run does not end this one, and a wrong value is said at its field", async () => {
    const { page } = await openPage(browser, site.url);
    await ready(page);
    await page.click("button[name=one]");
    await page.waitForFunction(() => document.querySelector("#numerical [data-value=steps]")?.textContent === "1");
    await page.$eval("#hiddenSize", (field) => {
      (field as HTMLInputElement).value = "300";
      field.dispatchEvent(new Event("input", { bubbles: true }));
      field.dispatchEvent(new Event("change", { bubbles: true }));
    });
    expect(await textOf(page, "#hiddenSize-wrong")).toContain("1 to 200");
    expect(await page.$eval("#hiddenSize", (field) => field.getAttribute("aria-invalid"))).toBe("true");
    await page.$eval("#hiddenSize", (field) => {
      (field as HTMLInputElement).value = "20";
      field.dispatchEvent(new Event("input", { bubbles: true }));
      field.dispatchEvent(new Event("change", { bubbles: true }));
    });
    expect(await textOf(page, "#hiddenSize-wrong")).toBe("");
    await page.waitForFunction(() => document.querySelector("button[name=again]")?.textContent === "New run");
    expect(await stepsOf(page, "numerical")).toBe(1);
    await page.click("button[name=again]");
    await page.waitForFunction(() => document.querySelector("[data-value=formula]")?.textContent?.includes("15,910"));
    await page.waitForFunction(() => document.querySelector("#numerical [data-value=steps]")?.textContent === "0");
    await page.close();
  });

  test("both answers about a test image are about the same image", async () => {
    const { page } = await openPage(browser, site.url);
    await ready(page);
    await page.click("button[name=run]");
    // In each frame the sentence is noted; an image that both have not answered yet has no predictions.
    await page.evaluate(() => {
      const said: string[] = [];
      Object.assign(window, { said });
      const note = () => {
        said.push(document.querySelector("#said")?.textContent ?? "");
        requestAnimationFrame(note);
      };
      note();
    });
    await page.waitForFunction(
      () => Number(document.querySelector("#numerical [data-value=steps]")?.textContent?.replace(",", "")) > 200,
    );
    for (let i = 0; i < 20; i++) {
      await page.click("#draw");
      await new Promise((resolve) => setTimeout(resolve, 60));
    }
    const said = await page.evaluate(() => (window as unknown as { said: string[] }).said);
    const apart = said.filter((sentence) => sentence.includes("Differences say"));
    // Two networks that differ by less than 1e-6 give the same answers.
    expect(apart).toEqual([]);
    await page.close();
  });
});

// These tests speak Chromium's own protocol. Without Chromium they are skipped: install it, or name it in CHROMIUM.
describe.skipIf(!CHROMIUM)("in Chromium", () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launch(CHROMIUM!);
  });
  afterAll(() => browser.close());

  test.each(["light", "dark"])("axe finds nothing in the %s theme", async (theme) => {
    const { page } = await openPage(browser, site.url);
    await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: theme }]);
    await ready(page);
    await page.click("#draw");
    await page.waitForFunction(() => document.querySelector("#said")?.textContent?.includes("say"));
    expect(await findFaults(page)).toEqual([]);
    await page.close();
  });

  test("every control has a name in the accessibility tree, and the slider that of its label", async () => {
    const { page } = await openPage(browser, site.url);
    await ready(page);
    const tree = await page.accessibility.snapshot();
    const flatten = (node: typeof tree): (typeof tree)[] => [node, ...(node?.children ?? []).flatMap(flatten)];
    const controls = flatten(tree).filter((node) =>
      ["slider", "spinbutton", "button", "combobox"].includes(node?.role ?? ""),
    );
    expect(controls.filter((node) => !node?.name)).toEqual([]);
    const sliders = controls.filter((node) => node?.role === "slider").map((node) => node?.name);
    expect(sliders).toEqual(["Point x", "Difference step h", "Learning rate η", "Learning rate"]);
    await page.close();
  });

  test("slider and bars are seen with forced colours", async () => {
    const { page } = await openPage(browser, site.url);
    const session = await page.createCDPSession();
    await session.send("Emulation.setEmulatedMedia", { features: [{ name: "forced-colors", value: "active" }] });
    await ready(page);
    await page.click("#draw");
    await page.waitForFunction(() => document.querySelector("#said")?.textContent?.includes("say"));
    const colours = await page.evaluate(() =>
      [".track .numerical", ".track .backprop", "input[type=range]"].map((selector) => {
        const { backgroundColor, backgroundImage } = getComputedStyle(document.querySelector(selector) as Element);
        return backgroundImage === "none" ? backgroundColor : backgroundImage;
      }),
    );
    const ground = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    for (const colour of colours) expect([ground, "rgba(0, 0, 0, 0)"]).not.toContain(colour);
    await page.waitForSelector("#weight mark");
    // The digits are made anew with each answer, so they are found and looked at in one task.
    const [digits, marked] = await page.evaluate(() => {
      const { color, backgroundColor } = getComputedStyle(document.querySelector("#weight mark") as Element);
      return [color, backgroundColor];
    });
    expect(digits).toMatch(/^rgb/);
    expect(digits).not.toBe(marked);
    expect(new Set(colours).size).toBe(3);
    await page.close();
  });

  test("paper shows all parts in dark ink on white, whatever the screen shows", async () => {
    const { page } = await openPage(browser, `${site.url}?lang=en`);
    await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: "dark" }]);
    await ready(page);
    await page.click("button[name=one]");
    await page.waitForFunction(() => document.querySelector("#numerical [data-value=steps]")?.textContent === "1");
    // Nobody has seen these parts, so they show the network as it was before.
    const notes = () =>
      page.$$eval("#layer .note, #confusion .note", (all) => all.map(({ textContent }) => textContent));
    expect((await notes()).join()).toContain("After 0 steps");
    const look = () =>
      page.evaluate(() => {
        const { color } = getComputedStyle(document.body);
        const card = getComputedStyle(document.querySelector("#layer")!).backgroundColor;
        return { color, card, nav: document.querySelector<HTMLElement>("nav")!.offsetHeight > 0 };
      });
    expect(await look()).toMatchObject({ color: "rgb(230, 237, 243)", nav: true });
    const [viewBox, size] = await page.$eval("#losses", (svg) => {
      const { width, height } = svg.getBoundingClientRect();
      return [svg.getAttribute("viewBox")?.split(" ").map(Number), [0, 0, width, height]];
    });
    expect(viewBox?.map(Math.round)).toEqual(size?.map(Math.round));
    await page.emulateMediaType("print");
    await page.evaluate(() => dispatchEvent(new Event("beforeprint")));
    // Its shape is that of the screen's picture, or lower: no part of it is cut off.
    expect(await page.$eval("#losses", (svg) => svg.getBoundingClientRect().height)).toBeLessThanOrEqual(250);
    expect(await look()).toEqual({ color: "rgb(31, 35, 40)", card: "rgb(255, 255, 255)", nav: false });
    // The counts of the first step come after it, and whoever prints before sees those before.
    await page.waitForFunction(() => {
      dispatchEvent(new Event("beforeprint"));
      return document.querySelector("#confusion .note")?.textContent?.startsWith("After 1 step");
    });
    expect(await notes()).toEqual([expect.stringMatching(/^After 1 step: /), "After 1 step."]);
    await page.close();
  });

  test("an error takes the focus, and buttons that cannot work are disabled", async () => {
    site.missing = /^\/mnist\//;
    // A context of its own has no data in its cache.
    const context = await browser.createBrowserContext();
    const page = await context.newPage();
    await page.goto(site.url);
    await page.waitForSelector("#failure:not([hidden])");
    expect(await page.evaluate(() => document.activeElement?.id)).toBe("failure");
    expect(await isDisabled(page, "button[name=run]")).toBe(true);
    expect(await isDisabled(page, "#draw")).toBe(true);
    site.missing = undefined;
    await page.close();
  });
});
