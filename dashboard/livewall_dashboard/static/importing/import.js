// The button that imports files; its dialog is loaded when first asked for.

import { element } from "../shared/dom.js";

const button = element("button", "clear", "Import…");
button.type = "button";
button.title = "Make runs of files: output.xml, output.json, JUnit XML, CTRF";
button.addEventListener("click", async () => {
  const { openDialog } = await import("./dialog.js");
  openDialog(button);
});
document.getElementById("actions").append(button);
