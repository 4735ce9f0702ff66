import { describe, expect, test } from "vitest";
import { contours, descend, SURFACES } from "../../../packages/playground/src/calculus/surfaces.js";

describe("a descent", () => {
  const { bowl, valley, saddle, rosenbrock } = SURFACES;

  test("arrives with a good rate, diverges with a large one, and crawls with a small one", () => {
    expect(descend(bowl, [-3, 2], 0.1).outcome).toBe("arrived");
    expect(descend(bowl, [-3, 2], 1.5).outcome).toBe("diverged");
    expect(descend(bowl, [-3, 2], 1e-4).outcome).toBe("crawled");
    expect(descend(rosenbrock, [-1.2, 1], 1e-3).outcome).toBe("underway");
    expect(descend(saddle, [-3, 0.01], 0.1).outcome).toBe("diverged");
  });

  test("of the lesson ends as its text says", () => {
    const outcomes = [0.01, 0.9, 1.05].map((rate) => descend(valley, valley.start, rate).outcome);
    expect(outcomes).toEqual(["underway", "arrived", "diverged"]);
  });

  test("zigzags across an elongated bowl", () => {
    const { points } = descend(valley, [-7, 2], 0.9);
    const turns = points.slice(1, 10).filter(([, y], i) => Math.sign(y) !== Math.sign(points[i]![1]));
    expect(turns).toHaveLength(9);
  });
});

test("contours lie at their level", () => {
  const { f } = SURFACES.bowl;
  for (const pieces of contours(SURFACES.bowl, 5, 40)) {
    const values = pieces.flat().map((point) => f(point));
    expect(values.length).toBeGreaterThan(0);
    // Between two points of the grid the function is taken to be straight.
    expect(Math.max(...values) - Math.min(...values)).toBeLessThan(0.05);
  }
});
