import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Contender, type RaceResult, runRace } from "../harness.js";
import type { Group, Setting } from "./setting.js";

const PACKAGE = pathToFileURL(createRequire(import.meta.url).resolve("numgrad")).href;

/** Program of a new process. It prints the milliseconds of each step; the first network starts the core. */
const PROGRAM = `
const begin = performance.now();
const { TwoLayerNet } = await import("${PACKAGE}");
const imported = performance.now();
const net = new TwoLayerNet({ inputSize: 784, hiddenSize: 50, outputSize: 10, random: 0 });
const made = performance.now();
const x = { shape: [100, 784], data: new Float64Array(78_400).fill(0.5) };
net.numericalGradient(x, new Uint8Array(100));
const done = performance.now();
console.log(JSON.stringify([imported - begin, made - imported, made - begin, done - made]));
`;

export const start: Group = {
  title: "Cold start",
  about:
    "Time to start numgrad in a new process, by the clock inside that process: import of the bundle, the first " +
    "network (the core is decoded and compiled, and 39,700 weights are drawn), both together (target: at most 25 ms " +
    "on 2 cores), and the first numerical gradient (100 rows without a zero). The last two rows are the time of the " +
    "whole process, and of a process that does nothing.",
  async run(setting) {
    // The program is a file, as a user's is. A program on the command line would make Node start its loader only at the
    // import.
    const folder = mkdtempSync(join(tmpdir(), "numgrad-start-"));
    try {
      return await race(setting, folder);
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
};

async function race(setting: Setting, folder: string): Promise<RaceResult[]> {
  const node = (program: string) => {
    const file = join(folder, "program.mjs");
    writeFileSync(file, program);
    return execFileSync(process.execPath, [file], { encoding: "utf8" });
  };
  const inside = (name: string, index: number): Contender => ({
    name,
    run: () => (JSON.parse(node(PROGRAM)) as number[])[index],
    ownClock: true,
    cold: true,
  });
  const whole = (name: string, program: string): Contender => ({ name, run: () => node(program), cold: true });
  const effort = { rounds: setting.quick ? 3 : 11, time: 0, warmUp: 0 };
  const contenders = [
    inside('import "numgrad"', 0),
    inside("first network", 1),
    inside("import and first network", 2),
    inside("first numerical gradient", 3),
    whole("whole process", PROGRAM),
    whole("a process that does nothing", ""),
  ];
  const results = [];
  // Each is a race of its own, without ratios, because these are steps of one program.
  for (const contender of contenders) {
    const race = { name: contender.name, contenders: [{ ...contender, name: "a new process" }] };
    results.push(await runRace(race, effort));
  }
  return results;
}
