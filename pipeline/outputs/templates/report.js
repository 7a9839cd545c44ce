(function () {
  "use strict";
  var root = document.documentElement, themes = ["auto", "light", "dark"], at = 0;
  function store(key, value) { try { if (value === undefined) return localStorage.getItem(key); localStorage.setItem(key, value); } catch (e) { return null; } }
  function show(theme) { if (theme === "auto") root.removeAttribute("data-theme"); else root.setAttribute("data-theme", theme); }
  function button(label) { var b = document.createElement("button"); b.type = "button"; b.textContent = label; return b; }

  // Light, dark, or as the system has it.
  var header = document.querySelector("header");
  at = Math.max(0, themes.indexOf(store("errata-theme") || "auto"));
  show(themes[at]);
  if (header) {
    var toggle = button("Colours: " + themes[at]);
    toggle.className = "theme";
    toggle.addEventListener("click", function () {
      at = (at + 1) % themes.length; show(themes[at]); store("errata-theme", themes[at]); toggle.textContent = "Colours: " + themes[at];
    });
    header.insertBefore(toggle, header.firstChild);
  }

  // What is copied takes its citation along.
  document.addEventListener("copy", function (event) {
    var selection = document.getSelection(), text = String(selection);
    if (!event.clipboardData || text.trim().length < 12) return;
    var copied = document.createElement("div"), aside = "del, small.why, p.why, p.where, .unseen";
    copied.append(selection.getRangeAt(0).cloneContents());
    if (copied.querySelector(aside)) {  // what was read, and why a word is doubted, are no part of the text
      copied.querySelectorAll(aside).forEach(function (part) { part.remove(); });
      copied.querySelectorAll("li, p, tr, h2, h3").forEach(function (block) { block.append("\n"); });
      text = copied.textContent.replace(/^[ \t]+/gm, "").replace(/\n\s*\n+/g, "\n");
    }
    var node = selection.getRangeAt(0).startContainer, place = node.nodeType === 1 ? node : node.parentElement;
    var cited = place && place.closest("[data-cite]"), note = place && place.closest("[data-note]");
    if (!cited) return;
    var cite = cited.getAttribute("data-cite") + (note ? ", note " + note.getAttribute("data-note") : "");
    event.clipboardData.setData("text/plain", text.trim() + "\n[" + cite + "]");
    event.preventDefault();
  });

  // The strip of pages leads to each page; the table below it does so too.
  document.querySelectorAll(".strip [data-href]").forEach(function (bar) {
    bar.addEventListener("click", function () { location.href = bar.getAttribute("data-href"); });
  });

  // A place that is hidden in a closed part is opened when it is gone to.
  function reveal() {
    var target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    for (var p = target; p; p = p.parentElement) if (p.tagName === "DETAILS") p.open = true;
    if (target) target.scrollIntoView();
  }
  addEventListener("hashchange", reveal);

  // Tables are sorted by their headings.
  function value(row, column) {
    var text = row.cells[column].textContent.trim(), number = parseFloat(text.replace(/,/g, ""));
    return isNaN(number) || !/^[\d.,\s%]+$/.test(text.replace(/^(under|over|about|p\.|scan) ?/, "")) ? text : number;
  }
  document.querySelectorAll("table.sortable").forEach(function (table) {
    var body = table.tBodies[0], rows = Array.from(body.rows);
    Array.from(table.tHead.rows[0].cells).forEach(function (head, column) {
      var b = button(head.textContent), down = false;
      head.textContent = ""; head.appendChild(b);
      b.addEventListener("click", function () {
        Array.from(table.tHead.rows[0].cells).forEach(function (other) { other.removeAttribute("aria-sort"); });
        down = !down; head.setAttribute("aria-sort", down ? "descending" : "ascending");
        rows.sort(function (a, b) {
          var x = value(a, column), y = value(b, column);
          var order = typeof x === "number" && typeof y === "number" ? x - y : String(x).localeCompare(String(y), undefined, { numeric: true });
          return down ? -order : order;
        }).forEach(function (row) { body.appendChild(row); });
      });
    });
  });

  // Long tables can be searched.
  document.querySelectorAll(".filtered").forEach(function (box) {
    var label = document.createElement("label"), input = document.createElement("input"), count = document.createElement("span");
    input.type = "search"; label.className = "filter"; count.setAttribute("role", "status"); count.className = "quiet";
    label.append("Find ", input); box.before(label); label.after(count);
    input.addEventListener("input", function () {
      var wanted = input.value.toLowerCase(), left = 0;
      Array.from(box.querySelector("tbody").rows).forEach(function (row) {
        row.hidden = row.textContent.toLowerCase().indexOf(wanted) < 0; left += row.hidden ? 0 : 1;
      });
      count.textContent = wanted ? left + " found" : "";
    });
  });
  reveal();
})();
