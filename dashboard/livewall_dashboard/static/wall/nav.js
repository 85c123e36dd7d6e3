// The few controls of the wall. Settings are links, because they live in the address.

import { ALL, buildsLink } from "../shared/builds.js";
import { element, setHidden } from "../shared/dom.js";
import { carriedQuery, searchWith } from "./settings.js";

function choice(settings, name, value, title) {
  const link = element("a", "", title);
  link.href = searchWith(location.search, name, value);
  if (settings[name] === value) link.setAttribute("aria-current", "true");
  return link;
}

/** `onPause(paused)` when someone stops or starts the picture. Returns `{showBuilds(whether)}`. */
export function buildNav(host, settings, onPause) {
  const [runs, history, search] = [["/runs", "Runs"], ["/history", "History"], ["/search", "Search"]].map(([path, title]) => {
    const link = element("a", "", title);
    link.href = `${path}${carriedQuery(settings)}`;
    return link;
  });
  const builds = buildsLink(ALL, "nav-builds", "Latest builds", "Latest builds of all setups");
  builds.hidden = true;
  const pause = element("button", "", "Pause");
  pause.type = "button";
  pause.setAttribute("aria-pressed", "false");
  pause.addEventListener("click", () => {
    const paused = pause.getAttribute("aria-pressed") !== "true";
    pause.setAttribute("aria-pressed", String(paused));
    onPause(paused);
  });
  const next = { auto: "dark", dark: "light", light: "auto" }[settings.theme];
  const theme = element("a", "", `Theme: ${settings.theme}`);
  theme.href = searchWith(location.search, "theme", next);
  const view = element("span", "nav-view");
  view.append(choice(settings, "view", "table", "Table"), builds, theme, pause);
  host.prepend(choice(settings, "view", "wall", "Wall"), runs, history);
  host.append(search, view);
  host.querySelector("[aria-current]")?.scrollIntoView({ inline: "center", block: "nearest" });
  return { showBuilds: (whether) => setHidden(builds, !whether) };
}
