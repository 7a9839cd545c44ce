"use strict";
document.addEventListener("click", (event) => {
  if (!event.target.closest("[data-ticks]")) return;
  const boxes = [...document.querySelectorAll(".found [type=checkbox]")];
  const on = !boxes.some((box) => box.checked);
  for (const box of boxes) box.checked = on;
});
