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

/** Draws the incoming weights of each hidden unit as an image. All units have one scale of colours. */
export function drawWeights(canvas: HTMLCanvasElement, weights: Float32Array): void {
  const units = weights.length / (SIDE * SIDE);
  const columns = units > 100 ? 20 : 10;
  const width = columns * (SIDE + GAP) - GAP;
  const height = Math.ceil(units / columns) * (SIDE + GAP) - GAP;
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
  const shades = shadesOf(canvas);
  const limit = limitOf(weights);
  const image = new ImageData(width, height);
  const pixels = new Uint32Array(image.data.buffer);
  for (let pixel = 0; pixel < SIDE * SIDE; pixel++) {
    for (let unit = 0; unit < units; unit++) {
      const x = (unit % columns) * (SIDE + GAP) + (pixel % SIDE);
      const y = Math.floor(unit / columns) * (SIDE + GAP) + Math.floor(pixel / SIDE);
      const value = Math.max(-1, Math.min(1, weights[pixel * units + unit]! / limit));
      pixels[y * width + x] = shades[Math.round(SHADES * (1 + value))]!;
    }
  }
  canvas.getContext("2d")?.putImageData(image, 0, 0);
}

/** Draws the incoming weights of one hidden unit, in the scale of colours of all units. */
export function drawUnit(canvas: HTMLCanvasElement, weights: Float32Array, unit: number): void {
  const units = weights.length / (SIDE * SIDE);
  const shades = shadesOf(canvas);
  const limit = limitOf(weights);
  const image = new ImageData(SIDE, SIDE);
  const pixels = new Uint32Array(image.data.buffer);
  for (let pixel = 0; pixel < pixels.length; pixel++) {
    const value = Math.max(-1, Math.min(1, weights[pixel * units + unit]! / limit));
    pixels[pixel] = shades[Math.round(SHADES * (1 + value))]!;
  }
  canvas.getContext("2d")?.putImageData(image, 0, 0);
}

/** The unit of a sheet at a place, in fractions of the sheet's sides; undefined between two units. */
export function unitAt(canvas: HTMLCanvasElement, x: number, y: number, units: number): number | undefined {
  const columns = units > 100 ? 20 : 10;
  const [column, row] = [x * canvas.width, y * canvas.height].map((place) => Math.floor(place / (SIDE + GAP)));
  const unit = row! * columns + column!;
  return column! < columns && unit < units ? unit : undefined;
}

/** The weight that has the full colour. */
function limitOf(weights: Float32Array): number {
  return RANGE * Math.sqrt(weights.reduce((sum, weight) => sum + weight * weight, 0) / weights.length) || 1;
}

/**
 * The shades from the style sheet's colour below zero, through that of zero, to that above zero, as pixels of an image.
 */
function shadesOf(canvas: HTMLCanvasElement): Uint32Array {
  const [below, zero, above] = ["--below", "--zero", "--above"].map((name) => colourOf(canvas, name));
  const bytes = Array.from({ length: 2 * SHADES + 1 }, (_, i) => {
    const [part, end] = [Math.abs(i - SHADES) / SHADES, i < SHADES ? below : above];
    return [0, 1, 2, 3].map((k) => Math.round(part * (end?.[k] ?? 0) + (1 - part) * (zero?.[k] ?? 0)));
  });
  return new Uint32Array(Uint8Array.from(bytes.flat()).buffer);
}

/** Red, green, blue and opacity of a colour of the style sheet. */
function colourOf(canvas: HTMLCanvasElement, name: string): number[] {
  const context = canvas.getContext("2d") as CanvasRenderingContext2D;
  // As `fillStyle` every opaque colour reads #rrggbb, while a minifier may have turned #ffffff into #fff in the style
  // sheet.
  context.fillStyle = getComputedStyle(canvas).getPropertyValue(name);
  const number = Number.parseInt(context.fillStyle.slice(1), 16);
  return [number >> 16, (number >> 8) & 255, number & 255, 255];
}
