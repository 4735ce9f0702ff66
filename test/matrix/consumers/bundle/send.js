/** Sends the report of a page to the runner. */
export function send(found) {
  const address = new URLSearchParams(location.search).get("report");
  const body = JSON.stringify({ ...found, crossOriginIsolated });
  return fetch(address, { method: "POST", mode: "no-cors", body });
}

export function sendError({ name, message }) {
  return send({ error: { name, message } });
}
