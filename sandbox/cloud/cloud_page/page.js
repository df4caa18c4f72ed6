"use strict";
// Looks again every few seconds, and changes only what differs: nothing flickers, and what is folded or scrolled stays.
const SECONDS = 5;
const TRIES = 3;
const live = document.getElementById("live");
let failures = 0;
let timer = 0;

function sync(old, fresh) {
  if (old.nodeType !== Node.ELEMENT_NODE) {
    if (old.data !== fresh.data) old.data = fresh.data;
    return;
  }
  // A section is unfolded when it gets its first item. Else it stays as the reader left it.
  if (old.dataset.open !== fresh.dataset.open) old.open = fresh.open;
  for (const { name } of [...old.attributes]) if (name !== "open" && !fresh.hasAttribute(name)) old.removeAttribute(name);
  for (const { name, value } of fresh.attributes)
    if (name !== "open" && old.getAttribute(name) !== value) old.setAttribute(name, value);
  syncChildren(old, fresh);
}

function syncChildren(old, fresh) {
  const keyOf = (node) => node.dataset?.key;
  const keyed = new Map([...old.children].filter(keyOf).map((child) => [keyOf(child), child]));
  let at = old.firstChild;
  for (const child of [...fresh.childNodes]) {
    const key = keyOf(child);
    const same = key ? keyed.get(key) : at && !keyOf(at) && at.nodeName === child.nodeName ? at : null;
    if (!same) {
      old.insertBefore(child, at);
      continue;
    }
    if (same === at) at = at.nextSibling;
    else old.insertBefore(same, at);
    sync(same, child);
  }
  while (at) {
    const next = at.nextSibling;
    at.remove();
    at = next;
  }
}

function say(text, ended = false) {
  live.textContent = text;
  live.classList.toggle("ended", ended);
}

async function look() {
  clearTimeout(timer);
  if (document.hidden) return;
  try {
    const response = await fetch("/", { cache: "no-store", signal: AbortSignal.timeout(30_000) });
    if (!response.ok) throw new Error(`status ${response.status}`);
    const fresh = new DOMParser().parseFromString(await response.text(), "text/html");
    sync(document.getElementById("page"), fresh.getElementById("page"));
    document.title = fresh.title;
    failures = 0;
    say(`Up to date at ${new Date().toLocaleTimeString()}; looks again every ${SECONDS} seconds.`);
  } catch {
    failures += 1;
    if (failures === TRIES) {
      say("The sandbox has ended; this is what it held. After make sandbox, open the address that it prints.", true);
      return;
    }
    say("No answer; trying again.");
  }
  timer = setTimeout(look, SECONDS * 1000);
}

document.addEventListener("visibilitychange", () => failures < TRIES && look());
look();
