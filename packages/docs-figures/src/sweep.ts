// The figure of examples/sweep, which the sweep draws itself.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Theme } from "numgrad-figures";

const path = (name: string) => fileURLToPath(new URL(`../../../${name}`, import.meta.url));

/** Does the trials of the example, and returns its figure of accuracies over the learning rate as SVG for each theme. */
export function sweepPictures(): Record<Theme, string> {
  const out = mkdtempSync(join(tmpdir(), "numgrad-sweep-"));
  try {
    const args = [path("packages/sweep/dist/main.js"), "run", path("examples/sweep/sweep.json"), "--out", out];
    const { status } = spawnSync(process.execPath, args, { stdio: "inherit" });
    if (status !== 0) throw new Error(`examples/sweep has ended with the exit code ${status}`);
    const read = (theme: Theme) => readFileSync(join(out, `learning-rates-${theme}.svg`), "utf8");
    return { light: read("light"), dark: read("dark") };
  } finally {
    rmSync(out, { recursive: true });
  }
}
