// The reading view: words and their places on the scan, keys, editing in place, and citations for what is copied.
"use strict";
(() => {
  let at = 0;                 // number of the current word on its page, 0: none
  let following = false;      // a pane is being scrolled by the other
  let kept = null;            // how far the panes were scrolled before the page was changed
  let unsaved = null;         // goes back to what is typed where it could not be written
  const leaf = () => document.getElementById("leaf");
  const text = () => document.getElementById("text");
  const words = () => [...text().querySelectorAll(".line .w")];
  const word = (n) => text().querySelector(`.w[data-n="${n}"]`);
  const boxes = (n) => document.querySelectorAll(`.scan rect[data-n="${n}"]`);

  function mark(name, n) {
    leaf().querySelectorAll(`.${name}`).forEach((one) => one.classList.remove(name));
    if (!n) return;
    word(n)?.classList.add(name);
    boxes(n).forEach((one) => one.classList.add(name));
  }

  function tell(one, aloud) {
    const known = document.getElementById("known");
    known.textContent = "";
    if (aloud) {
      const name = document.createElement("bdi");
      name.textContent = `“${one.textContent.slice(0, 200)}” `;
      known.append(name);
    }
    known.append(one.dataset.said || "Stands as it was read; nothing is doubted.");
  }

  function choose(n, scan = true) {
    const one = word(n);
    if (!one) return;
    at = n;
    mark("at", n);
    tell(one, true);
    const locked = "locked" in leaf().dataset, own = one.closest(".line");
    leaf().querySelectorAll("[data-edit]").forEach((button) => { button.disabled = locked || !own; });
    const ask = document.getElementById("ask");
    ask.hidden = !one.dataset.task;
    if (one.dataset.task) ask.href = `/task/${one.dataset.task}`;
    reveal(one, text());
    const box = boxes(n)[0];
    if (scan && box) reveal(box, box.closest(".pane"));
  }

  function reveal(one, pane) {
    const inner = one.getBoundingClientRect(), outer = pane.getBoundingClientRect();
    following = true;
    if (inner.top < outer.top + 20 || inner.bottom > outer.bottom - 20) pane.scrollTop += inner.top - outer.top - outer.height / 2;
    if (inner.left < outer.left || inner.right > outer.right) pane.scrollLeft += inner.left - outer.left - outer.width / 2;
    if (pane === text() && !scrolls()) {
      const now = one.getBoundingClientRect(), low = document.getElementById("about").getBoundingClientRect().top, high = edge();
      if (now.top < high || now.bottom > low) scrollBy(0, now.top - (high + low) / 2);
    }
    requestAnimationFrame(() => requestAnimationFrame(() => { following = false; }));
  }

  // On a small screen the text is as long as it is, and the window is scrolled, under the scan that stays.
  const scrolls = () => text().scrollHeight > text().clientHeight + 1;
  const edge = () => (scrolls() ? text().getBoundingClientRect().top : leaf().querySelector(".scan")?.getBoundingClientRect().bottom || 0);

  function follow(from) {
    const scan = leaf()?.querySelector(".scan"), svg = scan?.querySelector("svg");
    if (!svg || following) return;
    const lines = [...text().querySelectorAll(".line[data-top]")];
    if (!lines.length) return;
    const size = svg.getBoundingClientRect().height / svg.viewBox.baseVal.height;
    const low = (line) => line.getBoundingClientRect().top - edge();
    following = true;
    if (from === text()) {
      const line = lines.find((one) => low(one) >= 0) || lines[lines.length - 1];
      scan.scrollTop = line.dataset.top * size - low(line);
    } else {
      const line = lines.find((one) => one.dataset.top * size >= scan.scrollTop) || lines[lines.length - 1];
      text().scrollTop += low(line) - (line.dataset.top * size - scan.scrollTop);
    }
    requestAnimationFrame(() => requestAnimationFrame(() => { following = false; }));
  }

  function send(what, values = {}) {
    const {address, query, digest} = leaf().dataset;
    const target = document.getElementById("leaf");
    return htmx.ajax("POST", `${address}/${what}${query}`, {target, swap: "outerHTML", values: {digest, ...values}});
  }

  function edit(whole) {
    const one = word(at), line = one?.closest(".line");
    if (!line || "locked" in leaf().dataset || text().querySelector("input, textarea")) return;
    const place = whole ? line : one, old = place.textContent;
    const field = document.createElement(whole ? "textarea" : "input");
    Object.assign(field, {value: old, dir: "auto", maxLength: 20000, spellcheck: true});
    if (whole) field.rows = Math.min(12, Math.max(1, Math.ceil(old.length / 60)));
    else field.size = Math.max(4, Math.min(old.length + 3, 60));
    field.setAttribute("aria-label", `The ${whole ? "line" : "word"} as it should be; Enter saves, Escape leaves`);
    const kept = [...place.childNodes];
    const before = [...line.querySelectorAll(".w")].indexOf(one);
    let over = false;
    const leave = () => { if (!over) { over = true; place.replaceChildren(...kept); text().focus({preventScroll: true}); } };
    const go = (next) => { if (next && word(next)) { choose(next); edit(false); } };
    const save = (next) => {
      if (over) return;
      const typed = field.value.replace(/\s*\n\s*/g, " ").trim();
      if (typed === old.trim()) { leave(); go(next); return; }
      field.readOnly = over = true;
      unsaved = () => { field.readOnly = over = false; field.focus(); };
      send("write", {start: place.dataset.start, end: place.dataset.end, text: typed}).then(() => go(next));
    };
    field.addEventListener("keydown", (event) => {
      event.stopPropagation();
      const next = event.key === "Tab" && !whole ? at + (event.shiftKey ? -1 : 1) : 0;
      if (event.isComposing) return;
      if (event.key === "Enter" || (next && word(next))) { event.preventDefault(); save(next); }
      if (event.key === "Escape") { event.preventDefault(); leave(); }
    });
    field.addEventListener("blur", () => { if (field.value.trim() === old.trim()) leave(); });
    const lead = kept.slice(0, kept.indexOf(one)).map((node) => node.textContent).join("").length;
    const long = one.textContent.length;
    place.replaceChildren(field);
    field.focus();
    if (whole && before >= 0) field.setSelectionRange(lead, lead + long); else field.select();
  }

  function beside(one, down) {
    const here = one.getBoundingClientRect(), middle = (here.left + here.right) / 2;
    const far = (other) => Math.abs((other.left + other.right) / 2 - middle);
    const rows = words().map((other) => [other, other.getBoundingClientRect()])
      .filter(([, box]) => (down ? box.top >= here.bottom - 2 : box.bottom <= here.top + 2));
    const near = rows.reduce((best, [, box]) => Math.min(best, Math.abs(box.top - here.top)), Infinity);
    const row = rows.filter(([, box]) => Math.abs(box.top - here.top) < near + here.height / 2);
    return row.sort((a, b) => far(a[1]) - far(b[1]))[0]?.[0];
  }

  function step(key) {
    const all = words(), one = word(at);
    if (!all.length) return;
    if (!one) { choose(Number(all[0].dataset.n)); return; }
    const place = all.indexOf(one);
    const rtl = getComputedStyle(one.closest(".line") || one).direction === "rtl";
    if (key === "ArrowLeft" || key === "ArrowRight") {
      const next = all[place + ((key === "ArrowRight") !== rtl ? 1 : -1)];
      if (next) choose(Number(next.dataset.n));
    } else {
      const next = beside(one, key === "ArrowDown");
      if (next) choose(Number(next.dataset.n));
    }
  }

  function doubtful() {
    const all = words(), place = all.indexOf(word(at));
    const next = [...all.slice(place + 1), ...all.slice(0, place + 1)].find((one) => one.matches(".d1, .d2, .d3, .picked"));
    if (next) { text().focus({preventScroll: true}); choose(Number(next.dataset.n)); } else errata.say("No word on this page is doubtful.");
  }

  document.addEventListener("keydown", (event) => {
    if (event.target.closest("input, select, textarea") || event.ctrlKey || event.metaKey || event.altKey) return;
    const inside = event.target.closest("#text") && !event.target.closest("button, a");
    if (event.key.startsWith("Arrow") && inside) { event.preventDefault(); step(event.key); }
    else if (event.key === "Enter" && inside) { event.preventDefault(); edit(event.shiftKey); }
    else if (event.key === "e") { event.preventDefault(); edit(true); }
    else if (event.key === "d") { event.preventDefault(); doubtful(); }
    else if (event.key === "u") send("undo");
    else if (event.key === "r") send("redo");
    else if (event.key === "n" || event.key === "p") leaf().querySelector(`a[rel="${event.key === "n" ? "next" : "prev"}"]`)?.click();
  });
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-do], [data-edit]");
    if (button && leaf()?.contains(button)) {
      const {do: what, edit: part, start, whole} = button.dataset;
      if (part) edit(part === "line"); else send(what, {...(start ? {start} : {}), ...(whole ? {whole} : {})});
      return;
    }
    if (event.target.closest("[data-doubtful]")) { doubtful(); return; }
    const place = event.target.closest(".w, rect[data-n]");
    if (place && getSelection().isCollapsed) choose(Number(place.dataset.n), !place.matches("rect"));
  });
  document.addEventListener("dblclick", (event) => {
    const line = event.target.closest(".line"), one = event.target.closest(".line .w") || line?.querySelector(".w");
    if (!one || event.target.closest("input, textarea")) return;
    getSelection().removeAllRanges();
    choose(Number(one.dataset.n));
    edit(true);
  });
  document.addEventListener("pointerover", (event) => {
    const place = event.target.closest?.(".w, rect[data-n]");
    mark("over", place ? Number(place.dataset.n) : 0);
    if (place && !at && word(place.dataset.n)) tell(word(place.dataset.n), true);
  });
  document.addEventListener("scroll", (event) => { if (event.target.classList?.contains("pane")) follow(event.target); else if (event.target === document && !scrolls()) follow(text()); }, true);
  document.addEventListener("change", (event) => { if (event.target.closest(".filter")) event.target.form.requestSubmit(); });
  document.addEventListener("htmx:beforeSwap", () => { kept = [text().scrollTop, leaf().querySelector(".scan")?.scrollTop || 0]; });
  document.addEventListener("htmx:afterSettle", () => {
    if (!kept) return;
    const scan = leaf().querySelector(".scan"), n = at;
    following = true;
    text().scrollTop = kept[0];
    if (scan) scan.scrollTop = kept[1];
    kept = unsaved = null;
    at = 0;
    if (n && word(n)) choose(n); else requestAnimationFrame(() => { following = false; });
    text().focus({preventScroll: true});
    if (leaf().dataset.said) errata.say(leaf().dataset.said);
  });
  for (const name of ["htmx:responseError", "htmx:sendError", "htmx:timeout"]) document.addEventListener(name, () => unsaved?.());
  document.addEventListener("copy", (event) => {
    const chosen = getSelection();
    if (!text() || chosen.isCollapsed || !text().contains(chosen.anchorNode) || event.target.closest?.("input, textarea")) return;
    const from = chosen.getRangeAt(0).startContainer;
    const note = (from instanceof Element ? from : from.parentElement).closest(".line")?.dataset.note;
    const cited = leaf().dataset.cite + (note ? `, note ${note}` : "");
    event.clipboardData.setData("text/plain", `${chosen.toString()}\n\n[${cited}]`);
    event.preventDefault();
  });
})();
