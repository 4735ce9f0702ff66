import { readFileSync } from "node:fs";

/**
 * A JSON file of test/golden. A number that JSON cannot hold is there one of the strings "NaN", "Infinity", "-Infinity";
 * here it is the number again.
 */
export function readGolden<T>(name: string): T {
  const text = readFileSync(new URL(`../golden/${name}`, import.meta.url), "utf8");
  return JSON.parse(text, (_, value) =>
    value === "NaN" || value === "Infinity" || value === "-Infinity" ? Number(value) : value,
  );
}
