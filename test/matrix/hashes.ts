import { readFileSync } from "node:fs";
import { METHODS } from "../bits/two-hundred-steps.js";

const LINES = readFileSync(new URL("../bits/parameters-after-200-steps.txt", import.meta.url), "utf8").split("\n");

/** Hashes of native code after 200 steps on made-up images, for each method. */
export const EXPECTED: Readonly<Record<string, string>> = Object.fromEntries(
  METHODS.map((method) => {
    const start = `made-up ${method} `;
    const line = LINES.find((line) => line.startsWith(start) && line.length === start.length + 16);
    if (!line) throw new Error(`test/bits has no hash of ${method}`);
    return [method, line.slice(-16)];
  }),
);

/** The hash in the table: that of central differences. */
export const SHOWN = EXPECTED.numerical!;

/**
 * Hashes that each program must find. Parameters that went through a file of numgrad/files keep that of central
 * differences.
 */
export const FOUND: Readonly<Record<string, string>> = { ...EXPECTED, npz: SHOWN, safetensors: SHOWN };

/**
 * Checks the hashes by 1, 2 and 3 threads, with numgrad's own workers and with workers from `numgrad/worker`.
 *
 * @throws {Error} if one differs, or if fewer threads were at work.
 */
export function checkTeamHashes(found: unknown): string {
  const hash = EXPECTED["numerical, by train"]!;
  const expected = JSON.stringify([1, 2, 3, 1, 2, 3].map((threads) => [threads, hash]));
  if (JSON.stringify(found) !== expected) throw new Error(`${JSON.stringify(found)} instead of ${expected}`);
  return hash;
}

/**
 * Checks what two threads have found in a page, with numgrad's own workers and with those of the page. If the page is not
 * isolated, one thread makes the steps and the reason is given.
 *
 * @throws {Error} if a hash differs, or the number of threads or the reason is not as it should be.
 */
export function checkThreads(found: unknown, isIsolated: boolean): string {
  const hash = EXPECTED["numerical, by train"]!;
  const runs = found as readonly { atWork: number; hash: string; missing?: string }[];
  const isRight = (run: (typeof runs)[number]) =>
    run.hash === hash &&
    run.atWork === (isIsolated ? 2 : 1) &&
    (isIsolated ? run.missing === undefined : /cross-origin isolated/.test(run.missing ?? ""));
  if (runs?.length !== 2 || !runs.every(isRight)) throw new Error(`${JSON.stringify(found)} with ${hash} expected`);
  return isIsolated ? `2 threads, hash ${hash}` : `1 thread and the reason, hash ${hash}`;
}

/** Checks the hashes of a program. @throws {Error} if one is missing or differs. */
export function checkHashes(found: unknown): string {
  for (const [method, hash] of Object.entries(FOUND)) {
    const foundHash = (found as Record<string, unknown> | null)?.[method];
    if (foundHash === hash) continue;
    throw new Error(`${method}: ${foundHash} instead of ${hash}, in ${JSON.stringify(found)}`);
  }
  return SHOWN;
}
