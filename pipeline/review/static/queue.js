// The queue by keyboard and mouse: every key presses a button of the page, so that both do the same.
"use strict";
(() => {
  const task = () => document.getElementById("task");
  const answer = () => document.getElementById("answer");
  const trail = JSON.parse(sessionStorage.getItem("trail") || "[]");
  let since = Date.now();
  let busy = false;

  function send(address, values = {}, method = "POST") {
    if (busy) return;
    busy = true;
    const form = answer();
    const sent = { milliseconds: Math.min(Date.now() - since, 3600000) };
    for (const name of ["task", "document", "first", "last", "of", "kind", "packet"]) {
      if (form && form.elements[name]) sent[name] = form.elements[name].value;
    }
    htmx.ajax(method, address, { target: "#task", swap: "outerHTML", values: method === "GET" ? {} : { ...sent, ...values } });
  }

  function decide(button) {
    const form = answer();
    const values = { choice: button.value, seen: form.elements.seen.value, pictured: form.elements.pictured.value };
    const typed = task().querySelector(".typing [name=text]");
    if (button.value === "type" || button.value === "write") values.text = typed.value;
    if (form.elements.line) values.line = form.elements.line.value;
    if (button.dataset.option) values.option = button.dataset.option;
    if (button.hasAttribute("data-all")) {
      values.all = "1";
      values.doubt = [...task().querySelectorAll("[data-member]:not(:checked)")].map((box) => box.value);
    } else if (button.dataset.whole) {
      values.doubt = button.dataset.whole.trim().split(" ");
      values.seen = "{}";
    } else if (form.elements.doubt) {
      values.doubt = form.elements.doubt.value;
    }
    send("/decide", values);
  }

  function typing(on) {
    const box = task().querySelector(".typing");
    if (!box) return;
    box.hidden = !on;
    for (const part of box.querySelectorAll("textarea, input, button")) part.disabled = !on;
    const line = task().querySelector(".desk .line");
    if (line) line.hidden = on;
    if (!on) return void task().querySelector("[data-enter]")?.focus();
    const field = box.querySelector("[name=text]");
    const mark = task().querySelector(".desk mark.current");
    field.focus();
    if (mark && field.tagName === "TEXTAREA") {
      const range = document.createRange();
      range.setStart(line, 0);
      range.setEndBefore(mark);
      const at = range.toString().length;
      field.setSelectionRange(at, at + mark.textContent.length);
    } else field.select();
  }

  function wholePage() {
    const image = task().querySelector(".strip[data-page]");
    const dialog = task().querySelector("dialog");
    if (!image || !dialog) return;
    const sheet = dialog.querySelector(".sheet");
    if (!sheet.firstChild) {
      const picture = new Image();
      picture.alt = "The page in the scan";
      picture.src = image.dataset.page;
      const drawing = document.createElementNS("http://www.w3.org/2000/svg", "svg");
      drawing.setAttribute("viewBox", `0 0 ${image.dataset.width} ${image.dataset.height}`);
      drawing.setAttribute("preserveAspectRatio", "none");
      const [left, top, right, bottom] = image.dataset.box.split(" ").map(Number);
      const place = document.createElementNS("http://www.w3.org/2000/svg", "rect");
      for (const [name, value] of Object.entries({ x: left - 12, y: top - 12, width: right - left + 24, height: bottom - top + 24 })) place.setAttribute(name, value);
      drawing.append(place);
      sheet.append(picture, drawing);
      picture.addEventListener("load", () => {
        dialog.scrollTop = (top / Number(image.dataset.height)) * picture.clientHeight - dialog.clientHeight / 2;
        dialog.scrollLeft = (left / Number(image.dataset.width)) * picture.clientWidth - dialog.clientWidth / 4;
      });
    }
    dialog.showModal();
  }

  const presses = {
    first: () => task().querySelector("[data-enter], button.first")?.click(),
    back: () => {
      trail.pop();
      const before = trail.pop();
      if (before) send(`/task/${before}`, {}, "GET");
      else errata.say("This is the first one.");
    },
  };

  function press(action) {
    const button = task().querySelector(`[data-action="${action}"]`);
    if (presses[action]) presses[action]();
    else if (button) button.click();
    else if (action === "keep") task().querySelector("[data-enter][value=right]")?.click();
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest("#task button");
    if (!button) return;
    const data = button.dataset;
    if (button.name === "choice") decide(button);
    else if (data.post) send(data.post);
    else if (data.back !== undefined) presses.back();
    else if (data.edit !== undefined) typing(true);
    else if (data.leave !== undefined) typing(false);
    else if (data.word !== undefined) {
      const sorts = task().querySelector(".sorts");
      sorts.hidden = !sorts.hidden;
      if (!sorts.hidden) sorts.querySelector("button").focus();
    } else if (data.sort) send("/word", { sort: data.sort, text: data.form });
    else if (data.wholePage !== undefined) wholePage();
    else if (data.zoom !== undefined) button.setAttribute("aria-pressed", String(task().classList.toggle("zoomed"))), errata.centre(task());
    else if (data.ticks !== undefined) {
      const boxes = [...task().querySelectorAll("[data-member]")];
      const on = !boxes.some((box) => box.checked);
      for (const box of boxes) box.checked = on;
    } else if (data.one) {
      send("/decide", { choice: data.one, doubt: data.number, seen: JSON.stringify({ [data.number]: Number(data.step) }), pictured: answer().elements.pictured.value });
    } else return;
    event.preventDefault();
  });

  document.addEventListener("submit", (event) => {
    if (event.target.id !== "answer") return;
    event.preventDefault();
    const save = task().querySelector(".typing:not([hidden]) button[name=choice]");
    if (save) decide(save);
  });

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !task() || document.querySelector("dialog[open]")) return;
    const field = event.target.closest("textarea, input:not([type=checkbox])");
    if (field) {
      if (event.key === "Escape") typing(false);
      else if (event.key === "Enter" && field.tagName === "TEXTAREA") task().querySelector(".typing button[value=type]").click();
      else return;
      event.preventDefault();
      return;
    }
    const sorts = task().querySelector(".sorts:not([hidden])");
    const sort = sorts && { n: "name", w: "word", r: "reference" }[event.key];
    const action = task().dataset.keys?.split("|").map((pair) => pair.split("=")).find(([key]) => key === event.key)?.[1];
    if (event.key === "Escape" && sorts) { sorts.hidden = true; task().querySelector("[data-enter]")?.focus(); }
    else if (sort) sorts.querySelector(`[data-sort=${sort}]`).click();
    else if (event.key === "Enter" && event.target.closest("button, a, summary, input")) return;
    else if (event.key === "Enter") presses.first();
    else if (action) press(action);
    else return;
    event.preventDefault();
  });

  function fresh() {
    if (task().dataset.known) return;
    task().dataset.known = "1";
    since = Date.now();
    busy = false;
    const form = answer();
    const number = form?.elements.task.value;
    if (number && trail.at(-1) !== number) trail.push(number);
    sessionStorage.setItem("trail", JSON.stringify(trail.slice(-500)));
    if (task().dataset.said) errata.say(task().dataset.said);
    if (form) history.replaceState(null, "", location.pathname.startsWith("/task/") || location.pathname === "/queue" ? location.href : "/queue");
    (task().querySelector("[data-enter]") || task()).focus({ preventScroll: true });
    const line = task().querySelector(".desk .line"), mark = line?.querySelector("mark.current");
    if (mark) line.scrollTop += mark.getBoundingClientRect().top - line.getBoundingClientRect().top - line.clientHeight / 2;
    errata.centre(task());
  }

  document.addEventListener("htmx:afterSettle", (event) => { if (event.detail.target.id === "task" || event.detail.elt.id === "task") fresh(); });
  for (const name of ["htmx:responseError", "htmx:sendError", "htmx:timeout"]) document.addEventListener(name, () => { busy = false; });
  document.addEventListener("DOMContentLoaded", fresh);
})();
