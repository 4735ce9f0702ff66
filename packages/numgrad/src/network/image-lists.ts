import { CoreError } from "../errors.js";
import type { Pixels } from "../shape.js";
import { MemoryView, readLayout } from "../wasm/memory-view.js";
import { core, createImages, guard, type RawImages, release } from "../wasm/runtime.js";

/** Order of the sizes and addresses in the layout of the core's images (crates/numgrad-wasm/src/images.rs). */
const IMAGES_LAYOUT = ["mostRows", "pixels", "labels"] as const;

/**
 * Labelled images of a whole dataset, as lists in the core (37 MB for 70,000 images of MNIST). A batch of listed images
 * needs their numbers only, not their pixels.
 */
export class ImageLists {
  #raw: RawImages | undefined;

  private constructor(raw: RawImages) {
    this.#raw = raw;
  }

  /**
   * Lists the images, with a few milliseconds of work between one call of `pause` and the next.
   *
   * @returns The lists; undefined if the images are too large for lists, or memory is short.
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

  /** The core's object, for the calls of a session that read from it. */
  get raw(): RawImages {
    if (!this.#raw) throw new CoreError("the image lists have been disposed of");
    return this.#raw;
  }

  /** Gives the memory back. A second call does nothing. */
  dispose(): void {
    release(this.#raw);
    this.#raw = undefined;
  }

  /** Copies all images into the core's buffer, as many at a time as fit, and calls `visit` for each part. */
  async #pass(
    { shape: [size, cols], data }: Pixels,
    labels: ArrayLike<number>,
    pause: () => Promise<void> | undefined,
    visit: (rows: number) => void,
  ): Promise<void> {
    const { raw } = this;
    const { memory } = core();
    const { mostRows, ...addresses } = readLayout(memory, raw, IMAGES_LAYOUT);
    const pixelBuffer = new MemoryView(memory, Uint8Array, addresses.pixels, mostRows * cols);
    const labelBuffer = new MemoryView(memory, Uint32Array, addresses.labels, mostRows);
    for (let start = 0; start < size; start += mostRows) {
      const rows = Math.min(mostRows, size - start);
      pixelBuffer.array.set(data.subarray(start * cols, (start + rows) * cols));
      for (let row = 0; row < rows; row++) labelBuffer.array[row] = labels[start + row]!;
      guard(() => visit(rows));
      await pause();
    }
  }
}
