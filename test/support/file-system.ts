import { vi } from "vitest";

/** Runs `action` while `process.getBuiltinModule` returns `system`. Returns its result. */
export async function withFileSystem<T>(system: unknown, action: () => Promise<T>): Promise<T> {
  const spy = vi.spyOn(process, "getBuiltinModule").mockReturnValue(system as never);
  try {
    return await action();
  } finally {
    spy.mockRestore();
  }
}
