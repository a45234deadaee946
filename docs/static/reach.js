// Lets keyboards reach what scrolls, and names the parts that the theme leaves unnamed.
"use strict";

function reach() {
  for (const part of document.querySelectorAll("article pre, article .table-wrapper")) {
    if (part.scrollWidth > part.clientWidth) part.tabIndex = 0;
  }
  for (const [part, name] of [["sidebar", "Chapters"], ["toc", "This page"]]) {
    document.querySelector(`aside.${part}-drawer`)?.setAttribute("aria-label", name);
  }
  for (const caption of document.querySelectorAll("p.caption[role=heading]")) {
    caption.setAttribute("aria-level", "2");
  }
}

reach();
document.addEventListener("toggle", reach, true);
