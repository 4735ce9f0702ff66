import { readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Browser, Page } from "puppeteer-core";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { writeServiceWorker } from "../../../packages/playground/offline.js";
import { BROWSERS, launch, openPage } from "../../support/browser-pages.js";
import { hasAllImages, serveBuiltPage } from "./built-page.js";

// The page after its first load, with its host stopped; in each browser of this machine.

/** Waits until the browser keeps the page. */
const isKept = (page: Page) => page.waitForFunction(() => navigator.serviceWorker.controller?.state === "activated");

/** Trains a step and asks for an image. Returns what the page says about them. */
async function use(page: Page): Promise<{ steps: string; said: string }> {
  await page.waitForSelector("button[name=run]:enabled");
  await page.click("button[name=one]");
  await page.waitForFunction(() => document.querySelector("#numerical [data-value=steps]")?.textContent === "1");
  await page.waitForFunction(() => document.querySelector("#backprop [data-value=steps]")?.textContent === "1");
  await page.click("#draw");
  await page.waitForFunction(() => document.querySelector("#said")?.textContent?.includes("say"));
  return page.evaluate(() => ({
    steps: document.querySelector("#numerical [data-value=steps]")?.textContent ?? "",
    said: document.querySelector("#said")?.textContent ?? "",
  }));
}

describe.each(BROWSERS)("without a network in $name", (kind) => {
  let site: Awaited<ReturnType<typeof serveBuiltPage>>;
  let browser: Browser;
  beforeAll(async () => {
    site = await serveBuiltPage();
    browser = await launch(kind);
  });
  afterEach(async () => {
    site.stop();
    site.missing = undefined;
    await site.restart();
  });
  afterAll(async () => {
    await browser.close();
    site.close();
  });

  test("the page opens again, trains on all images, and keeps its state and its isolation", async () => {
    const { page } = await openPage(browser, `${site.url}?lang=en&units=20`);
    await hasAllImages(page);
    await isKept(page);
    site.stop();
    await page.reload();
    await hasAllImages(page);
    expect(await use(page)).toMatchObject({ steps: "1" });
    expect(await page.$eval("#hiddenSize", (field) => (field as HTMLInputElement).value)).toBe("20");
    expect(await page.$eval("#images", (said) => said.textContent)).toBe("");
    expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
    await page.close();
  });

  test("a new version is taken at the next load, whole, and opens without the network, too", async () => {
    const { page } = await openPage(browser, `${site.url}?lang=en`);
    await hasAllImages(page);
    await isKept(page);
    const [old, program] = await deploy(site.folder);
    await page.reload();
    await page.waitForSelector("button[name=run]:enabled");
    expect(await page.$eval("script[src]", (script) => script.getAttribute("src"))).toBe(`./assets/${program}`);
    // The new files are kept, the old ones no longer.
    await page.waitForFunction(
      async (names) => {
        const kept = await Promise.all(
          names.map((name) => caches.match(new URL(`assets/${name}`, location.href), { ignoreSearch: true })),
        );
        return kept[0] === undefined && kept[1] !== undefined;
      },
      { polling: 100 },
      [old, program] as [string, string],
    );
    site.stop();
    await page.reload();
    expect(await use(page)).toMatchObject({ steps: "1" });
    expect(await page.$eval("script[src]", (script) => script.getAttribute("src"))).toBe(`./assets/${program}`);
    await page.close();
  });
});

describe.each(BROWSERS)("the first images in $name", (kind) => {
  let site: Awaited<ReturnType<typeof serveBuiltPage>>;
  let browser: Browser;
  beforeAll(async () => {
    site = await serveBuiltPage();
    site.missing = /^\/mnist\/[^/]*$/;
    browser = await launch(kind);
  });
  afterAll(async () => {
    await browser.close();
    site.close();
  });

  test("are enough to train and to open without a network, and the page says so", async () => {
    const { page } = await openPage(browser, `${site.url}?lang=en`);
    const incomplete = () => document.querySelector("#loading")?.textContent?.includes("could not be loaded");
    await page.waitForFunction(incomplete);
    expect(await use(page)).toMatchObject({ steps: "1" });
    expect(await page.$eval("#images", (said) => said.textContent)).toContain("the first 800 of 60,000");
    expect(await page.$eval("#numerical [data-name=sampleTest]", (name) => name.textContent)).toBe(
      "Right of 300 test images",
    );
    await isKept(page);
    site.stop();
    await page.reload();
    await page.waitForFunction(incomplete);
    expect(await use(page)).toMatchObject({ steps: "1" });
    await site.restart();
    await page.close();
  });

  test("a run that has begun with them goes on when all are there, and the next one has all", async () => {
    site.missing = undefined;
    const { page } = await openPage(browser, `${site.url}?lang=en`);
    await page.waitForSelector("button[name=run]:enabled");
    // Pressed at once, before all images can be there.
    await page.$eval("button[name=one]", (button) => (button as HTMLButtonElement).click());
    await hasAllImages(page);
    await page.waitForFunction(() => document.querySelector("#backprop [data-value=steps]")?.textContent === "1");
    expect(await page.$eval("#numerical [data-value=steps]", (cell) => cell.textContent)).toBe("1");
    const said = await page.$eval("#images", (element) => element.textContent);
    await page.click("button[name=again]");
    await page.waitForFunction(() => document.querySelector("#numerical [data-value=steps]")?.textContent === "0");
    expect(["", said]).toContain(await page.$eval("#images", (element) => element.textContent));
    expect(await page.$eval("#numerical [data-name=sampleTest]", (name) => name.textContent)).toBe(
      "Right of 1,000 test images",
    );
    await page.close();
  });

  test("the page also works where there are no service workers", async () => {
    const page = await browser.newPage();
    await page.evaluateOnNewDocument(() => Reflect.deleteProperty(Navigator.prototype, "serviceWorker"));
    await page.goto(`${site.url}?lang=en`);
    expect(await use(page)).toMatchObject({ steps: "1" });
    expect(await page.evaluate(() => "serviceWorker" in navigator)).toBe(false);
    await page.close();
  });
});

/** Puts a new version of the page into its folder: its program has another name. Returns the old name and the new one. */
async function deploy(folder: string): Promise<[old: string, program: string]> {
  const html = readFileSync(join(folder, "index.html"), "utf8");
  const old = readdirSync(join(folder, "assets")).find((name) => html.includes(`src="./assets/${name}"`)) ?? "";
  const program = `new-${old}`;
  renameSync(join(folder, "assets", old), join(folder, "assets", program));
  writeFileSync(join(folder, "index.html"), html.replaceAll(old, program));
  await writeServiceWorker(folder);
  return [old, program];
}
