"use client";

import { useEffect } from "react";
import { send, sendError } from "../send.js";
import { byTwoThreads } from "../two-threads.js";

export function Threads() {
  useEffect(() => {
    const worker = () => new Worker(new URL("numgrad/worker", import.meta.url), { type: "module" });
    byTwoThreads(worker).then((team) => send({ team }), sendError);
  }, []);
  return <p>two threads</p>;
}
