// Computes the data of the chapter's figures, and writes each figure as SVG for light and for dark pages.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { renderPng, renderSvg } from "numgrad-figures/node";
import { calculusDrawings } from "./calculus.js";
import type { Draw } from "./drawings.js";
import { essayDrawings } from "./essay/drawings.js";
import { sweepPictures } from "./sweep.js";
import { trainingDrawings } from "./training.js";

const HELP = `npm run figures -- [options]

  --out DIR     folder for the figures (docs/figures)
  --only WHAT   draws only the figure of examples/sweep (sweep), or those of the essay (essay)
  --png         writes PNG files as well
  --help        prints this text
`;

const { values: options } = parseArgs({
  options: { out: { type: "string" }, only: { type: "string" }, png: { type: "boolean" }, help: { type: "boolean" } },
});
const out = options.out ?? fileURLToPath(new URL("../../../docs/figures", import.meta.url));
if (options.help) process.stdout.write(HELP);
else if (options.only === "sweep") writeSweep(out);
else if (options.only === "essay") await write(out, options.png ?? false, await essayDrawings());
else if (options.only !== undefined) throw new Error(`--only: expected sweep or essay, got ${options.only}`);
else {
  writeSweep(out);
  const drawings = { ...calculusDrawings, ...(await trainingDrawings()), ...(await essayDrawings()) };
  await write(out, options.png ?? false, drawings);
}

function writeSweep(out: string): void {
  mkdirSync(out, { recursive: true });
  for (const [theme, svg] of Object.entries(sweepPictures())) {
    writeFileSync(join(out, `sweep-${theme}.svg`), svg);
  }
}

async function write(out: string, png: boolean, drawings: Record<string, Draw>): Promise<void> {
  mkdirSync(out, { recursive: true });
  for (const [name, draw] of Object.entries(drawings)) {
    for (const theme of ["light", "dark"] as const) {
      const file = join(out, `${name}-${theme}`);
      const svg = await renderSvg(draw(theme));
      writeFileSync(`${file}.svg`, svg);
      if (png) writeFileSync(`${file}.png`, await renderPng(draw(theme)));
      console.log(`${file}.svg  ${(svg.length / 1024).toFixed(0)} KB`);
    }
  }
}
