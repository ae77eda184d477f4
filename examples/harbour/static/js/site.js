// What every page of the site does.
import { offerSchemeToggle } from "./colour-scheme.js";

offerSchemeToggle(document.querySelector("[data-scheme-toggle]"));
