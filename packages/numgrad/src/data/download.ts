import { DataFormatError, type DownloadAttempt } from "../errors.js";
import { findFileSystem, messageOf } from "../file-system.js";
import { type IdxBytes, type IdxStreamOptions, MAX_BYTES, readIdxStream, unpacked } from "./idx-stream.js";
import { sha256 } from "./sha256.js";

/** How patiently files are fetched. */
interface Patience {
  /** Milliseconds of silence after which a connection is given up. */
  readonly timeout: number;
  /** Further tries at the same address. */
  readonly retries: number;
}

/** What is to be fetched. */
export interface Request extends Patience, Omit<IdxStreamOptions, "source" | "length" | "onBytes"> {
  /** Length of the decompressed file, if known. */
  readonly bytes: number | undefined;
  /** SHA-256 of the decompressed file, if known. */
  readonly sha256: string | undefined;
  readonly onBytes?: ((loaded: number, total: number, url: string) => void) | undefined;
}

/** Pauses between tries: 0.5 s, 1 s, 2 s, … The same each time: what one user repeats overwhelms no server. */
const FIRST_PAUSE = 500;

/** A server that wants to be left alone for longer than this is not waited for; in milliseconds. */
const LONGEST_PAUSE = 30_000;

/** Statuses after which the same request may succeed: time-out, too early, too many requests; and all from 500 on. */
const PASSING_STATUSES = [408, 425, 429];

/** What gzip may add to data that it cannot pack, generously. */
const PACKING_BYTES = 2 ** 16;

/** A try that failed. What is no Failure (an error of the caller's `onProgress`) is no reason to try again. */
class Failure extends Error {
  /** Whether the next try would end the same way. */
  readonly isFinal: boolean;
  /** Milliseconds that the server asks to wait. */
  readonly pause: number | undefined;

  constructor(reason: string, isFinal: boolean, pause?: number) {
    super(reason);
    this.isFinal = isFinal;
    this.pause = pause;
  }
}

/**
 * Fetches a file from the first address that has it: raw or gzip, complete, and with the right SHA-256. Adds to
 * `attempts` what failed on the way.
 *
 * @returns The file and its address, or undefined if no address served.
 */
export async function download(
  urls: readonly string[],
  request: Request,
  attempts: DownloadAttempt[],
): Promise<{ idx: IdxBytes; url: string } | undefined> {
  const { retries, signal } = request;
  for (const url of urls) {
    for (let tries = 1; ; tries++) {
      try {
        return { idx: await fetchOnce(url, request, tries > 1), url };
      } catch (error) {
        signal?.throwIfAborted();
        if (!(error instanceof Failure)) throw error;
        const pause = error.pause ?? FIRST_PAUSE * 2 ** (tries - 1);
        if (error.isFinal || tries > retries || pause > LONGEST_PAUSE) {
          attempts.push({ source: url, reason: tries > 1 ? `${error.message} (${tries} tries)` : error.message });
          break;
        }
        await sleep(pause, signal);
      }
    }
  }
  return undefined;
}

/** One try. */
async function fetchOnce(url: string, request: Request, isRetry: boolean): Promise<IdxBytes> {
  const { timeout, signal, bytes, checkHeader, onBytes } = request;
  const controller = new AbortController();
  const abort = () => controller.abort(signal?.reason);
  signal?.throwIfAborted();
  signal?.addEventListener("abort", abort, { once: true });
  const body = { isOver: false };
  try {
    // A browser's own cache may hold what the first try got.
    const options: RequestInit = { signal: controller.signal, cache: isRetry ? "reload" : "default" };
    const response = await unlessSilent(fetch(url, options), timeout, unreachable);
    const chunks = bodyOf(response, timeout, (bytes ?? MAX_BYTES) + PACKING_BYTES, body);
    const progress = onBytes && ((loaded: number, total: number) => onBytes(loaded, total, url));
    const idx = await readIdxStream(unpacked(chunks, url), { source: url, checkHeader, onBytes: progress, signal });
    const wrong = await mismatch(idx.file, request.sha256);
    if (wrong !== undefined) throw new Failure(wrong, true);
    return idx;
  } catch (error) {
    // A body that ended too soon may be whole the next time. One that was wrong before its end is another file.
    if (error instanceof DataFormatError) throw new Failure(error.reason, !body.isOver);
    throw error;
  } finally {
    signal?.removeEventListener("abort", abort);
    controller.abort(); // whatever is still on its way
  }
}

/** Why a file is not the one that was asked for; undefined if it is. */
export async function mismatch(file: Uint8Array, expected: string | undefined): Promise<string | undefined> {
  if (expected === undefined) return undefined;
  const found = await sha256(file);
  return found === expected ? undefined : `is another file, or damaged: SHA-256 is ${found}, expected ${expected}`;
}

/** The chunks of a body, no more than `limit` bytes, each awaited for `timeout` milliseconds at most. */
async function* bodyOf(
  response: Response,
  timeout: number,
  limit: number,
  body: { isOver: boolean },
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
  try {
    while (reader !== undefined) {
      const broken = (error: unknown) => `the connection broke off after ${received} bytes: ${detailOf(error)}`;
      const { done, value } = await unlessSilent(reader.read(), timeout, broken);
      if (done) break;
      received += value.length;
      if (received > limit) throw new Failure(`oversized: more than ${limit} bytes came`, true);
      yield value;
    }
    body.isOver = true;
  } finally {
    reader?.cancel().catch(() => {});
  }
}

/** What `promise` gives. It fails with a reason if it is rejected, or if nothing happens for `timeout` milliseconds. */
async function unlessSilent<T>(promise: Promise<T>, timeout: number, describe: (error: unknown) => string): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const silence = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Failure(`sent nothing for ${timeout / 1000} s`, false)), timeout);
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

/** The milliseconds that a server asks to wait, by a number of seconds or a date. */
function retryAfter({ headers }: Response): number | undefined {
  const value = headers.get("retry-after");
  if (value === null) return undefined;
  const milliseconds = /^\d+$/.test(value.trim()) ? Number(value) * 1000 : Date.parse(value) - Date.now();
  return Number.isNaN(milliseconds) ? undefined : Math.max(milliseconds, 0);
}

/** Waits; rejects as soon as the signal is aborted. */
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

/** Why there was no answer. Browsers do not tell a page why it may not have one. */
function unreachable(error: unknown): string {
  const hint = findFileSystem() === undefined ? ", or does not admit this page (CORS)" : "";
  return `cannot be reached: ${detailOf(error)}${hint}`;
}

/** What was wrong with a connection: Node says "fetch failed" and hides the reason in the cause. */
function detailOf(error: unknown): string {
  const { cause } = error as { cause?: unknown };
  const code = (cause as { code?: unknown } | undefined)?.code;
  const message = messageOf(cause ?? error);
  return message || String(code ?? "no reason given"); // an AggregateError of several addresses has a code alone
}
