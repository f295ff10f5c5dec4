/* The deal desk's line grid, on top of rows.js (load that first): keys, paste from a spreadsheet, price and discount follow each other.
 *
 * [data-grid]        on the element that carries [data-rows]; data-minor="2" digits after the point of the deal's currency
 * [data-col="NAME"]  on each input or select of a row, in the order of the columns; these names mean something here:
 *                    product, price (the unit price that counts), discount (percent off list; may be left without a name for the server)
 * [data-paste]       on [data-grid], optional: columns of a pasted block without a header ("product quantity price"); default: from the
 *                    cell pasted into, to the right. A first row without any digit that names columns (their <th> or data-col) is read as header.
 * data-list-price    on the row, and on the <option>s of the product's select or datalist: "1200.00", point decimal. Choosing a product copies it.
 * [data-show="NAME"] in a row: shows an option's data-NAME (list, family, charge ...) when a product is chosen; "list" shows the list price
 *
 * Keys: Up and Down move between rows, Enter goes down and adds a row at the end; Ctrl+Enter sends the form.
 * Figures may have a decimal comma or point; they are written as the page's language writes them.
 */
(() => {
  "use strict";
  const SCALE = 10000n;
  const comma = new Intl.NumberFormat(document.documentElement.lang || "en").format(1.5).includes(",");

  /* Text -> BigInt of 1/10000, or null. The last of two kinds of separator is the decimal one; a lone one is, unless it
     is this language's thousands separator with three digits behind it. */
  function parse(text) {
    let figure = String(text).replace(/[\s\u00a0\u202f'’%]|[A-Z]{3}|[€$£]/g, "");
    const kinds = [",", "."].filter((mark) => figure.includes(mark));
    let decimal = kinds[0];
    if (kinds.length === 2) decimal = figure.lastIndexOf(",") > figure.lastIndexOf(".") ? "," : ".";
    else if (decimal) {
      const parts = figure.split(decimal);
      const grouping = decimal === (comma ? "." : ",");
      if (parts.length > 2 || (grouping && parts[1].length === 3)) decimal = decimal === "," ? "." : ",";
    }
    const thousands = decimal === "," ? "." : ",";
    figure = figure.replaceAll(thousands, "").replace(",", ".");
    const match = /^(-?)(\d*)(?:\.(\d*))?$/.exec(figure);
    if (!match || !(match[2] || match[3])) return null;
    const fraction = (match[3] || "").padEnd(4, "0").slice(0, 4);
    const size = BigInt(match[2] || "0") * SCALE + BigInt(fraction);
    return match[1] ? -size : size;
  }

  function write(units, digits) {
    const step = 10n ** BigInt(4 - digits);
    const size = units < 0n ? -units : units;
    const rounded = ((size + step / 2n) / step) * step;
    const whole = rounded / SCALE;
    const fraction = String(rounded % SCALE).padStart(4, "0").slice(0, digits);
    const sign = units < 0n && rounded > 0n ? "-" : "";
    return sign + whole + (digits ? (comma ? "," : ".") + fraction : "");
  }

  /* A figure that is only read has its thousands apart, as the server writes it. */
  const grouped = (units, digits) => {
    const [whole, fraction] = write(units, digits).split(comma ? "," : ".");
    const thousands = new Intl.NumberFormat(document.documentElement.lang || "en", { useGrouping: "always" }).format(BigInt(whole));
    return fraction === undefined ? thousands : thousands + (comma ? "," : ".") + fraction;
  };

  const short = (text) => text.replace(/([.,]\d*?)0+$/, "$1").replace(/[.,]$/, "");
  const exact = (units, digits) => (units % 10n ** BigInt(4 - digits) === 0n ? write(units, digits) : short(write(units, 4)));
  const cells = (row) => [...row.querySelectorAll("[data-col]")];
  const cell = (row, name) => row.querySelector(`[data-col="${name}"]`);
  const rowsOf = (grid) => [...grid.querySelectorAll("[data-row]")].filter((row) => !("gone" in row.dataset));

  function ratio(over, under) {
    return under === 0n ? null : (over * 2n * SCALE * 100n / under + 1n) / 2n;
  }

  function follow(row, changed) {
    const list = parse(row.dataset.listPrice || "");
    const price = cell(row, "price");
    const discount = cell(row, "discount");
    if (!list || list <= 0n || !price || !discount) return;
    const minor = Number(row.closest("[data-grid]").dataset.minor || 2);
    if (changed === "discount") {
      const percent = parse(discount.value);
      // rounded up to the minor unit, as the server does: never more discount than was typed
      const unit = 100n * SCALE * 10n ** BigInt(4 - minor);
      if (percent !== null) price.value = write(((list * (100n * SCALE - percent) + unit - 1n) / unit) * 10n ** BigInt(4 - minor), minor);
    } else {
      const figure = parse(price.value);
      const percent = figure === null ? null : ratio(list - figure, list);
      discount.value = percent === null ? "" : short(write(percent, 2));
    }
  }

  function optionOf(field) {
    if (field.options) return field.selectedOptions[0] || null;
    const wanted = field.value.trim().toLowerCase();
    return [...(field.list?.options || [])].find((option) => option.value.trim().toLowerCase() === wanted) || null;
  }

  function choose(row) {
    const option = optionOf(cell(row, "product"));
    const list = option?.dataset.listPrice || "";
    row.dataset.listPrice = list;
    for (const place of row.querySelectorAll("[data-show]")) {
      const name = place.dataset.show;
      const value = name === "list" ? list && grouped(parse(list), Number(row.closest("[data-grid]").dataset.minor || 2)) : option?.dataset[name];
      place.textContent = value || "";
    }
    const price = cell(row, "price");
    if (price && list && !price.value) price.value = write(parse(list), Number(row.closest("[data-grid]").dataset.minor || 2));
    follow(row, "price");
  }

  document.addEventListener("input", (event) => {
    const name = event.target.dataset?.col;
    const row = name && event.target.closest("[data-grid] [data-row]");
    if (!row) return;
    if (event.target.inputMode === "decimal") {
      if (event.target.value.trim() && parse(event.target.value) === null) event.target.setAttribute("aria-invalid", "true");
      else event.target.removeAttribute("aria-invalid");
    }
    if (name === "product") { if (optionOf(event.target)) choose(row); }
    else if (name === "price" || name === "discount") follow(row, name);
  });

  function newRow(grid) {
    const event = new CustomEvent("rows:add", { bubbles: true, detail: {} });
    grid.dispatchEvent(event);
    return event.detail.row;
  }

  function step(grid, field, by, grow) {
    const rows = rowsOf(grid);
    const row = field.closest("[data-row]");
    const to = rows[rows.indexOf(row) + by] || (grow && by > 0 ? newRow(grid) : null);
    const target = to && cell(to, field.dataset.col);
    if (!target) return;
    target.focus();
    target.select?.();
  }

  document.addEventListener("keydown", (event) => {
    const field = event.target;
    const grid = field.dataset?.col && field.closest("[data-grid]");
    if (!grid || event.altKey || event.metaKey || event.isComposing) return;
    if (event.ctrlKey) {
      if (event.key === "Enter") field.form?.requestSubmit();
      return;
    }
    const list = field.tagName === "SELECT" || field.list;
    if (event.key === "Enter" && !event.shiftKey && field.tagName !== "TEXTAREA") {
      event.preventDefault();
      step(grid, field, 1, true);
    } else if (!list && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      event.preventDefault();
      step(grid, field, event.key === "ArrowDown" ? 1 : -1, false);
    }
  });

  function put(field, text) {
    const value = text.trim();
    if (field.options) {
      const wanted = value.toLowerCase();
      const found = [...field.options].find((option) => option.value.toLowerCase() === wanted || option.text.trim().toLowerCase() === wanted || option.dataset.code?.toLowerCase() === wanted);
      if (found) field.value = found.value;
      return Boolean(found) || !value;
    }
    const figure = field.inputMode === "decimal" ? parse(value) : null;
    const minor = field.dataset.col === "price" ? Number(field.closest("[data-grid]").dataset.minor || 2) : 0;
    field.value = figure === null ? value : exact(figure, minor);
    return true;
  }

  function header(grid, line) {
    if (line.some((text) => /\d/.test(text))) return null;
    const names = new Map();
    const row = rowsOf(grid)[0] || grid.querySelector("template[data-empty-row]").content.firstElementChild;
    for (const field of cells(row)) {
      names.set(field.dataset.col.toLowerCase(), field.dataset.col);
      const title = field.getAttribute("aria-label") || field.closest("td")?.dataset.label;
      if (title) names.set(title.trim().toLowerCase(), field.dataset.col);
    }
    const columns = line.map((text) => names.get(text.trim().toLowerCase()) || null);
    return columns.some(Boolean) ? columns : null;
  }

  function plan(grid, field, lines) {
    const named = header(grid, lines[0]);
    if (named) return { columns: named, lines: lines.slice(1) };
    const order = cells(field.closest("[data-row]")).map((one) => one.dataset.col);
    const stated = (grid.dataset.paste || "").split(/\s+/).filter(Boolean);
    const columns = stated.length && field.dataset.col === stated[0] ? stated : order.slice(order.indexOf(field.dataset.col));
    return { columns, lines };
  }

  document.addEventListener("paste", (event) => {
    const field = event.target;
    const grid = field.dataset?.col && field.closest("[data-grid]");
    const text = event.clipboardData?.getData("text/plain") || "";
    if (!grid || !/[\t\n]/.test(text.trim())) return;
    event.preventDefault();
    const { columns, lines } = plan(grid, field, text.replace(/\r/g, "").replace(/\n+$/, "").split("\n").map((line) => line.split("\t")));
    const rows = rowsOf(grid);
    let at = rows.indexOf(field.closest("[data-row]"));
    let missed = 0;
    for (const line of lines) {
      const row = rows[at] || newRow(grid);
      rows[at] = row;
      at += 1;
      const fill = (name, value) => {
        const target = cell(row, name);
        if (target && !put(target, value)) missed += 1;
        return target;
      };
      columns.forEach((name, index) => { if (name && name !== "price" && name !== "discount" && line[index] !== undefined) fill(name, line[index]); });
      if (columns.includes("product")) choose(row);
      for (const name of ["discount", "price"]) {
        const index = columns.indexOf(name);
        if (index >= 0 && line[index]?.trim() && fill(name, line[index])) follow(row, name);
      }
    }
    grid.dispatchEvent(new CustomEvent("grid:pasted", { bubbles: true, detail: { rows: lines.length, missed } }));
    field.dispatchEvent(new Event("change", { bubbles: true }));
    grid.dispatchEvent(new Event("input", { bubbles: true }));
  });
})();
