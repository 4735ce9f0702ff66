import { describe, expect, test } from "vitest";
import {
  afterMoves,
  BEGINNING,
  exactGradient,
  FIRST_WEIGHTS,
  lossOf,
  MOVES,
  movesOf,
  nextMove,
  quotientsOf,
  type Toy,
  wholeStep,
} from "../../../packages/playground/src/calculus/three-weights.js";

describe("three weights", () => {
  test("have a gradient after six losses, which is the exact one with any h, because L is quadratic in each weight", () => {
    for (const h of [0.5, 0.1, 1e-4]) {
      const quotients = quotientsOf(afterMoves(MOVES - 1, h).losses, h);
      for (const [i, entry] of exactGradient(FIRST_WEIGHTS).entries()) expect(quotients[i]).toBeCloseTo(entry, 10);
    }
  });

  test("stay as they are until the update, which comes after all losses", () => {
    expect(afterMoves(MOVES - 1, 0.1).weights).toEqual(FIRST_WEIGHTS);
    expect(afterMoves(MOVES, 0.1)).toEqual(wholeStep(BEGINNING, 0.1));
    expect(wholeStep(afterMoves(3, 0.1), 0.1)).toEqual(wholeStep(BEGINNING, 0.1));
    expect(quotientsOf(afterMoves(3, 0.1).losses, 0.1)).toHaveLength(1);
  });

  test("are told by the number of moves, whatever h was", () => {
    for (const moves of [0, 1, 6, 7, 8, 7 * MOVES + 3]) expect(movesOf(afterMoves(moves, 0.5))).toBe(moves);
    expect(afterMoves(8, 0.5)).toEqual(nextMove(wholeStep(BEGINNING, 0.5), 0.5));
    for (const [i, weight] of afterMoves(10 * MOVES, 0.5).weights.entries()) {
      expect(afterMoves(10 * MOVES, 1e-4).weights[i]).toBeCloseTo(weight, 10);
    }
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
