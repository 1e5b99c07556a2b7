// Local times, the two keys, and a word when the page no longer changes by itself. Everything works without it.
(() => {
  const forms = {
    clock: { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23", timeZoneName: "short" },
    short: { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZoneName: "short" },
    day: { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23", timeZoneName: "short" },
    until: { weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZoneName: "short" },
  };
  // Under a chart the zone is that of everything beside it, and there is no room for it.
  const axis = { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" };
  // The server writes UTC; readers get their own clock. The UTC time stays in the title.
  const local = () => {
    for (const time of document.querySelectorAll("time[data-local]")) {
      const form = forms[time.dataset.local];
      const text = form && new Intl.DateTimeFormat("en-GB", form).format(new Date(time.dateTime));
      if (text && time.textContent !== text) time.textContent = text;
    }
    for (const label of document.querySelectorAll("text[data-time]")) {
      const text = new Intl.DateTimeFormat("en-GB", axis).format(new Date(label.dataset.time));
      if (label.textContent !== text) label.textContent = text;
    }
    const zone = document.getElementById("zone");
    if (zone) zone.textContent = "Times are " + Intl.DateTimeFormat().resolvedOptions().timeZone;
  };
  const live = (yes) => {
    const sign = document.getElementById("stale");
    if (sign) sign.hidden = yes;
  };
  // Where popovers are unknown there is no overlay, and no button for it.
  const keys = HTMLElement.prototype.togglePopover ? document.getElementById("keys") : null;
  const opener = document.getElementById("keys-open");
  if (keys && opener) opener.hidden = false;
  const box = () => document.querySelector("input[name=q]");
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input, textarea, select, [contenteditable]");
    if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "/" && box()) {
      event.preventDefault();
      keys?.hidePopover();
      box().focus();
    } else if (event.key === "?" && keys) {
      event.preventDefault();
      keys.togglePopover();
    }
  });
  document.addEventListener("htmx:after:swap", local);
  document.addEventListener("htmx:sse:after:connection", () => live(true));
  document.addEventListener("htmx:sse:error", () => live(false));
  document.addEventListener("htmx:sse:before:connection", (event) => live(event.detail.connection.attempt === 0));
  document.addEventListener("DOMContentLoaded", local);
  local();
})();
