import { expect } from "vitest";

/** The error that `action` throws, which must be of the given class; fails if it throws nothing or something else. */
export function thrownBy<E extends Error>(type: abstract new (...args: never[]) => E, action: () => unknown): E {
  let error: unknown;
  let threw = false;
  try {
    action();
  } catch (e) {
    error = e;
    threw = true;
  }
  if (!threw) expect.fail(`nothing was thrown, expected ${type.name}`);
  expect(error).toBeInstanceOf(type);
  return error as E;
}

/** The error that the promise is rejected with, which must be of the given class. */
export async function rejectionOf<E extends Error>(
  type: abstract new (...args: never[]) => E,
  promise: Promise<unknown>,
): Promise<E> {
  const error: unknown = await promise.then(
    () => expect.fail(`nothing was thrown, expected ${type.name}`),
    (e: unknown) => e,
  );
  expect(error).toBeInstanceOf(type);
  return error as E;
}
