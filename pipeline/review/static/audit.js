// Lines drawn at random: press the words that are wrong, Enter goes on.
"use strict";
(() => {
  const drawn = () => document.getElementById("drawn");
  let since = Date.now();
  const wrong = () => drawn().querySelectorAll(".word[aria-pressed=true]").length;

  function send(address, values) {
    htmx.ajax("POST", address, { target: "#drawn", swap: "outerHTML", values });
  }
  function done() {
    const form = document.getElementById("reading");
    if (form) send("/audit", { line: form.dataset.line, wrong: wrong(), milliseconds: Date.now() - since });
  }
  function undo() {
    fetch("/step/undo", { method: "POST", body: new URLSearchParams({ task: "0" }) }).then(() => location.reload());
  }
  document.addEventListener("click", (event) => {
    const word = event.target.closest(".word");
    if (word) {
      word.setAttribute("aria-pressed", String(word.getAttribute("aria-pressed") !== "true"));
      const count = wrong();
      drawn().querySelector("[data-all-right]").hidden = count > 0;
      const some = drawn().querySelector("[data-some]");
      some.hidden = count === 0;
      some.querySelector(".count").textContent = count;
    }
    if (event.target.closest("[data-undo]")) undo();
  });
  document.addEventListener("submit", (event) => { if (event.target.id === "reading") { event.preventDefault(); done(); } });
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !drawn()) return;
    if (event.key === "u") undo();
    else if (event.key === "Enter" && !event.target.closest("button, a")) done();
  });
  function fresh() {
    if (drawn().dataset.known) return;
    drawn().dataset.known = "1";
    since = Date.now();
    if (drawn().dataset.said) errata.say(drawn().dataset.said);
    drawn().querySelector("[data-all-right]")?.focus();
  }
  document.addEventListener("htmx:afterSettle", fresh);
  document.addEventListener("DOMContentLoaded", fresh);
})();
