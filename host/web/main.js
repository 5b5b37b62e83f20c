import { render } from "preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { listen } from "./api.js";
import { CasePage } from "./case.js";
import { CasesPage } from "./cases.js";
import { DayPage } from "./day.js";
import { DifferencesPage } from "./differences.js";
import { FleetPage } from "./fleet.js";
import { Shared, useRoute } from "./state.js";
import { StatementsPage } from "./statements.js";
import { en } from "./text-en.js";
import { zhCn } from "./text-zh-cn.js";
import { html } from "./view.js";

const STORED = "closeout-language";
const languages = { "zh-CN": zhCn, en };

/** Chinese unless the reader chose English, or has a browser in another language. */
function firstLanguage() {
	const stored = localStorage.getItem(STORED);
	if (stored in languages) return stored;
	return navigator.language.startsWith("zh") ? "zh-CN" : "en";
}

function pageOf({ parts: [first, ...rest], query }) {
	if (first === "terminal" && rest[0] !== undefined) {
		const [terminal, date = "latest"] = rest;
		return html`<${DayPage} key=${terminal} terminal=${terminal} date=${date} />`;
	}
	if (first === "differences") return html`<${DifferencesPage} query=${query} />`;
	if (first === "cases" && rest[0] !== undefined)
		return html`<${CasePage} key=${rest[0]} id=${rest[0]} />`;
	if (first === "cases") return html`<${CasesPage} query=${query} />`;
	if (first === "statements") return html`<${StatementsPage} />`;
	return html`<${FleetPage} />`;
}

const pages = [
	["fleet", "#/", (first) => first === undefined || first === "terminal"],
	["differences", "#/differences", (first) => first === "differences"],
	["cases", "#/cases", (first) => first === "cases"],
	["statements", "#/statements", (first) => first === "statements"],
];

function App() {
	const [language, setLanguage] = useState(firstLanguage);
	const [change, setChange] = useState({ count: 0, terminals: undefined });
	const [link, setLink] = useState("starting");
	const route = useRoute();
	const main = useRef(null);
	const text = languages[language];
	useEffect(() => {
		const onChange = (terminals) => setChange(({ count }) => ({ count: count + 1, terminals }));
		return listen(onChange, setLink);
	}, []);
	useEffect(() => {
		document.documentElement.lang = language;
		document.title = `${text.brand} · ${text.tagline}`;
	}, [language, text]);
	const address = route.parts.join("/");
	const known = useRef(address);
	useEffect(() => {
		// A new page is read from its top; the first one is where the browser left it.
		if (known.current === address) return;
		known.current = address;
		scrollTo(0, 0);
		main.current?.focus({ preventScroll: true });
	}, [address]);
	const other = language === "en" ? "zh-CN" : "en";
	const choose = () => {
		localStorage.setItem(STORED, other);
		setLanguage(other);
	};
	const shared = useMemo(() => ({ language, text, change }), [language, text, change]);
	return html`<${Shared.Provider} value=${shared}>
		<a class="skip" href="#main" onClick=${(event) => {
			event.preventDefault();
			main.current?.focus();
		}}>${text.skip}</a>
		<header class="top">
			<a class="brand" href="#/"><img src="icon.svg" alt="" width="28" height="28" />${text.brand}</a>
			<nav>
				${pages.map(
					([name, href, isHere]) => html`<a
						href=${href}
						aria-current=${isHere(route.parts[0]) ? "page" : undefined}
					>${text.nav[name]}</a>`,
				)}
			</nav>
			<span class=${`link ${link}`} role="status">
				<span aria-hidden="true">${link === "live" ? "●" : "○"}</span> ${text.live[link]}
			</span>
			<button type="button" class="quiet" lang=${other} onClick=${choose}>${text.language}</button>
		</header>
		<main id="main" ref=${main} tabindex="-1">${pageOf(route)}</main>
	<//>`;
}

render(html`<${App} />`, document.getElementById("app"));
