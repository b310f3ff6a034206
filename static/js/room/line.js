/* Keeps one line to the room open. What was asked and not answered is asked again under the same
   id after a reconnect, and the server counts it once. */

import { fetchTicket } from "./ticket.js";

const FIRST_WAIT_MS = 300;
const LONGEST_WAIT_MS = 10_000;
const SILENCE_MS = 25_000; // the server says something every ten seconds
const ANSWERS = new Set(["ack", "refused", "error"]);
const FINAL = { 4401: "signed_out", 4403: "no_entry", 4410: "gone", 4429: "too_many" };

export function openLine({ ticketUrl, token, since, onFrame, onNews }) {
  const asked = new Map();
  let [socket, silence, tries, isOver, wait] = [null, null, 0, false, null];

  async function connect() {
    const { ticket, refused } = await fetchTicket(ticketUrl, token);
    if (isOver) return;
    if (refused) return end(refused);
    if (!ticket) return retry();
    const scheme = location.protocol === "https:" ? "wss:" : "ws:";
    socket = new WebSocket(`${scheme}//${location.host}/ws/room/`);
    socket.addEventListener("open", () => send({ type: "hello", ticket, since: since() ?? null }));
    socket.addEventListener("message", ({ data }) => hear(JSON.parse(data)));
    socket.addEventListener("close", ({ code }) => (code in FINAL ? end(FINAL[code]) : retry()));
  }

  function hear(frame) {
    clearTimeout(silence);
    silence = setTimeout(() => socket.close(), SILENCE_MS);
    if (frame.type === "room" || frame.type === "missed") {
      tries = 0;
      onNews("connected");
      for (const { frame: waiting } of asked.values()) send(waiting);
    }
    if (frame.type === "bye") wait = frame.retry_ms; // the server says when to come back
    else if (!ANSWERS.has(frame.type)) onFrame(frame);
    asked.get(frame.id)?.resolve(frame);
    asked.delete(frame.id);
  }

  function retry() {
    clearTimeout(silence);
    if (isOver) return;
    onNews("reconnecting");
    const longest = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** tries++);
    setTimeout(connect, wait ?? Math.random() * longest); // full jitter: not everyone at once
    wait = null;
  }

  function end(news) {
    isOver = true;
    clearTimeout(silence);
    onNews(news);
  }

  function send(frame) {
    if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify(frame));
  }

  connect();
  return {
    ask: (type, fields) =>
      new Promise((resolve) => {
        const frame = { ...fields, type, id: crypto.getRandomValues(new Uint32Array(2)).join("-") };
        asked.set(frame.id, { frame, resolve });
        send(frame);
      }),
    tell: send, // at most once, and no answer
    again: () => socket.close(),
    close: () => (end("gone"), socket?.close()),
  };
}
