// The rules by which the members of a team keep in step, for orders of events that seldom come about.
import { expect, test, vi } from "vitest";
import { Member } from "../../packages/numgrad/src/team/member.js";
import { AT_COMMAND, share } from "../../packages/numgrad/src/team/shared.js";

/** A member of a team, with a core's object that computes nothing. */
function setUp(members: number, patience?: number) {
  const shared = share({ inputSize: 2, hiddenSize: 16, outputSize: 2, members, rows: 1 }, 0);
  const memory = new WebAssembly.Memory({ initial: 1 });
  const session = { layout: 0, set_share: () => {} } as never;
  return { shared, member: new Member(shared, 0, { memory, session }, patience) };
}

test("a member that is late sees that a command was refused, although the next one is refused already", () => {
  const { shared, member } = setUp(1);
  vi.spyOn(member, "barrier").mockImplementationOnce(() => {
    Atomics.add(shared.control, AT_COMMAND, 1);
    expect(member.agree(false)).toBe(false);
  });
  expect(member.agree(false)).toBe(false);
  Atomics.add(shared.control, AT_COMMAND, 1);
  vi.spyOn(member, "barrier").mockImplementationOnce(() => {
    Atomics.add(shared.control, AT_COMMAND, 1);
    expect(member.agree(false)).toBe(false);
  });
  expect(member.agree(true)).toBe(true);
});

test("commands are told apart, however many have been given", () => {
  const { shared, member } = setUp(1);
  const most = 2 ** 31 - 1;
  shared.control[AT_COMMAND] = most;
  expect(member.awaitCommand(most - 1)).toBe(most);
  Atomics.add(shared.control, AT_COMMAND, 1);
  const next = member.awaitCommand(most);
  expect([member.agree(false), member.agree(true)]).toEqual([false, false]);
  Atomics.add(shared.control, AT_COMMAND, 1);
  expect(member.awaitCommand(next)).toBe(next + 1);
  expect(member.agree(true)).toBe(true);
});

test("a process that was stopped for long has not waited for long", () => {
  const { member } = setUp(2, 1000);
  let now = 0;
  vi.spyOn(performance, "now").mockImplementation(() => now);
  const wait = vi.spyOn(Atomics, "wait").mockImplementation(() => {
    now += wait.mock.calls.length === 1 ? 60_000 : 150;
    return "timed-out";
  });
  try {
    expect(() => member.barrier()).toThrow("another thread has failed");
    expect(wait.mock.calls.length).toBe(7);
  } finally {
    vi.restoreAllMocks();
  }
  expect(() => member.awaitCommand(0)).toThrow("another thread has failed");
});
