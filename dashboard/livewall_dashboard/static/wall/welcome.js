// The first screen of all: nothing has run yet, and here is what to type.

import { element } from "../shared/dom.js";

/** Commands in order, for the machine that runs Robot Framework. `version`: the wall's, whose package has both. Pure. */
export function commands(origin, version) {
  return [
    `pip install livewall-${version}-py3-none-any.whl`,
    `export LIVEWALL_URL=${origin}`,
    "robot --listener livewall_listener.Listener tests/",
  ];
}

export function welcome(version) {
  const node = element("section", "welcome");
  const text = commands(location.origin, version).join("\n");
  const listing = element("pre", "commands");
  listing.tabIndex = 0;
  listing.setAttribute("aria-label", "Commands for the first run");
  for (const line of text.split("\n")) listing.append(element("code", "", line));
  const waiting = element("p", "waiting");
  waiting.append(element("span", "pulse"), element("span", "", "Waiting for the first run"));
  node.append(
    element("h2", "", "This wall is ready. It has not heard from a test run yet."),
    element("p", "lead", "On the machine where your Robot Framework tests run, type:"),
    listing,
    copyButton(text),
    element("p", "hint", "The package is the file that this wall was installed from."),
    element("p", "hint", "The run shows up here by itself, while it runs, under the name of that machine. " +
      "A wall that asks for tokens wants LIVEWALL_TOKEN as well."),
    waiting,
  );
  return node;
}

function copyButton(text) {
  const button = element("button", "clear", "Copy");
  button.type = "button";
  button.hidden = !navigator.clipboard;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(text);
    button.textContent = "Copied";
  });
  return button;
}
