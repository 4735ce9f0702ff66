import { describe, expect, test } from "vitest";
import {
  centreOfMass,
  type Point,
  SIDE,
  type Stroke,
  toImage,
} from "../../../packages/playground/src/training/digit.js";

/** A stroke through points. */
const stroke = (...points: [x: number, y: number][]): Point[] => points.map(([x, y]) => ({ x, y }));

/** A 7 on the whole pad. */
const SEVEN: readonly Stroke[] = [stroke([0.2, 0.1], [0.8, 0.1], [0.4, 0.9])];

/** The same strokes, scaled and moved. */
const placed = (strokes: readonly Stroke[], scale: number, dx: number, dy: number): Stroke[] =>
  strokes.map((points) => points.map(({ x, y }) => ({ x: scale * x + dx, y: scale * y + dy })));

/** Number of rows and of columns from the first to the last that has ink. */
function sizeOf(image: Uint8Array): { rows: number; cols: number } {
  const inked = Array.from(image.keys()).filter((i) => image[i]! > 0);
  const span = (values: number[]) => Math.max(...values) - Math.min(...values) + 1;
  return { rows: span(inked.map((i) => Math.floor(i / SIDE))), cols: span(inked.map((i) => i % SIDE)) };
}

describe("a drawing as an image like MNIST's", () => {
  test("an empty drawing is no image", () => {
    expect(toImage([])).toBeUndefined();
    expect(toImage([[]])).toBeUndefined();
  });

  test("its larger side is that of MNIST's box, 20 pixels", () => {
    // A length of 20 pixels that begins in the middle of a pixel touches 21 pixels.
    const tall = sizeOf(toImage(SEVEN) as Uint8Array);
    expect([20, 21, 22]).toContain(tall.rows);
    expect(tall.cols).toBeGreaterThan(14);
    expect(tall.cols).toBeLessThan(19);
    const wide = sizeOf(toImage([stroke([0.1, 0.5], [0.9, 0.45])]) as Uint8Array);
    expect([20, 21, 22]).toContain(wide.cols);
    expect(wide.rows).toBeLessThan(8);
  });

  test("its centre of mass is in the middle", () => {
    for (const drawing of [
      SEVEN,
      [stroke([0.1, 0.9], [0.1, 0.1])],
      [stroke([0, 0], [0.3, 0.1]), stroke([0, 0.2], [0.3, 0.2])],
    ]) {
      const { x, y } = centreOfMass(toImage(drawing) as Uint8Array);
      // Rounding the edges to bytes moves the centre by less than a twentieth of a pixel.
      expect(Math.abs(x - 14)).toBeLessThan(0.05);
      expect(Math.abs(y - 14)).toBeLessThan(0.05);
    }
  });

  test("a heavy end does not push the other end out of the image", () => {
    const scribble = Array.from({ length: 100 }, (_, i) => stroke([(i % 10) / 40, Math.floor(i / 10) / 40]));
    const image = toImage([...scribble, stroke([0.1, 0.1], [1, 1])]) as Uint8Array;
    const { rows, cols } = sizeOf(image);
    expect(Math.min(rows, cols)).toBeGreaterThanOrEqual(19);
    expect(centreOfMass(image).x).toBeLessThan(14);
  });

  test("size and place of the drawing do not change the image", () => {
    const image = toImage(SEVEN) as Uint8Array;
    for (const [scale, dx, dy] of [
      [0.25, 0, 0],
      [0.25, 0.7, 0.3],
      [1.5, -0.4, 0.2],
    ] as const) {
      const other = toImage(placed(SEVEN, scale, dx, dy)) as Uint8Array;
      // Rounding errors of the coordinates change a byte by at most one.
      expect(Math.max(...image.map((ink, i) => Math.abs(ink - other[i]!)))).toBeLessThanOrEqual(1);
    }
  });

  test("a line is about as wide as MNIST's, with full ink in its middle", () => {
    const image = toImage([stroke([0.5, 0.1], [0.5, 0.9])]) as Uint8Array;
    const row = image.subarray(14 * SIDE, 15 * SIDE);
    expect(row.reduce((sum, ink) => sum + ink, 0) / 255).toBeCloseTo(2.4, 1);
    expect(Math.max(...row)).toBe(255);
  });

  test("a dot stays a dot, and a tremor one too", () => {
    for (const drawing of [stroke([0.2, 0.7]), stroke([0.2, 0.7], [0.21, 0.69], [0.2, 0.7])]) {
      const { rows, cols } = sizeOf(toImage([drawing]) as Uint8Array);
      expect(Math.max(rows, cols)).toBeLessThanOrEqual(6);
    }
  });

  test("a drawing outside the pad makes an image as well", () => {
    expect(toImage(placed(SEVEN, 1, -3, 5))).toHaveLength(784);
  });

  test("a blank image has its centre of mass in the middle", () => {
    expect(centreOfMass(new Uint8Array(784))).toEqual({ x: 14, y: 14 });
  });
});
