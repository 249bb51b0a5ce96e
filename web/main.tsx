import "@mantine/core/styles.css";
import "./fonts.css";
import "./tokens.css";
import "./kit/kit.css";
import { createRoot } from "react-dom/client";
import { App } from "./App.tsx";
import { wordOf } from "./i18n/t.ts";
import { currentChoices } from "./i18n/settings.ts";

const root = document.getElementById("root");
const { language } = currentChoices();
document.documentElement.lang = language;

if (root === null) throw new Error("invariant broken: the page has no root element");
if (typeof Temporal === "undefined") {
  root.innerHTML = "<main class='page bare'><h1></h1><p></p></main>";
  root.querySelector("h1")?.append(wordOf(language, "shell.old") ?? "");
  root.querySelector("p")?.append(wordOf(language, "shell.old.text") ?? "");
} else createRoot(root).render(<App />);
