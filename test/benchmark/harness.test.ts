import { describe, expect, test } from "vitest";
import { median, runRace } from "../../packages/benchmark/src/harness.js";

const effort = { rounds: 3, time: 0, warmUp: 0 };
const clocked = (name: string, times: number[]) => {
  let next = 0;
  return { name, run: () => times[next++ % times.length], ownClock: true, cold: true };
};

test("the median of an even number of values is the mean of the middle two", () => {
  expect([median([3]), median([4, 1]), median([5, 1, 3]), median([8, 1, 3, 5])]).toEqual([3, 2.5, 3, 4]);
});

describe("a race", () => {
  test("gives the minimum, the median of the rounds, and the median of the rounds' ratios", async () => {
    const contenders = [clocked("a", [1, 2, 4]), clocked("b", [10, 10, 60])];
    const { name, at, timings } = await runRace({ name: "r", at: { batch: 1 }, contenders }, effort);
    expect({ name, at }).toEqual({ name: "r", at: { batch: 1 } });
    expect(timings).toEqual([
      { name: "a", minimum: 1, median: 2, samples: 3 },
      { name: "b", minimum: 10, median: 10, samples: 3, ratio: { to: "a", median: 10, minimum: 10 } },
    ]);
  });

  test("keeps its goal for the table", async () => {
    expect(await runRace({ name: "r", contenders: [clocked("a", [1])], goal: 1.2 }, effort)).toMatchObject({
      goal: 1.2,
    });
  });

  test("takes turns: each contender runs once in each round", async () => {
    const turns: string[] = [];
    const contender = (name: string) => ({ name, run: () => turns.push(name), cold: true });
    await runRace({ name: "r", contenders: [contender("a"), { ...contender("b"), rounds: 1 }] }, effort);
    expect(turns).toEqual(["a", "b", "a", "a"]);
  });

  test("divides times by the units of a run, also by less than one unit, and names the rival", async () => {
    const contenders = [
      { ...clocked("ten", [50]), units: 10 },
      { ...clocked("a hundredth", [3]), units: 0.01, note: "extrapolated" },
      { ...clocked("other", [6]), versus: "a hundredth" },
    ];
    const [ten, hundredth, other] = (await runRace({ name: "r", contenders }, effort)).timings;
    expect(ten!.median).toBe(5);
    expect(hundredth).toMatchObject({ median: 300, note: "extrapolated", ratio: { to: "ten", median: 60 } });
    expect(other!.ratio).toMatchObject({ to: "a hundredth", median: 0.02 });
  });

  test("repeats short runs, and awaits asynchronous ones", async () => {
    let calls = 0;
    const short = { name: "short", run: () => calls++ };
    const slow = { name: "slow", run: () => new Promise((resolve) => setTimeout(resolve, 5)) };
    const race = { name: "r", contenders: [short, slow] };
    const { timings } = await runRace(race, { rounds: 1, time: 1, warmUp: 1 });
    expect(calls).toBeGreaterThan(100);
    // A timer may fire a millisecond early.
    expect(timings[1]!.minimum).toBeGreaterThan(3);
  });

  test("fails if a contender throws, or if its rival does not exist", async () => {
    const broken = { name: "broken", run: () => expect.fail("no"), cold: true };
    await expect(runRace({ name: "r", contenders: [broken] }, effort)).rejects.toThrow("no");
    const contenders = [clocked("a", [1]), { ...clocked("b", [1]), versus: "c" }];
    await expect(runRace({ name: "r", contenders }, effort)).rejects.toThrow("there is no contender c");
  });
});
