import { expect } from "vitest";

/** The error that `action` throws. Fails if `action` throws nothing, or an error of another class. */
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

/** The error that the promise is rejected with. Fails if it is not rejected, or with an error of another class. */
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
