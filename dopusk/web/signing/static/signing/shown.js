// Stands right behind the block it shows, so that nothing below jumps. A browser too old for the rest of the scripts, or
// one that did not get them, keeps the way by file alone.
"use strict";

(function () {
  var script = document.currentScript;
  var block = script && script.previousElementSibling;
  var able = script && "noModule" in script && "replaceChildren" in script && "requestSubmit" in document.createElement("form");
  if (!block || !able) return;
  block.hidden = false;
  window.addEventListener("load", function () {
    if (!block.hasAttribute("data-started")) block.hidden = true;
  });
})();
