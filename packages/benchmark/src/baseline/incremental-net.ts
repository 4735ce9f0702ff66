import type { Gradients, Matrix, Pixels } from "numgrad";
import { isCertified, type LogSeries, logSeries, type UnitCubics, unitCubics, weightRanges } from "./coefficients.js";
import { hiddenChange, lossChange, type Sample, sampleOf } from "./direct.js";
import { addRow, addScaled } from "./kernels.js";
import { copyOf } from "./parameters.js";
import { addBySeries, addDirectly, isSecondLayerCertified } from "./second-layer.js";
import { allRows, listSamples, type SparseRows } from "./sparse-rows.js";
import { listTargets, type Targets } from "./targets.js";
import {
  type ForwardPass,
  type NumericalGradientOptions,
  TwoLayerNet,
  type TwoLayerNetOptions,
} from "./two-layer-net.js";

/**
 * The book's network with numgrad's own algorithm in plain TypeScript: lists of the pixels that are not 0, and a
 * numerical gradient that computes each perturbed loss as its difference from the unperturbed one (crates/numgrad-core,
 * central_difference). Raced against numgrad, it shows the gain of WebAssembly and SIMD alone.
 */
export class IncrementalNet extends TwoLayerNet<SparseRows> {
  readonly #cubics: UnitCubics;
  /** l₊ − l₋ of one sample, shape [slots, hidden]. */
  #table = new Float64Array(0);

  constructor(options: TwoLayerNetOptions) {
    super(options);
    const units = () => new Float64Array(options.hiddenSize);
    this.#cubics = { a1: units(), a2: units(), a3: units() };
  }

  override toRows(x: Matrix | Pixels | SparseRows): SparseRows {
    return "lists" in x ? x : allRows(listSamples(x));
  }

  /**
   * Works sample by sample: fills a table with l₊ − l₋ for each slot and each unit, then adds a row of it for each
   * entry. The core instead goes through all samples for a tile of eight units at a time. Here nothing is held in
   * vector registers, so the table of one sample (27 KB for an image and 50 units) fits the cache better. The sums are
   * the same, in the same order.
   */
  override numericalGradient(
    x: Matrix | Pixels | SparseRows,
    t: Targets,
    { h = 1e-4, copy = true }: NumericalGradientOptions = {},
  ): Gradients {
    const rows = this.toRows(x);
    const targets = listTargets(t);
    const pass = this.forward(rows);
    const { hiddenSize, outputSize } = this.dimensions;
    const ranges = weightRanges(this.params.w2, outputSize);
    const { grads } = this;
    grads.all.fill(0);
    for (let n = 0; n < rows.count; n++) {
      const sample = sampleOf(pass, n, targets[n]!, outputSize);
      // The series are for labels. Soft targets take the direct way.
      const series = typeof sample.target === "number" ? logSeries(sample.probs[sample.target]!) : undefined;
      this.#fillTable(rows, n, pass, sample, series, ranges, h);
      addTableRows(rows, n, this.#table, hiddenSize, grads.all);
      this.#addSecondLayer(sample, series, pass.hidden.subarray(n * hiddenSize, (n + 1) * hiddenSize), h);
    }
    const all = grads.all;
    const scale = 1 / (2 * h * rows.count);
    for (let i = 0; i < all.length; i++) all[i]! *= scale;
    return copy ? copyOf(grads) : grads;
  }

  protected override rowsFrom({ lists, indices }: SparseRows, start: number, end: number): SparseRows {
    return { lists, count: end - start, indices: indices.subarray(start, end) };
  }

  protected override firstLayer({ lists, indices, count }: SparseRows, out: Float64Array): void {
    const { entryStart, entryInput, entrySlot, slotStart, slotValue } = lists;
    const { hiddenSize } = this.dimensions;
    const w1 = this.params.all;
    out.fill(0, 0, count * hiddenSize);
    for (let n = 0; n < count; n++) {
      const [index, row] = [indices[n]!, n * hiddenSize];
      const firstSlot = slotStart[index]!;
      for (let e = entryStart[index]!; e < entryStart[index + 1]!; e++) {
        const x = slotValue[firstSlot + entrySlot[e]!]!;
        addScaled(x, w1, entryInput[e]! * hiddenSize, out, row, hiddenSize);
      }
    }
  }

  protected override addFirstLayerGradient({ lists, indices, count }: SparseRows, deltas: Float64Array): void {
    const { entryStart, entryInput, entrySlot, slotStart, slotValue } = lists;
    const { hiddenSize } = this.dimensions;
    const grads = this.grads.all;
    for (let n = 0; n < count; n++) {
      const [index, row] = [indices[n]!, n * hiddenSize];
      const firstSlot = slotStart[index]!;
      for (let e = entryStart[index]!; e < entryStart[index + 1]!; e++) {
        const x = slotValue[firstSlot + entrySlot[e]!]!;
        addScaled(x, deltas, row, grads, entryInput[e]! * hiddenSize, hiddenSize);
      }
    }
  }

  /**
   * Fills the table of sample n by the cubics. The columns of units whose cubics are not certified are filled directly.
   */
  #fillTable(
    { lists, indices }: SparseRows,
    n: number,
    { hidden, slope, probs }: ForwardPass,
    sample: Sample,
    series: LogSeries | undefined,
    ranges: Float64Array,
    h: number,
  ): void {
    const { hiddenSize, outputSize } = this.dimensions;
    const { slotStart, slotValue } = lists;
    const [firstSlot, lastSlot] = [slotStart[indices[n]!]!, slotStart[indices[n]! + 1]!];
    const slots = lastSlot - firstSlot;
    if (this.#table.length < slots * hiddenSize) this.#table = new Float64Array(slots * hiddenSize);
    const firstUnit = n * hiddenSize;
    let largest = 0;
    for (let slot = firstSlot; slot < lastSlot; slot++) largest = Math.max(largest, Math.abs(h * slotValue[slot]!));
    if (series) {
      const state = { label: sample.reference, hidden, slope, firstUnit, probs, firstProb: n * outputSize };
      unitCubics(series.kappa, state, this.params.w2, outputSize, this.#cubics);
      for (let slot = 0; slot < slots; slot++) {
        fillRow(series, this.#cubics, h * slotValue[firstSlot + slot]!, this.#table, slot * hiddenSize);
      }
    }
    for (let j = 0; j < hiddenSize; j++) {
      const a = slope[firstUnit + j]!;
      if (series && isCertified(largest, a, ranges[j]!)) continue;
      const weights = this.params.w2.subarray(j * outputSize, (j + 1) * outputSize);
      const values = slotValue.subarray(firstSlot, lastSlot);
      fillColumnDirectly(sample, hidden[firstUnit + j]!, a, weights, h, values, this.#table, j, hiddenSize);
    }
  }

  #addSecondLayer(sample: Sample, series: LogSeries | undefined, hidden: Float64Array, h: number): void {
    const { hiddenSize, outputSize } = this.dimensions;
    const { probs, reference } = sample;
    const { all, b1, w1 } = this.grads;
    const firstWeight = w1.length + b1.length;
    let others = 0;
    for (let k = 0; k < outputSize; k++) if (k !== reference) others += probs[k]!;
    for (let j = 0; j <= hiddenSize; j++) {
      // The bias is the weight of a unit whose activation is always 1.
      const d = h * (j < hiddenSize ? hidden[j]! : 1);
      const start = firstWeight + j * outputSize;
      if (series && isSecondLayerCertified(h)) addBySeries(series, d, sample, others, all, start);
      else addDirectly(d, sample, all, start);
    }
  }
}

/**
 * Fills l₊ − l₋ of all units for one slot. First come both perturbed softmax sums, S± = ±(A₁u + A₃u³) + A₂u², then both
 * perturbed losses, l± = S±(α + S±(β + S±)), then their difference.
 */
function fillRow({ alpha, beta }: LogSeries, { a1, a2, a3 }: UnitCubics, u: number, table: Float64Array, row: number) {
  const u2 = u * u;
  const u3 = u2 * u;
  for (let j = 0; j < a1.length; j++) {
    const even = a2[j]! * u2;
    const odd = a1[j]! * u + a3[j]! * u3;
    const plus = even + odd;
    const minus = even - odd;
    table[row + j] = plus * (alpha + plus * (beta + plus)) - minus * (alpha + minus * (beta + minus));
  }
}

/** Fills the column of one unit in the table, without series. */
function fillColumnDirectly(
  sample: Sample,
  s: number,
  a: number,
  weights: Float64Array,
  h: number,
  values: Float64Array,
  table: Float64Array,
  column: number,
  width: number,
): void {
  const own = weights[sample.reference]!;
  const shifts = new Float64Array(weights.length);
  const change = (u: number) => {
    const hidden = hiddenChange(s, a, u);
    for (let k = 0; k < shifts.length; k++) shifts[k] = hidden * (weights[k]! - own);
    return lossChange(sample, shifts);
  };
  for (let slot = 0; slot < values.length; slot++) {
    table[slot * width + column] = change(h * values[slot]!) - change(-(h * values[slot]!));
  }
}

/** For each entry of sample n, adds the row of its slot in the table to the gradient of its input. */
function addTableRows(
  { lists, indices }: SparseRows,
  n: number,
  table: Float64Array,
  width: number,
  out: Float64Array,
) {
  const { entryStart, entryInput, entrySlot } = lists;
  const index = indices[n]!;
  for (let e = entryStart[index]!; e < entryStart[index + 1]!; e++) {
    addRow(table, entrySlot[e]! * width, out, entryInput[e]! * width, width);
  }
}
