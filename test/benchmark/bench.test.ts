import { execFile } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Resvg } from "@resvg/resvg-js";
import { afterAll, describe, expect, test } from "vitest";
import { growthFigure } from "../../packages/benchmark/src/figure.js";
import { HELP, parseOptions, UsageError } from "../../packages/benchmark/src/options.js";
import { GROUP_NAMES } from "../../packages/benchmark/src/races/groups.js";
import { DisagreementError, Setting } from "../../packages/benchmark/src/races/setting.js";
import { withoutPadding } from "../support/markdown.js";

// These tests check that the races run and report. They check no timings.

const root = fileURLToPath(new URL("../..", import.meta.url));
const out = mkdtempSync(join(tmpdir(), "numgrad-bench-"));

afterAll(() => rmSync(out, { recursive: true }));

function bench(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const program = ["--import", "tsx", "packages/benchmark/src/bench.ts", ...args];
  return new Promise((resolve) => {
    execFile(process.execPath, program, { cwd: root }, (error, stdout, stderr) => {
      resolve({ code: error ? Number(error.code) : 0, stdout, stderr });
    });
  });
}

describe("options", () => {
  test("the default is all races but the whole run", () => {
    const groups = GROUP_NAMES.filter((name) => name !== "run");
    expect(parseOptions([])).toEqual({ quick: false, full: false, groups, out: undefined, from: undefined });
    expect(parseOptions(["--full"])).toMatchObject({ full: true, groups: GROUP_NAMES });
  });

  test("--only chooses races, which keep their order", () => {
    const args = ["--quick", "--only", "step", "--only", "kernels", "--out", "docs"];
    expect(parseOptions(args)).toMatchObject({ quick: true, groups: ["kernels", "step"], out: "docs" });
  });

  test.each([
    ["--fast", "Unknown option '--fast' (--help lists the options)"],
    ["--only steps", `--only: expected one of ${GROUP_NAMES.join(", ")}, got steps`],
    ["--only=", `--only: expected one of ${GROUP_NAMES.join(", ")}, got nothing`],
    ["--quick --full", "--quick and --full: give one of them"],
    ["--out=", "--out: expected a directory, got nothing"],
    ["--from=", "--from: expected a file, got nothing"],
    ["--from package.json", "--from: --out is missing"],
    ["--from package.json --out docs --only start", "--from and --only: give one of them"],
  ])("%s is an error in one line", (line, message) => {
    expect(() => parseOptions(line.split(" "))).toThrow(new UsageError(message));
  });

  test("the help names every option and every group", () => {
    expect(parseOptions(["--help", "--quick"])).toBe("help");
    const options = ["--quick", "--full", "--only", "--out", "--from", "--help"];
    for (const name of [...options, ...GROUP_NAMES]) expect(HELP).toContain(name);
  });
});

describe("the program", () => {
  test("--help prints the options; a wrong option is one line and exit code 2", async () => {
    expect(await bench("--help")).toEqual({ code: 0, stdout: HELP, stderr: "" });
    expect(await bench("--slow")).toEqual({
      code: 2,
      stdout: "",
      stderr: "Unknown option '--slow' (--help lists the options)\n",
    });
  });

  test("a quick race of threads finds equal bits, and what two cores give at best", async () => {
    const { code, stdout, stderr } = await bench("--quick", "--only", "cores");
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout).toMatch(/\nnumerical, 50 hidden units, 100 images +1 thread .*\n +2 threads .* × 1 thread\n/);
    expect(stdout.match(/ two trainings at once, each of 1 thread .* × 1 thread\n/g)).toHaveLength(4);
    expect(stdout).toMatch(/\na step of 1 image, 1 input and 16 hidden units: command and barriers +1 thread /);
    expect(stdout).toMatch(/\n\d+ results were compared with numgrad's: none differs\./);
  });

  test("a quick race prints machine, times and ratios, and writes JSON and Markdown", async () => {
    writeFileSync(join(out, "benchmarks.md"), "# Mine\n\n<!-- bench -->\n<!-- /bench -->\n\nafter\n");
    const { code, stdout, stderr } = await bench("--quick", "--only", "kernels", "--only", "calculus", "--out", out);
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout).toMatch(
      /^\d{4}-\d\d-\d\d, .+ cores, \d+ GiB, .+; Node \d+\.\d+\.\d+ \(V8 .+\); numgrad \d.+, commit /,
    );
    expect(stdout).toMatch(/\ndot, 784 numbers +numgrad +[\d.]+ .s +[\d.]+ .s\n +TypeScript .+ × numgrad\n/);
    expect(stdout).toMatch(/\n9 results were compared with numgrad's: the largest difference is /);

    const node = `node-${process.versions.node.split(".")[0]}`;
    expect(readdirSync(out).sort()).toEqual([`bench-${node}.json`, "benchmarks.md"]);
    const report = JSON.parse(readFileSync(join(out, `bench-${node}.json`), "utf8"));
    expect(report).toMatchObject({
      machine: { node: process.versions.node, v8: process.versions.v8, numgrad: expect.stringMatching(/^\d/) },
      harness: expect.stringMatching(/^tinybench \d/),
      command: `npm run bench -- --quick --only kernels --only calculus --out ${out}`,
      quick: true,
    });
    expect(report.groups.map((group: { name: string }) => group.name)).toEqual(["kernels", "calculus"]);
    for (const { races, agreements } of report.groups) {
      expect(agreements.length).toBe(races.length);
      for (const { timings } of races) {
        expect(timings[0]).toEqual({ name: "numgrad", minimum: positive, median: positive, samples: positive });
        const ratio = { to: "numgrad", median: positive, minimum: positive };
        expect(timings[1]).toMatchObject({ name: "TypeScript", minimum: positive, median: positive, ratio });
      }
    }

    const markdown = readFileSync(join(out, "benchmarks.md"), "utf8");
    expect(markdown).toMatch(
      /^# Mine\n\n<!-- bench -->\n\n<!-- bench-node-\d+ -->\n\n### Against plain TypeScript, Node /,
    );
    expect(markdown).toContain("| f(x) = x₃², 1,000,000 elements | numgrad | ");
    expect(markdown).toMatch(/<!-- \/bench -->\n\nafter\n$/);
  });
});

describe("--from", () => {
  const docs = join(root, "docs");

  test.each([20, 24])("writes docs/ anew from bench-node-%i.json, to the same bytes", async (node) => {
    const again = join(out, `again-${node}`);
    mkdirSync(again);
    const [results, figure] = [`bench-node-${node}.json`, `bench-growth-node-${node}.svg`];
    copyFileSync(join(docs, "benchmarks.md"), join(again, "benchmarks.md"));
    expect(await bench("--from", join(docs, results), "--out", again)).toEqual({ code: 0, stdout: "", stderr: "" });
    for (const name of [results, figure])
      expect(readFileSync(join(again, name))).toEqual(readFileSync(join(docs, name)));
    const [before, after] = [docs, again].map((folder) => readFileSync(join(folder, "benchmarks.md"), "utf8"));
    expect(withoutPadding(after!)).toBe(withoutPadding(before!));
  });
});

test("--from writes the section of the cliffs with a definition of each column and a row for each race", async () => {
  const report = JSON.parse(readFileSync(join(root, "docs/bench-node-20.json"), "utf8"));
  const race = {
    name: "h = 1",
    goal: 25,
    timings: [
      { name: "common path", minimum: 1, median: 1, samples: 1 },
      {
        name: "numerical gradient",
        minimum: 24,
        median: 26,
        samples: 1,
        ratio: { to: "common path", median: 26, minimum: 24 },
      },
    ],
  };
  const group = { name: "cliffs", title: "", about: "", races: [race], agreements: [] };
  const folder = join(out, "cliffs");
  mkdirSync(folder);
  const from = join(folder, "results.json");
  writeFileSync(from, JSON.stringify({ ...report, groups: [group] }));
  expect(await bench("--from", from, "--out", folder)).toEqual({ code: 0, stdout: "", stderr: "" });
  const markdown = readFileSync(join(folder, "benchmarks.md"), "utf8");
  const [, about, headings] = markdown.match(/\n#### No cliffs\n\n(.+)\n\n\| (.+) \|\n/)!;
  for (const heading of headings!.split(" | ")) expect(about!.toLowerCase()).toContain(`_${heading}_`);
  expect(markdown).toContain("\n| h = 1 | 24.0 ms | 26.0 ms | common path | 1.00 ms | 26.0 | ≤ 25 | no |\n");
});

const positive = expect.toSatisfy((value: unknown) => typeof value === "number" && value > 0);

test("results that differ by more than their bound, in number or by NaN, are not timed", async () => {
  const setting = await Setting.load({ quick: true, full: false });
  setting.compare("good", [1, 2 + 1e-15], [1, 2], 1e-15);
  expect(setting.agreements).toHaveLength(1);
  for (const wrong of [[1, 2.1], [1, Number.NaN], [1]]) {
    expect(() => setting.compare("bad", wrong, [1, 2], 1e-3)).toThrow(DisagreementError);
  }
});

test("the figure of the sizes is an SVG in which each contender has its colour", async () => {
  const at = (hidden: number, batch: number) => ({
    name: "",
    at: { hidden, batch },
    timings: ["numgrad, backprop", "numgrad, numerical", "TypeScript, same, backprop"].map((name, i) => ({
      name,
      minimum: 1,
      median: (hidden * batch * (i + 1)) / 1e4,
      samples: 1,
    })),
  });
  const svg = await growthFigure([at(10, 1), at(400, 1), at(10, 100), at(400, 100)], ["a machine", "Node 20"]);
  for (const text of ["a machine", "1 image", "batch of 100", "hidden units", "TypeScript, same", "numerical"]) {
    expect(svg).toContain(`>${text}<`);
  }
  const { pixels } = new Resvg(svg).render();
  const colours = new Set<string>();
  for (let i = 0; i < pixels.length; i += 4) colours.add(pixels.subarray(i, i + 3).toString("hex"));
  expect(colours).toContain("0072b2");
  expect(colours).toContain("d55e00");
});
