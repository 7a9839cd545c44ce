// The second reading: the choices by their numbers, and how long the reader looked.
"use strict";
(() => {
  const since = Date.now();
  const form = () => document.getElementById("opinion");
  document.addEventListener("DOMContentLoaded", () => errata.centre(document));
  document.addEventListener("submit", () => { form().elements.milliseconds.value = Date.now() - since; });
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, textarea, select") || !form()) return;
    form().querySelector(`[data-key="${CSS.escape(event.key)}"]`)?.click();
  });
})();
