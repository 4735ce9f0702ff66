import { readFileSync } from "node:fs";
import { METHODS } from "../bits/two-hundred-steps.js";

const LINES = readFileSync(new URL("../bits/parameters-after-200-steps.txt", import.meta.url), "utf8").split("\n");

/** Hashes after 200 steps on made-up images, for every method: those of native code. */
export const EXPECTED: Readonly<Record<string, string>> = Object.fromEntries(
  METHODS.map((method) => {
    const start = `made-up ${method} `;
    const line = LINES.find((line) => line.startsWith(start) && line.length === start.length + 16);
    if (!line) throw new Error(`test/bits has no hash of ${method}`);
    return [method, line.slice(-16)];
  }),
);

/** The hash to be shown, that of central differences. */
export const SHOWN = EXPECTED.numerical as string;

/** What every program finds: the hashes, and again that of central differences, of parameters from files of numgrad/files. */
const FOUND: Readonly<Record<string, string>> = { ...EXPECTED, npz: SHOWN, safetensors: SHOWN };

/** @throws {Error} if one of the hashes is missing or another than everywhere else. */
export function checkHashes(found: unknown): string {
  for (const [method, hash] of Object.entries(FOUND)) {
    const own = (found as Record<string, unknown> | null)?.[method];
    if (own !== hash) throw new Error(`${method}: ${own} instead of ${hash}, in ${JSON.stringify(found)}`);
  }
  return SHOWN;
}
