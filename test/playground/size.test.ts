import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "vite";
import { afterAll, beforeAll, expect, test } from "vitest";

const PLAYGROUND = fileURLToPath(new URL("../../packages/playground", import.meta.url));

/** Most bytes through gzip that the page loads before its first step, and those of the first images. */
const BUDGETS = { all: 350_000, images: 300_000 };

let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "numgrad-size-"));
  const configFile = join(PLAYGROUND, "vite.config.ts");
  await build({ root: PLAYGROUND, configFile, logLevel: "error", build: { outDir: folder, emptyOutDir: true } });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("the page, its programs and the first images fit into 350 KB through gzip", () => {
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).map((file) => file.replaceAll("\\", "/"));
  const sizes = files
    .filter((file) => /^(index\.html|icon\.svg|assets\/.+|mnist\/first\/.+)$/.test(file))
    .map((file) => ({ file, bytes: gzipSync(readFileSync(join(folder, file))).length }));
  const sum = (part: RegExp) => sizes.filter(({ file }) => part.test(file)).reduce((all, { bytes }) => all + bytes, 0);
  expect(sizes.length).toBeGreaterThan(7);
  expect(sum(/first/)).toBeGreaterThan(50_000);
  expect(sum(/first/)).toBeLessThanOrEqual(BUDGETS.images);
  expect(sum(/./), JSON.stringify(sizes)).toBeLessThanOrEqual(BUDGETS.all);
});
