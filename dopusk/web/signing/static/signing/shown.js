// Stands right behind the block it shows, so that nothing below jumps; a browser without modules keeps the file way.
"use strict";

(function () {
  var script = document.currentScript;
  var block = script && script.previousElementSibling;
  if (block && "noModule" in script) block.hidden = false;
})();
