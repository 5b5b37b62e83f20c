import { html } from "./html.js";

/** Keys of the terminal, row by row: what they send, what stands on them, how they look. */
const keys = [
	{ key: "menu", sign: "☰", look: "function" },
	{ key: "up", sign: "▲", look: "function" },
	{ key: "down", sign: "▼", look: "function" },
	{ key: "language", sign: "", look: "function" },
	{ key: "1" },
	{ key: "2" },
	{ key: "3" },
	{ key: "cancel", sign: "✕", look: "cancel" },
	{ key: "4" },
	{ key: "5" },
	{ key: "6" },
	{ key: "clear", sign: "⌫", look: "clear" },
	{ key: "7" },
	{ key: "8" },
	{ key: "9" },
	{ key: "ok", sign: "✓", look: "ok" },
	{ key: "00" },
	{ key: "0", look: "wide" },
];

/** The terminal itself: lamps, screen and keys. */
export function Device({ words, terminal, screen, press }) {
	return html`
		<section class="device" aria-label=${terminal.id}>
			<div class="slot" aria-hidden="true"></div>
			<header class="lamps">
				<strong>${terminal.id}</strong>
				<${Lamp} ...${linkLamp(words, terminal)} />
				<${Lamp} ...${paperLamp(words, terminal)} />
			</header>
			<${ScreenView} words=${words} terminal=${terminal} screen=${screen} press=${press} />
			<div class="keypad" role="group" aria-label=${words.keypad}>
				${keys.map(
					({ key, sign, look = "digit" }) => html`
						<button type="button" key=${key} class="key ${look}" disabled=${!terminal.powered}
							aria-label=${words.keys[key] ?? key} onClick=${() => press(key)}>
							${sign === undefined ? key : html`${sign && html`<span class="sign">${sign}</span>`}<small>${words.keys[key]}</small>`}
						</button>
					`,
				)}
			</div>
			<p class="hint">
				${words.keyboardHint}${terminal.managerPin ? html`<br />${words.managerPin} ${terminal.managerPin}` : null}
			</p>
		</section>
	`;
}

function ScreenView({ words, terminal, screen, press }) {
	if (!terminal.powered || screen === null) {
		return html`
			<div class="screen dark" role="status">
				<p>${terminal.powered ? words.starting : words.off}</p>
				${terminal.powered ? null : html`<p class="small">${words.offHint}</p>`}
			</div>
		`;
	}
	return html`
		<div class="screen tone-${screen.tone ?? "none"}" lang=${screen.language}
			data-name=${screen.name} role="region" aria-label=${words.screen}>
			<h2>${screen.title}</h2>
			<div class="lines" aria-live="polite">
				${screen.lines.map(
					({ text, align = "left", style = "plain" }, index) => html`
						<p key=${index} class="line ${align} ${style}">${text === "" ? "\u00a0" : text}</p>
					`,
				)}
			</div>
			<div class="soft-keys">
				${screen.softKeys.map(
					({ key, label }) => html`
						<button type="button" key=${key} onClick=${() => press(key)}>
							<kbd>${words.keys[key] ?? key}</kbd> ${label}
						</button>
					`,
				)}
			</div>
		</div>
	`;
}

function Lamp({ sign, text, look }) {
	return html`<span class="lamp ${look}"><span aria-hidden="true">${sign}</span> ${text}</span>`;
}

function linkLamp(words, { powered, link, network }) {
	if (!powered) return { sign: "○", text: words.off, look: "idle" };
	if (network.state === "lossy") return { sign: "◐", text: words.lossy, look: "warn" };
	if (link === "up") return { sign: "●", text: words.online, look: "good" };
	if (link === "connecting") return { sign: "◌", text: words.connecting, look: "warn" };
	return { sign: "○", text: words.offline, look: "bad" };
}

function paperLamp(words, { powered, printer }) {
	if (!powered) return { sign: "▢", text: words.paper, look: "idle" };
	if (!printer.online) return { sign: "▢", text: words.printerOffline, look: "bad" };
	if (printer.paper === "out") return { sign: "▢", text: words.paperOut, look: "bad" };
	if (printer.paper === "low") return { sign: "▤", text: words.paperLow, look: "warn" };
	if (printer.paper === "unknown") return { sign: "?", text: words.paperUnknown, look: "warn" };
	return { sign: "▤", text: words.paperOk, look: "good" };
}

const pcKeys = {
	Enter: "ok",
	Escape: "cancel",
	Backspace: "clear",
	ArrowUp: "up",
	ArrowDown: "down",
	m: "menu",
	M: "menu",
	l: "language",
	L: "language",
};

/** The terminal's key for a key of the PC, or undefined when it is meant for something else on the page. */
export function keyFor({ key, target, ctrlKey, altKey, metaKey }) {
	if (ctrlKey || altKey || metaKey) return undefined;
	if (target.closest("input, select, textarea, dialog, summary")) return undefined;
	if (key === "Enter" && target.closest("button, a")) return undefined;
	return /^[0-9]$/.test(key) ? key : pcKeys[key];
}
