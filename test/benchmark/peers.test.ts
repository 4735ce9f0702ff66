import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { UsageError } from "../../packages/benchmark/src/options.js";
import { provide } from "../../packages/benchmark/src/peers/install.js";
import { HELP, parseOptions } from "../../packages/benchmark/src/peers/options.js";
import { GROUPS, PEERS, type Peer } from "../../packages/benchmark/src/peers/peers.js";
import { targetRatios } from "../../packages/benchmark/src/peers/ratios.js";
import { readmeSection } from "../../packages/benchmark/src/peers/readme.js";
import {
  emptyResult,
  equalDigits,
  medianJob,
  type PeerResult,
  wholeJob,
} from "../../packages/benchmark/src/peers/results.js";
import { type Report, toMarkdown } from "../../packages/benchmark/src/peers/tables.js";
import { readSection } from "../../packages/benchmark/src/report.js";
import { withoutPadding } from "../support/markdown.js";

const root = fileURLToPath(new URL("../..", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "numgrad-peers-test-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs the program as `npm run bench:peers` does, on a PATH that has Node and nothing else. */
async function race(...args: string[]) {
  const bin = join(folder, "bin");
  mkdirSync(bin, { recursive: true });
  if (!readdirSync(bin).includes("node")) symlinkSync(process.execPath, join(bin, "node"));
  const program = ["--import", "tsx", "packages/benchmark/src/peers/race.ts", ...args];
  const child = spawn(process.execPath, program, { cwd: root, env: { ...process.env, PATH: bin } });
  const output = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) {
    child[name].on("data", (chunk) => {
      output[name] += chunk;
    });
  }
  const code = await new Promise((resolve) => child.on("close", resolve));
  return { code, ...output };
}

describe("options", () => {
  test("without arguments all peers take part", () => {
    expect(parseOptions([])).toMatchObject({ peers: PEERS, quick: false, jobs: false });
  });

  test("--only takes groups and single variants", () => {
    const names = (...args: string[]) => {
      const options = parseOptions(args);
      return options === "help" ? [] : options.peers.map(({ name }) => name);
    };
    expect(names("--only", "plain,numgrad")).toEqual([
      ...["numgrad-numerical", "numgrad-backprop", "plain", "numgrad-numerical-all", "numgrad-backprop-all"],
    ]);
    expect(names("--only", "torch-f64", "--only=numpy")).toEqual([
      ...["torch-f64", "numpy-book", "numpy-row-wise", "numpy-row-wise-lit", "numpy-book-all"],
    ]);
  });

  test.each([
    ["--only brain", /^--only: expected some of numgrad, .+, got brain$/],
    ["--only=", /^--only: expected some of .+, got nothing$/],
    ["--fast", /^Unknown option '--fast' \(--help lists the options\)$/],
    ["--quick --jobs", /^--quick and --jobs: give one of them$/],
    ["--out=", /^--out: expected a directory, got nothing$/],
    ["--from package.json", /^--from: --out is missing$/],
    ["--from no-such-file --out docs", /^--from: expected a file, got no-such-file$/],
    ["--from package.json --out docs --jobs", /^--from and --jobs: give one of them$/],
  ])("%s is an error in one line", (line, message) => {
    const parse = () => parseOptions(line.split(" "));
    expect(parse).toThrow(UsageError);
    expect(parse).toThrow(message);
  });

  test("the help names every option and every group", () => {
    for (const name of [...["--only", "--quick", "--jobs", "--out", "--from", "--peers", "--help"], ...GROUPS]) {
      expect(HELP).toContain(name);
    }
  });
});

describe("results", () => {
  test("equal digits are counted from the first significant digit, and a NaN has none", () => {
    expect(equalDigits(2.3067107, 2.3067107)).toBe(16);
    expect(equalDigits(0.30156543, 0.30156542)).toBe(7);
    expect(equalDigits(1234, 1235)).toBe(3);
    expect(equalDigits(Number.NaN, 1) >= 6).toBe(false);
  });

  test("of jobs that were run several times the one with the median time counts", () => {
    const job = (ms: number) => ({ ms, startMs: 1, evaluationMs: 2, steps: 10_000, testAccuracy: ms / 10 });
    expect(medianJob([job(9), job(5), job(7)])).toEqual({ ...job(7), runs: 3 });
    expect(medianJob([job(9), job(5)])).toEqual({ ...job(5), runs: 2 });
    expect(medianJob([job(9)])).toEqual({ ...job(9), runs: 1 });
  });

  test("a job is extrapolated from its steps, and from evaluations of 60,000 images to 17 of 70,000", () => {
    const part = { startMs: 300, steps: 100, stepMs: 50, evaluations: 0, evaluationMs: 0, testAccuracy: 0 };
    const job = wholeJob(part, { min: 50, median: 60 });
    const evaluationMs = 17 * 70;
    expect(job).toEqual({ ms: 300 + 5000 + evaluationMs, startMs: 300, evaluationMs, steps: 100, testAccuracy: null });
    const whole = { ...part, steps: 10_000, stepMs: 4000, evaluations: 17, evaluationMs: 900, testAccuracy: 0.9464 };
    expect(wholeJob(whole, { min: 1, median: 1 })).toMatchObject({ ms: 5200, evaluationMs: 900, testAccuracy: 0.9464 });
  });

  test("ratios are those of medians, and say whether the target is met", () => {
    const of = (name: string, median: number): PeerResult => {
      const found = PEERS.find((peer) => peer.name === name) ?? expect.fail(`no peer ${name}`);
      return { ...emptyResult(found, []), step: { min: 0, median } };
    };
    const results = [of("numgrad-numerical", 2), of("numgrad-backprop", 1), of("tfjs-wasm", 8)];
    expect(targetRatios(results)).toMatchObject([
      { value: 2, target: "≤ 2.1", met: true },
      { value: 8, target: "≥ 9", met: false },
      { value: 4, target: "≥ 1", met: true },
    ]);
    const gone = results.map((result) => ({ ...result, status: "disqualified" as const }));
    expect(targetRatios(gone)).toEqual([]);
  });

  test("the README has the peers that finished the race, and says what was extrapolated", () => {
    const of = (name: string) => emptyResult(PEERS.find((peer) => peer.name === name) as Peer, []);
    const times = { min: 0, median: 0.5 };
    const job = { ms: 12_345, startMs: 345, evaluationMs: 0, testAccuracy: null };
    const numerical = { ms: 13_000, measured: 9, of: 39_760, error: 0.09 };
    const peers: PeerResult[] = [
      { ...of("numgrad-backprop"), step: times, job: { ...job, steps: 10_000 } },
      { ...of("torch-f32"), step: times, numerical, job: { ...job, steps: 1234 } },
      { ...of("torch-f32-all"), step: { min: 0, median: 0.25 }, job: { ...job, ms: 6789, steps: 10_000 } },
      { ...of("plain"), status: "failed" },
    ];
    const machine = { cpu: "a processor", node: "20.20.2", date: "2026-11-22" };
    const [caption, , , , ours, torch, gap, notes] = readmeSection({ machine, peers } as unknown as Report).split("\n");
    expect(caption).toMatch(/^Time that each program takes .+ \(medians\):$/);
    expect(ours).toBe("| **numgrad** |  | backpropagation | 0.500 ms | 12.3 s |  |  |");
    expect(torch).toBe(
      "| PyTorch, float32 | 13.0 s, error 9 % | backpropagation | 0.500 ms | ≈ 12.3 s | 0.250 ms | 6.79 s |",
    );
    expect(gap).toBe("");
    expect(notes).toMatch(/a processor, Node 20\.20\.2, 2026-11-22\.$/);
  });
});

test("README.md and docs/benchmarks.md have the tables that are written from docs/peers.json", () => {
  const read = (path: string) => readFileSync(join(root, path), "utf8");
  const report = JSON.parse(read("docs/peers.json")) as Report;
  const expectSection = (path: string, written: string) =>
    expect(withoutPadding(readSection(read(path), "peers"))).toBe(withoutPadding(written));
  expectSection("README.md", readmeSection(report));
  expectSection("docs/benchmarks.md", toMarkdown(report));
});

describe("a registry that cannot be reached", () => {
  beforeAll(() => {
    vi.stubEnv("npm_config_registry", "http://127.0.0.1:9");
    vi.stubEnv("npm_config_fetch_retries", "0");
    vi.spyOn(console, "log").mockReturnValue();
    vi.spyOn(process.stdout, "write").mockReturnValue(true);
    return () => {
      vi.unstubAllEnvs();
      vi.restoreAllMocks();
    };
  });

  test("is reported in one line, and is tried again the next time", () => {
    for (const _ of [1, 2])
      expect(provide("jax-js", join(folder, "bogus"))).toEqual({ missing: "npm failed: ECONNREFUSED" });
  });
});

describe("the program", () => {
  test("--help prints the options and exits with code 0", async () => {
    expect(await race("--help")).toEqual({ code: 0, stdout: HELP, stderr: "" });
  });

  test("a wrong option is one line and exit code 2", async () => {
    const stderr = "--quick and --jobs: give one of them\n";
    expect(await race("--quick", "--jobs")).toEqual({ code: 2, stdout: "", stderr });
  });

  test("races the peers that are installed, skips the others with a line, and writes the results", async () => {
    const out = join(folder, "out");
    const only = "numgrad,plain,tfjs-wasm,numpy-book";
    const { code, stdout, stderr } = await race(
      "--only",
      only,
      "--quick",
      "--out",
      out,
      "--peers",
      join(folder, "none"),
    );
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout).toContain("\ntfjs-wasm: skipped, npm is not on the PATH\n");
    expect(stdout).toContain("\nnumpy-book: skipped, python3 is not on the PATH\n");

    const report = JSON.parse(readFileSync(join(out, "peers.json"), "utf8")) as Report;
    expect(report).toMatchObject({ machine: { node: process.versions.node }, quick: true });
    expect(report.command).toContain(`npm run bench:peers -- --only ${only}`);
    const results = new Map(report.peers.map((result) => [result.name, result]));
    const digitsOf = { "numgrad-numerical": 6, "numgrad-backprop": 13, plain: 13, "numgrad-backprop-all": 13 };
    for (const [name, digits] of Object.entries(digitsOf)) {
      const result = results.get(name) ?? expect.fail(`${name} is not in the report`);
      expect(result).toMatchObject({ status: "raced", runtime: `Node ${process.versions.node}` });
      expect(result.digits).toBeGreaterThanOrEqual(digits);
      for (const times of [result.step, result.evaluation]) {
        expect(times?.min).toBeGreaterThan(0);
        expect(times?.median).toBeGreaterThanOrEqual(times!.min);
      }
      for (const value of [result.first, result.peakRss, result.job?.ms]) expect(value).toBeGreaterThan(0);
      expect(result.job?.ms).toBeGreaterThan(result.job?.startMs ?? Number.NaN);
      // numgrad's rows of backpropagation have no numerical gradient. The error is that of h = 1e-4: h²/6 of the third
      // derivative.
      if (!name.includes("backprop")) expect(result.numerical?.error).toBeLessThan(1e-8);
    }
    expect(results.get("numgrad-numerical")?.numerical).toMatchObject({ measured: 39_760, of: 39_760 });
    expect(results.get("tfjs-wasm")).toMatchObject({ status: "missing", reason: "npm is not on the PATH" });
    expect(report.ratios.map(({ label }) => label)).toContain(
      "step of numgrad: by central differences / by backpropagation",
    );

    const markdown = readFileSync(join(out, "benchmarks.md"), "utf8");
    expect(markdown).toMatch(/<!-- peers -->.*\| plain JavaScript, black pixels skipped \| \d.*<!-- \/peers -->\n$/s);
    expect(markdown).toContain("TensorFlow.js float32, wasm: skipped, npm is not on the PATH.");
  });

  test("--from writes the tables anew from stored results, and races nothing", async () => {
    const out = join(folder, "again");
    mkdirSync(out);
    const result = { ...emptyResult(PEERS[1] as Peer, []), label: "an old label", step: { min: 1, median: 1.5 } };
    const machine = { cpu: "a processor", node: "20.20.2", date: "2026-11-22" };
    const report = {
      machine,
      command: "npm run bench:peers",
      quick: true,
      core: "no core",
      peers: [result],
      ratios: [],
    };
    writeFileSync(join(out, "stored.json"), JSON.stringify(report));
    const { code, stderr } = await race("--from", join(out, "stored.json"), "--out", out);
    expect([code, stderr]).toEqual([0, ""]);
    const written = JSON.parse(readFileSync(join(out, "peers.json"), "utf8"));
    expect(written).toEqual({ ...report, peers: [{ ...result, label: PEERS[1]?.label }] });
    expect(readFileSync(join(out, "benchmarks.md"), "utf8")).toContain("| numgrad, backpropagation | 1.00 / 1.50 |");
  });
});
