import { DataFormatError, type DownloadAttempt, messageOf } from "../errors.js";
import { findFileSystem } from "../file-system.js";
import { type IdxBytes, type IdxReadOptions, MAX_BYTES, readIdxStream, unpack } from "./idx-stream.js";
import { sha256 } from "./sha256.js";

/** How a file is downloaded, and what is known of it. */
export interface DownloadRequest extends Omit<IdxReadOptions, "onBytes"> {
  /** Milliseconds without data, or with too little of it, after which a connection is given up. */
  readonly timeout: number;
  /** When everything must have been loaded, by `performance.now()`. */
  readonly deadline: number;
  /** Number of further tries at the same address. */
  readonly retries: number;
  /** Length of the decompressed file in bytes, if known. */
  readonly bytes: number | undefined;
  /** SHA-256 of the decompressed file, if known. */
  readonly sha256: string | undefined;
  readonly onBytes?: ((loaded: number, total: number, url: string) => void) | undefined;
}

/** Milliseconds by which timers may end too early. After a try that has ended at the deadline none is begun. */
const TIMER_GRAIN = 2;

/**
 * Milliseconds before the second try; each later pause is twice as long (0.5 s, 1 s, 2 s, …). No random part is added:
 * the retries of a single user overwhelm no server.
 */
const FIRST_PAUSE = 500;

/** Longest pause in milliseconds. If a server asks for a longer one, its address is given up. */
const LONGEST_PAUSE = 30_000;

/**
 * Least bytes a second, over a time of `timeout`. A mobile connection of the oldest kind has four times as much. A
 * server that only drips is given up, and the next address is tried.
 */
const LEAST_RATE = 1024;

/** Statuses after which the same request may succeed: time-out, too early, too many requests; and all from 500 on. */
const PASSING_STATUSES = [408, 425, 429];

/** A generous bound for the bytes that gzip adds to data that it cannot compress. */
const PACKING_BYTES = 2 ** 16;

/**
 * A failed try. Any other error (one that the caller's `onProgress` throws, for instance) ends the download at once.
 */
class Failure extends Error {
  /** Whether another try would fail the same way. */
  readonly isFinal: boolean;
  /** Milliseconds that the server asks the client to wait, if it does. */
  readonly pause: number | undefined;

  constructor(reason: string, isFinal: boolean, pause?: number) {
    super(reason);
    this.isFinal = isFinal;
    this.pause = pause;
  }
}

/**
 * Fetches a file, raw or gzip, from the first address that gives it completely and with the right SHA-256. Adds the
 * addresses that failed to `attempts`.
 *
 * @returns The file and its address, or undefined if all addresses failed.
 */
export async function download(
  urls: readonly string[],
  request: DownloadRequest,
  attempts: DownloadAttempt[],
): Promise<{ idx: IdxBytes; url: string } | undefined> {
  const { retries, signal, deadline } = request;
  for (const url of urls) {
    for (let tries = 1; ; tries++) {
      try {
        return { idx: await fetchOnce(url, request, tries > 1), url };
      } catch (error) {
        signal?.throwIfAborted();
        if (!(error instanceof Failure)) throw error;
        const pause = error.pause ?? FIRST_PAUSE * 2 ** (tries - 1);
        if (error.isFinal || tries > retries || pause > Math.min(LONGEST_PAUSE, deadline - performance.now())) {
          attempts.push({ source: url, reason: tries > 1 ? `${error.message} (${tries} tries)` : error.message });
          break;
        }
        await sleep(pause, signal);
      }
    }
  }
  return undefined;
}

/** Makes one try at one address. */
async function fetchOnce(url: string, request: DownloadRequest, isRetry: boolean): Promise<IdxBytes> {
  const { timeout, deadline, signal, bytes, checkHeader, onBytes } = request;
  const controller = new AbortController();
  const abort = () => controller.abort(signal?.reason);
  signal?.throwIfAborted();
  if (deadline - performance.now() < TIMER_GRAIN) throw new Failure("the deadline has passed", true);
  signal?.addEventListener("abort", abort, { once: true });
  const body = { isComplete: false };
  try {
    // A retry bypasses the browser's own cache, which may hold the bad answer to the first try.
    const options: RequestInit = { signal: controller.signal, cache: isRetry ? "reload" : "default" };
    const patience = { timeout, deadline };
    const response = await unlessSilent(fetch(url, options), patience, unreachable);
    const chunks = bodyOf(response, patience, (bytes ?? MAX_BYTES) + PACKING_BYTES, body);
    const progress = onBytes && ((loaded: number, total: number) => onBytes(loaded, total, url));
    const idx = await readIdxStream(unpack(chunks, url), { source: url, checkHeader, onBytes: progress, signal });
    const wrong = await mismatch(idx.file, request.sha256);
    if (wrong !== undefined) throw new Failure(wrong, true);
    return idx;
  } catch (error) {
    // If the body ended too soon, the next try may get all of it. If it was wrong before its end, it is another file.
    if (error instanceof DataFormatError) throw new Failure(error.reason, !body.isComplete);
    throw error;
  } finally {
    signal?.removeEventListener("abort", abort);
    controller.abort(); // ends a transfer that still runs
  }
}

/** Says why a file is not the expected one; undefined if it is. */
export async function mismatch(file: Uint8Array, expected: string | undefined): Promise<string | undefined> {
  if (expected === undefined) return undefined;
  const found = await sha256(file);
  return found === expected ? undefined : `is another file, or damaged: SHA-256 is ${found}, expected ${expected}`;
}

/** How long a connection is waited for. */
type Patience = Pick<DownloadRequest, "timeout" | "deadline">;

/**
 * The chunks of a body, at most `limit` bytes. Each chunk is awaited for at most `timeout` milliseconds, and in each
 * such time as many bytes must come as `LEAST_RATE` says.
 */
async function* bodyOf(
  response: Response,
  patience: Patience,
  limit: number,
  body: { isComplete: boolean },
): AsyncGenerator<Uint8Array> {
  const { status, statusText } = response;
  if (!response.ok) {
    const isPassing = status >= 500 || PASSING_STATUSES.includes(status);
    const pause = isPassing ? retryAfter(response) : undefined;
    const wish = pause === undefined ? "" : `, asks to wait ${Math.ceil(pause / 1000)} s`;
    throw new Failure(`HTTP ${status} ${statusText}`.trim() + wish, !isPassing, pause);
  }
  const reader = response.body?.getReader();
  let received = 0;
  // The time that the consumer takes for a chunk does not count.
  let recent = { waited: 0, came: 0 };
  try {
    while (reader !== undefined) {
      const broken = (error: unknown) => `the connection broke off after ${received} bytes: ${detailOf(error)}`;
      const start = performance.now();
      const { done, value } = await unlessSilent(reader.read(), patience, broken);
      if (done) break;
      received += value.length;
      recent = { waited: recent.waited + performance.now() - start, came: recent.came + value.length };
      if (recent.waited > patience.timeout) {
        checkRate(recent);
        recent = { waited: 0, came: 0 };
      }
      if (received > limit) throw new Failure(`oversized: more than ${limit} bytes came`, true);
      yield value;
    }
    body.isComplete = true;
  } finally {
    reader?.cancel().catch(() => {});
  }
}

/** @throws {Failure} if fewer bytes came in `waited` milliseconds than `LEAST_RATE` says. */
function checkRate({ waited, came }: { waited: number; came: number }): void {
  const seconds = waited / 1000;
  if (came < LEAST_RATE * seconds) throw new Failure(`sent only ${came} bytes in ${seconds.toFixed(1)} s`, false);
}

/**
 * Awaits `promise`. Throws a Failure if the promise is rejected, or if it is not settled after `timeout` milliseconds or
 * at the deadline.
 */
async function unlessSilent<T>(
  promise: Promise<T>,
  { timeout, deadline }: Patience,
  describe: (error: unknown) => string,
): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const silence = new Promise<never>((_, reject) => {
    const left = deadline - performance.now();
    const failure =
      left < timeout
        ? new Failure("was not complete at the deadline", true)
        : new Failure(`sent nothing for ${timeout / 1000} s`, false);
    timer = setTimeout(() => reject(failure), Math.min(left, timeout));
  });
  const answer = promise.catch((error: unknown) => {
    throw new Failure(describe(error), false);
  });
  try {
    return await Promise.race([answer, silence]);
  } finally {
    clearTimeout(timer);
  }
}

/** Milliseconds that the header `Retry-After` asks to wait; the header holds a number of seconds or a date. */
function retryAfter({ headers }: Response): number | undefined {
  const value = headers.get("retry-after");
  if (value === null) return undefined;
  const milliseconds = /^\d+$/.test(value.trim()) ? Number(value) * 1000 : Date.parse(value) - Date.now();
  return Number.isNaN(milliseconds) ? undefined : Math.max(milliseconds, 0);
}

/** Waits for some milliseconds. Rejects as soon as the signal is aborted. */
function sleep(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", abort);
      resolve();
    }, milliseconds);
    signal?.addEventListener("abort", abort, { once: true });
  });
}

/** Says why there was no answer. Browsers do not tell a page the reason, so the message names a likely one. */
function unreachable(error: unknown): string {
  const hint = findFileSystem() === undefined ? ", or does not admit this page (CORS)" : "";
  return `cannot be reached: ${detailOf(error)}${hint}`;
}

/** Says what was wrong with a connection. Node only says "fetch failed"; the reason is in the error's cause. */
function detailOf(error: unknown): string {
  const { cause } = error as { cause?: unknown };
  const code = (cause as { code?: unknown } | undefined)?.code;
  const message = messageOf(cause ?? error);
  // An AggregateError of several addresses has a code, but no message.
  return message || String(code ?? "no reason given");
}
