/** Something that the user can mend: a wrong option, file or address. The message is what the user reads. */
export class UsageError extends Error {}

/** Something that went wrong while the program worked: a full disk, a lost server. The message is what the user reads. */
export class SweepError extends Error {}

/** Control characters, breaks of lines, and characters that hide their neighbours or change the order of letters. */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/**
 * A line with such characters escaped, so that a text in it can neither command the terminal nor pretend to be another
 * line of the program.
 */
export function printable(line: string): string {
  return line.replace(INVISIBLE, (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`);
}

/** The message of anything that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
