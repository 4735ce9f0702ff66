import { type FileHandle, open, readFile } from "node:fs/promises";
import { messageOf, SweepError, UsageError } from "../errors.js";
import { compile, parseJson } from "../sweep/validation.js";
import type { TrialResult } from "../trial/job.js";

const number = { type: "number" };
const fraction = { type: "number", minimum: 0, maximum: 1 };
const count = { type: "integer", minimum: 0 };

/** Schema of the options of a trial. */
export const OPTIONS_SCHEMA = {
  type: "object",
  additionalProperties: false,
  required: ["learningRate", "hidden", "batchSize", "weightInitStd", "gradient", "sampling", "seed"],
  properties: {
    learningRate: { type: "number", exclusiveMinimum: 0, maximum: 1e308 },
    hidden: { type: "integer", minimum: 1, maximum: 1048576 },
    batchSize: { type: "integer", minimum: 1, maximum: 1048576 },
    weightInitStd: { type: "number", exclusiveMinimum: 0, maximum: 1e308 },
    h: { type: "number", exclusiveMinimum: 0, maximum: 1e308 },
    gradient: { enum: ["numerical", "backprop"] },
    sampling: { enum: ["replacement", "shuffle"] },
    seed: { type: "integer", minimum: 0, maximum: 4294967295 },
  },
};

/** Schema of the length of a trial. */
export const LENGTH_SCHEMA = {
  type: "object",
  additionalProperties: false,
  minProperties: 1,
  maxProperties: 1,
  properties: {
    epochs: { type: "integer", minimum: 1, maximum: 100000 },
    steps: { type: "integer", minimum: 1, maximum: 1000000000 },
  },
};

/** Schema of an identity. */
export const ID_SCHEMA = { type: "string", pattern: "^[0-9a-f]{40}$" };

/** Whether a value is a result: lines of a file and values in Redis may be anything. */
export const isResult = compile<TrialResult>({
  type: "object",
  additionalProperties: false,
  required: ["id", "trial", "rung", "options", "length", "status", "steps", "trainAccuracy", "testAccuracy", "loss", "seconds", "started", "ended", "worker"],
  properties: {
    id: ID_SCHEMA,
    trial: count,
    rung: count,
    options: OPTIONS_SCHEMA,
    length: LENGTH_SCHEMA,
    status: { enum: ["finished", "diverged"] },
    steps: count,
    trainAccuracy: fraction,
    testAccuracy: fraction,
    loss: { type: ["number", "null"] },
    seconds: number,
    started: number,
    ended: number,
    worker: { type: "string", maxLength: 300 },
  },
}); // biome-ignore format: a list

/** The results in the lines of a text; `skipped` is called with the number of each line that holds none. */
function parseResults(text: string, skipped: (line: number) => void): Map<string, TrialResult> {
  const results = new Map<string, TrialResult>();
  for (const [i, line] of text.split("\n").entries()) {
    if (line === "") continue;
    const value = parseJson(line);
    if (!isResult(value)) skipped(i + 1);
    // A result is written once. If two processes have written it, their lines are equal but for times.
    else if (!results.has(value.id)) results.set(value.id, value);
  }
  return results;
}

/** Reads results.jsonl; a file that does not exist has no results. */
export async function readResults(path: string, skipped: (line: number) => void): Promise<Map<string, TrialResult>> {
  const text = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return "";
    throw new UsageError(`${path}: cannot be read: ${messageOf(error)}`);
  });
  return parseResults(text, skipped);
}

/** results.jsonl: one line for each result, appended. */
export class ResultsFile {
  /** The results in the file, by their identities. */
  readonly results: Map<string, TrialResult>;
  readonly #path: string;
  readonly #file: FileHandle;
  #size: number;
  #writing: Promise<void> = Promise.resolve();

  private constructor(path: string, file: FileHandle, size: number, results: Map<string, TrialResult>) {
    this.#path = path;
    this.#file = file;
    this.#size = size;
    this.results = results;
  }

  /**
   * Opens the file, which is made if it does not exist. A process that was killed while it wrote may have left a line
   * without an end: the line is cut off.
   *
   * @throws {UsageError} if the file cannot be read and written.
   */
  static async open(path: string, warn: (text: string) => void): Promise<ResultsFile> {
    try {
      const file = await open(path, "a+");
      if (!(await file.stat()).isFile()) throw new Error("it is no regular file");
      const bytes = await file.readFile();
      const size = bytes.lastIndexOf(0x0a) + 1;
      if (size < bytes.length) {
        warn(`${path}: the last line has no end, as its writer was killed; it is cut off`);
        await file.truncate(size);
      }
      const results = parseResults(bytes.subarray(0, size).toString("utf8"), (line) =>
        warn(`${path}: line ${line} holds no result and is skipped`),
      );
      return new ResultsFile(path, file, size, results);
    } catch (error) {
      throw new UsageError(`${path}: cannot be opened: ${messageOf(error)}`);
    }
  }

  /**
   * Appends a result, unless the file has it, and sends it to the disk.
   *
   * @throws {SweepError} if that is not possible, on a full disk for instance. The file then ends with the line before.
   */
  append(result: TrialResult): Promise<void> {
    if (this.results.has(result.id)) return this.#writing;
    this.results.set(result.id, result);
    this.#writing = this.#writing.then(() => this.#write(Buffer.from(`${JSON.stringify(result)}\n`)));
    return this.#writing;
  }

  async #write(line: Buffer): Promise<void> {
    try {
      for (let done = 0; done < line.length; ) done += (await this.#file.write(line, done)).bytesWritten;
      await this.#file.datasync();
      this.#size += line.length;
    } catch (error) {
      // A disk that is full takes the first part of a line.
      await this.#file.truncate(this.#size).catch(() => {});
      throw new SweepError(`${this.#path}: cannot be written, the results before are kept: ${messageOf(error)}`);
    }
  }

  async close(): Promise<void> {
    await this.#writing.catch(() => {});
    await this.#file.close();
  }
}
