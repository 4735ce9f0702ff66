import { CoreError } from "../errors.js";
import { isPixels } from "../shape.js";
import type { Team, TeamLists } from "../team/team.js";
import { IMAGES_LAYOUT } from "../wasm/layouts.js";
import { MemoryView, readLayout } from "../wasm/memory-view.js";
import { core, createImages, guard, type RawImages, release } from "../wasm/runtime.js";
import { type Inputs, inputData } from "./inputs.js";

/**
 * Labelled images of a whole dataset, as lists in the core (37 MB for 70,000 images of MNIST). A batch of listed images
 * needs their numbers only, not their pixels. Images that come as numbers are listed like pixels, if they have no more
 * than 255 different numbers besides 0: the same bits result, whichever way the images come.
 */
export class ImageLists {
  /** Number of images. */
  readonly size: number;
  /** The largest |x| of the inputs, or 1 if that is larger. */
  largestInput = 1;
  /** The instance of the core in which the lists are. */
  readonly #core = core();
  #raw: RawImages | undefined;
  /** The copies in the other members of the team that works on a network, if they have them. */
  inTeam: TeamLists | undefined;

  private constructor(raw: RawImages, size: number) {
    this.#raw = raw;
    this.size = size;
  }

  /**
   * Lists the images, with a few milliseconds of work between one call of `pause` and the next.
   *
   * @param pause Says whether the work is to go on.
   * @returns The lists; undefined if the images are too large for lists, have too many different numbers, memory is short,
   * or `pause` has ended the work.
   */
  static async build(
    x: Inputs,
    labels: ArrayLike<number>,
    pause: () => Promise<boolean>,
  ): Promise<ImageLists | undefined> {
    const [size, cols] = x.shape;
    const raw = createImages(cols, size, !isPixels(x));
    if (!raw) return undefined;
    const lists = new ImageLists(raw, size);
    let built = false;
    try {
      if (!(await lists.#pass("count", x, labels, pause))) return undefined;
      if (!guard(lists.#core, () => raw.allocate())) return undefined;
      built = await lists.#pass("push", x, labels, pause);
      const { palette } = readLayout(lists.#core.memory, raw, IMAGES_LAYOUT);
      const numbers = new Float64Array(lists.#core.memory.buffer, palette, 256);
      lists.largestInput = Math.max(1, ...numbers.map(Math.abs));
      return built ? lists : undefined;
    } finally {
      if (!built) lists.dispose();
    }
  }

  /**
   * Gives the other members of a team copies of the lists, with a few milliseconds of work between one call of `pause` and
   * the next.
   *
   * @returns The copies; undefined if a member has too little memory, or `pause` has ended the work.
   */
  async shareWith(team: Team, pause: () => Promise<boolean>): Promise<TeamLists | undefined> {
    this.inTeam = await team.shareLists(this.#core.memory, this.raw, this.size, pause);
    return this.inTeam;
  }

  /** Whether the lists are lost, because their instance of the core has failed. */
  get isLost(): boolean {
    return this.#core.failure !== undefined;
  }

  /** The core's object, for the calls of a session that read from it. */
  get raw(): RawImages {
    if (!this.#raw) throw new CoreError("the image lists have been disposed of");
    return this.#raw;
  }

  /** Gives the memory back. A second call does nothing. */
  dispose(): void {
    release(this.#core, this.#raw);
    this.#raw = undefined;
  }

  /**
   * Copies all images into the core's buffer, as many at a time as fit, and counts or lists them.
   *
   * @returns Whether all images could be read as pixels, and listed, and the work was not ended.
   */
  async #pass(
    name: "count" | "push",
    x: Inputs,
    labels: ArrayLike<number>,
    pause: () => Promise<boolean>,
  ): Promise<boolean> {
    const { raw } = this;
    const [size, cols] = x.shape;
    const { memory } = this.#core;
    const { mostRows, ...addresses } = readLayout(memory, raw, IMAGES_LAYOUT);
    const pixelBuffer = new MemoryView(memory, Uint8Array, addresses.pixels, mostRows * cols);
    const labelBuffer = new MemoryView(memory, Uint32Array, addresses.labels, mostRows);
    const numberBuffer = new MemoryView(memory, Float64Array, addresses.numbers, isPixels(x) ? 0 : mostRows * cols);
    for (let start = 0; start < size; start += mostRows) {
      const rows = Math.min(mostRows, size - start);
      const images = inputData(x).subarray(start * cols, (start + rows) * cols);
      for (let row = 0; row < rows; row++) labelBuffer.array[row] = labels[start + row]!;
      const isDone = guard(this.#core, () => {
        if (isPixels(x)) pixelBuffer.array.set(images);
        else {
          numberBuffer.array.set(images);
          if (!raw.encode(rows)) return false;
        }
        if (name === "push") return raw.push(rows) > 0;
        raw.count(rows);
        return true;
      });
      if (!isDone || !(await pause())) return false;
    }
    return true;
  }
}
