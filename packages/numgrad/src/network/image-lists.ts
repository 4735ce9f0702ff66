import { CoreError } from "../errors.js";
import type { Pixels } from "../shape.js";
import { MemoryView, readLayout } from "../wasm/memory-view.js";
import { core, createImages, guard, type RawImages, release } from "../wasm/runtime.js";

/**
 * Labelled images of a whole dataset as lists in the core (37 MB for 70,000 images of MNIST): a batch of them is then a
 * matter of their numbers.
 */
export class ImageLists {
  #raw: RawImages | undefined;

  private constructor(raw: RawImages) {
    this.#raw = raw;
  }

  /**
   * Lists the images, a few milliseconds at a time; between those `pause` may give others their turn. Undefined if they
   * cannot be listed: the images are too large, or memory is short.
   */
  static async build(
    x: Pixels,
    labels: ArrayLike<number>,
    pause: () => Promise<void> | undefined,
  ): Promise<ImageLists | undefined> {
    const [size, cols] = x.shape;
    const raw = createImages(cols, size);
    if (!raw) return undefined;
    const lists = new ImageLists(raw);
    let built = false;
    try {
      await lists.#pass(x, labels, pause, (rows) => raw.count(rows));
      if (!guard(() => raw.allocate())) return undefined;
      await lists.#pass(x, labels, pause, (rows) => raw.push(rows));
      built = true;
      return lists;
    } finally {
      if (!built) lists.dispose();
    }
  }

  /** The core's object. */
  get raw(): RawImages {
    if (!this.#raw) throw new CoreError("the image lists have been disposed of");
    return this.#raw;
  }

  /** Gives the memory back; a second call does nothing. */
  dispose(): void {
    release(this.#raw);
    this.#raw = undefined;
  }

  /** All images through the core's buffer. */
  async #pass(
    { shape: [size, cols], data }: Pixels,
    labels: ArrayLike<number>,
    pause: () => Promise<void> | undefined,
    visit: (rows: number) => void,
  ): Promise<void> {
    const { raw } = this;
    const { memory } = core();
    const { chunk, pixels, labels: labelsAt } = readLayout(memory, raw, ["chunk", "pixels", "labels"]);
    const pixelBuffer = new MemoryView(memory, Uint8Array, pixels, chunk * cols);
    const labelBuffer = new MemoryView(memory, Uint32Array, labelsAt, chunk);
    for (let start = 0; start < size; start += chunk) {
      const rows = Math.min(chunk, size - start);
      pixelBuffer.array.set(data.subarray(start * cols, (start + rows) * cols));
      for (let row = 0; row < rows; row++) labelBuffer.array[row] = labels[start + row] as number;
      guard(() => visit(rows));
      await pause();
    }
  }
}
