// Asks whether packages and crates have known vulnerabilities, and whether the licences of the crates are allowed. A
// machine that cannot answer a question says so, and the question counts as passed.
import { run } from "./tools.mjs";

/** Errors of a machine without a network or with a bad one, and of a registry that does not answer such questions. */
const UNANSWERED =
  /\b(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ERR_PNPM_AUDIT_\w+|ERR_SOCKET_TIMEOUT|reason: (socket hang up|Client network socket disconnected))\b/;

/** @type {[label: string, action: () => import("./check.mjs").Result][]} */
export const SECURITY_STEPS = [
  ["pnpm audit: what is published depends on nothing with a known vulnerability", auditPackages],
  ["cargo deny: licences and sources of the crates", checkCrates],
  ["cargo deny: no crate with a known vulnerability", checkAdvisories],
];

function auditPackages() {
  const { ok, output } = run("pnpm", ["audit", "--prod"]);
  const reason = ok ? undefined : UNANSWERED.exec(output)?.[0];
  return reason === undefined ? { ok, output } : skipped(`the registry does not answer (${reason})`);
}

function checkCrates() {
  return askCargoDeny("--offline", "check", "bans", "licenses", "sources");
}

function checkAdvisories() {
  const result = askCargoDeny("check", "advisories");
  const isUnanswered = !result.ok && result.output.includes("advisory database");
  return isUnanswered ? skipped("the database of the advisories cannot be fetched") : result;
}

/**
 * @param {string[]} args
 * @returns {import("./check.mjs").Result}
 */
function askCargoDeny(...args) {
  if (!run("cargo", ["deny", "--version"]).ok) return skipped("install it with: cargo install --locked cargo-deny");
  const { ok, output } = run("cargo", ["deny", ...args]);
  return { ok, output };
}

/** @param {string} reason */
function skipped(reason) {
  return { ok: true, output: "", note: `skipped, ${reason}` };
}
