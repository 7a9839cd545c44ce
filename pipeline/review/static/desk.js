// What every page of the desk shares: a short message at its foot.
"use strict";
const errata = {
  say(text) {
    const place = document.getElementById("said");
    place.textContent = text;
    clearTimeout(errata.timer);
    errata.timer = setTimeout(() => { place.textContent = ""; }, 6000);
  },
};
document.addEventListener("htmx:responseError", (event) => errata.say(`That did not work (${event.detail.xhr.status}).`));
document.addEventListener("htmx:sendError", () => errata.say("The desk does not answer. Is errata review still running?"));
document.addEventListener("said", (event) => errata.say(event.detail.value));
