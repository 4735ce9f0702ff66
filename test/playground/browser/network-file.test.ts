import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pixels, TwoLayerNet } from "numgrad";
import { applyParams, encodeParams } from "numgrad/files";
import type { Browser, ElementHandle, Page } from "puppeteer-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { BROWSERS, launch, openPage } from "../../support/browser-pages.js";
import { serveBuiltPage } from "./built-page.js";

// Networks that are loaded into the page and saved from it, in each browser of this machine.

let site: Awaited<ReturnType<typeof serveBuiltPage>>;
let folder: string;
beforeAll(async () => {
  site = await serveBuiltPage();
  folder = mkdtempSync(join(tmpdir(), "numgrad-networks-"));
});
afterAll(() => {
  site.close();
  rmSync(folder, { recursive: true, force: true });
});

const netOf = (random: number) =>
  new TwoLayerNet({ inputSize: 784, hiddenSize: 30, outputSize: 10, weightInitStd: 0.1, random });

/** Loads a file as a person does, and waits for what the page says. */
async function load(page: Page, name: string, bytes: Uint8Array): Promise<string> {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  await page.$eval("#file-said", (said) => {
    said.textContent = "";
  });
  const input = (await page.$("#load-file")) as ElementHandle<HTMLInputElement>;
  await input.uploadFile(path);
  await page.waitForFunction(() => document.querySelector("#file-said")?.textContent);
  return page.$eval("#file-said", (said) => said.textContent ?? "");
}

/** Presses a button that saves, and takes the bytes of the file. */
function save(page: Page, selector: string): Promise<number[]> {
  return page.evaluate(async (button) => {
    const blob = await new Promise<Blob>((resolve) => {
      URL.createObjectURL = (object) => {
        resolve(object as Blob);
        return "#";
      };
      (document.querySelector(button) as HTMLButtonElement).click();
    });
    return Array.from(new Uint8Array(await blob.arrayBuffer()));
  }, selector);
}

describe.each(BROWSERS)("networks in $name", (kind) => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launch(kind);
  });
  afterAll(() => browser.close());

  test("a loaded network predicts the same as in Node, and is saved with every bit", async () => {
    const { page } = await openPage(browser, `${site.url}?lang=en`);
    await page.waitForSelector("button[name=run]:enabled");
    const net = netOf(5);
    const said = await load(page, "net.safetensors", encodeParams(net, { format: "safetensors" }));
    expect(said).toContain("30 hidden units");
    expect(await page.$eval("#hiddenSize", (field) => (field as HTMLInputElement).value)).toBe("30");
    await page.click("#draw");
    await page.waitForFunction(() => document.querySelector("#said")?.textContent?.includes("say"));
    const image = await page.$eval("#preview", (canvas) => {
      const { data } = (canvas as HTMLCanvasElement).getContext("2d")!.getImageData(0, 0, 28, 28);
      return Array.from(data).filter((_, i) => i % 4 === 3);
    });
    const probs = net.predict(pixels([1, 784], Uint8Array.from(image))).data;
    const shown = await page.$$eval("#answers .value.numerical", (cells) => cells.map((cell) => cell.textContent));
    expect(shown).toEqual(Array.from(probs, (prob) => (prob < 0.005 ? "" : `${Math.round(100 * prob)} %`)));
    for (const format of ["safetensors", "npz"]) {
      const saved = netOf(6);
      applyParams(Uint8Array.from(await save(page, `#save-${format}`)), saved);
      for (const name of ["w1", "b1", "w2", "b2"] as const) expect(saved.params[name]).toEqual(net.params[name]);
    }
    await page.close();
  });

  test("the word about a loaded network ends with its run", async () => {
    const { page } = await openPage(browser, `${site.url}?lang=en`);
    await page.waitForSelector("button[name=run]:enabled");
    expect(await load(page, "other.safetensors", encodeParams(netOf(6), { format: "safetensors" }))).toContain(
      "Loaded",
    );
    await page.waitForSelector("button[name=again]:enabled");
    await page.$eval("button[name=again]", (button) => (button as HTMLButtonElement).click());
    expect(await page.$eval("#file-said", (said) => said.textContent)).toBe("");
    await page.close();
  });

  test("a file that is no network is refused, and nothing changes", async () => {
    const { page } = await openPage(browser, `${site.url}?lang=en`);
    await page.waitForSelector("button[name=run]:enabled");
    await page.click("button[name=one]");
    await page.waitForFunction(() => document.querySelector("#numerical [data-value=steps]")?.textContent === "1");
    expect(await load(page, "note.npz", new TextEncoder().encode("not a network"))).toContain("Nothing has changed");
    expect(await page.$eval("#numerical [data-value=steps]", (cell) => cell.textContent)).toBe("1");
    await page.close();
  });
});
