import type { Browser, Page } from "puppeteer-core";
import { hasAllImages } from "../browser/built-page.js";
import { type Times, timesOf } from "./opening.js";

/** How the page runs while both networks train. */
export interface Pace {
  /** How many times the page's thread is slowed; 1 if it is not. */
  readonly factor: number;
  readonly framesPerSecond: number;
  /** Milliseconds of the longest task of the page's thread, and the number of those above 50 ms. */
  readonly longestTask: number;
  readonly longTasks: number;
  /** Milliseconds from a click on Pause until the page says that it has paused. */
  readonly pause: Times;
}

/** How long frames are counted. */
export const SECONDS = 10;
const PAUSES = 10;

/**
 * Measures the page, whose thread is slowed as Chromium's developer tools do it. They do not slow workers, which here
 * train at their usual speed.
 */
export async function measurePace(browser: Browser, url: string, factor: number): Promise<Pace> {
  const context = await browser.createBrowserContext();
  const page = await context.newPage();
  await page.bringToFront();
  await page.goto(`${url}?lang=en`);
  await hasAllImages(page);
  await page.emulateCPUThrottling(factor);
  await page.click("button[name=run]");
  await page.waitForFunction(
    () => Number(document.querySelector("#numerical [data-value=steps]")?.textContent?.replace(",", "")) > 100,
  );
  const counted = await countFrames(page);
  const pauses: number[] = [];
  for (let i = 0; i < PAUSES; i++) pauses.push(await pause(page));
  await context.close();
  return { factor, ...counted, pause: timesOf(pauses) };
}

/** Counts frames and long tasks while the page trains. */
function countFrames(page: Page): Promise<Pick<Pace, "framesPerSecond" | "longestTask" | "longTasks">> {
  return page.evaluate(async (seconds) => {
    const tasks: number[] = [];
    const observer = new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) tasks.push(duration);
    });
    observer.observe({ type: "longtask" });
    const start = performance.now();
    let frames = 0;
    let now = start;
    while (now - start < 1000 * seconds) {
      now = await new Promise<number>((resolve) => requestAnimationFrame(resolve));
      frames++;
    }
    observer.disconnect();
    const framesPerSecond = (1000 * frames) / (now - start);
    return { framesPerSecond, longestTask: Math.max(0, ...tasks), longTasks: tasks.length };
  }, SECONDS);
}

/** Presses Pause and waits for what the page says; then goes on. Returns the milliseconds of the pause. */
function pause(page: Page): Promise<number> {
  return page.evaluate(async () => {
    // Named functions would need a function of the compiler, which the page does not have.
    const button = document.querySelector<HTMLButtonElement>("button[name=run]")!;
    const start = performance.now();
    button.click();
    while (button.textContent !== "Resume") await new Promise((resolve) => setTimeout(resolve, 1));
    const time = performance.now() - start;
    button.click();
    await new Promise((resolve) => setTimeout(resolve, 1000));
    return time;
  });
}
