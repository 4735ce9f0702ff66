import { describe, expect, test } from "vitest";
import type { RaceResult } from "../../packages/benchmark/src/harness.js";
import { BARRIER } from "../../packages/benchmark/src/races/cores.js";
import { ALONE, CEILING, PAIR, phasesOf, timeOn } from "../../packages/benchmark/src/races/cores-model.js";
import { markdownOf } from "../../packages/benchmark/src/tables.js";

/** A race with these medians. */
function race(name: string, medians: Readonly<Record<string, number>>, at?: RaceResult["at"]): RaceResult {
  const timings = Object.entries(medians).map(([name, median]) => ({ name, median, minimum: median, samples: 1 }));
  return { name, timings, ...(at ? { at } : {}) };
}

/** Steps whose phases are known: 0.2 ms serial, 0.01 ms for a unit, 0.001 ms of traffic, on cores that share 1.6 times. */
const raceOf = (hidden: number, gradient = "numerical") => {
  const alone = 0.2 + 0.01 * hidden;
  const pair = 0.2 + (0.01 * Math.ceil(hidden / 16) * 16) / 1.6 + 0.001 * hidden + 0.05;
  const medians = { [ALONE]: alone, [PAIR]: pair, [CEILING]: alone / 1.6 };
  return race(`${gradient}, ${hidden} hidden units, 100 images`, medians, { hidden, batch: 100 });
};
const barrier = race(BARRIER, { [ALONE]: 0.01, [PAIR]: 0.06 });

describe("the model of the time on more cores", () => {
  const phases = phasesOf([48, 96, 400].map((hidden) => raceOf(hidden)), barrier); // biome-ignore format: a line

  test("finds the phases of which the times consist", () => {
    for (const [name, expected] of Object.entries({
      serial: 0.2,
      unit: 0.01,
      barrier: 0.05,
      traffic: 0.001,
      ceiling: 1.6,
    })) {
      expect(phases[name as keyof typeof phases], name).toBeCloseTo(expected, 10);
    }
  });

  test("gives one core the time of one thread, and more cores the time of their largest share", () => {
    expect(timeOn(1, 400, phases)).toBeCloseTo(0.2 + 4, 10);
    // 400 units are 50 times 8, of which the largest of 4 shares has 13 times 8.
    expect(timeOn(4, 400, phases)).toBeCloseTo(0.2 + 1.04 + 0.4 + 3 * 0.05, 10);
    // A network of 50 units has work for 7 threads.
    expect(timeOn(16, 50, phases)).toBe(timeOn(7, 50, phases));
  });

  test("never has a negative phase, however noisy the times are", () => {
    const noisy = race("x", { [ALONE]: 1, [PAIR]: 0.1, [CEILING]: 1 }, { hidden: 50, batch: 100 });
    const other = race("x", { [ALONE]: 9, [PAIR]: 0.1, [CEILING]: 9 }, { hidden: 100, batch: 100 });
    const {
      serial,
      unit,
      barrier: command,
      traffic,
    } = phasesOf([noisy, other], race(BARRIER, { [ALONE]: 2, [PAIR]: 1 }));
    expect(Math.min(serial, unit, command, traffic)).toBeGreaterThanOrEqual(0);
    expect(unit).toBeGreaterThan(0);
  });
});

test("the section has the times, the phases of each gradient, and the times on 4, 8 and 16 cores", () => {
  const races = [...["numerical", "backprop"].flatMap((name) => [raceOf(48, name), raceOf(400, name)]), barrier];
  const markdown = markdownOf({ name: "cores", title: "All cores", about: "About.", races, agreements: [] });
  expect(markdown).toMatch(/^#### All cores\n\nAbout\.\n\n\| what is timed /);
  expect(markdown).toContain("\nbackprop: serial 0.200 ms, each hidden unit 10.0 µs, traffic of each unit 1.00 µs, ");
  expect(markdown).toContain("| numerical | 400 | 4.20 ms | 1.79 ms (2.35 × as fast) |");
  expect(markdown.match(/ × as fast\)/g)).toHaveLength(12);
});

test("without the race of the barrier, as after --only of an older version, there is no model", () => {
  const group = { name: "cores", title: "All cores", about: "About.", races: [raceOf(48)], agreements: [] } as const;
  expect(markdownOf(group)).not.toContain("A model");
});
