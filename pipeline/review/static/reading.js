// Reading: the scan and the text scroll together, a word shows its place, a line is typed anew where it stands.
"use strict";
(() => {
  const page = () => document.getElementById("reading");
  const shown = JSON.parse(localStorage.getItem("shown") || '{"doubts": true, "changes": false, "typed": true}');
  const classes = { doubts: "doubts", changes: "changes", typed: "typed-shown" };
  let since = Date.now();
  let edited = null;

  const send = (address, values) => htmx.ajax("POST", address, { target: "#reading", swap: "outerHTML", values: { ...values, milliseconds: Math.min(Date.now() - since, 3600000) } });

  function boxOf(word) {
    return word?.dataset.box?.split(" ").map(Number);
  }
  function light(word, scroll) {
    for (const lit of page().querySelectorAll(".lit")) lit.classList.remove("lit");
    const box = boxOf(word);
    const rect = page().querySelector(".here");
    if (!box || !rect) return;
    word.classList.add("lit");
    const [left, top, right, bottom] = box;
    for (const [name, value] of Object.entries({ x: left - 6, y: top - 6, width: right - left + 12, height: bottom - top + 12 })) rect.setAttribute(name, value);
    if (scroll) follow(word);
  }
  function follow(word) {
    const box = boxOf(word);
    const scan = page().querySelector(".scan");
    if (!box || !scan) return;
    const scale = scan.querySelector("img").clientHeight / scan.querySelector("img").getAttribute("height");
    scan.scrollTop = (box[1] + box[3]) / 2 * scale - scan.clientHeight / 3;
  }
  function type(item, word) {
    if (edited || !item.querySelector(".change")) return;
    const words = item.querySelector(".words");
    const field = document.createElement("textarea");
    field.value = words.textContent.trim();
    field.rows = Math.max(1, Math.ceil(field.value.length / 70));
    field.spellcheck = false;
    field.setAttribute("aria-label", "The line as it should be; Enter saves, Escape leaves");
    words.hidden = true;
    words.after(field);
    edited = { item, field, words };
    light(item.querySelector("[data-box]"), true);
    field.focus();
    if (word) {
      const range = document.createRange();
      range.setStart(words, 0);
      range.setEndBefore(word);
      const at = range.toString().length - (words.textContent.length - words.textContent.trimStart().length);
      field.setSelectionRange(at, at + word.textContent.length);
    }
  }
  function leave() {
    edited.field.remove();
    edited.words.hidden = false;
    edited.item.querySelector(".change").focus();
    edited = null;
  }
  function save() {
    const line = edited.words.dataset.line;
    const text = edited.field.value.replace(/[\r\n\f]+/g, " ");
    sessionStorage.setItem("line", line);
    edited = null;
    send(page().dataset.address, { line, text });
  }

  document.addEventListener("click", (event) => {
    if (!page() || !event.target.closest("#reading")) return;
    const post = event.target.closest("[data-post]");
    if (post) return void send(`${page().dataset.address}/${post.dataset.post}`, { start: post.dataset.start || 0 });
    const button = event.target.closest("[data-change]");
    if (button) return void type(button.closest("li"), null);
    const word = event.target.closest(".w");
    if (word) light(word, true);
    const sheet = event.target.closest(".sheet");
    if (sheet) {
      const image = sheet.querySelector("img");
      const at = image.getBoundingClientRect();
      const scale = image.getAttribute("width") / at.width;
      const [x, y] = [(event.clientX - at.left) * scale, (event.clientY - at.top) * scale];
      const near = [...page().querySelectorAll("[data-box]")].find((one) => {
        const [left, top, right, bottom] = boxOf(one);
        return left - 8 <= x && x <= right + 8 && top - 4 <= y && y <= bottom + 4;
      });
      if (near) {
        light(near, false);
        near.scrollIntoView({ block: "center" });
      }
    }
  });
  document.addEventListener("dblclick", (event) => {
    const item = event.target.closest("#reading .lines li");
    if (item) type(item, event.target.closest(".w"));
  });
  document.addEventListener("mouseover", (event) => {
    const word = event.target.closest?.("#reading .w");
    if (word && !edited) light(word, false);
  });
  document.addEventListener("change", (event) => {
    if (event.target.dataset.show) {
      shown[event.target.dataset.show] = event.target.checked;
      localStorage.setItem("shown", JSON.stringify(shown));
      show();
    }
    if (event.target.id === "go") location.href = page().dataset.address.replace(/\d+$/, event.target.value);
  });
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !page()) return;
    if (event.target.tagName === "TEXTAREA") {
      if (event.key === "Enter") save();
      else if (event.key === "Escape") leave();
      else return;
    } else if (event.target.closest("input, select")) return;
    else if (event.key === "n") page().querySelector("[rel=next]")?.click();
    else if (event.key === "p") page().querySelector("[rel=prev]")?.click();
    else if (event.key === "u" || event.key === "r") page().querySelector(`[data-post=${event.key === "u" ? "undo" : "redo"}]`).click();
    else return;
    event.preventDefault();
  });
  document.addEventListener("copy", (event) => {
    const chosen = document.getSelection();
    if (!page() || event.target.closest?.("textarea, input") || !chosen.toString().trim() || !page().contains(chosen.anchorNode)) return;
    event.clipboardData.setData("text/plain", `${chosen.toString().trim()}\n(${page().dataset.cite})`);
    event.preventDefault();
  });
  function show() {
    for (const [name, css] of Object.entries(classes)) {
      page().classList.toggle(css, Boolean(shown[name]));
      const box = page().querySelector(`[data-show=${name}]`);
      if (box) box.checked = Boolean(shown[name]);
    }
  }
  function fresh() {
    if (!page() || page().dataset.known) return;
    page().dataset.known = "1";
    since = Date.now();
    edited = null;
    show();
    if (page().dataset.said) errata.say(page().dataset.said);
    const line = sessionStorage.getItem("line");
    if (line) document.querySelector(`[data-line="${CSS.escape(line)}"]`)?.closest("li").querySelector(".change")?.focus();
    sessionStorage.removeItem("line");
    const text = page().querySelector(".text");
    text.addEventListener("scroll", () => {
      const top = text.getBoundingClientRect().top;
      const word = [...text.querySelectorAll("li")].find((one) => one.getBoundingClientRect().bottom > top + text.clientHeight / 3)?.querySelector("[data-box]");
      if (word && !edited) follow(word);
    }, { passive: true });
  }
  document.addEventListener("htmx:afterSettle", fresh);
  document.addEventListener("DOMContentLoaded", () => {
    fresh();
    const target = location.hash && document.getElementById(location.hash.slice(1));
    if (target) light(target.querySelector("[data-box]"), true);
  });
})();
