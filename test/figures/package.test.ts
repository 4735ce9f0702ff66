import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import * as figures from "numgrad-figures";
import * as node from "numgrad-figures/node";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { pack } from "../../scripts/tarball.mjs";

const root = fileURLToPath(new URL("../..", import.meta.url));
const directory = join(root, "packages/figures");

test("these are the exports, and no others", () => {
  expect(Object.keys(figures).sort()).toEqual([
    "accuracyFigure", "confusionFigure", "descentFigure", "functionFigure", "gradientFieldFigure", "imagesFigure",
    "learningRatesFigure", "lossFigure", "themeConfig", "weightsFigure",
  ]); // biome-ignore format: a list
  expect(Object.keys(node).sort()).toEqual(["renderPng", "renderSvg"]);
});

describe("the built package", () => {
  const folder = mkdtempSync(join(tmpdir(), "numgrad-figures-"));
  let tarball = "";
  const tar = (mode: string, ...args: string[]) => execFileSync("tar", [mode, tarball, ...args], { encoding: "utf8" });

  beforeAll(() => {
    tarball = pack("numgrad-figures", folder);
  });

  afterAll(() => rmSync(folder, { recursive: true }));

  /** Imports of a file of dist, and of the files that it imports. */
  function importsOf(file: string): Set<string> {
    const code = readFileSync(join(directory, "dist", file), "utf8");
    const found = new Set<string>();
    for (const [, name] of code.matchAll(/^\s*(?:import|export)\s(?:[^;]*?from\s*)?["']([^"']+)["']/gm)) {
      if (name!.startsWith("./")) for (const inner of importsOf(name!)) found.add(inner);
      else found.add(name!);
    }
    return found;
  }

  test("specifications do not import Vega, because a page brings its own", () => {
    expect([...importsOf("index.js")].sort()).toEqual(["fflate", "numgrad"]);
    expect([...importsOf("node.js")]).toEqual(expect.arrayContaining(["vega", "vega-lite", "@resvg/resvg-js"]));
  });

  test("is packed with its types, the font and both licences, without the source", () => {
    const names = tar("-tzf")
      .trim()
      .split("\n")
      .map((path) => path.replace("package/", "").replace(/^(dist.*)-[\w-]{8}\./, "$1-*."));
    expect([...new Set(names)].sort()).toEqual([
      "CHANGELOG.md", "LICENSE", "README.md", "dist/chunk-*.js", "dist/index.d.ts", "dist/index.js", "dist/node.d.ts",
      "dist/node.js", "dist/theme-*.d.ts", "fonts/Inter-Regular.ttf", "fonts/Inter-SemiBold.ttf", "fonts/LICENSE", "package.json",
    ]); // biome-ignore format: a list
  });

  test("has dependencies with fixed versions, and numgrad as a peer", () => {
    const manifest = tar("-xzOf", "package/package.json");
    expect(manifest).not.toContain("workspace:");
    expect(JSON.parse(manifest).peerDependencies).toEqual({ numgrad: ">=0.1.0 <1.0.0" });
  });
});

test("the figures of the documentation come in pairs, none above 150 KB", () => {
  const names = readdirSync(join(root, "docs/figures"));
  const light = names.filter((name) => name.endsWith("-light.svg"));
  expect(light.length).toBeGreaterThanOrEqual(9);
  expect(names.sort()).toEqual(light.flatMap((name) => [name, name.replace("-light", "-dark")]).sort());
  for (const name of names) {
    expect(statSync(join(root, "docs/figures", name)).size).toBeLessThan(150_000);
    expect(readFileSync(join(root, "docs/figures", name), "utf8")).toMatch(/^<svg [^>]*>.*<\/svg>\n$/s);
  }
});
