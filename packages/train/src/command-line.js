// Reads a command line by a table of its options. JavaScript, for the reason that options.js gives.
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

/** A wrong option or value. The message is the one line that the user reads. */
export class UsageError extends Error {}

/** Control characters, breaks of lines, and characters that hide their neighbours or change the order of letters. */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/**
 * A line with such characters escaped, so that the name of a file or a text in it can neither command the terminal nor
 * pretend to be another line of the program.
 *
 * @param {string} line
 */
export function printable(line) {
  return line.replace(INVISIBLE, (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`);
}

/**
 * An option of the command line.
 *
 * @template T
 * @typedef {object} Option
 * @property {string | undefined} placeholder Stands for the value in the help; undefined for an option without a value.
 * @property {string} help What the option does, for the help.
 * @property {(flag: string, text: string | undefined) => T} read Returns the value of the option, or throws a
 *   `UsageError` if the text is no value of this option. `text` is undefined if the option is not given.
 * @property {string} [short] A letter that stands for the option after a single dash.
 */

/**
 * Options by their names in the program: `batchSize` is `--batch-size`.
 *
 * @typedef {Readonly<Record<string, Option<unknown>>>} OptionTable
 */

/**
 * The values of all options of a table.
 *
 * @template {OptionTable} Table
 * @typedef {{ readonly [Name in keyof Table]: Table[Name] extends Option<infer T> ? T : never }} OptionValues
 */

/**
 * The texts of the options that are given, by the names of the options. An option without a value has the text "".
 *
 * @typedef {ReadonlyMap<string, string>} GivenOptions
 */

/**
 * The option with this name as a user writes it.
 *
 * @param {string} name
 */
export function flagOf(name) {
  return `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/**
 * Splits a command line into options.
 *
 * @param {readonly string[]} args
 * @param {OptionTable} table
 * @returns {GivenOptions}
 * @throws {UsageError} for an unknown option, a missing value, or an argument that is no option.
 */
export function splitCommandLine(args, table) {
  const names = new Map(Object.keys(table).map((name) => [flagOf(name).slice(2), name]));
  const config = Object.entries(table).map(([name, { placeholder, short }]) => {
    const type = /** @type {"boolean" | "string"} */ (placeholder === undefined ? "boolean" : "string");
    return [flagOf(name).slice(2), { type, ...(short !== undefined && { short }) }];
  });
  try {
    const { values } = parseArgs({ args: joinNumbers(args), options: Object.fromEntries(config), strict: true });
    const texts = Object.entries(values).map(([flag, text]) => [names.get(flag), text === true ? "" : String(text)]);
    return new Map(/** @type {[string, string][]} */ (texts));
  } catch (error) {
    // The messages of parseArgs continue with several lines of advice.
    const [first] = /** @type {Error} */ (error).message.split(/\.\s/, 1);
    throw new UsageError(`${first} (--help lists the options)`);
  }
}

/**
 * Joins `--seed -1` to `--seed=-1`, because parseArgs would take the -1 for an option.
 *
 * @param {readonly string[]} args
 */
function joinNumbers(args) {
  /** @type {string[]} */
  const result = [];
  for (const arg of args) {
    const last = result.at(-1);
    const isValue = /^-[\d.]/.test(arg) && last !== undefined && /^--[a-z-]+$/.test(last);
    if (isValue) result[result.length - 1] = `${last}=${arg}`;
    else result.push(arg);
  }
  return result;
}

/**
 * Reads the values of all options of a table.
 *
 * @template {OptionTable} Table
 * @param {Table} table
 * @param {GivenOptions} given
 * @returns {OptionValues<Table>}
 * @throws {UsageError} for the first wrong value.
 */
export function readOptions(table, given) {
  const values = Object.entries(table).map(([name, { read }]) => [name, read(flagOf(name), given.get(name))]);
  return Object.fromEntries(values);
}

/**
 * Lines of the help, one for each option of a table.
 *
 * @param {OptionTable} table
 */
export function formatHelp(table) {
  const lines = Object.entries(table).map(([name, { placeholder, help }]) => {
    const flag = placeholder === undefined ? flagOf(name) : `${flagOf(name)} ${placeholder}`;
    return `  ${flag.padEnd(34)}${help}`.trimEnd();
  });
  return lines.join("\n");
}

/**
 * One of some words; the first one is the default.
 *
 * @template {string} T
 * @param {readonly [T, ...T[]]} choices
 * @param {string} help
 * @returns {Option<T>}
 */
export function choice(choices, help) {
  return {
    placeholder: choices.join("|"),
    help: withDefault(help, choices[0]),
    read: (flag, text) => {
      if (text === undefined) return choices[0];
      const found = choices.find((word) => word === text);
      if (found === undefined) throw new UsageError(`${flag}: expected ${choices.join(" or ")}, got ${show(text)}`);
      return found;
    },
  };
}

/**
 * An integer from `min` to `max`; `standard` is the value if the option is not given.
 *
 * @template {number | undefined} T
 * @param {{ min: number, max?: number, standard: T }} range
 * @param {string} help
 * @returns {Option<number | T>}
 */
export function integer({ min, max = Number.MAX_SAFE_INTEGER, standard }, help) {
  const range = max < Number.MAX_SAFE_INTEGER ? `from ${min} to ${max}` : `of at least ${min}`;
  return {
    placeholder: "N",
    help: withDefault(help, standard),
    read: (flag, text) => {
      if (text === undefined) return standard;
      const number = toNumber(text);
      if (Number.isSafeInteger(number) && number >= min && number <= max) return number;
      throw new UsageError(`${flag}: expected an integer ${range}, got ${show(text)}`);
    },
  };
}

/**
 * An integer from 1 to `max`, or "auto", which is the default.
 *
 * @param {number} max
 * @param {string} help
 * @returns {Option<number | "auto">}
 */
export function integerOrAuto(max, help) {
  return {
    placeholder: "N|auto",
    help: withDefault(help, "auto"),
    read: (flag, text) => {
      if (text === undefined || text === "auto") return "auto";
      const number = toNumber(text);
      if (Number.isSafeInteger(number) && number >= 1 && number <= max) return number;
      throw new UsageError(`${flag}: expected auto or an integer from 1 to ${max}, got ${show(text)}`);
    },
  };
}

/**
 * A positive number; `standard` is the value if the option is not given.
 *
 * @param {number} standard
 * @param {string} help
 * @returns {Option<number>}
 */
export function positive(standard, help) {
  return {
    placeholder: "X",
    help: withDefault(help, standard),
    read: (flag, text) => {
      if (text === undefined) return standard;
      const number = toNumber(text);
      if (Number.isFinite(number) && number > 0) return number;
      throw new UsageError(`${flag}: expected a positive number, got ${show(text)}`);
    },
  };
}

/**
 * The path of a file or a directory, or its file: URL.
 *
 * @param {"file" | "directory"} kind
 * @param {string} help
 * @returns {Option<string | undefined>}
 */
export function path(kind, help) {
  return {
    placeholder: kind === "file" ? "FILE" : "DIR",
    help,
    read: (flag, text) => {
      if (text === "") throw new UsageError(`${flag}: expected a ${kind}, got nothing`);
      return text === undefined || !/^file:/i.test(text) ? text : toPath(flag, text, kind);
    },
  };
}

/**
 * @param {string} flag
 * @param {string} url
 * @param {string} kind
 */
function toPath(flag, url, kind) {
  try {
    return fileURLToPath(url);
  } catch {
    throw new UsageError(`${flag}: expected a ${kind} or its file: URL, got ${show(url)}`);
  }
}

/**
 * An option without a value: true if it is given. `short` is a letter that stands for it.
 *
 * @param {string} help
 * @param {string} [short]
 * @returns {Option<boolean>}
 */
export function flag(help, short) {
  return { placeholder: undefined, help, read: (_, text) => text !== undefined, ...(short !== undefined && { short }) };
}

/**
 * @param {string} help
 * @param {string | number | undefined} standard
 */
function withDefault(help, standard) {
  return standard === undefined ? help : `${help} (${standard})`;
}

/**
 * A number in decimal notation; NaN for any other text (`Number` would read "" as 0 and "0x10" as 16).
 *
 * @param {string} text
 */
function toNumber(text) {
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : Number.NaN;
}

/** @param {string} text */
function show(text) {
  return text === "" ? "nothing" : text;
}
