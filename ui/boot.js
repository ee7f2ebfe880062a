// The policy of the page allows no script within it, so the few lines that start it stand here.
import start from "./wheelhouse.js";
start();
