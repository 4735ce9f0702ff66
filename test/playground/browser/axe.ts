import axe from "axe-core";
import type { Page } from "puppeteer-core";

interface Violation {
  readonly id: string;
  readonly nodes: readonly { readonly html: string }[];
}

/** The faults that axe finds in some parts of a page; in the whole page if none are named. */
export async function findFaults(page: Page, ...parts: readonly string[]): Promise<string[]> {
  await page.evaluate(axe.source);
  return page.evaluate(async (selectors) => {
    const { axe } = window as unknown as { axe: { run(part: unknown): Promise<{ violations: Violation[] }> } };
    const found: string[] = [];
    // axe refuses a second run while one is under way.
    for (const part of selectors.length > 0 ? selectors : [document]) {
      const { violations } = await axe.run(part);
      found.push(...violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`));
    }
    return found;
  }, parts);
}
