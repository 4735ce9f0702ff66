import { SIDE } from "./digit.js";

/** Pixels between two units. */
const GAP = 2;

/** Weights beyond so many standard deviations have the full colour: a few large ones would leave the others pale. */
const RANGE = 3;

/** Draws what each hidden unit looks at: its incoming weights as an image; all units have one scale. */
export function drawWeights(canvas: HTMLCanvasElement, weights: Float32Array): void {
  const units = weights.length / (SIDE * SIDE);
  const columns = units > 100 ? 20 : 10;
  const width = columns * (SIDE + GAP) - GAP;
  const height = Math.ceil(units / columns) * (SIDE + GAP) - GAP;
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
  const colours = coloursOf(canvas);
  const limit = RANGE * Math.sqrt(weights.reduce((sum, weight) => sum + weight * weight, 0) / weights.length);
  const image = new ImageData(width, height);
  for (let i = 0; i < weights.length; i++) {
    const [pixel, unit] = [Math.floor(i / units), i % units];
    const x = (unit % columns) * (SIDE + GAP) + (pixel % SIDE);
    const y = Math.floor(unit / columns) * (SIDE + GAP) + Math.floor(pixel / SIDE);
    const value = limit > 0 ? Math.max(-1, Math.min(1, (weights[i] as number) / limit)) : 0;
    image.data.set(
      mixed(value < 0 ? colours.below : colours.above, colours.zero, Math.abs(value)),
      4 * (y * width + x),
    );
  }
  canvas.getContext("2d")?.putImageData(image, 0, 0);
}

type Colour = readonly [red: number, green: number, blue: number];

/** The style sheet's colours, #rrggbb each. */
function coloursOf(canvas: HTMLCanvasElement): Record<"below" | "zero" | "above", Colour> {
  const style = getComputedStyle(canvas);
  const colour = (name: string): Colour => {
    const number = Number.parseInt(style.getPropertyValue(name).trim().slice(1), 16);
    return [number >> 16, (number >> 8) & 255, number & 255];
  };
  return { below: colour("--below"), zero: colour("--zero"), above: colour("--above") };
}

function mixed(a: Colour, b: Colour, part: number): [number, number, number, number] {
  const mix = (i: 0 | 1 | 2) => Math.round(a[i] * part + b[i] * (1 - part));
  return [mix(0), mix(1), mix(2), 255];
}
