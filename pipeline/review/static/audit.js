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
  function save() {
    const form = document.getElementById("reading");
    const text = form.querySelector("textarea").value.trim();
    send("/audit", { line: form.dataset.line, choice: "type", text, milliseconds: Date.now() - since });
  }
  function typing(open) {
    const form = document.getElementById("reading");
    if (!form) return;
    form.querySelector(".typing").hidden = !open;
    form.querySelector(".row").hidden = open;
    (open ? form.querySelector("textarea") : form.querySelector("[data-all-right]")).focus();
  }
  function step(word, on) {
    const all = [...drawn().querySelectorAll(".word")];
    const rtl = all.length && getComputedStyle(all[0].parentElement).direction === "rtl";
    const next = word ? all[all.indexOf(word) + (on !== rtl ? 1 : -1)] : all[on !== rtl ? 0 : all.length - 1];
    next?.focus();
  }
  const undo = () => send("/audit/undo", {});
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
    if (event.target.closest("[data-type]")) typing(true);
    if (event.target.closest("[data-leave]")) typing(false);
    if (event.target.closest("[data-save]")) save();
  });
  document.addEventListener("submit", (event) => { if (event.target.id === "reading") { event.preventDefault(); done(); } });
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !drawn()) return;
    if (event.target.closest("textarea")) {
      if (event.key === "Escape") typing(false);
      if (event.key === "Enter" && !event.isComposing) { event.preventDefault(); save(); }
      return;
    }
    const word = event.target.closest(".word");
    if (event.key === "u") undo();
    else if (event.key === "ArrowLeft" || event.key === "ArrowRight") { event.preventDefault(); step(word, event.key === "ArrowRight"); }
    else if (event.key === "Enter" && word) { event.preventDefault(); done(); }
    else if (event.key === "e") { event.preventDefault(); typing(true); }
    else if (event.key === "Enter" && !event.target.closest("button, a")) done();
  });
  function fresh() {
    if (drawn().dataset.known) return;
    drawn().dataset.known = "1";
    since = Date.now();
    if (drawn().dataset.said) errata.say(drawn().dataset.said);
    errata.centre(drawn());
    drawn().querySelector("[data-all-right]")?.focus();
  }
  document.addEventListener("htmx:afterSettle", fresh);
  document.addEventListener("DOMContentLoaded", fresh);
})();
