import type { Port } from "../../../packages/playground/src/training/contender.js";
import { Pair } from "../../../packages/playground/src/training/pair.js";
import type { Reply, Report, Request } from "../../../packages/playground/src/training/protocol.js";

/** A port for the page, and the requests that came through it. */
class FakePort implements Port {
  onmessage: Port["onmessage"] = null;
  onerror: Port["onerror"] = null;
  readonly requests: Request[] = [];

  postMessage(request: Request): void {
    this.requests.push(request);
  }

  say(reply: Reply): void {
    this.onmessage?.({ data: reply } as MessageEvent<Reply>);
  }

  /** Reports that all steps up to `steps` have been made. */
  report(steps: number, more: Partial<Report> = {}, run = 1): void {
    const times = { pace: 1, turn: 1 };
    const report = { steps, losses: new Float64Array(), evaluations: [], samples: [], divergence: undefined, ...times };
    this.say({
      type: "report",
      run,
      report: { ...report, answers: [], probe: undefined, weights: undefined, threads: undefined, ...more },
    });
  }

  get last(): Request | undefined {
    return this.requests.at(-1);
  }
}

/** Both networks with ports that the test serves, and the news that the page has heard. */
export function pairOfFakes() {
  const [a, b] = [new FakePort(), new FakePort()];
  const heard: string[] = [];
  const pair = new Pair([a, b], {
    changed: () => {},
    loading: (file, loaded) => heard.push(`${file} ${loaded}`),
    loaded: (part) => heard.push(`loaded ${part}`),
    image: (found) => heard.push(`image of ${found?.label}`),
    failed: ({ message }) => heard.push(message),
  });
  return { a, b, pair, heard };
}
