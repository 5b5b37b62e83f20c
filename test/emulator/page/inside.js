import { useEffect, useState } from "preact/hooks";
import { call, terminalPath } from "./api.js";
import { html } from "./html.js";

const REFRESH_MS = 2_000;

/** What a technician would like to know: the journal, the cost, the files, and the log. */
export function Inside({ words, engine, terminal, log }) {
	const { status, meters } = useFigures(terminal);
	const path = `/v1${terminalPath(terminal.id)}`;
	return html`
		<section class="card inside">
			<h2>${words.inside}</h2>
			<dl>
				<div><dt>${words.engine[engine] ?? engine}</dt><dd>${terminal.paperColumns === 48 ? words.wide : words.narrow}</dd></div>
				<div><dt>${words.head}</dt><dd>${figure(status?.head)}</dd></div>
				<div><dt>${words.watermark}</dt><dd>${figure(status?.watermark)}</dd></div>
				<div><dt>${words.steps}</dt><dd>${figure(meters?.step.count)}</dd></div>
				<div><dt>${words.computrons}</dt><dd>${figure(meters?.lastComputrons)}</dd></div>
			</dl>
			<h3>${words.files}</h3>
			<ul class="files">
				<li><a href="/v1/acquirer/file" download>${words.acquirerFile}</a></li>
				<li><a href="/v1/bank/statement" download>${words.bankStatement}</a></li>
				<li><a href=${`${path}/journal`} download>${words.journalImage}</a></li>
			</ul>
			<ol class="log" reversed>
				${log.map(({ level, code, detail }, index) => html`<li key=${index} class=${level}><b>${code}</b> ${detail}</li>`)}
			</ol>
		</section>
	`;
}

function figure(value) {
	return typeof value === "number" ? value.toLocaleString("en") : "–";
}

function useFigures({ id, powered }) {
	const [figures, setFigures] = useState({});
	useEffect(() => {
		let isOver = false;
		const look = async () => {
			if (!powered || document.hidden) return;
			try {
				const meters = await call("GET", `${terminalPath(id)}/meters`);
				const status = await call("GET", `${terminalPath(id)}/status`);
				if (!isOver) setFigures({ meters, status });
			} catch {
				// The terminal has lost its power in between; its lamp says so.
			}
		};
		look();
		const timer = setInterval(look, REFRESH_MS);
		return () => {
			isOver = true;
			clearInterval(timer);
		};
	}, [id, powered]);
	return figures;
}
