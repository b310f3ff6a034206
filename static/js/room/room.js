/* The live room: one connection to the server, one state of the room, and the parts that draw it. */

import { voices } from "../media/voices.js";
import { agenda } from "./agenda.js";
import { announcer, FINAL } from "./announce.js";
import { captions } from "./captions.js";
import { chat } from "./chat.js";
import { commands } from "./commands.js";
import { openConnection } from "./connection.js";
import { people } from "./people.js";
import { privateMessages } from "./private_messages.js";
import { show } from "./show.js";
import { apply, emptyRoom } from "./state.js";
import { turns } from "./turns.js";

const PARTS = [chat, captions, privateMessages, turns, people, agenda];

export function attach(root) {
  const words = JSON.parse(document.getElementById("room-texts").textContent);
  const room = emptyRoom();
  const announce = announcer(root, words, room);
  const parts = PARTS.map((part) => part(root, words, room));

  const connection = openConnection({
    ticketUrl: root.dataset.ticket,
    token: root.querySelector("[name=csrfmiddlewaretoken]").value,
    since: () => room.seq,
    onFrame(frame) {
      if (frame.type === "media") return call.hear(frame);
      const before = { status: room.you?.status, phase: room.phase, hold: room.hold };
      if (!apply(room, frame)) {
        room.seq = undefined; // asks for a snapshot
        return connection.reconnect();
      }
      for (const part of parts) part(frame);
      show(root, room);
      call.update(frame);
      announce(frame, before);
    },
    onStatus(key) {
      announce.connection(key);
      if (FINAL.has(key)) call.close();
    },
  });
  const call = voices(root, words, room, connection, announce);
  commands(root, connection, announce, room);
  document.addEventListener("commonhour:leave", () => (call.close(), connection.close()));
}
