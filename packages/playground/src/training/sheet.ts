import { SIDE } from "./digit.js";

/** Pixels between two units. */
const GAP = 2;

/**
 * Standard deviations from which on a weight has the full colour: with a scale up to the largest weight the others
 * would be pale.
 */
const RANGE = 3;

/** Shades on each side of zero. */
const SHADES = 127;

/** Red, green and blue below zero, at zero and above zero: from dark to light, so that a print in grey keeps the sign. */
const [BELOW, ZERO, ABOVE] = [[59, 31, 107] as const, [176, 174, 180] as const, [255, 229, 92] as const];

/** The shades from below zero to above zero, as pixels of an image. */
const PIXELS = new Uint32Array(
  Uint8Array.from({ length: 4 * (2 * SHADES + 1) }, (_, i) => {
    const [shade, channel] = [(i >> 2) - SHADES, i & 3];
    const [part, end] = [Math.abs(shade) / SHADES, shade < 0 ? BELOW : ABOVE];
    return channel === 3 ? 255 : Math.round(part * end[channel]! + (1 - part) * ZERO[channel]!);
  }).buffer,
);

/** Number of hidden units of W1, [784, hidden units]. */
export function unitsOf(weights: Float32Array): number {
  return weights.length / (SIDE * SIDE);
}

/** Draws the incoming weights of each hidden unit as an image. All units have one scale of colours. */
export function drawWeights(canvas: HTMLCanvasElement, weights: Float32Array): void {
  const units = unitsOf(weights);
  const columns = columnsOf(units);
  const width = columns * (SIDE + GAP) - GAP;
  const height = Math.ceil(units / columns) * (SIDE + GAP) - GAP;
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
  const shadeOf = shadesFor(weights);
  const image = new ImageData(width, height);
  const pixels = new Uint32Array(image.data.buffer);
  for (let pixel = 0; pixel < SIDE * SIDE; pixel++) {
    for (let unit = 0; unit < units; unit++) {
      const x = (unit % columns) * (SIDE + GAP) + (pixel % SIDE);
      const y = Math.floor(unit / columns) * (SIDE + GAP) + Math.floor(pixel / SIDE);
      pixels[y * width + x] = shadeOf(weights[pixel * units + unit]!);
    }
  }
  canvas.getContext("2d")?.putImageData(image, 0, 0);
}

/** Draws the incoming weights of one hidden unit, in the scale of colours of all units. */
export function drawUnit(canvas: HTMLCanvasElement, weights: Float32Array, unit: number): void {
  const units = unitsOf(weights);
  const shadeOf = shadesFor(weights);
  const image = new ImageData(SIDE, SIDE);
  const pixels = new Uint32Array(image.data.buffer);
  for (let pixel = 0; pixel < pixels.length; pixel++) {
    pixels[pixel] = shadeOf(weights[pixel * units + unit]!);
  }
  canvas.getContext("2d")?.putImageData(image, 0, 0);
}

/** The unit of a sheet at a place, in fractions of the sheet's sides; undefined between two units. */
export function unitAt(canvas: HTMLCanvasElement, x: number, y: number, units: number): number | undefined {
  const columns = columnsOf(units);
  const [column, row] = [x * canvas.width, y * canvas.height].map((place) => Math.floor(place / (SIDE + GAP)));
  const unit = row! * columns + column!;
  return column! < columns && unit < units ? unit : undefined;
}

/** Units side by side on the sheet. */
function columnsOf(units: number): number {
  return units > 100 ? 20 : 10;
}

/** The colour of a weight among all weights of a network. */
function shadesFor(weights: Float32Array): (weight: number) => number {
  const deviation = Math.sqrt(weights.reduce((sum, weight) => sum + weight * weight, 0) / weights.length);
  const limit = RANGE * deviation || 1;
  return (weight) => PIXELS[Math.round(SHADES * (1 + Math.max(-1, Math.min(1, weight / limit))))]!;
}
