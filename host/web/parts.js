import { useEffect, useRef } from "preact/hooks";
import { fill, moneyText, word } from "./format.js";
import { useShared } from "./state.js";
import { html } from "./view.js";

/** Signs that say with their shape what the colour says too. */
const signs = { good: "✓", bad: "✕", warn: "!", quiet: "–" };

/** A state in words with a sign; the colour only repeats it. */
export function Badge({ tone, children }) {
	return html`<span class=${`badge ${tone}`}><span aria-hidden="true">${signs[tone]}</span>${children}</span>`;
}

/** What stands in place of an answer that is not there: waiting, or why not and a way to ask again. */
export function Pending({ error, reload }) {
	const { text } = useShared();
	if (error === undefined) return html`<p class="pending" role="status">${text.loading}</p>`;
	return html`<${Failure} error=${error}>
		${reload && html`<button type="button" onClick=${reload}>${text.retry}</button>`}
	<//>`;
}

/** A failure: what it means for the reader, and what the host said. */
export function Failure({ error, children }) {
	const { text } = useShared();
	return html`<div class="failure" role="alert">
		<strong>${text.errors[error.code] ?? text.errors.title}</strong>
		${error.message && html`<p class="said" lang="en">${error.message}</p>`}
		${children}
	</div>`;
}

/** What keeps a day from being complete, in words. */
export function missingText(item, text) {
	return fill(word(text.missing, item.type), {
		count: item.count,
		amount: item.amount === null ? "" : moneyText(item.amount),
		document: item.document === null ? "" : word(text.document, item.document),
	});
}

/** A table whose head stays in sight; scrolls by itself where the page is narrow. */
export function Table({ label, head, children }) {
	return html`<div class="scroll" role="region" aria-label=${label} tabindex="0">
		<table>
			<thead><tr>${head}</tr></thead>
			<tbody>${children}</tbody>
		</table>
	</div>`;
}

/** A window over the page; Escape and a click beside it close it, the browser keeps the focus inside. */
export function Dialog({ title, onClose, children }) {
	const { text } = useShared();
	const dialog = useRef(null);
	useEffect(() => {
		dialog.current?.showModal();
	}, []);
	const beside = (event) => event.target === dialog.current && dialog.current.close();
	return html`<dialog ref=${dialog} aria-label=${title} onClose=${onClose} onClick=${beside}>
		<header class="dialog-head">
			<h2>${title}</h2>
			<button type="button" class="quiet" onClick=${() => dialog.current.close()}>
				${text.differences.close}
			</button>
		</header>
		<div class="inside">${children}</div>
	</dialog>`;
}

/** Paper as the printer would draw it. */
export function Paper({ src, alt }) {
	const { text } = useShared();
	const print = () => {
		document.body.classList.add("only-paper");
		addEventListener("afterprint", () => document.body.classList.remove("only-paper"), {
			once: true,
		});
		globalThis.print();
	};
	return html`<figure class="paper">
		<img src=${src} alt=${alt} />
		<figcaption>
			<button type="button" onClick=${print}>${text.day.print}</button>
			<a class="button" href=${src} download>SVG</a>
		</figcaption>
	</figure>`;
}
