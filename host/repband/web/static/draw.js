// Draws the state: every function writes what it is given and decides nothing.
import { put } from "./pace.js";

const STEERING = "#controls button, #check button, #start-button, #rest button, #side-button, #stopped button, #end";
const $ = (id) => document.getElementById(id);
let state = null;
let texts = null;
let pace = null;

export function show(name) {
  document.body.dataset.state = name;
  for (const part of document.querySelectorAll("[data-in]")) {
    part.classList.toggle("shown", part.dataset.in.split(" ").includes(name));
  }
}

// Draws the state as it is now; gives true when it is another one than before.
export function draw(now, words, guide) {
  [state, texts, pace] = [now, words, guide];
  const isNew = document.body.dataset.state !== state.state;
  if (isNew) show(state.state);
  put($("plan"), state.title);
  drawDots();
  drawSensor();
  $("watching").hidden = state.steers;
  for (const button of document.querySelectorAll(STEERING)) button.disabled = !state.steers;
  const draws = { "idle": drawIdle, "rest": drawRest, "closing": drawRest, "side": drawSide, "stopped": drawStopped, "done": drawDone, "check": drawCheck };
  (draws[state.state] ?? drawWork)();
  drawControls();
  return isNew;
}

function drawDots() {
  const over = state.sets.length;
  const now = state.set.index;
  const dots = $("dots");
  while (dots.children.length < state.sets_total) dots.append(document.createElement("li"));
  [...dots.children].forEach((dot, at) => {
    dot.className = at < over ? "over" : at + 1 === now ? "now" : "";
  });
}

function drawSensor() {
  const { state: how, battery_percent, name, silent_s } = state.sensor;
  $("sensor").dataset.sensor = how;
  const battery = battery_percent === null ? "" : ` · ${battery_percent} %`;
  const lost = `Sensor lost ${Math.floor(silent_s)} s`;
  put($("sensor-text"), how === "ok" ? `Sensor${battery}` : how === "lost" ? lost : "Waiting for the sensor");
  $("sensor").title = name;
}

export function which(set) {
  const side = set.side ? `${set.side} side · ` : "";
  const load = set.load === "bodyweight" ? "" : ` · ${set.load}`;
  return `${side}set ${set.number} of ${set.of}${load}`;
}

function reps(count) { return `${count} ${count === 1 ? "rep" : "reps"}`; }

function drawCheck() {
  const { check, cue, excursion_deg } = state;
  put($("check-title"), check.title);
  put($("check-count"), check.step === "reps" ? reps(check.counted) : "");
  put($("check-cue"), cue?.say ?? "");
  put($("strip-text"), `thigh ${Math.round(excursion_deg)}°`);
  if ($("check").dataset.step === check.step) return;
  $("check").dataset.step = check.step;
  $("check-more").replaceChildren(...check.more.map((text) => Object.assign(document.createElement("li"), { textContent: text.replace(/^- /, "") })));
  $("check-choices").replaceChildren(...check.choices.map(({ say, name, args }) => {
    const button = Object.assign(document.createElement("button"), { type: "button", textContent: say, disabled: !state.steers });
    Object.assign(button.dataset, { name, args: JSON.stringify(args) });
    return button;
  }));
}

function drawIdle() {
  const { set } = state;
  put($("idle-eyebrow"), texts?.demo ? "Demo: a virtual wearer" : "Ready when you are");
  put($("idle-title"), set.title);
  put($("idle-what"), `${set.of} × ${set.target ?? "as many"} reps${set.side ? `, ${set.side} side first` : ""}${set.load === "bodyweight" ? "" : `, ${set.load}`}`);
  put($("idle-placement"), set.exercise.placement);
  put($("idle-posture"), set.exercise.rest_posture);
  if ($("idle-plan").childElementCount !== state.plan.length) {
    $("idle-plan").replaceChildren(...state.plan.map((item) => Object.assign(document.createElement("li"), {
      textContent: `${item.title} ${item.sets} × ${item.target ?? "∞"}${item.sides > 1 ? " each side" : ""}`,
    })));
  }
}

function drawWork() {
  const { set, said, counted } = state;
  put($("exercise"), set.title);
  put($("which"), which(set));
  const words = { "count-in": String(Math.ceil(state.left_s ?? 0)), "ready": "Get into position" }[state.state];
  put($("number"), words ?? String(said));
  $("hero").classList.toggle("words", state.state === "ready");
  $("hero").dataset.digits = String(String(words ?? said).length);
  put($("of"), set.target && state.state !== "count-in" ? `of ${set.target}` : "");
  $("corrected").hidden = said === counted;
  put($("corrected"), `counted ${counted}, corrected by you`);
  put($("say"), sayLine());
  $("say").classList.toggle("cue", Boolean(state.cue));
  $("pace").hidden = state.state === "ready" || state.state === "count-in";
  pace.take(set, state.phase, state.state === "set" && state.sensor.state === "ok");
  drawPips(said, set.target);
  const usual = state.usual;
  put($("strip-text"), `thigh ${Math.round(state.excursion_deg)}°${usual ? ` · your usual range ${Math.round(usual.low_deg)}–${Math.round(usual.high_deg)}° is shaded` : ""}`);
}

function sayLine() {
  if (state.state === "paused") return "Paused. Nothing counts now.";
  if (state.sensor.state === "lost") return "No news from the sensor: check that it is on and near.";
  if (state.state === "count-in") return "Starting …";
  if (state.state === "ready") return state.cue?.say ?? `${state.set.exercise.rest_posture} Keep still until you hear “go”.`;
  return state.cue?.say ?? "";
}

function drawPips(said, target) {
  const pips = $("pips");
  const wanted = target ? Math.min(Math.max(target, said), 40) : 0;
  while (pips.children.length > wanted) pips.lastChild.remove();
  while (pips.children.length < wanted) pips.append(document.createElement("li"));
  [...pips.children].forEach((pip, at) => { pip.className = at < said ? (at >= target ? "extra" : "done") : ""; });
}

function drawRest() {
  const closing = state.state === "closing";
  const { next } = state;
  put($("rest-title"), closing ? "All sets are done" : "Rest");
  put($("left"), closing ? "✓" : clock(state.left_s ?? 0));
  const whole_s = state.of_s || 1;
  $("left-bar").style.transform = `scaleX(${Math.min(1, (state.left_s ?? 0) / whole_s)})`;
  put($("next"), closing ? "Two last questions, then finish." : next ? `Next: ${next.title}, ${which(next)}${next.target ? `, ${reps(next.target)}` : ""}` : "");
  put($("rest-skip"), closing ? "Finish" : "Next set now");
  const last = state.sets.at(-1);
  if (last) {
    const corrected = last.said === last.counted ? "" : ` (counted ${last.counted}, corrected by you)`;
    const short = last.target && last.said < last.target ? ` of ${last.target}` : "";
    put($("done-line"), `Set ${last.number}: ${last.said}${short} ${last.said === 1 && !short ? "rep" : "reps"}${corrected}`);
  }
  if (texts) $("pain-legend").firstChild.textContent = "Pain now? ";
  pressScales();
  put($("pain-say"), state.questions?.say ?? "");
}

function clock(seconds) {
  const whole = Math.ceil(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

function pressScales() {
  for (const question of ["effort", "pain"]) {
    const given = state.questions?.[question];
    [...$(question).querySelectorAll("button")].forEach((button, score) => {
      button.setAttribute("aria-pressed", String(given === score));
    });
  }
}

function drawSide() {
  const side = state.side ?? "other";
  put($("side-title"), `Move the sensor to your ${side} thigh`);
  put($("side-how"), `${state.next?.rest_posture ?? ""} Strap it firmly, as before: which way it is turned does not matter.`);
  put($("side-button"), `It is on the ${side} thigh`);
}

function drawStopped() {
  const band = texts?.safety.pain.bands.find(({ action }) => action === "stop");
  put($("stopped-say"), band?.say ?? "");
  $("stopped-next").hidden = !state.pain?.goes_on;
}

function drawDone() {
  const total = state.sets.reduce((sum, { said }) => sum + said, 0);
  put($("kept"), texts?.keeps ? "The session is kept." : "Nothing of this session is kept, as you asked.");
  put($("done-title"), `${reps(total)} in ${state.sets.length} ${state.sets.length === 1 ? "set" : "sets"}`);
  const rows = state.sets.map((set) => [
    `${set.title}${set.side ? `, ${set.side}` : ""}`,
    `${set.said}${set.target ? ` of ${set.target}` : ""}${set.said === set.counted ? "" : ` (counted ${set.counted})`}${set.count_min === set.count_max ? "" : ` [${set.count_min}–${set.count_max}]`}`,
    set.rep_s === null ? "–" : `${set.rep_s.toFixed(1)} s`,
    set.deg === null ? "–" : `${Math.round(set.deg)}°`,
    set.effort === null ? "not answered" : String(set.effort),
    set.pain === null ? "not answered" : String(set.pain),
  ]);
  const body = $("summary").tBodies[0];
  if (body.dataset.rows === JSON.stringify(rows)) return;
  body.dataset.rows = JSON.stringify(rows);
  body.replaceChildren(...rows.map((row) => {
    const line = document.createElement("tr");
    line.append(...row.map((text) => Object.assign(document.createElement("td"), { textContent: text })));
    return line;
  }));
}

function drawControls() {
  const resting = state.state === "rest" || state.state === "closing";
  put($("pause-text"), state.state === "paused" ? "Go on" : "Pause");
  $("pause").hidden = state.state === "closing";
  $("skip").hidden = resting;
  put($("skip-text"), "end set");
  document.querySelector(".target").hidden = resting && !state.next;
  $("hurts").hidden = resting;
  const target = resting ? state.next?.target : state.set.target;
  put($("target"), target ? String(target) : "–");
}
