/* A look in the mirror before others see and hear: level, picture, devices, and how to connect.
   Resolves with what was decided: "join", "camera", or "" for neither. */

import { CAN_CHOOSE_OUTPUT } from "./devices.js";
import { levelOf } from "./level.js";

const PICTURES = { audioinput: "audio", videoinput: "video" };

export function openCheck(root, words, room, devices, line, own) {
  const dialog = root.querySelector("[data-check]");
  const [meter, mirror] = [dialog.querySelector("meter"), dialog.querySelector("video")];
  const note = dialog.querySelector("[data-check-note]");
  const open = {};
  let [level, drawing] = [null, 0];

  async function listen() {
    await show("audio");
    level?.stop();
    level = open.audio && levelOf(open.audio);
    if (!drawing) draw();
  }

  function draw() {
    meter.value = level?.now() ?? 0;
    drawing = requestAnimationFrame(draw);
  }

  async function look() {
    await show("video");
    mirror.hidden = !open.video;
    mirror.srcObject = open.video ? new MediaStream([open.video]) : null;
    dialog.querySelector("[data-blur]").hidden = !devices.canBlur(open.video);
    dialog.querySelector("[data-no-blur]").hidden = !open.video || devices.canBlur(open.video);
    dialog.querySelector("[data-camera-on]").hidden = !open.video;
  }

  async function show(kind) {
    open[kind]?.stop();
    open[kind] = await devices.open(kind).catch(() => null);
    note.textContent = open[kind] ? "" : words[kind === "audio" ? "no_microphone" : "no_camera"];
    await list();
  }

  async function list() {
    for (const select of dialog.querySelectorAll("[data-device]")) {
      const found = await devices.list(select.dataset.device);
      const options = found.map(({ deviceId, label }, at) => new Option(label || `${at + 1}`, deviceId));
      select.replaceChildren(...options);
      select.value = devices.chosen[select.dataset.device] || found[0]?.deviceId || "";
      select.closest(".field").hidden = !found.length || (select.dataset.device === "audiooutput" && !CAN_CHOOSE_OUTPUT);
    }
  }

  async function choose({ target }) {
    const kind = target.dataset.device;
    if (kind) devices.chosen[kind] = target.value;
    if (kind in PICTURES) own.change(PICTURES[kind]);
    if (kind === "audioinput") await listen();
    if (kind === "videoinput") await look();
    if (target.name === "blur") await devices.blur(open.video, (devices.chosen.blur = target.checked));
    if (target.name === "receive") line.ask("receive", { what: target.value });
    if (target.name === "direct") line.ask("connect_directly", { on: target.checked });
  }

  return new Promise((resolve) => {
    const picture = dialog.querySelector("[data-look]");
    picture.addEventListener("click", look);
    dialog.addEventListener("change", choose);
    dialog.querySelector("[name=receive]").value = room.you.receives;
    dialog.querySelector("[data-direct]").hidden = !room.media.direct_allowed;
    dialog.querySelector("[name=direct]").checked = room.you.is_direct;
    dialog.addEventListener("close", end, { once: true });
    dialog.returnValue = "";
    dialog.showModal();
    listen();

    function end() {
      picture.removeEventListener("click", look);
      dialog.removeEventListener("change", choose);
      cancelAnimationFrame(drawing);
      level?.stop();
      for (const track of Object.values(open)) track?.stop();
      mirror.srcObject = null;
      for (const it of [mirror, dialog.querySelector("[data-camera-on]")]) it.hidden = true;
      resolve(dialog.returnValue);
    }
  });
}
