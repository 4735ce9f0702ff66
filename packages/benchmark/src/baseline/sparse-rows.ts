import type { Matrix, Pixels } from "numgrad";
import { PIXEL_VALUES } from "./kernels.js";
import type { InputRows } from "./two-layer-net.js";

/**
 * Samples as lists, made once for a dataset. A sample has an entry for each input that is not 0, in order, and a last
 * entry for the bias: input number `inputs` with the value 1. It has a slot for each distinct value, and each entry
 * names its slot. An image of MNIST has 150 entries out of 784 pixels, but only 67 slots.
 */
export interface SampleLists {
  /** Number of inputs of a sample. */
  readonly inputs: number;
  /** Position of the first entry of sample n. The entries of sample n + 1 follow. */
  readonly entryStart: Uint32Array;
  /** Input of each entry. */
  readonly entryInput: Uint32Array;
  /** Slot of each entry, counted from the first slot of its sample. */
  readonly entrySlot: Uint16Array;
  /** Position of the first slot of sample n. */
  readonly slotStart: Uint32Array;
  /** Value of each slot. */
  readonly slotValue: Float64Array;
}

/** Some samples, given by their numbers in the lists. Nothing is copied. */
export interface SparseRows extends InputRows {
  readonly lists: SampleLists;
  readonly indices: Int32Array;
}

/** All samples of `lists`. */
export function allRows(lists: SampleLists): SparseRows {
  const count = lists.entryStart.length - 1;
  return { count, lists, indices: Int32Array.from({ length: count }, (_, index) => index) };
}

/**
 * Makes the lists of pixels (read as `float32(pixel) / 255`) or of numbers. Equal pixels of a sample share a slot; each
 * number has a slot of its own.
 */
export function listSamples(x: Matrix | Pixels): SampleLists {
  return "kind" in x ? listPixels(x) : listNumbers(x);
}

function listPixels({ shape: [size, inputs], data }: Pixels): SampleLists {
  const lists = emptyLists(size, inputs, countNonZero(data) + size, Math.min(256, inputs + 1));
  const { entryStart, entryInput, entrySlot, slotStart, slotValue } = lists;
  // A white pixel is 1, as is the input of the bias.
  const white = 255;
  const slotOf = new Int32Array(256);
  let [entry, slot] = [0, 0];
  for (let n = 0; n < size; n++) {
    slotOf.fill(-1);
    const first = slot;
    for (let i = 0; i <= inputs; i++) {
      const pixel = i === inputs ? white : data[n * inputs + i]!;
      if (pixel === 0) continue;
      if (slotOf[pixel]! < 0) {
        slotOf[pixel] = slot - first;
        slotValue[slot++] = PIXEL_VALUES[pixel]!;
      }
      entryInput[entry] = i;
      entrySlot[entry++] = slotOf[pixel]!;
    }
    entryStart[n + 1] = entry;
    slotStart[n + 1] = slot;
  }
  return { ...lists, slotValue: slotValue.slice(0, slot) };
}

function listNumbers({ shape: [size, inputs], data }: Matrix): SampleLists {
  const lists = emptyLists(size, inputs, countNonZero(data) + size, inputs + 1);
  const { entryStart, entryInput, entrySlot, slotStart, slotValue } = lists;
  let entry = 0;
  for (let n = 0; n < size; n++) {
    const first = entry;
    for (let i = 0; i <= inputs; i++) {
      const value = i === inputs ? 1 : data[n * inputs + i]!;
      if (value === 0) continue;
      entryInput[entry] = i;
      entrySlot[entry] = entry - first;
      slotValue[entry++] = value;
    }
    entryStart[n + 1] = entry;
    slotStart[n + 1] = entry;
  }
  return lists;
}

function emptyLists(size: number, inputs: number, entries: number, slotsPerRow: number): SampleLists {
  return {
    inputs,
    entryStart: new Uint32Array(size + 1),
    entryInput: new Uint32Array(entries),
    entrySlot: new Uint16Array(entries),
    slotStart: new Uint32Array(size + 1),
    slotValue: new Float64Array(Math.min(entries, size * slotsPerRow)),
  };
}

function countNonZero(data: ArrayLike<number>): number {
  let count = 0;
  for (let i = 0; i < data.length; i++) if (data[i] !== 0) count++;
  return count;
}
