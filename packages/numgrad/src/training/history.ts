import { NumgradError } from "../errors.js";
import { movingAverage } from "./moving-average.js";
import { checkHistory, type Evaluation, type HistoryData, type RunStatus } from "./record.js";

/**
 * What a training run has recorded. Losses, evaluations and status are the same, bit for bit, whenever the same run is made
 * again. The times are not, and so are no enumerable properties: two histories compare by what is the same.
 *
 * @example
 * ```ts
 * const samples = { x: matrix([[0], [1]]), t: [0, 1] };
 * const net = new TwoLayerNet({ inputSize: 1, hiddenSize: 2, outputSize: 2, random: 0 });
 * const history = await train(net, { train: samples }, { steps: 4, batchSize: 2, random: 1 }).finish();
 * const text = JSON.stringify(history);
 * History.fromJSON(JSON.parse(text)).losses; // the same four numbers
 * history.toCSV().split("\n")[0]; // "step,loss,epoch,trainAccuracy,testAccuracy,milliseconds"
 * ```
 */
export class History {
  /** The loss of each step's batch in nats; empty if none was recorded. */
  losses: number[] = [];
  /** The accuracies measured, in the order of their steps. */
  evaluations: Evaluation[] = [];
  /** How the run stands. */
  status: RunStatus = "running";
  /** Number of steps made, where the run ended early. */
  stoppedAt?: number;
  /** Milliseconds that the run had worked at each evaluation, that one included. */
  declare times: number[];
  /**
   * Milliseconds that the run has worked: evaluations included, the time that its caller takes between steps left out. A
   * run that was resumed counts on from what it had worked before.
   */
  declare elapsed: number;

  constructor() {
    Object.defineProperty(this, "times", { value: [], writable: true });
    Object.defineProperty(this, "elapsed", { value: 0, writable: true });
  }

  /**
   * A history from what `toJSON` gave, to the same bits (but for −0, which JSON does not have).
   *
   * @throws {ArgumentError} naming the place, if something is missing, unknown, of the wrong kind, or can't be so: losses
   * that are not finite, accuracies outside [0, 1], evaluations that are not in the order of their steps.
   */
  static fromJSON(data: unknown): History {
    checkHistory("data", data);
    const { status, stoppedAt, elapsed, losses, evaluations, times } = data;
    const history = new History();
    history.losses = losses.slice();
    history.evaluations = evaluations.map((evaluation) => ({ ...evaluation }));
    history.times = times.slice();
    history.elapsed = elapsed;
    history.status = status;
    if (stoppedAt !== undefined) history.stoppedAt = stoppedAt;
    return history;
  }

  /** All of it as plain data, which `JSON.stringify` calls. A copy. */
  toJSON(): HistoryData {
    const { status, stoppedAt, elapsed, losses, evaluations, times } = this;
    return {
      version: 1,
      status,
      ...(stoppedAt === undefined ? {} : { stoppedAt }),
      elapsed,
      losses: losses.slice(),
      evaluations: evaluations.map((evaluation) => ({ ...evaluation })),
      times: times.slice(),
    };
  }

  /**
   * One table, as spreadsheets and `pandas.read_csv` take it: a row for each step that has a loss or an evaluation, with
   * empty fields for what was not measured, each number with all its digits. `milliseconds` is `times`.
   */
  toCSV(): string {
    const { losses, evaluations, times } = this;
    const rows = new Map(losses.map((loss, step) => [step, [step, loss, "", "", "", ""]]));
    for (const [i, { step, epoch, trainAccuracy, testAccuracy = "" }] of evaluations.entries()) {
      rows.set(step, [step, losses[step] ?? "", epoch, trainAccuracy, testAccuracy, times[i] ?? ""]);
    }
    const header = "step,loss,epoch,trainAccuracy,testAccuracy,milliseconds";
    return `${[header, ...Array.from(rows.values(), (row) => row.join(","))].join("\n")}\n`;
  }

  /** {@link movingAverage} of the losses: the curve without the noise of single batches. */
  movingAverage(window: number): Float64Array {
    return movingAverage(this.losses, window);
  }
}

/**
 * A training run went out of bounds: a loss or an updated parameter was NaN or infinite. The network keeps its last finite
 * parameters.
 */
export class DivergenceError extends NumgradError {
  override name = "DivergenceError";
  /** The step in which that happened, from 0. Its update was not made, unless it is the loss that was not finite. */
  readonly step: number;
  /** What was recorded until then. */
  readonly history: History;

  constructor(step: number, history: History, options: { cause?: unknown }) {
    const reason = options.cause instanceof Error ? options.cause.message : String(options.cause);
    super(`training diverged at step ${step} (${reason}); a smaller learning rate may help`, options);
    this.step = step;
    this.history = history;
  }
}
