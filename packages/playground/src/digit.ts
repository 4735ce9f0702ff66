// From the way of a pen to an image like MNIST's.

/** A point of a drawing, in fractions of the pad's side, y downwards. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** Where the pen was from its touching down to its lifting; one point is a dot. */
export type Stroke = readonly Point[];

/** Pixels in a row of an image, and rows. */
export const SIDE = 28;

/** MNIST's digits were scaled into a box of so many pixels, keeping their shape. */
const BOX = 20;

/** Width of a line in pixels, about that of MNIST's. */
const PEN = 2.4;

/** What is smaller in both directions than this part of the pad is not blown up: a dot stays one. */
const SMALLEST = 0.1;

/**
 * The drawing as MNIST's authors made their images: scaled into a box of 20 × 20 pixels, which lies in the 28 × 28 so that
 * the centre of mass is in the middle. The line has the width of MNIST's however large the drawing was: scaled with it,
 * the pen would be a broom in a small digit and a hair in a large one.
 *
 * @returns 784 bytes, row by row, 0 for paper and 255 for ink; undefined if nothing is drawn.
 * @see http://yann.lecun.com/exdb/mnist/
 */
export function toImage(strokes: readonly Stroke[]): Uint8Array | undefined {
  const points = strokes.flat();
  if (points.length === 0) return undefined;
  const [x, y] = [extent(points.map((point) => point.x)), extent(points.map((point) => point.y))];
  const scale = (BOX - PEN) / Math.max(x.size, y.size, SMALLEST);
  const boxed = moved(strokes, scale, SIDE / 2 - scale * x.middle, SIDE / 2 - scale * y.middle);
  const centre = centreOfMass(paint(boxed));
  // No further than the box may go: a digit that is heavy on one side is not cut off on the other.
  const shift = (from: number) => Math.max((BOX - SIDE) / 2, Math.min((SIDE - BOX) / 2, SIDE / 2 - from));
  return paint(moved(boxed, 1, shift(centre.x), shift(centre.y)));
}

/** Centre of mass of an image in pixels: the middle of the first pixel is at 0.5, of a blank image at the centre. */
export function centreOfMass(image: Uint8Array): Point {
  let [mass, x, y] = [0, 0, 0];
  for (let i = 0; i < image.length; i++) {
    const ink = image[i] as number;
    mass += ink;
    x += ink * ((i % SIDE) + 0.5);
    y += ink * (Math.floor(i / SIDE) + 0.5);
  }
  return mass > 0 ? { x: x / mass, y: y / mass } : { x: SIDE / 2, y: SIDE / 2 };
}

function extent(values: readonly number[]): { size: number; middle: number } {
  const [low, high] = values.reduce(([low, high], v) => [Math.min(low, v), Math.max(high, v)], [Infinity, -Infinity]);
  return { size: high - low, middle: (low + high) / 2 };
}

function moved(strokes: readonly Stroke[], scale: number, dx: number, dy: number): Stroke[] {
  return strokes.map((stroke) => stroke.map(({ x, y }) => ({ x: scale * x + dx, y: scale * y + dy })));
}

/** Lines with round ends; a pixel at their edge is as dark as the part of it that they cover, about. */
function paint(strokes: readonly Stroke[]): Uint8Array {
  const image = new Uint8Array(SIDE * SIDE);
  for (const stroke of strokes) {
    for (const [i, point] of stroke.entries()) paintLine(image, stroke[i - 1] ?? point, point);
  }
  return image;
}

function paintLine(image: Uint8Array, a: Point, b: Point): void {
  const reach = PEN / 2 + 0.5;
  const first = (p: number, q: number) => Math.max(0, Math.floor(Math.min(p, q) - reach));
  const last = (p: number, q: number) => Math.min(SIDE - 1, Math.ceil(Math.max(p, q) + reach));
  for (let row = first(a.y, b.y); row <= last(a.y, b.y); row++) {
    for (let col = first(a.x, b.x); col <= last(a.x, b.x); col++) {
      const ink = Math.min(1, reach - distance({ x: col + 0.5, y: row + 0.5 }, a, b));
      const i = row * SIDE + col;
      image[i] = Math.max(image[i] as number, Math.round(255 * ink));
    }
  }
}

/** From a point to the line between two others. */
function distance(point: Point, a: Point, b: Point): number {
  const [dx, dy] = [b.x - a.x, b.y - a.y];
  const length2 = dx * dx + dy * dy;
  const along = length2 > 0 ? ((point.x - a.x) * dx + (point.y - a.y) * dy) / length2 : 0;
  const t = Math.max(0, Math.min(1, along));
  return Math.hypot(point.x - (a.x + t * dx), point.y - (a.y + t * dy));
}
