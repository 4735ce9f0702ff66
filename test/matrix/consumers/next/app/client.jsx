"use client";

import { useEffect } from "react";
import { allHashes } from "../all-hashes.js";
import { send, sendError } from "../send.js";

export function Client({ server }) {
  useEffect(() => {
    allHashes().then((main) => send({ main, server }), sendError);
  }, [server]);
  return <p>{server.numerical}</p>;
}
