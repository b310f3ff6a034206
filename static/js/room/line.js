/* Keeps one line to the room open. What was asked and not answered is asked again under the same
   id after a reconnect, and the server counts it once. */

const FIRST_WAIT_MS = 300;
const LONGEST_WAIT_MS = 10_000;
const SILENCE_MS = 25_000; // the server says something every ten seconds
const ANSWERS = new Set(["ack", "refused", "error"]);
const FINAL = { 4401: "signed_out", 4403: "no_entry", 4410: "gone", 4429: "too_many" };

export function openLine({ ticketUrl, token, since, onFrame, onNews }) {
  const asked = new Map();
  let socket;
  let silence;
  let tries = 0;
  let isOver = false;

  async function connect() {
    const ticket = await fetchTicket();
    if (isOver) return;
    if (!ticket) return retry();
    const scheme = location.protocol === "https:" ? "wss:" : "ws:";
    socket = new WebSocket(`${scheme}//${location.host}/ws/room/`);
    socket.addEventListener("open", () => send({ type: "hello", ticket, since: since() ?? null }));
    socket.addEventListener("message", ({ data }) => hear(JSON.parse(data)));
    socket.addEventListener("close", ({ code }) => (code in FINAL ? end(FINAL[code]) : retry()));
  }

  async function fetchTicket() {
    try {
      const answer = await fetch(ticketUrl, { method: "POST", headers: { "X-CSRFToken": token } });
      if (answer.redirected || answer.status === 403) end("signed_out");
      else if (answer.status === 404) end("no_entry");
      else if (answer.ok) return (await answer.json()).ticket;
    } catch {
      // no network: try again
    }
    return null;
  }

  function hear(frame) {
    clearTimeout(silence);
    silence = setTimeout(() => socket.close(), SILENCE_MS);
    if (frame.type === "room" || frame.type === "missed") {
      tries = 0;
      onNews("connected");
      for (const { frame: waiting } of asked.values()) send(waiting);
    }
    if (ANSWERS.has(frame.type)) {
      asked.get(frame.id)?.resolve(frame);
      asked.delete(frame.id);
    } else {
      onFrame(frame);
    }
  }

  function retry() {
    clearTimeout(silence);
    if (isOver) return;
    onNews("reconnecting");
    const longest = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** tries++);
    setTimeout(connect, Math.random() * longest); // full jitter: not everyone at once
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
    again: () => socket.close(),
    close: () => (end("gone"), socket?.close()),
  };
}
