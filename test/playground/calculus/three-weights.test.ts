import { describe, expect, test } from "vitest";
import {
  BEGINNING,
  exactGradient,
  FIRST_WEIGHTS,
  lossOf,
  MOVES,
  nextMove,
  quotientsOf,
  type Toy,
  wholeStep,
} from "../../../packages/playground/src/calculus/three-weights.js";

const toyAfter = (moves: number, h: number) => {
  let toy: Toy = BEGINNING;
  for (let i = 0; i < moves; i++) toy = nextMove(toy, h);
  return toy;
};

describe("three weights", () => {
  test("have a gradient after six losses, which is the exact one with any h, because L is quadratic in each weight", () => {
    for (const h of [0.5, 0.1, 1e-4]) {
      const quotients = quotientsOf(toyAfter(MOVES - 1, h).losses, h);
      for (const [i, entry] of exactGradient(FIRST_WEIGHTS).entries()) expect(quotients[i]).toBeCloseTo(entry, 10);
    }
  });

  test("stay as they are until the update, which comes after all losses", () => {
    expect(toyAfter(MOVES - 1, 0.1).weights).toEqual(FIRST_WEIGHTS);
    expect(toyAfter(MOVES, 0.1)).toEqual(wholeStep(BEGINNING, 0.1));
    expect(wholeStep(toyAfter(3, 0.1), 0.1)).toEqual(wholeStep(BEGINNING, 0.1));
    expect(quotientsOf(toyAfter(3, 0.1).losses, 0.1)).toHaveLength(1);
  });

  test("fit the points after some updates", () => {
    let toy: Toy = BEGINNING;
    const losses = Array.from({ length: 100 }, () => {
      toy = wholeStep(toy, 1e-4);
      return lossOf(toy.weights);
    });
    expect(losses.every((loss, i) => i === 0 || loss <= losses[i - 1]!)).toBe(true);
    expect(losses.at(-1)).toBeLessThan(0.02);
    expect(Math.max(...exactGradient(toy.weights).map(Math.abs))).toBeLessThan(1e-3);
  });
});
