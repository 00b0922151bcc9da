// Words for ears: the live region for screen readers, and speech where the browser has a voice.
import { which } from "./draw.js";

const $ = (id) => document.getElementById(id);
let spoken = "";

const SENTENCES = {
  "count-in": () => "Get ready.",
  "ready": (state) => `${state.set.title}, ${which(state.set)}. Get into position and keep still.`,
  "paused": () => "Paused.",
  "rest": (state) => `Rest ${Math.round(state.left_s ?? 0)} seconds. How hard was it, and is there pain?`,
  "side": (state) => `Move the sensor to your ${state.side} thigh, then confirm.`,
  "closing": () => "All sets are done. Two last questions.",
  "done": () => "The session is over.",
};

// Says what has changed between two states.
export function announce(before, next, texts, sound) {
  if (!before) return;
  const tell = (region, text) => say(region, text, sound);
  if (before.state !== next.state) {
    if (next.state === "stopped") tell($("loud"), `Stop this exercise for today. ${texts?.safety.red_flags.act ?? ""}`);
    else if (next.state === "set" && before.state !== "paused") tell($("live"), "Go.");
    else if (SENTENCES[next.state]) tell($("live"), SENTENCES[next.state](next));
  }
  if (next.said !== before.said && next.state === "set") {
    tell($("live"), String(next.said));
    if (next.counted > before.counted) beat();
  }
  if (next.cue && next.cue.at_s !== before.cue?.at_s) tell($("live"), next.cue.say);
  if (next.sensor.state !== before.sensor.state) tell($("live"), { ok: "Sensor is back.", lost: "Sensor lost." }[next.sensor.state] ?? "");
}

function say(region, text, sound) {
  if (!text) return;
  region.textContent = text === spoken ? `${text}\u00a0` : text;
  spoken = region.textContent;
  sound.speak(text, region.id === "loud" || /^\d+$/.test(text));
}

function beat() {
  const work = $("work");
  work.classList.remove("beat");
  requestAnimationFrame(() => work.classList.add("beat"));
}
