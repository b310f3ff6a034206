/* Fetches a ticket for one WebSocket. Returns {ticket}, {refused: reason}, or {} to try again. */

const LONGEST_MS = 8000;

export async function fetchTicket(url, token) {
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(), LONGEST_MS);
  try {
    const answer = await fetch(url, { method: "POST", headers: { "X-CSRFToken": token }, signal: limit.signal });
    if (answer.redirected || answer.status === 403) return { refused: "signed_out" };
    if (answer.status === 404) return { refused: "no_entry" };
    return answer.ok ? await answer.json() : {};
  } catch {
    return {}; // no network, or none that answers
  } finally {
    clearTimeout(timer);
  }
}
