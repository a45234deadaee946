// Lets keyboards reach what scrolls, and says which level the theme's captions have.
"use strict";

function reach() {
  for (const part of document.querySelectorAll("article pre, article .table-wrapper")) {
    if (part.scrollWidth > part.clientWidth) part.tabIndex = 0;
  }
  for (const caption of document.querySelectorAll("p.caption[role=heading]")) {
    caption.setAttribute("aria-level", "2");
  }
}

reach();
document.addEventListener("toggle", reach, true);
