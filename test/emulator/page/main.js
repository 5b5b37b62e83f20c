import { render } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { call, terminalPath } from "./api.js";
import { Device, keyFor } from "./device.js";
import { html } from "./html.js";
import { Inside } from "./inside.js";
import { PaperRoll } from "./paper.js";
import { useEmulator } from "./state.js";
import { Till } from "./till.js";
import { languages } from "./words.js";
import { Surroundings } from "./world.js";

const ERROR_SHOWN_MS = 6_000;

function App() {
	const [language, setLanguage] = useLanguage();
	const words = languages[language];
	const emulator = useEmulator();
	const { info, terminals, terminal, details, clock, plans, bookings } = emulator;
	const [error, setError] = useError();
	const attempt = async (method, path, body) => {
		try {
			const answer = await call(method, path, body);
			await emulator.readWorld();
			return answer ?? null;
		} catch (failure) {
			setError(failure.message);
			return undefined;
		}
	};
	const here = terminal === undefined ? "" : terminalPath(terminal.id);
	const post = (path, body) => attempt("POST", here + path, body);
	const put = (path, body) => attempt("PUT", here + path, body);
	const press = (...keys) => post("/keys", { keys });
	useKeyboard(terminal?.powered ? press : undefined);
	return html`
		<header class="top">
			<h1>${words.product}</h1>
			<${Chooser} words=${words} language=${language} terminals=${terminals} terminal=${terminal}
				select=${emulator.select} attempt=${attempt} />
			<span class="spread"></span>
			${info?.dashboardUrl ? html`<a href=${info.dashboardUrl}>${words.dashboard} ↗</a>` : null}
			<button type="button" onClick=${() => setLanguage(language === "en" ? "zh-CN" : "en")}>
				${words.otherLanguage}
			</button>
		</header>
		${emulator.isLost ? html`<p class="notice" role="alert">! ${words.lost}</p>` : null}
		${error ? html`<p class="notice" role="alert">! ${error}</p>` : null}
		${
			terminal === undefined
				? null
				: html`
					<main>
						<div class="column">
							<${Device} words=${words} terminal=${terminal} screen=${details.screen} press=${press} />
						</div>
						<div class="column">
							<${PaperRoll} key=${terminal.id} words=${words} terminal=${terminal}
								entries=${details.entries} />
						</div>
						<div class="column">
							<${Till} words=${words} terminal=${terminal} payments=${details.payments}
								post=${post} press=${press} />
						</div>
						<div class="column">
							<${Surroundings} words=${words} terminal=${terminal} clock=${clock} plans=${plans}
								bookings=${bookings} post=${post} put=${put} world=${attempt} />
							<${Inside} words=${words} engine=${info?.engine} terminal=${terminal} log=${details.log} />
						</div>
					</main>
				`
		}
	`;
}

/** The terminals to choose from, and a form for one more. */
function Chooser({ words, language, terminals, terminal, select, attempt }) {
	const dialog = useRef(null);
	const add = async (event) => {
		event.preventDefault();
		const form = new FormData(event.target);
		const id = String(form.get("id"));
		dialog.current.close();
		const paperColumns = Number(form.get("paperColumns"));
		const body = { id, paperColumns, language, mmPerSecond: 150, managerPin: "1234" };
		const made = await attempt("POST", "/terminals", body);
		if (made === undefined) return;
		select(id);
		await attempt("POST", `${terminalPath(id)}/enrol`, {});
	};
	const remove = async () => {
		if (confirm(words.removeSure)) await attempt("DELETE", terminalPath(terminal.id));
	};
	return html`
		<nav aria-label=${words.terminals}>
			${terminals.map(
				({ id, powered }) => html`
					<button type="button" key=${id} aria-pressed=${String(id === terminal?.id)}
						onClick=${() => select(id)}>${powered ? "●" : "○"} ${id}</button>
				`,
			)}
			<button type="button" aria-label=${words.addTerminal} title=${words.addTerminal}
				onClick=${() => dialog.current.showModal()}>+</button>
		</nav>
		<dialog ref=${dialog} aria-label=${words.addTerminal}>
			<form onSubmit=${add}>
				<h2>${words.addTerminal}</h2>
				<label>
					<span>${words.terminalName}</span>
					<input name="id" required pattern="[a-z0-9\\-]{4,32}" defaultValue=${nextId(terminals)} />
				</label>
				<label class="chip"><input type="radio" name="paperColumns" value="32" defaultChecked=${true} /><span>${words.narrow}</span></label>
				<label class="chip"><input type="radio" name="paperColumns" value="48" /><span>${words.wide}</span></label>
				<div class="row">
					<button type="submit" class="primary">${words.add}</button>
					<button type="button" onClick=${() => dialog.current.close()}>${words.close}</button>
				</div>
				${terminals.length > 1 ? html`<button type="button" class="quiet" onClick=${remove}>${words.remove}: ${terminal?.id}</button>` : null}
			</form>
		</dialog>
	`;
}

function nextId(terminals) {
	const numbers = terminals.map(({ id }) => Number(/^till-(\d+)$/.exec(id)?.[1] ?? 0));
	return `till-${String(Math.max(0, ...numbers) + 1).padStart(4, "0")}`;
}

function useLanguage() {
	const asked = new URLSearchParams(location.search).get("lang");
	const stored = asked ?? localStorage.getItem("closeout-language");
	const [language, setLanguage] = useState(stored === "en" ? "en" : "zh-CN");
	useEffect(() => {
		localStorage.setItem("closeout-language", language);
		document.documentElement.lang = language;
		document.title = languages[language].product;
	}, [language]);
	return [language, setLanguage];
}

function useError() {
	const [error, setError] = useState("");
	useEffect(() => {
		if (error === "") return undefined;
		const timer = setTimeout(() => setError(""), ERROR_SHOWN_MS);
		return () => clearTimeout(timer);
	}, [error]);
	return [error, setError];
}

function useKeyboard(press) {
	useEffect(() => {
		const onKey = (event) => {
			const key = press === undefined ? undefined : keyFor(event);
			if (key === undefined) return;
			event.preventDefault();
			press(key);
		};
		addEventListener("keydown", onKey);
		return () => removeEventListener("keydown", onKey);
	});
}

render(html`<${App} />`, document.getElementById("app"));
