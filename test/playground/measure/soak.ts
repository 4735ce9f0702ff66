import type { Browser, CDPSession, Page } from "puppeteer-core";
import { hasAllImages } from "../browser/built-page.js";

/** The memory of a page that trains. */
export interface Memory {
  readonly seconds: number;
  readonly samples: readonly Sample[];
}

/** Bytes that are in use after a collection. */
export interface Sample {
  /** Seconds since the beginning of the training. */
  readonly at: number;
  readonly page: number;
  readonly workers: number;
  readonly nodes: number;
  readonly listeners: number;
  readonly steps: number;
}

/** Samples in the whole time. */
const SAMPLES = 20;

/** Milliseconds between two test images. */
const DRAWS_EVERY = 1000;

/** Trains for some seconds, with a new test image every second, and measures the heap of the page and of its workers. */
export async function soak(browser: Browser, url: string, seconds: number): Promise<Memory> {
  const context = await browser.createBrowserContext();
  const page = await context.newPage();
  const client = await page.createCDPSession();
  await client.send("Performance.enable");
  await page.bringToFront();
  await page.goto(`${url}?lang=en`);
  await hasAllImages(page);
  await page.evaluate((every) => {
    const run = document.querySelector<HTMLButtonElement>("button[name=run]")!;
    setInterval(() => {
      document.querySelector<HTMLButtonElement>("#draw")?.click();
      // A run ends after 10,000 steps.
      if (run.textContent !== "Pause") run.click();
    }, every);
  }, DRAWS_EVERY);
  const samples: Sample[] = [];
  const start = Date.now();
  for (let i = 1; i <= SAMPLES; i++) {
    await new Promise((resolve) =>
      setTimeout(resolve, Math.max(0, start + (1000 * seconds * i) / SAMPLES - Date.now())),
    );
    samples.push(await sample(page, client, (Date.now() - start) / 1000));
    const { at, page: bytes, workers } = samples.at(-1)!;
    console.log(`soak: ${at.toFixed(0)} s, page ${megabytes(bytes)}, workers ${megabytes(workers)}`);
  }
  await context.close();
  return { seconds, samples };
}

async function sample(page: Page, client: CDPSession, at: number): Promise<Sample> {
  // The threads that numgrad starts, by blobs, wait for their commands without an event loop and answer nothing else.
  const trainers = page.workers().filter((worker) => !worker.url().startsWith("blob:"));
  const heaps = await Promise.all(trainers.map((worker) => usedBytes(worker.client)));
  const bytes = await usedBytes(client);
  const { metrics } = await client.send("Performance.getMetrics");
  const metric = (name: string) => metrics.find((each) => each.name === name)?.value ?? Number.NaN;
  const steps = await page.$eval("#numerical [data-value=steps]", ({ textContent }) =>
    Number(textContent?.replaceAll(",", "")),
  );
  const workers = heaps.reduce((sum, heap) => sum + heap, 0);
  return { at, page: bytes, workers, nodes: metric("Nodes"), listeners: metric("JSEventListeners"), steps };
}

/** The bytes of a heap after a collection, with those that its buffers hold outside of it. */
async function usedBytes(client: CDPSession): Promise<number> {
  await client.send("HeapProfiler.collectGarbage");
  const usage = (await client.send("Runtime.getHeapUsage")) as { usedSize: number; backingStorageSize?: number };
  return usage.usedSize + (usage.backingStorageSize ?? 0);
}

export function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
