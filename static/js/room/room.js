/* The live room: one line to the server, one picture of the room, and the parts that draw it. */

import { voices } from "../media/voices.js";
import { agenda } from "./agenda.js";
import { announcer, FINAL } from "./announce.js";
import { captions } from "./captions.js";
import { care } from "./care.js";
import { commands } from "./commands.js";
import { floor } from "./floor.js";
import { openLine } from "./line.js";
import { people } from "./people.js";
import { show } from "./show.js";
import { apply, emptyRoom } from "./state.js";
import { talk } from "./talk.js";

export function attach(root) {
  const words = JSON.parse(document.getElementById("room-words").textContent);
  const room = emptyRoom();
  const say = announcer(root, words, room);
  const parts = [talk, captions, care, floor, people, agenda].map((part) => part(root, words, room));

  const line = openLine({
    ticketUrl: root.dataset.ticket,
    token: root.querySelector("[name=csrfmiddlewaretoken]").value,
    since: () => room.seq,
    onFrame(frame) {
      if (frame.type === "media") return call.hear(frame);
      const before = { standing: room.you?.standing, phase: room.phase, hold: room.hold };
      if (!apply(room, frame)) {
        room.seq = undefined; // something is missing: ask for the whole picture
        return line.again();
      }
      for (const part of parts) part(frame);
      show(root, room);
      call.update(frame);
      say(frame, before);
    },
    onNews(key) {
      say.line(key);
      if (FINAL.has(key)) call.close();
    },
  });
  const call = voices(root, words, room, line, say);
  commands(root, line, say, room);
  document.addEventListener("commonhour:leave", () => (call.close(), line.close()));
}
