import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import type { Browser } from "puppeteer-core";

/** Bytes through gzip that a page loads. */
export interface Bytes {
  /** Everything before the first step. */
  readonly all: number;
  /** The first images of MNIST, which are a part of it. */
  readonly images: number;
  readonly files: number;
}

/** What the page requests until both networks have made a step. MNIST's whole files, which come behind, do not count. */
export async function loadedBytes(browser: Browser, { url, folder }: { url: string; folder: string }): Promise<Bytes> {
  const context = await browser.createBrowserContext();
  const page = await context.newPage();
  const client = await page.createCDPSession();
  const paths = new Set<string>();
  const note = ({ request }: { request: { url: string } }) => {
    if (request.url.startsWith(url)) paths.add(new URL(request.url).pathname);
  };
  client.on("Network.requestWillBeSent", note);
  await client.send("Network.enable");
  // A worker's own requests are told to its own session.
  page.on("workercreated", async (worker) => {
    note({ request: { url: worker.url() } });
    worker.client.on("Network.requestWillBeSent", note);
    await worker.client.send("Network.enable").catch(() => {});
  });
  await page.goto(`${url}?lang=en`);
  await page.waitForSelector("button[name=run]:enabled");
  await page.click("button[name=one]");
  await page.waitForFunction(() => document.querySelector("#backprop [data-value=steps]")?.textContent === "1");
  await context.close();
  const first = ["train-images-idx3", "train-labels-idx1", "t10k-images-idx3", "t10k-labels-idx1"];
  for (const name of first) paths.add(`/mnist/first/${name}-ubyte.gz`);
  const needed = [...paths].filter((path) => !/^\/mnist\/[^/]+$|service-worker/.test(path));
  const sizeOf = (path: string) => gzipSync(readFileSync(join(folder, path === "/" ? "index.html" : path))).length;
  const sum = (some: string[]) => some.reduce((all, path) => all + sizeOf(path), 0);
  return { all: sum(needed), images: sum(needed.filter((path) => /first/.test(path))), files: needed.length };
}
