/* Fetches a ticket for one WebSocket. Returns {ticket}, {refused: reason}, or {} to try again. */

export async function fetchTicket(url, token) {
  try {
    const answer = await fetch(url, { method: "POST", headers: { "X-CSRFToken": token } });
    if (answer.redirected || answer.status === 403) return { refused: "signed_out" };
    if (answer.status === 404) return { refused: "no_entry" };
    return answer.ok ? await answer.json() : {};
  } catch {
    return {}; // no network
  }
}
