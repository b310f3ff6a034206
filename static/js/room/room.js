/* The live room: one connection to the server, one state of the room, and the parts that draw it. */

import { audioAndVideo } from "../media/audio_video.js";
import { agenda } from "./agenda.js";
import { announcer } from "./announce.js";
import { badges } from "./badges.js";
import { captions } from "./captions.js";
import { chat } from "./chat.js";
import { commands } from "./commands.js";
import { openConnection } from "./connection.js";
import { makeEndings } from "./endings.js";
import { KIND } from "./event_kinds.js";
import { helpCalls } from "./help_calls.js";
import { news } from "./news.js";
import { makePanels } from "./panels.js";
import { fillReport, people } from "./people.js";
import { privateMessages } from "./private_messages.js";
import { settings } from "./settings.js";
import { show } from "./show.js";
import { apply, emptyRoom } from "./state.js";
import { strip } from "./strip.js";
import { tiles } from "./tiles.js";
import { toaster } from "./toasts.js";
import { turns } from "./turns.js";
import { waitingRoom } from "./waiting_room.js";

const PARTS = [strip, waitingRoom, tiles, chat, captions, privateMessages, turns, people, agenda, settings, helpCalls, news, badges];
const LINES = new Set(["connected", "reconnecting"]);

export function attach(root) {
  const words = JSON.parse(document.getElementById("room-texts").textContent);
  const room = emptyRoom();
  const [toasts, panels, endings] = [toaster(root), makePanels(root, words, room), makeEndings(root, room)];
  const refuse = (code) => toasts.refusal(code && (words[code] ?? words.unavailable));
  const parts = PARTS.map((part) => part(root, words, room, { toasts, panels }));
  const announce = announcer(root, words, room);
  const line = root.querySelector("[data-connection]");
  panels.onOpen("report", (who) => fillReport(root, room, who));
  line.textContent = words.connecting;

  const connection = openConnection({
    ticketUrl: root.dataset.ticket,
    token: root.querySelector("[name=csrfmiddlewaretoken]").value,
    since: () => room.seq,
    onFrame(frame) {
      if (frame.type === "media") return call.hear(frame);
      const before = { status: room.you?.status, phase: room.phase };
      if (!apply(room, frame)) {
        room.seq = undefined; // asks for a snapshot
        return connection.reconnect();
      }
      if (frame.kind === KIND.REMOVED && frame.who === room.you.who) return connection.close("removed");
      for (const part of parts) part(frame);
      show(root, room);
      const isReopened = before.phase === "ended" && room.phase !== "ended";
      if (endings.follow(frame, before.phase)) leaveStage();
      else if (isReopened || before.status !== room.you.status) arrive();
      call.update(frame);
      return announce(frame);
    },
    onStatus(key) {
      Object.assign(line.dataset, { state: key });
      line.textContent = words[key] ?? "";
      if (LINES.has(key)) return;
      leaveStage();
      endings.show(key);
    },
  });

  /* Leads the focus to where the person is now. */
  function arrive() {
    if (room.you.status === "inside") panels.dock();
    else panels.open(null, { focus: false });
    root.querySelector(room.you.status === "waiting" ? "#waiting-title" : "#stage-title").focus();
  }

  function leaveStage() {
    call.close();
    panels.open(null, { focus: false });
  }

  const call = audioAndVideo(root, words, room, connection, { refuse });
  commands(root, connection, { refuse, panels }, room);
  document.addEventListener("commonhour:leave", () => (call.close(), connection.close()));
}
