/* The editor of a mandate or the charter, on top of rows.js and live.js: what they do not know of tables of limits.
 *
 * form.editor             live.js asks for #_checks; an older answer never lands in rows that have changed since
 * form[data-autosave]     is saved quietly 3 s after the last key and when the page is left; says so in #_saved
 * [data-redraw]           a submit button whose answer is the whole form, with rows changed; the focus then goes to the changed row
 * [data-choose]           opens #_chooser (a <dialog>) for the field beside it; [data-chooser-use], [data-chooser-close], [data-chooser-find] in it
 * [data-rows-paste]       several lines pasted into a field of these rows are read as rows by the server, by the same button as without scripts
 * [data-field]            in #_checks and in a row's [id$=-said]: the field that is wrong (data-stops) or noted
 * Up and Down             go to the same field of the row above or below
 */
(() => {
  "use strict";
  const WAIT = 3000;
  const form = () => document.getElementById("_editor");
  const address = location.pathname;
  let timer = 0;
  let dirty = false;
  let saving = null;
  let redrawing = false;

  const say = (text) => document.dispatchEvent(new CustomEvent("announce", { detail: text })); // to live.js
  // asked beside the form's own live question, which would cut it short
  const ask = (values, target) => window.htmx.ajax("POST", address, { source: document.getElementById("_asker"), target, swap: "outerHTML", values });

  // --- what is wrong, at the fields ---

  function mark() {
    const page = form();
    if (!page) return;
    for (const field of page.querySelectorAll("[aria-invalid], [data-noted]")) {
      field.removeAttribute("aria-invalid");
      field.removeAttribute("aria-describedby");
      delete field.dataset.noted;
    }
    for (const said of page.querySelectorAll("[data-field]")) {
      const field = page.querySelector(`[name="${CSS.escape(said.dataset.field)}"]:not([type=hidden])`);
      if (!field) continue;
      if (said.dataset.stops !== undefined && said.dataset.stops !== "no") field.setAttribute("aria-invalid", "true");
      if (said.id) field.setAttribute("aria-describedby", said.id);
      field.dataset.noted = "";
    }
  }

  // --- asking while one types ---

  document.addEventListener("htmx:configRequest", (event) => {
    if (event.detail.elt !== form() || event.detail.triggeringEvent?.type !== "live") return;
    if (redrawing) {
      event.preventDefault();
      return;
    }
    event.detail.formData.set("then", "check");
    for (const name of ["base", "pasted"]) event.detail.formData.delete(name);
  });

  // A reader hears a row again only when its words have changed.
  document.addEventListener("htmx:oobBeforeSwap", (event) => {
    const { target, fragment } = event.detail;
    const fresh = fragment?.firstElementChild || fragment;
    if (target?.classList?.contains("said") && target.innerHTML.trim() === fresh?.innerHTML?.trim()) event.detail.shouldSwap = false;
  });

  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.detail.target?.id === "_saved") return;
    mark();
  });

  function typed(event) {
    const page = form();
    const field = event.target;
    if (!page || !page.contains(field) || field.matches?.("[data-live-skip]")) return;
    if (field !== page && !field.matches?.("[data-rows], input, select, textarea")) return;
    window.htmx?.trigger(page, "htmx:abort"); // an answer to older rows would speak of other ones
    dirty = true;
    if (!page.matches("[data-autosave]")) return;
    clearTimeout(timer);
    timer = setTimeout(save, WAIT);
  }
  document.addEventListener("input", typed);

  // --- saving quietly ---

  function save() {
    clearTimeout(timer);
    if (!dirty || saving || !form()?.matches("[data-autosave]") || document.querySelector("#_saved[data-stale]")) return;
    dirty = false;
    saving = fetch(address, { method: "POST", body: body("auto"), headers: { "HX-Request": "true" }, credentials: "same-origin" })
      .then((answer) => answer.text())
      .then(kept)
      .catch(lost)
      .finally(() => {
        saving = null;
        if (dirty) timer = setTimeout(save, WAIT);
      });
  }

  function body(then) {
    const data = new FormData(form());
    for (const name of ["pasted", "pick", "pick_q", "pick_for"]) data.delete(name);
    data.set("then", then);
    return data;
  }

  /* Put in what the server says of the saving; the fields that people type into stay as they are. */
  function kept(text) {
    const answer = new DOMParser().parseFromString(text, "text/html");
    if (!answer.getElementById("_saved") || answer.getElementById("_editor")) throw new Error("no answer to a saving"); // signed out, or an error
    for (const id of ["_saved", "id_edition", "id_base"]) {
      const [here, fresh] = [document.getElementById(id), answer.getElementById(id)];
      if (!here || !fresh) continue;
      if (id !== "_saved") here.value = fresh.value;
      else {
        for (const name of ["failed", "stale"]) here.toggleAttribute(`data-${name}`, fresh.hasAttribute(`data-${name}`));
        here.replaceChildren(...fresh.childNodes);
      }
    }
  }

  /* No answer: say so, and try again. */
  function lost() {
    dirty = true;
    const said = document.getElementById("_saved");
    said.dataset.failed = "";
    said.textContent = said.closest("[data-lost]").dataset.lost;
  }

  document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden") save(); });
  window.addEventListener("pagehide", () => {
    if (!dirty || saving || !form()?.matches("[data-autosave]")) return;
    const last = body("auto");
    last.delete("base"); // nobody reads the answer, and what is sent on leaving must be small
    fetch(address, { method: "POST", body: last, keepalive: true, credentials: "same-origin" });
  });

  // --- buttons ---

  function redraw(button, values) {
    const before = form().querySelectorAll("[data-row]").length;
    const about = button.closest("li")?.querySelector("a")?.getAttribute("href");
    window.htmx.trigger(form(), "htmx:abort");
    redrawing = true;
    return ask(values, "#_editor").finally(() => { redrawing = false; }).then(() => {
      const rows = [...form().querySelectorAll('[data-rows="limits"] [data-row]')];
      const place = rows.length > before ? rows.at(-1) : about && form().querySelector(about)?.closest("[data-row]");
      const field = place?.querySelector("select, input:not([type=hidden])") || (about && form().querySelector(about)) || form().querySelector("#checks-title a, [data-row-add]");
      field?.focus();
      for (const area of form().querySelectorAll("[data-rows]")) area.dispatchEvent(new CustomEvent("rows:settle", { bubbles: true }));
      form().dispatchEvent(new Event("input", { bubbles: true }));
      mark();
    });
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("button");
    const page = form();
    if (!button || !page?.contains(button) || !window.htmx) return;
    const dialog = document.getElementById("_chooser");
    if ("redraw" in button.dataset) {
      event.preventDefault();
      redraw(button, { [button.name]: button.value });
    } else if ("choose" in button.dataset) {
      event.preventDefault();
      choose(button.closest("span").querySelector("input"));
    } else if ("chooserFind" in button.dataset) {
      event.preventDefault();
      find(dialog);
    } else if ("chooserUse" in button.dataset) {
      event.preventDefault();
      use(dialog);
    } else if ("chooserClose" in button.dataset) {
      event.preventDefault();
      dialog.close();
    }
  });

  // An ordinary submit waits for a saving that is under way: it would meet its own edition.
  document.addEventListener("submit", (event) => {
    clearTimeout(timer);
    if (event.target !== form()) return;
    if (!saving) {
      dirty = false;
      return;
    }
    event.preventDefault();
    const { submitter } = event;
    saving.finally(() => event.target.requestSubmit(submitter));
  });

  // --- choosing ---

  let opener = null;

  function choose(field) {
    opener = field;
    ask({ choose: field.name, pick_for: "" }, "#_chooser").then(show);
  }

  // What is ticked while the answer is on its way would be lost with the old list: it waits for the new one.
  function find(dialog) {
    const parts = dialog.querySelectorAll(".chooser-list, .buttons");
    for (const part of parts) part.inert = true;
    ask({ choose: dialog.dataset.field }, "#_chooser").then(() => { if (dialog.open) show(); }).finally(() => { for (const part of parts) part.inert = false; });
  }

  function show() {
    const dialog = document.getElementById("_chooser");
    if (!dialog.open) dialog.showModal();
    dialog.querySelector("#id_pick_q").focus();
    dialog.addEventListener("close", () => opener?.focus(), { once: true });
  }

  function use(dialog) {
    const words = [...dialog.querySelectorAll("[name=pick]:checked")].map((box) => (box.value.includes(",") ? `"${box.value}"` : box.value));
    opener.value = words.join(", ");
    dialog.close();
    opener.dispatchEvent(new Event("input", { bubbles: true }));
  }

  // --- keys and paste ---

  document.addEventListener("keydown", (event) => {
    const field = event.target;
    if (!form()?.contains(field) || event.altKey || event.ctrlKey || event.metaKey || event.isComposing) return;
    if (event.key === "Enter" && field.id === "id_pick_q") {
      event.preventDefault();
      find(document.getElementById("_chooser"));
    }
    if ((event.key !== "ArrowDown" && event.key !== "ArrowUp") || field.type !== "text") return;
    const row = field.closest("[data-row]");
    const rows = row && [...row.closest("[data-rows]").querySelectorAll("[data-row]")];
    const next = rows?.[rows.indexOf(row) + (event.key === "ArrowDown" ? 1 : -1)];
    const ending = field.name.replace(/^.*-\d+-/, "-");
    const target = next && [...next.querySelectorAll("input")].find((one) => one.name.endsWith(ending));
    if (!target) return;
    event.preventDefault();
    target.closest("details")?.setAttribute("open", "");
    target.focus();
    target.select();
  });

  document.addEventListener("paste", (event) => {
    const area = event.target.closest?.("[data-rows-paste]");
    const text = event.clipboardData?.getData("text/plain") || "";
    if (!area || event.target.tagName === "TEXTAREA" || !/[\t\n]/.test(text.trim())) return;
    event.preventDefault();
    area.querySelector("[name=pasted]").value = text;
    redraw(event.target, { then: "paste" });
  });

  document.addEventListener("rows:changed", (event) => {
    const text = event.target.dataset[`said${event.detail.said?.[0].toUpperCase()}${event.detail.said?.slice(1)}`];
    const { said } = event.detail;
    if (!text) return;
    setTimeout(() => { // the focus comes back to a row after it was moved
      const number = document.activeElement?.closest?.("[data-row]")?.querySelector("[data-row-number]")?.textContent;
      say(number && said === "moved" ? `${text} ${event.target.dataset.saidNumber.replace("{row}", number)}` : text);
    });
  });

  mark();
})();
