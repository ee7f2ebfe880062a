// The policy of the page allows no script within it, so the few lines that start it stand here.
import start from "./wheelhouse.js";

// What was chosen last time, before anything is painted; the program says again what holds.
const theme = localStorage.getItem("wheelhouse.theme");
if (theme === "dark" || theme === "light") document.documentElement.dataset.theme = theme;

start({ module_or_path: new URL("wheelhouse_bg.wasm", import.meta.url) }).catch((error) => {
  const message = document.createElement("p");
  message.className = "page-failed selectable";
  message.setAttribute("role", "alert");
  message.textContent = `The window's page could not be started: ${error}. Reinstall Wheelhouse, or report this with the text above.`;
  document.body.append(message);
});
