// Runs before the first paint, so that no page flashes in the wrong theme: ?theme=dark, light or auto (the default).
(() => {
  const asked = new URLSearchParams(location.search).get("theme");
  const system = matchMedia("(prefers-color-scheme: light)");
  const apply = () => {
    const automatic = system.matches ? "light" : "dark";
    document.documentElement.dataset.theme = asked === "dark" || asked === "light" ? asked : automatic;
  };
  apply();
  system.addEventListener("change", apply);
})();
