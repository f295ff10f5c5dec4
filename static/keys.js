/* Keys of lists that are worked through: j and k walk, other single keys open what they name, "?" shows them all.
 *
 * [data-keys-item]  an entry with one link; j and k walk over them; the entry walked to gets data-current
 * [data-key="a"]    a link, button, summary or field. In the current entry first, else anywhere on the page. A link or summary is followed or opened;
 *                   a submit button only takes the focus: a key never decides.
 * <dialog data-keys-help>, [data-keys-on] checkbox in it: single keys off, remembered on this device (components/keys.html).
 *
 * Nothing happens while a field is being typed in, or with Ctrl, Alt or Meta.
 */
(() => {
  "use strict";
  const help = document.querySelector("[data-keys-help]");
  const box = document.querySelector("[data-keys-on]");
  let on = localStorage.getItem("single-keys") !== "off";
  if (box) {
    box.checked = on;
    box.addEventListener("change", () => {
      on = box.checked;
      localStorage.setItem("single-keys", on ? "on" : "off");
    });
  }

  const items = () => [...document.querySelectorAll("[data-keys-item]")];
  const current = () => document.querySelector("[data-keys-item][data-current]");

  function walk(by) {
    const all = items();
    if (!all.length) return;
    const held = document.activeElement?.closest("[data-keys-item]") || current();
    const index = held ? Math.min(Math.max(all.indexOf(held) + by, 0), all.length - 1) : by > 0 ? 0 : all.length - 1;
    for (const item of all) delete item.dataset.current;
    all[index].dataset.current = "";
    (all[index].matches("a") ? all[index] : all[index].querySelector("a, button"))?.focus();
    all[index].scrollIntoView({ block: "nearest" });
  }

  function use(key) {
    const held = document.activeElement?.closest("[data-keys-item]") || current();
    const selector = `[data-key="${CSS.escape(key)}"]`;
    const target = held?.querySelector(selector) || document.querySelector(selector);
    if (!target) return false;
    const follows = target.matches("a[href], summary, button[type=button], label");
    if (follows) target.click();
    const field = target.matches("input, select, textarea, button") ? target : null;
    field?.focus();
    field?.scrollIntoView({ block: "nearest" });
    return true;
  }

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.defaultPrevented || event.isComposing) return;
    if (event.target.closest("input:not([type=checkbox], [type=radio]), select, textarea, [contenteditable], dialog[open]")) return;
    if (event.key === "?" && help) help.showModal();
    else if (!on) return;
    else if (event.key === "j") walk(1);
    else if (event.key === "k") walk(-1);
    else if (event.key.length !== 1 || !use(event.key)) return;
    event.preventDefault();
  });
})();
