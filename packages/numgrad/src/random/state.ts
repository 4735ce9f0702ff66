import { checkInteger, checkOptions } from "../arguments.js";
import { ArgumentError, describe, ShapeError } from "../errors.js";
import { isArrayLike } from "../shape.js";

// This file does not use the core, because programs that only read checkpoints check a state without it.

/** Number of words of MT19937's state. */
export const STATE_WORDS = 624;

/** The highest bit of a word of 32 bits. */
export const UPPER_BIT = 0x8000_0000;

/** The state of a RandomState as plain data, which JSON keeps bit for bit. */
export interface RandomStateData {
  /** The name of the generator; there is only this one. */
  algorithm: "MT19937";
  /** The generator's 624 words, each from 0 to 2³² − 1. */
  key: number[];
  /** Number of words that have been used, 0 to 624. */
  position: number;
  /** Whether the second normal value of a pair waits for the next `randn`. */
  hasGauss: boolean;
  /** The waiting normal value; 0 if there is none. */
  gauss: number;
}

/** {@link RandomStateData}, whose words may be in any array. */
export type RandomStateInput = Omit<RandomStateData, "key"> & {
  /** The generator's 624 words, each from 0 to 2³² − 1. */
  key: ArrayLike<number>;
};

/** Largest word of the generator. */
export const LARGEST_WORD = 2 ** 32 - 1;

/**
 * Checks the state of a generator.
 *
 * @throws {ArgumentError} naming the field that is missing, wrong or unknown.
 * @throws {ShapeError} if `key` does not have 624 words.
 */
export function checkRandomState(argument: string, state: RandomStateInput): void {
  checkOptions(state, ["algorithm", "key", "position", "hasGauss", "gauss"], argument);
  const { algorithm, key, position, hasGauss, gauss } = state;
  if (algorithm !== "MT19937") throw new ArgumentError(`${argument}.algorithm`, '"MT19937"', describe(algorithm));
  if (!isArrayLike(key)) throw new ArgumentError(`${argument}.key`, `an array of ${STATE_WORDS} words`, describe(key));
  if (key.length !== STATE_WORDS) throw new ShapeError(`${argument}.key`, `${STATE_WORDS} words`, describe(key));
  checkWords(`${argument}.key`, key);
  if (isDegenerate(key)) throw new ArgumentError(`${argument}.key`, "words that are not all 0", "zeros");
  checkInteger(`${argument}.position`, position, 0, STATE_WORDS);
  if (typeof hasGauss !== "boolean")
    throw new ArgumentError(`${argument}.hasGauss`, "true or false", describe(hasGauss));
  if (!Number.isFinite(gauss)) throw new ArgumentError(`${argument}.gauss`, "a finite number", describe(gauss));
}

/**
 * Whether a generator with these words would give nothing but zeros. Of the first word only the highest bit counts,
 * because the recurrence does not use the others.
 */
export function isDegenerate(key: ArrayLike<number>): boolean {
  for (let i = 1; i < STATE_WORDS; i++) if (key[i] !== 0) return false;
  return (key[0]! & UPPER_BIT) === 0;
}

/** Checks that all elements are integers from 0 to 2³² − 1. */
export function checkWords(argument: string, words: ArrayLike<unknown>): void {
  for (let i = 0; i < words.length; i++) checkInteger(`${argument}[${i}]`, words[i], 0, LARGEST_WORD);
}
