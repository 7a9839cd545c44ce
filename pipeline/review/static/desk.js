// What every page of the desk shares: a short message, and pictures of lines.
"use strict";
const errata = {
  say(text) {
    const place = document.getElementById("said");
    place.textContent = text;
    clearTimeout(errata.timer);
    errata.timer = setTimeout(() => { place.textContent = ""; }, 6000);
  },
  // Pictures of lines that are wider than the screen show the place that is asked about; one that cannot be had goes.
  centre(root) {
    for (const film of root.querySelectorAll(".film")) {
      const strip = film.parentElement, place = film.querySelector("rect")?.getBoundingClientRect();
      if (place) strip.scrollLeft += (place.left + place.right) / 2 - strip.getBoundingClientRect().left - strip.clientWidth / 2;
      film.querySelector("image").addEventListener("error", () => strip.remove(), { once: true });
    }
  },
};
document.addEventListener("htmx:responseError", (event) => {
  const answer = new DOMParser().parseFromString(event.detail.xhr.responseText, "text/html");
  errata.say(answer.querySelector(".fault")?.textContent || `That did not work (${event.detail.xhr.status}).`);
});
document.addEventListener("htmx:sendError", () => errata.say("The desk does not answer. Is errata review still running?"));
