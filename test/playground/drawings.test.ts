import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Drawings } from "../../packages/playground/src/drawings.js";

/** Milliseconds of a frame. */
const FRAME = 16;

/** The time of now in milliseconds. Timers move it, and so does a part that is drawn. */
let now = 0;

beforeEach(() => {
  now = 0;
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  vi.stubGlobal("performance", { now: () => now });
  vi.stubGlobal("requestAnimationFrame", (draw: () => void) => setTimeout(draw, FRAME));
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

/** Lets so many milliseconds go by. */
async function wait(milliseconds: number): Promise<void> {
  for (let i = 0; i < milliseconds; i++) {
    now++;
    await vi.advanceTimersByTimeAsync(1);
  }
}

/** Drawings of three parts, each of which takes `cost` milliseconds; and the parts that were drawn. */
function drawingsOf(cost: number, pause = 0) {
  const drawn: number[] = [];
  const parts = [0, 1, 2].map((part) => () => {
    drawn.push(part);
    now += cost;
  });
  return { drawings: new Drawings(parts, () => pause), drawn };
}

describe("drawings", () => {
  test("of the parts are made in one frame each, and much news leads to one", async () => {
    const { drawings, drawn } = drawingsOf(0);
    for (let i = 0; i < 5; i++) drawings.plan();
    for (const parts of [[0], [0, 1], [0, 1, 2]]) {
      await wait(FRAME);
      expect(drawn).toEqual(parts);
    }
    await wait(1000);
    expect(drawn).toEqual([0, 1, 2]);
  });

  test.each([
    { cost: 0, pause: 0, rest: 80 },
    { cost: 50, pause: 0, rest: 450 },
    { cost: 0, pause: 1000, rest: 1000 },
  ])("are $rest ms apart if each part takes $cost ms and a pause of $pause ms is wanted", async (given) => {
    const { drawings, drawn } = drawingsOf(given.cost, given.pause);
    drawings.plan();
    await wait(3 * FRAME);
    expect(drawn).toHaveLength(3);
    drawings.plan();
    await wait(given.rest + FRAME - 5);
    expect(drawn).toHaveLength(3);
    await wait(10);
    expect(drawn).toHaveLength(4);
  });

  test("with news that comes during a drawing are followed by another one", async () => {
    const { drawings, drawn } = drawingsOf(0);
    drawings.plan();
    await wait(FRAME);
    drawings.plan();
    await wait(2 * FRAME + 80 + 3 * FRAME + 5);
    expect(drawn).toEqual([0, 1, 2, 0, 1, 2]);
  });

  test("in a hurry do not wait for the rest", async () => {
    const { drawings, drawn } = drawingsOf(50);
    drawings.plan();
    await wait(3 * FRAME);
    drawings.plan();
    drawings.hurry();
    await wait(3 * FRAME + 5);
    expect(drawn).toEqual([0, 1, 2, 0, 1, 2]);
    await wait(1000);
    expect(drawn).toHaveLength(6);
  });

  test.each([
    { after: 1, expected: [0, 0, 1, 2] },
    { after: 2, expected: [0, 1, 0, 1, 2] },
    { after: 3, expected: [0, 1, 2, 0, 1, 2] },
  ])("in a hurry after $after of three parts begin with the first part in the next frame", async (given) => {
    const { drawings, drawn } = drawingsOf(50);
    drawings.plan();
    await wait(given.after * FRAME + 5);
    drawings.hurry();
    await wait(FRAME);
    expect(drawn).toEqual(given.expected.slice(0, given.after + 1));
    await wait(1000);
    expect(drawn).toEqual(given.expected);
  });
});
