import { describe, expect, test } from "vitest";
import { contourLevels, contourLines, sample } from "../../packages/figures/src/contours.js";

describe("contours", () => {
  const bowl = sample(([a, b]) => a! ** 2 + b! ** 2, [-2, 2], [-2, 2], 41);

  test("a circle is one closed line, all points of which have its radius", () => {
    const lines = contourLines(bowl, 1);
    expect(lines).toHaveLength(1);
    const [line] = lines;
    expect(line!.at(-1)).toEqual(line![0]);
    // On an edge of length 0.1 a chord of x² deviates by at most 0.1²/4 from it. In the radius that is half as much
    // here.
    for (const [a, b] of line!) expect(Math.abs(Math.hypot(a, b) - 1)).toBeLessThan(0.0013);
    const angles = line!.map(([a, b]) => Math.atan2(b, a)).sort((a, b) => a - b);
    for (let i = 1; i < angles.length; i++) expect(angles[i]! - angles[i - 1]!).toBeLessThan(0.15);
  });

  test("a line that leaves the grid is one line that begins and ends on the border", () => {
    const corners = contourLines(bowl, 5);
    expect(corners).toHaveLength(4);
    for (const line of corners) {
      for (const end of [line[0]!, line.at(-1)!]) expect(Math.max(...end.map(Math.abs))).toBe(2);
    }
    const plane = sample(([a, b]) => a! + 2 * b!, [0, 1], [0, 1], 7);
    const [line, ...rest] = contourLines(plane, 0.7);
    expect(rest).toHaveLength(0);
    for (const [a, b] of line!) expect(a + 2 * b).toBeCloseTo(0.7, 12);
  });

  test("at a saddle the lines do not cross", () => {
    const saddle = sample(([a, b]) => a! * b!, [-1, 1], [-1, 1], 2);
    for (const level of [0.3, -0.3]) {
      const lines = contourLines(saddle, level);
      expect(lines.map((line) => line.length)).toEqual([2, 2]);
      // Each line separates one corner: one of the two above a high level, or one of the two below a low level.
      for (const line of lines) {
        const [a, b] = [0, 1].map((axis) => line.reduce((sum, point) => sum + point[axis]!, 0)) as [number, number];
        expect(Math.sign(a * b)).toBe(Math.sign(level));
      }
    }
  });

  test("every crossing edge is used once", () => {
    const waves = sample(([a, b]) => Math.sin(3 * a!) * Math.cos(4 * b!), [0, 5], [0, 5], 30);
    const crossed = new Set<string>();
    for (const line of contourLines(waves, 0.1)) {
      const closed = line[0]!.join() === line.at(-1)!.join();
      for (const point of closed ? line.slice(1) : line) {
        expect(crossed.has(point.join())).toBe(false);
        crossed.add(point.join());
      }
    }
    const above = waves.values.map((value) => value >= 0.1);
    let edges = 0;
    for (let i = 0; i < 900; i++) {
      if (i % 30 < 29 && above[i] !== above[i + 1]) edges++;
      if (i < 870 && above[i] !== above[i + 30]) edges++;
    }
    expect(crossed.size).toBe(edges);
  });

  test("levels are evenly spaced in the root of the function, between its least and largest value", () => {
    const levels = contourLevels(bowl, 3);
    expect(levels.map(Math.sqrt)).toEqual([0.25, 0.5, 0.75].map((part) => expect.closeTo(part * Math.sqrt(8), 9)));
    expect(
      contourLevels(
        sample(() => 7, [0, 1], [0, 1], 3),
        5,
      ),
    ).toEqual([]);
    expect(contourLines(bowl, 100)).toEqual([]);
  });
});
