// Weights as pictures. All of them have one scale of colours: violet below zero, grey at zero, yellow above zero.
import { SIDE } from "./digit.js";
import type { Params } from "./protocol.js";
import { DIGITS, unitsOf } from "./weights.js";

/** Pixels between two units. */
const GAP = 2;

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

/** A place on a picture, in fractions of its sides. */
export interface Place {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Draws the incoming weights of each hidden unit as an image. Weights of the size `limit` have the full colour. */
export function drawWeights(canvas: HTMLCanvasElement, params: Params, limit: number): void {
  const units = unitsOf(params);
  const columns = columnsOf(units);
  const width = columns * (SIDE + GAP) - GAP;
  const height = Math.ceil(units / columns) * (SIDE + GAP) - GAP;
  drawPixels(canvas, width, height, (pixels) => {
    const shadeOf = shadesFor(limit);
    for (let pixel = 0; pixel < SIDE * SIDE; pixel++) {
      for (let unit = 0; unit < units; unit++) {
        const x = (unit % columns) * (SIDE + GAP) + (pixel % SIDE);
        const y = Math.floor(unit / columns) * (SIDE + GAP) + Math.floor(pixel / SIDE);
        pixels[y * width + x] = shadeOf(params.w1[pixel * units + unit]!);
      }
    }
  });
}

/** Draws the incoming weights of one hidden unit. */
export function drawUnit(canvas: HTMLCanvasElement, params: Params, unit: number, limit: number): void {
  const units = unitsOf(params);
  drawPixels(canvas, SIDE, SIDE, (pixels) => {
    const shadeOf = shadesFor(limit);
    for (let pixel = 0; pixel < pixels.length; pixel++) pixels[pixel] = shadeOf(params.w1[pixel * units + unit]!);
  });
}

/** Draws the weights from the hidden units to the digits: a column for each unit, a row for each digit. */
export function drawOutgoing(canvas: HTMLCanvasElement, params: Params, limit: number): void {
  const units = unitsOf(params);
  drawPixels(canvas, units, DIGITS, (pixels) => {
    const shadeOf = shadesFor(limit);
    for (let i = 0; i < pixels.length; i++) {
      pixels[i] = shadeOf(params.w2[(i % units) * DIGITS + Math.floor(i / units)]!);
    }
  });
}

/** Draws the scale of colours, from the most negative to the most positive weights. */
export function drawScale(canvas: HTMLCanvasElement): void {
  drawPixels(canvas, PIXELS.length, 1, (pixels) => pixels.set(PIXELS));
}

/** The unit of a sheet at a place, in fractions of the sheet's sides; undefined between two units. */
export function unitAt(canvas: HTMLCanvasElement, x: number, y: number, units: number): number | undefined {
  const columns = columnsOf(units);
  const [column, row] = [x * canvas.width, y * canvas.height].map((place) => Math.floor(place / (SIDE + GAP)));
  const unit = row! * columns + column!;
  return column! < columns && unit < units ? unit : undefined;
}

/** Where a unit is on its sheet. */
export function placeOf(canvas: HTMLCanvasElement, unit: number, units: number): Place {
  const columns = columnsOf(units);
  const { width, height } = canvas;
  const [left, top] = [(unit % columns) * (SIDE + GAP), Math.floor(unit / columns) * (SIDE + GAP)];
  return { x: left / width, y: top / height, width: SIDE / width, height: SIDE / height };
}

/** Units side by side on the sheet. */
export function columnsOf(units: number): number {
  return Math.min(units, units > 100 ? 20 : 10);
}

function drawPixels(canvas: HTMLCanvasElement, width: number, height: number, draw: (pixels: Uint32Array) => void) {
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
  const image = new ImageData(width, height);
  draw(new Uint32Array(image.data.buffer));
  canvas.getContext("2d")?.putImageData(image, 0, 0);
}

/** The colours of weights. */
function shadesFor(limit: number): (weight: number) => number {
  return (weight) => PIXELS[Math.round(SHADES * (1 + Math.max(-1, Math.min(1, weight / (limit || 1)))))]!;
}
