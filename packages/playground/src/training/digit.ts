// Makes an image like those of MNIST from the strokes of a pen.

/** A point of a drawing, in fractions of the pad's side, y downwards. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** The points of the pen from when it touches down until it is lifted. A single point is a dot. */
export type Stroke = readonly Point[];

/** Number of pixels in a row of an image, and of rows. */
export const SIDE = 28;

/** Side of the box into which MNIST's digits were scaled, in pixels. The scaling kept their shape. */
const BOX = 20;

/** Width of a line in pixels, about as in MNIST. */
const PEN = 2.4;

/**
 * A drawing that is smaller than this part of the pad in both directions is not enlarged to the box, so that a dot
 * stays a dot.
 */
const SMALLEST = 0.1;

/**
 * Makes an image of a drawing as MNIST's authors made theirs: the drawing is scaled into a box of 20 × 20 pixels, and
 * the box is placed in the 28 × 28 pixels so that the centre of mass is in the middle. The line has the width of
 * MNIST's lines whatever the size of the drawing: a pen that was scaled too would be too wide in a small digit and too
 * thin in a large one.
 *
 * @returns 784 bytes, row by row, 0 for paper and 255 for ink; undefined if nothing is drawn.
 * @see http://yann.lecun.com/exdb/mnist/
 */
export function toImage(strokes: readonly Stroke[]): Uint8Array | undefined {
  const points = strokes.flat();
  if (points.length === 0) return undefined;
  const [x, y] = [extent(points.map((point) => point.x)), extent(points.map((point) => point.y))];
  const scale = (BOX - PEN) / Math.max(x.size, y.size, SMALLEST);
  const boxed = transform(strokes, scale, SIDE / 2 - scale * x.middle, SIDE / 2 - scale * y.middle);
  const centre = centreOfMass(paint(boxed));
  // The box stays within the image, so that a digit that is heavy on one side is not cut off on the other.
  const shift = (from: number) => Math.max((BOX - SIDE) / 2, Math.min((SIDE - BOX) / 2, SIDE / 2 - from));
  return paint(transform(boxed, 1, shift(centre.x), shift(centre.y)));
}

/**
 * Centre of mass of an image in pixels. The middle of the first pixel is at 0.5; a blank image has its centre of mass
 * in the middle.
 */
export function centreOfMass(image: Uint8Array): Point {
  let [mass, x, y] = [0, 0, 0];
  for (let i = 0; i < image.length; i++) {
    const ink = image[i]!;
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

function transform(strokes: readonly Stroke[], scale: number, dx: number, dy: number): Stroke[] {
  return strokes.map((stroke) => stroke.map(({ x, y }) => ({ x: scale * x + dx, y: scale * y + dy })));
}

/** Paints lines with round ends. A pixel at an edge is about as dark as the covered part of the pixel. */
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
      image[i] = Math.max(image[i]!, Math.round(255 * ink));
    }
  }
}

/** Distance of a point from the line between two others. */
function distance(point: Point, a: Point, b: Point): number {
  const [dx, dy] = [b.x - a.x, b.y - a.y];
  const length2 = dx * dx + dy * dy;
  const along = length2 > 0 ? ((point.x - a.x) * dx + (point.y - a.y) * dy) / length2 : 0;
  const t = Math.max(0, Math.min(1, along));
  return Math.hypot(point.x - (a.x + t * dx), point.y - (a.y + t * dy));
}
