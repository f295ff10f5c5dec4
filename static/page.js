/* On every page: the choice of colours, menus that close, focus on what is wrong.
 *
 * [data-theme-choice] shown (it is hidden without scripts); inside it buttons [data-theme-set="light|dark|"], empty: as the device.
 *   The choice is kept in the cookie `theme`, which base.html reads, so that no page flashes.
 * details.menu closes on Escape and on a click elsewhere.
 * [data-error-summary] takes the focus when a page comes back with errors.
 * form[data-once] sends once: its buttons go grey after the first submit.
 * <html> gets the class `scripted`: .needs-script is shown, .no-script hidden.
 */
(() => {
  "use strict";
  const root = document.documentElement;
  root.classList.add("scripted");

  function wear(theme) {
    if (theme) root.dataset.theme = theme;
    else delete root.dataset.theme;
    for (const button of document.querySelectorAll("[data-theme-set]")) {
      button.setAttribute("aria-pressed", String(button.dataset.themeSet === theme));
    }
  }

  for (const choice of document.querySelectorAll("[data-theme-choice]")) choice.hidden = false;
  wear(root.dataset.theme || "");

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-theme-set]");
    if (button) {
      const theme = button.dataset.themeSet;
      const age = theme ? 31536000 : 0;
      const secure = location.protocol === "https:" ? "; secure" : "";
      document.cookie = `theme=${theme}; path=/; max-age=${age}; samesite=lax${secure}`;
      wear(theme);
    }
    for (const menu of document.querySelectorAll("details.menu[open]")) {
      if (!menu.contains(event.target)) menu.open = false;
    }
  });

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of document.querySelectorAll("details.menu[open]")) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  });

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches("form[data-once]") || event.defaultPrevented) return;
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "yes";
    for (const button of document.querySelectorAll("button[type=submit], button:not([type])")) {
      if (button.form === form) button.setAttribute("aria-disabled", "true");
    }
  });
  // Coming back with the browser's Back button shows the page as it was: let it be sent again.
  window.addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form[data-sent]")) {
      delete form.dataset.sent;
      for (const button of form.elements) button.removeAttribute("aria-disabled");
    }
  });

  const summary = document.querySelector("[data-error-summary]");
  if (summary) summary.focus();
})();
