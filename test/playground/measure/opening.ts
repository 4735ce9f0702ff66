import type { Browser, BrowserContext } from "puppeteer-core";

/** Milliseconds from the navigation until a run can be started: the shortest and the median of several loads. */
export interface Opening {
  /** In a browser that has never seen the page. */
  readonly first: Times;
  /** In a browser that keeps the page. */
  readonly again: Times;
}

export interface Times {
  readonly shortest: number;
  readonly median: number;
  readonly longest: number;
}

export async function opensIn(browser: Browser, site: { readonly url: string }, loads: number): Promise<Opening> {
  const [first, again]: [number[], number[]] = [[], []];
  for (let i = 0; i < loads; i++) {
    const context = await browser.createBrowserContext();
    first.push(await timeOf(context, site.url));
    again.push(await timeOf(context, site.url));
    await context.close();
  }
  return { first: timesOf(first), again: timesOf(again) };
}

/** The milliseconds of one load. After it the page gets all images, and the browser keeps the page. */
async function timeOf(context: BrowserContext, url: string): Promise<number> {
  const page = await context.newPage();
  await page.evaluateOnNewDocument(() => {
    const observer = new MutationObserver(() => {
      if (document.querySelector("button[name=run]:enabled") === null) return;
      Object.assign(window, { usableAt: performance.now() });
      observer.disconnect();
    });
    observer.observe(document, { subtree: true, attributeFilter: ["disabled"] });
  });
  await page.goto(`${url}?lang=en`);
  const isUsable = () => (window as unknown as { usableAt?: number }).usableAt;
  // Chromium draws no frames of a page behind another one, so nothing here waits for frames.
  const found = await page.waitForFunction(isUsable, { polling: 50 });
  const time = (await found.jsonValue()) as number;
  await page.waitForFunction(() => document.querySelector("#loading[hidden]"), { polling: 50 });
  await page.waitForFunction(() => navigator.serviceWorker.controller?.state === "activated", { polling: 50 });
  await page.close();
  return time;
}

export function timesOf(times: readonly number[]): Times {
  const sorted = [...times].sort((a, b) => a - b);
  const at = (part: number) => sorted[Math.round(part * (sorted.length - 1))] ?? Number.NaN;
  return { shortest: at(0), median: at(0.5), longest: at(1) };
}
