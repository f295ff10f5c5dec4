/* Rows of a Django formset: add, copy, move, remove, bring back; names are numbered anew each time.
 *
 * [data-rows="PREFIX"]      around everything; holds the management form (PREFIX-TOTAL_FORMS ...) or has it in the same <form>
 * [data-row]                one row; its fields are named PREFIX-0-name
 * [data-rows-body]          what rows are put into (default: the parent of the first row or of the template)
 * [data-rows-end]           what rows are put before, where something stands behind them or a row is a <tbody>
 * <template data-empty-row> formset.empty_form as a row, with __prefix__ for the number
 * [data-row-add]            button; [data-row-undo] button, shown after a removal (both once, inside [data-rows])
 * [data-row-up] [data-row-down] [data-row-copy] [data-row-remove]  buttons in the row; Alt+Up and Alt+Down move it too
 *                           and Alt+Enter adds a row below, Alt+Shift+Down copies it, Alt+Delete removes it, where the row has these buttons
 * [data-row-number]         shows the row's number; a field named PREFIX-0-ORDER is filled with it
 * data-rows-min="1"         the last rows are kept (default 0)
 *
 * A saved row (its PREFIX-0-id has a value) is not taken out but marked by its DELETE box and hidden.
 * `rows:changed` is sent from [data-rows] after each change, and an `input` event, so that the live verdict asks again;
 * sending `rows:add` to [data-rows] adds a row, found in event.detail.row; `rows:settle` numbers rows that came from elsewhere.
 */
(() => {
  "use strict";
  const ATTRIBUTES = ["name", "id", "for", "aria-describedby", "aria-labelledby", "list", "href"];

  const holder = (element) => element.closest("[data-rows]");
  const rowsOf = (area) => [...area.querySelectorAll("[data-row]")];
  const alive = (area) => rowsOf(area).filter((row) => !("gone" in row.dataset));
  const named = (row, suffix) => [...row.querySelectorAll("[name]")].find((field) => field.name.endsWith(`-${suffix}`));
  const management = (area, name) => (area.closest("form") || document).querySelector(`[name="${area.dataset.rows}-${name}"]`);

  function renumber(row, prefix, number) {
    const pattern = new RegExp(`(^|[#_\\s])${prefix}-(\\d+|__prefix__)-`, "g");
    for (const element of [row, ...row.querySelectorAll("*")]) {
      for (const attribute of ATTRIBUTES) {
        const value = element.getAttribute(attribute);
        if (value) element.setAttribute(attribute, value.replace(pattern, `$1${prefix}-${number}-`));
      }
    }
    const label = row.querySelector("[data-row-number]");
    if (label) label.textContent = number + 1;
    const order = named(row, "ORDER");
    if (order) order.value = number + 1;
  }

  function settle(area) {
    const rows = rowsOf(area);
    rows.forEach((row, number) => renumber(row, area.dataset.rows, number));
    const total = management(area, "TOTAL_FORMS");
    if (total) total.value = rows.length;
    const initial = management(area, "INITIAL_FORMS");
    if (initial) {
      initial.dataset.asLoaded ??= initial.value;
      initial.value = Math.min(Number(initial.dataset.asLoaded), rows.length);
    }
    for (const [index, row] of alive(area).entries()) {
      row.querySelector("[data-row-up]")?.toggleAttribute("disabled", index === 0);
      row.querySelector("[data-row-down]")?.toggleAttribute("disabled", index === alive(area).length - 1);
    }
  }

  function changed(area, said) {
    settle(area);
    const undo = area.querySelector("[data-row-undo]");
    if (undo && !undo.row) undo.hidden = true;
    area.dispatchEvent(new CustomEvent("rows:changed", { bubbles: true, detail: { said } }));
    area.dispatchEvent(new Event("input", { bubbles: true }));
  }

  function bodyOf(area) {
    return area.querySelector("[data-rows-body]") || area.querySelector("[data-row]")?.parentElement || area.querySelector("template[data-empty-row]").parentElement;
  }

  function add(area) {
    const row = area.querySelector("template[data-empty-row]").content.firstElementChild.cloneNode(true);
    renumber(row, area.dataset.rows, rowsOf(area).length);
    const end = area.querySelector("[data-rows-end]");
    if (end) end.before(row);
    else bodyOf(area).append(row);
    window.htmx?.process(row);
    changed(area, "added");
    return row;
  }

  function first(row) {
    row.querySelector("input:not([type=hidden], [type=checkbox]), select, textarea")?.focus();
  }

  function copy(area, row) {
    const twin = add(area);
    const values = [...row.querySelectorAll("[name]")];
    for (const field of twin.querySelectorAll("[name]")) {
      const ending = field.name.replace(/^.*-\d+-/, "");
      const source = values.find((other) => other.name.replace(/^.*-\d+-/, "") === ending && (field.type !== "radio" || other.value === field.value));
      if (!source || ["id", "DELETE", "ORDER"].includes(ending) || field.type === "file") continue;
      if (field.type === "checkbox" || field.type === "radio") field.checked = source.checked;
      else if (field.multiple) [...field.options].forEach((option, index) => { option.selected = source.options[index]?.selected; });
      else field.value = source.value;
    }
    Object.assign(twin.dataset, row.dataset.listPrice ? { listPrice: row.dataset.listPrice } : {});
    row.after(twin);
    changed(area, "copied");
    first(twin);
  }

  function move(area, row, step) {
    const rows = alive(area);
    const other = rows[rows.indexOf(row) + step];
    if (!other) return;
    if (step < 0) other.before(row);
    else other.after(row);
    changed(area, "moved");
  }

  function remove(area, row) {
    const rows = alive(area);
    const minimum = Number(area.dataset.rowsMin || 0);
    if (rows.length <= minimum) {
      for (const field of row.querySelectorAll("[name]:not([type=hidden])")) field.value = "";
      changed(area, "emptied");
      return;
    }
    const next = rows[rows.indexOf(row) + 1] || rows[rows.indexOf(row) - 1];
    const undo = area.querySelector("[data-row-undo]");
    if (undo) Object.assign(undo, { row, before: row.nextElementSibling, home: row.parentElement, hidden: false });
    const saved = named(row, "id")?.value;
    const mark = named(row, "DELETE");
    if (saved && mark) {
      mark.checked = true;
      row.dataset.gone = "";
    } else row.remove();
    changed(area, "removed");
    if (next) first(next);
    else area.querySelector("[data-row-add]")?.focus();
  }

  function bringBack(area, undo) {
    const { row, before, home } = undo;
    if (!row) return;
    if ("gone" in row.dataset) {
      delete row.dataset.gone;
      named(row, "DELETE").checked = false;
    } else if (before?.parentElement === home) home.insertBefore(row, before);
    else home.append(row);
    undo.row = null;
    changed(area, "back");
    first(row);
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-row-add], [data-row-undo], [data-row-up], [data-row-down], [data-row-copy], [data-row-remove]");
    const area = button && holder(button);
    if (!area) return;
    event.preventDefault();
    const row = button.closest("[data-row]");
    if ("rowAdd" in button.dataset) first(add(area));
    else if ("rowUndo" in button.dataset) bringBack(area, button);
    else if ("rowCopy" in button.dataset) copy(area, row);
    else if ("rowRemove" in button.dataset) remove(area, row);
    else {
      move(area, row, "rowUp" in button.dataset ? -1 : 1);
      if (!button.disabled) button.focus();
    }
  });

  document.addEventListener("keydown", (event) => {
    if (!event.altKey || event.ctrlKey || event.metaKey || !["ArrowUp", "ArrowDown", "Enter", "Delete"].includes(event.key)) return;
    const row = event.target.closest?.("[data-row]");
    const area = row && holder(row);
    if (!area) return;
    const can = (button) => row.querySelector(`[data-row-${button}]`);
    const arrow = event.key.startsWith("Arrow");
    if (!can(event.key === "Delete" ? "remove" : arrow && event.shiftKey ? "copy" : "up")) return;
    event.preventDefault();
    if (event.key === "Delete") remove(area, row);
    else if (event.key === "Enter") {
      const fresh = add(area);
      row.after(fresh);
      changed(area, "added");
      first(fresh);
    } else if (event.shiftKey) copy(area, row);
    else {
      move(area, row, event.key === "ArrowUp" ? -1 : 1);
      event.target.focus();
    }
  });

  document.addEventListener("rows:settle", (event) => settle(event.target));
  document.addEventListener("rows:add", (event) => { event.detail.row = add(event.target); });
  for (const area of document.querySelectorAll("[data-rows]")) settle(area);
})();
