import { messageOf, NumgradError } from "../errors.js";
import { movingAverage } from "./moving-average.js";
import { checkHistory, copyRecord, type Evaluation, type HistoryData, type RunStatus } from "./record.js";

/**
 * What a training run has recorded.
 *
 * Losses, evaluations and status are the same, bit for bit, whenever the same run is made again. The times are not. So
 * `times` and `elapsed` are not enumerable, and comparing two histories in a test leaves them out.
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
  /** The accuracies that were measured, in the order of their steps. */
  evaluations: Evaluation[] = [];
  /** Status of the run. */
  status: RunStatus = "running";
  /** Number of steps that were made, if the run ended early. */
  stoppedAt?: number;
  /** Milliseconds that the run had worked after each evaluation. */
  declare times: number[];
  /**
   * Milliseconds that the run has worked. Evaluations count, the time that its caller takes between steps does not. A
   * resumed run goes on counting from the time in its checkpoint.
   */
  declare elapsed: number;

  constructor() {
    Object.defineProperty(this, "times", { value: [], writable: true });
    Object.defineProperty(this, "elapsed", { value: 0, writable: true });
  }

  /**
   * A history from the plain data that `toJSON` returned. All numbers have the same bits, except −0, which JSON does
   * not have.
   *
   * @throws {ArgumentError} naming the field, if it is missing, unknown, of the wrong type or impossible: a loss that
   * is not finite, an accuracy outside [0, 1], evaluations that are not in the order of their steps.
   */
  static fromJSON(data: unknown): History {
    checkHistory("data", data);
    const { status, stoppedAt } = data;
    const history = Object.assign(new History(), copyRecord(data), { status });
    if (stoppedAt !== undefined) history.stoppedAt = stoppedAt;
    return history;
  }

  /** A copy of everything as plain data. `JSON.stringify` calls this method. */
  toJSON(): HistoryData {
    const { status, stoppedAt } = this;
    return { version: 1, status, ...(stoppedAt !== undefined && { stoppedAt }), ...copyRecord(this) };
  }

  /**
   * The history as one table, which spreadsheets and `pandas.read_csv` can read: a row for each step that has a loss or
   * an evaluation, with an empty field for each number that was not measured. Numbers have all their digits. The column
   * `milliseconds` holds `times`.
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

  /**
   * The {@link movingAverage} of the losses: the loss curve without the noise of single batches.
   *
   * @throws {ArgumentError} if `window` is no integer from 1 to 2²⁶.
   */
  movingAverage(window: number): Float64Array {
    return movingAverage(this.losses, window);
  }
}

/**
 * A training run has diverged: a loss or an updated parameter was NaN or infinite. The network keeps its last finite
 * parameters.
 */
export class DivergenceError extends NumgradError {
  override name = "DivergenceError";
  /**
   * The step that diverged, counted from 0. Its update was not made if a parameter was not finite, but was if the loss
   * was not.
   */
  readonly step: number;
  /** What the run had recorded until then. */
  readonly history: History;

  constructor(step: number, history: History, options: { cause?: unknown }) {
    const reason = messageOf(options.cause);
    super(`training diverged at step ${step} (${reason}); a smaller learning rate may help`, options);
    this.step = step;
    this.history = history;
  }
}
