/* The live verdict: a form asks again 250 ms after the last key; older answers are dropped; a screen reader hears it at most every 2 s.
 *
 * form[data-live]  with hx-post="URL" hx-trigger="live" hx-sync="this:replace" hx-target="#_verdict" hx-swap="outerHTML".
 *                  `live` is sent here; hx-sync aborts what is still under way. Its ordinary submit (also "Check") is left alone.
 * [data-live-skip] a field whose changes ask nothing (the reason, files)
 * [data-say]       in the answer: the sentence that is read out into #announcer (base.html); focus never moves
 * .strip           in the answer: its sentence at the foot of a narrow screen, away while the answer itself is in view
 * [data-live-off]  shown when no answer came, hidden when one did: "No answer just now: use Check."
 *
 * Attached files are left out of what is asked.
 */
(() => {
  "use strict";
  const WAIT = 250;
  const HUSH = 2000;
  const timers = new WeakMap();
  const announcer = document.getElementById("announcer");
  let saidAt = 0;
  let said = "";
  let next = null;
  let speaking = 0;

  function ask(event) {
    const form = event.target.closest?.("form[data-live]") || event.target.form;
    if (!form?.matches("form[data-live]") || event.target.matches("[data-live-skip], [type=file]")) return;
    form.noValidate = true; // htmx would not ask while a required field is empty; the server says what is missing
    clearTimeout(timers.get(form));
    timers.set(form, setTimeout(() => window.htmx?.trigger(form, "live"), WAIT));
  }
  document.addEventListener("input", ask);

  function speak() {
    speaking = 0;
    if (next === null || next === said) return;
    said = next;
    saidAt = Date.now();
    announcer.textContent = said;
  }

  function announce(text) {
    next = text;
    if (!speaking) speaking = setTimeout(speak, Math.max(0, saidAt + HUSH - Date.now()));
  }

  // What somebody has just done is heard at once, and not talked over by what follows from it.
  document.addEventListener("announce", (event) => {
    announcer.textContent = event.detail;
    saidAt = Date.now();
    if (!speaking) return;
    clearTimeout(speaking);
    speaking = setTimeout(speak, HUSH);
  });

  const live = (event) => event.detail.requestConfig?.triggeringEvent?.type === "live" || event.detail.elt?.matches?.("form[data-live]");

  document.addEventListener("htmx:configRequest", (event) => {
    if (!event.detail.elt.matches("form[data-live]")) return;
    const fields = event.detail.formData;
    for (const [name, value] of [...fields.entries()]) if (value instanceof File) fields.delete(name);
  });

  function off(missing) {
    for (const place of document.querySelectorAll("[data-live-off]")) place.hidden = !missing;
  }
  document.addEventListener("htmx:afterRequest", (event) => {
    if (live(event) && event.detail.successful) off(false);
  });
  for (const name of ["htmx:sendError", "htmx:responseError", "htmx:timeout"]) {
    document.addEventListener(name, (event) => { if (live(event)) off(true); });
  }
  const seen = new IntersectionObserver((entries) => {
    for (const one of entries) one.target.parentElement?.querySelector(".strip")?.toggleAttribute("hidden", one.isIntersecting);
  }, { rootMargin: "0px 0px -80px" });
  function watch() {
    seen.disconnect();
    for (const one of document.querySelectorAll(".strip ~ .verdict")) seen.observe(one);
  }
  watch();
  document.addEventListener("htmx:afterSettle", watch);

  document.addEventListener("htmx:afterSettle", () => {
    const answer = document.querySelector("form[data-live]")?.getAttribute("hx-target");
    const sentence = answer && document.querySelector(answer)?.querySelector("[data-say]");
    if (sentence) announce(sentence.textContent.trim());
  });
})();
