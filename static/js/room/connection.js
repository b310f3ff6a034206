/* Keeps a WebSocket to the room open. Commands without an answer are sent again with the same id after
   a reconnect, and the server carries each out once. */

import { fetchTicket } from "./ticket.js";

const FIRST_WAIT_MS = 300;
const LONGEST_WAIT_MS = 10_000;
const SILENCE_MS = 25_000; // the server sends something every ten seconds
const ANSWERS = new Set(["ack", "refused", "error"]);
const NO_ENTRY = 4403;
const FINAL = { 4401: "signed_out", 4403: "no_entry", 4410: "gone", 4429: "too_many" };

/* `onStatus` is called with "connected", "reconnecting", or the reason for the end: one of those below,
   or the code with which the server refused to let the person in. */
export function openConnection({ ticketUrl, token, since, onFrame, onStatus }) {
  const pending = new Map(); // by id: frame and resolve
  let [socket, silence, tries, isOver, wait, refusal] = [null, null, 0, false, null, null];

  async function connect() {
    const { ticket, refused } = await fetchTicket(ticketUrl, token);
    if (isOver) return;
    if (refused) return end(refused);
    if (!ticket) return retry();
    const scheme = location.protocol === "https:" ? "wss:" : "ws:";
    socket = new WebSocket(`${scheme}//${location.host}/ws/room/`);
    socket.addEventListener("open", () => send({ type: "hello", ticket, since: since() ?? null }));
    socket.addEventListener("message", ({ data }) => receive(JSON.parse(data)));
    socket.addEventListener("close", ({ code }) => (code in FINAL ? end((code === NO_ENTRY && refusal) || FINAL[code]) : retry()));
  }

  function receive(frame) {
    clearTimeout(silence);
    silence = setTimeout(() => socket.close(), SILENCE_MS);
    if (frame.type === "room" || frame.type === "missed") {
      tries = 0;
      onStatus("connected");
      for (const { frame: unanswered } of pending.values()) send(unanswered);
    }
    if (frame.type === "refused" && frame.id === null) refusal = frame.code; // why it will be closed
    if (frame.type === "bye") wait = frame.retry_ms; // the server restarts
    else if (!ANSWERS.has(frame.type)) onFrame(frame);
    pending.get(frame.id)?.resolve(frame);
    pending.delete(frame.id);
  }

  function retry() {
    clearTimeout(silence);
    if (isOver) return;
    onStatus("reconnecting");
    const longest = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** tries++);
    setTimeout(connect, wait ?? Math.random() * longest); // full jitter
    wait = null;
  }

  function end(reason) {
    if (isOver) return;
    isOver = true;
    clearTimeout(silence);
    onStatus(reason);
  }

  function send(frame) {
    if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify(frame));
  }

  connect();
  return {
    /* Resolves to the answer of a command. */
    ask: (type, fields) =>
      new Promise((resolve) => {
        const frame = { ...fields, type, id: crypto.getRandomValues(new Uint32Array(2)).join("-") };
        pending.set(frame.id, { frame, resolve });
        send(frame);
      }),
    tell: send, // at most once and without an answer
    reconnect: () => socket.close(),
    close: (reason = "gone") => (end(reason), socket?.close()),
  };
}
