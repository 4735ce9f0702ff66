import { SIDE } from "./digit.js";

/** Draws what the networks see; nothing if there is no image. Ink is black on transparent ground. */
export function drawImage(canvas: HTMLCanvasElement, image: Uint8Array | undefined): void {
  const pixels = new ImageData(SIDE, SIDE);
  image?.forEach((ink, i) => {
    pixels.data[4 * i + 3] = ink;
  });
  canvas.getContext("2d")?.putImageData(pixels, 0, 0);
}
