import type { Session } from "./session.js";

/**
 * The session of each network. A static block could read a private field instead, but bundlers never drop such a class.
 */
const sessions = new WeakMap<object, Session>();

/** Notes the session of a new network. */
export function noteSession(net: object, session: Session): void {
  sessions.set(net, session);
}

/** The session of a network; undefined for any other value. The package does not export this function. */
export function sessionOf(net: unknown): Session | undefined {
  return sessions.get(net as object);
}
