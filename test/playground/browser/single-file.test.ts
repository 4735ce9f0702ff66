import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { Browser } from "puppeteer-core";
import { build } from "vite";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CHROMIUM, launch, openPage } from "../../support/browser-pages.js";

const PLAYGROUND = fileURLToPath(new URL("../../../packages/playground", import.meta.url));

// The page as one file, opened from the disk. Without Chromium this is skipped: install it, or name it in CHROMIUM.
describe.skipIf(!CHROMIUM)("one file from the disk", () => {
  let folder: string;
  let browser: Browser;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "numgrad-file-"));
    await build({
      ...{ root: PLAYGROUND, configFile: join(PLAYGROUND, "vite.config.ts"), mode: "single-file", logLevel: "error" },
      build: { outDir: folder, emptyOutDir: true },
    });
    browser = await launch(CHROMIUM!);
  });
  afterAll(async () => {
    await browser.close();
    rmSync(folder, { recursive: true, force: true });
  });

  test("holds everything, trains, and keeps its state in the address", async () => {
    expect(readdirSync(folder)).toEqual(["index.html"]);
    const { page, errors } = await openPage(browser, `${pathToFileURL(join(folder, "index.html"))}?lang=en`);
    const requests: string[] = [];
    page.on("request", (request) => requests.push(request.url()));
    await page.waitForSelector("button[name=run]:enabled");
    await page.click("button[name=run]");
    await page.waitForFunction(
      () => Number(document.querySelector("#numerical [data-value=steps]")?.textContent?.replace(",", "")) > 50,
    );
    await page.click("#draw");
    await page.waitForFunction(() => document.querySelector("#said")?.textContent?.includes("say"));
    await page.select("#d-f", "exp(x)");
    await page.waitForFunction(() => location.search.includes("exp"));
    // Files of networks are saved by programs within the page, too.
    const bytes = await page.evaluate(async () => {
      const blob = await new Promise<Blob>((resolve) => {
        URL.createObjectURL = (object) => {
          resolve(object as Blob);
          return "#";
        };
        document.querySelector<HTMLButtonElement>("#save-npz")?.click();
      });
      return blob.size;
    });
    expect(bytes).toBeGreaterThan(8 * 39_760);
    expect(requests.filter((url) => !/^(blob|data):/.test(url))).toEqual([]);
    expect(errors).toEqual([]);
    await page.close();
  });
});
