// Measures the built page in Chromium: how soon it can be used, what it loads before its first step, whether it grows,
// and how it runs, also on a slow processor. `--out` writes the figures into docs/playground.md.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { describeMachine, formatMachine, ROOT } from "../../../packages/benchmark/src/machine.js";
import { replaceSection } from "../../../packages/benchmark/src/report.js";
import { CHROMIUM, launch } from "../../support/browser-pages.js";
import { serveBuiltPage } from "../browser/built-page.js";
import { loadedBytes } from "./bytes.js";
import { opensIn } from "./opening.js";
import { measurePace } from "./pace.js";
import { soak } from "./soak.js";
import { type Figures, toMarkdown } from "./table.js";

const HELP = `npm run bench:page -- [options]

  --soak SECONDS  how long the page trains while its memory is measured (600)
  --loads N       how often the page is opened (10)
  --slow N        how many times the page's thread is slowed (4)
  --out           writes the figures into docs/playground.md
  --help          prints this text
`;

const { values: options } = parseArgs({
  options: {
    ...{ soak: { type: "string", default: "600" }, loads: { type: "string", default: "10" } },
    ...{ slow: { type: "string", default: "4" }, out: { type: "boolean" }, help: { type: "boolean" } },
  },
});

if (options.help) process.stdout.write(HELP);
else await measure();

async function measure(): Promise<void> {
  if (!CHROMIUM) throw new Error("Chromium was not found: install it, or name it in CHROMIUM.");
  const site = await serveBuiltPage();
  const browser = await launch(CHROMIUM);
  try {
    const bytes = await loadedBytes(browser, site);
    const opening = await opensIn(browser, site, Number(options.loads));
    const fast = await measurePace(browser, site.url, 1);
    const slow = await measurePace(browser, site.url, Number(options.slow));
    const memory = await soak(browser, site.url, Number(options.soak));
    const figures: Figures = { bytes, opening, fast, slow, memory };
    const machine = `${formatMachine(describeMachine())}; ${CHROMIUM.name}`;
    const text = `\`npm run bench:page -- --soak ${options.soak} --out\`, ${machine}.\n\n${toMarkdown(figures)}`;
    console.log(`\n${text}`);
    if (!options.out) return;
    const document = join(ROOT, "docs/playground.md");
    writeFileSync(document, replaceSection(readFileSync(document, "utf8"), "page", text));
  } finally {
    await browser.close();
    site.close();
  }
}
