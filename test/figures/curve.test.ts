import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { thin } from "../../packages/figures/src/curve.js";

describe("thinning", () => {
  test("keeps all values if there are few", () => {
    expect(thin([5, 3, 4], 2)).toEqual([0, 1, 2]);
    expect(thin(new Float64Array(8), 2)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  });

  test("keeps the first, the last, the least and the largest value of each column of pixels", () => {
    const values = fc.array(fc.integer({ min: -9, max: 9 }), { minLength: 50, maxLength: 200 });
    fc.assert(
      fc.property(values, fc.integer({ min: 1, max: 12 }), (values, columns) => {
        const kept = thin(values, columns);
        expect(kept).toEqual([...new Set(kept)].sort((a, b) => a - b));
        expect(kept.length).toBeLessThanOrEqual(4 * columns);
        for (let column = 0; column < columns; column++) {
          const ends = [column, column + 1].map((edge) => Math.floor((edge * values.length) / columns));
          const all = values.slice(...ends);
          const left = kept.filter((i) => i >= ends[0]! && i < ends[1]!).map((i) => values[i]!);
          expect([left[0], left.at(-1)]).toEqual([all[0], all.at(-1)]);
          expect([Math.min(...left), Math.max(...left)]).toEqual([Math.min(...all), Math.max(...all)]);
        }
      }),
    );
  });
});
