import { readFileSync } from "node:fs";

/**
 * Reads a JSON file of test/golden. A number that JSON cannot hold stands there as one of the strings "NaN", "Infinity"
 * and "-Infinity"; it is turned into the number again.
 */
export function readGolden<T>(name: string): T {
  const text = readFileSync(new URL(`../golden/${name}`, import.meta.url), "utf8");
  return JSON.parse(text, (_, value) =>
    value === "NaN" || value === "Infinity" || value === "-Infinity" ? Number(value) : value,
  );
}
