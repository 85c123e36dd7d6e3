// What a page calls itself in the tab: its own words, then the name of this wall (a setting).

/** "Runs · Radio lab"; without words of its own, the name alone. */
export function titled(words = "") {
  const name = document.querySelector("meta[name=application-name]")?.getAttribute("content");
  return [words, name].filter(Boolean).join(" · ");
}
