/* Keeps a WebSocket to the room open. Commands without an answer are sent again with the same id after
   a reconnect, and the server carries each out once. */

import { heartbeat } from "./heartbeat.js";
import { fetchTicket } from "./ticket.js";

const FIRST_WAIT_MS = 300;
const LONGEST_WAIT_MS = 10_000;
const SILENCE_MS = 20_000; // the server sends something every ten seconds
const ANSWER_MS = 8000; // of a new connection, and of a question whether it is alive
const ANSWERS = new Set(["ack", "refused", "error", "pong"]);
const NO_ENTRY = 4403;
const FINAL = { 4401: "signed_out", 4403: "no_entry", 4410: "gone", 4429: "too_many" };

/* `onStatus` is called with "connected", "reconnecting", or the reason for the end: one of those below,
   or the code with which the server refused to let the person in. */
export function openConnection({ ticketUrl, token, since, onFrame, onStatus }) {
  const pending = new Map(); // by id: frame and resolve
  let [socket, again, tries, isOver, wait, refusal] = [null, null, 0, false, null, null];
  const beat = heartbeat({ onSilence: drop, onReturn: look });

  async function connect() {
    again = clearTimeout(again);
    const { ticket, refused } = await fetchTicket(ticketUrl, token);
    if (isOver) return;
    if (refused) return end(refused);
    if (!ticket) return retry();
    const mine = (socket = new WebSocket(new URL("/ws/room/", location.origin.replace("http", "ws"))));
    const on = (kind, handle) => mine.addEventListener(kind, (event) => mine === socket && handle(event));
    on("open", () => send({ type: "hello", ticket, since: since() ?? null }));
    on("message", ({ data }) => receive(JSON.parse(data)));
    on("close", ({ code }) => (code in FINAL ? end((code === NO_ENTRY && refusal) || FINAL[code]) : retry()));
    beat.expect(ANSWER_MS);
  }

  /* Gives a socket up at once: closing one whose network is gone takes a browser a minute. */
  function drop() {
    const dropped = socket;
    socket = null;
    dropped?.close();
    retry();
  }

  /* The network or the page is back: asks whether the connection is alive, or connects without waiting. */
  function look() {
    if (isOver) return;
    if (again) return connect();
    if (socket?.readyState !== WebSocket.OPEN) return;
    send({ type: "ping" });
    beat.expect(ANSWER_MS);
  }

  function receive(frame) {
    beat.expect(SILENCE_MS);
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
    beat.stop();
    if (isOver) return;
    onStatus("reconnecting");
    const longest = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** tries++);
    clearTimeout(again);
    again = setTimeout(connect, wait ?? Math.random() * longest); // full jitter
    wait = null;
  }

  function end(reason) {
    if (isOver) return;
    isOver = true;
    beat.stop();
    clearTimeout(again);
    onStatus(reason);
  }

  const send = (frame) => socket?.readyState === WebSocket.OPEN && socket.send(JSON.stringify(frame));

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
    reconnect: drop,
    close: (reason = "gone") => (end(reason), socket?.close()),
  };
}
