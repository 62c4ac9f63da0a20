"use strict";
// The players: every source of a loop is decoded once and plays in step with the others, so that switching between them is
// a crossfade of ten milliseconds and never a gap. Nothing here asks the network for anything.
(() => {
  const FADE_S = 0.01;
  const store = document.getElementById("loops");
  const player = document.getElementById("player");
  const say = (text) => { const at = document.getElementById("player-status"); if (at) at.textContent = text; };
  addEventListener("beforeprint", () => document.querySelectorAll("details.part").forEach((part) => { part.open = true; }));
  // A link to a folded part opens it.
  const unfold = () => {
    const part = location.hash && document.getElementById(location.hash.slice(1));
    if (part instanceof HTMLDetailsElement) part.open = true;
  };
  addEventListener("hashchange", unfold);
  unfold();
  if (!store || !player) return;
  const loops = JSON.parse(store.textContent);
  const button = player.querySelector("#play");
  const place = player.querySelector("#place");
  // Rounded as the page is, so that a loop begins where its button says.
  const clock = (s) => {
    const whole = Math.round(s);
    return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
  };
  let audio = null, decoded = new Map(), running = [], loop = 0, source = 0, offset = 0, startedAt = 0, playing = false;
  const length = () => loops[loop].to_s - loops[loop].from_s;
  const position = () => playing ? (offset + audio.currentTime - startedAt) % length() : offset;
  const bytes = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0)).buffer;
  async function buffers(n) {
    if (!decoded.has(n)) {
      decoded.set(n, await Promise.all(loops[n].sources.map((one) => audio.decodeAudioData(bytes(one.opus)))));
    }
    return decoded.get(n);
  }
  function stop() {
    offset = position();
    playing = false;
    for (const one of running) { try { one.node.stop(); } catch { /* it had ended */ } one.gain.disconnect(); }
    running = [];
    button.textContent = "Play";
    button.setAttribute("aria-pressed", "false");
  }
  async function start() {
    audio ??= new AudioContext();
    await audio.resume();
    const heard = await buffers(loop);
    startedAt = audio.currentTime + 0.02;
    running = heard.map((buffer, n) => {
      const node = audio.createBufferSource();
      node.buffer = buffer;
      node.loop = true;
      node.loopEnd = Math.min(length(), buffer.duration);
      const gain = audio.createGain();
      gain.gain.value = n === source ? loops[loop].sources[n].gain : 0;
      node.connect(gain).connect(audio.destination);
      node.start(startedAt, offset % length());
      return { node, gain };
    });
    playing = true;
    button.textContent = "Stop";
    button.setAttribute("aria-pressed", "true");
    say(`Playing ${loops[loop].sources[source].name}, ${loops[loop].name}`);
  }
  function choose(n) {
    source = n;
    running.forEach((one, at) => {
      const to = at === n ? loops[loop].sources[at].gain : 0;
      one.gain.gain.cancelScheduledValues(audio.currentTime);
      one.gain.gain.setTargetAtTime(to, audio.currentTime, FADE_S / 3);
    });
    if (playing) say(`Playing ${loops[loop].sources[source].name}, ${loops[loop].name}`);
  }
  async function go(n, at) {
    const was = playing;
    if (was) stop();
    loop = n;
    offset = Math.max(0, Math.min(at, length() - 0.05));
    player.querySelectorAll("input[name=loop]").forEach((one) => { one.checked = Number(one.value) === n; });
    show();
    if (was) await start();
  }
  function show() {
    place.max = length();
    place.value = position();
    const now = loops[loop].from_s + position();
    place.setAttribute("aria-valuetext", clock(now));
    player.querySelector("#now").textContent = `${clock(now)} (${clock(loops[loop].from_s)} to ${clock(loops[loop].to_s)})`;
  }
  button.addEventListener("click", () => playing ? stop() : start().catch((error) => say(`This browser cannot play it: ${error.message}`)));
  place.addEventListener("input", () => { const to = Number(place.value); const was = playing; if (was) stop(); offset = to; if (was) start(); show(); });
  player.querySelectorAll("input[name=source]").forEach((one) => one.addEventListener("change", () => choose(Number(one.value))));
  player.querySelectorAll("input[name=loop]").forEach((one) => one.addEventListener("change", () => go(Number(one.value), 0)));
  document.querySelectorAll("[data-seek]").forEach((one) => one.addEventListener("click", async () => {
    const at = Number(one.dataset.seek);
    const n = loops.findIndex((l) => at >= l.from_s && at < l.to_s);
    if (n < 0) {
      say(`${clock(at)} is in none of the loops; mixkeel report --embed full puts the whole song in the page`);
      document.getElementById("players").open = true;
      return;
    }
    await go(n, at - loops[n].from_s);
    if (!playing) start().catch((error) => say(`This browser cannot play it: ${error.message}`));
  }));
  setInterval(() => { if (playing) show(); }, 100);
  show();
  window.mixkeel = { state: () => ({ playing, loop, source, position: position() }) };
})();
