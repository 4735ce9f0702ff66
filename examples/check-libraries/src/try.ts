import { install } from "./libraries.js";
import { tfjs } from "./tfjs/subject.js";
import { checkCase } from "./check.js";
import { settingText } from "./case.js";
const installed = install("tfjs");
if ("missing" in installed) throw new Error(installed.missing);
const backend = (process.argv[2] ?? "cpu") as "cpu";
const s = await tfjs(installed, backend);
const only = process.argv[3]; const seed = Number(process.argv[4] ?? 1);
const counts: Record<string, number> = {};
for (const c of s.cases) {
  if (only && !c.op.includes(only)) continue;
  const t = performance.now();
  const r = checkCase(s, c, seed);
  const ms = performance.now() - t;
  counts[r.outcome] = (counts[r.outcome] ?? 0) + 1;
  if (r.outcome !== "ok" || ms > 2000) console.log(r.outcome, c.op, settingText(c), r.reason ?? "", r.report?.evaluations ?? "", Math.round(ms)+"ms", r.smallest ? JSON.stringify(r.smallest) : "", r.outcome === "undecided" || r.outcome === "kink" || only ? String(r.report) : "");
}
console.log(s.cases.length, counts);
