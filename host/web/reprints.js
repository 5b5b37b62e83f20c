import { useState } from "preact/hooks";
import { post } from "./api.js";
import { fill, word } from "./format.js";
import { useAnswer, useShared } from "./state.js";
import { html } from "./view.js";

/** Copies that a terminal waits for; nothing where it waits for none. */
export function Reprints({ terminal }) {
	const { text } = useShared();
	const path = `/reprints?terminal=${encodeURIComponent(terminal)}`;
	const { data, reload } = useAnswer(path, terminal);
	const [by, setBy] = useState("");
	const [error, setError] = useState(undefined);
	const requests = data?.requests ?? [];
	if (requests.length === 0) return null;
	const answer = async (asked, accepted) => {
		setError(undefined);
		try {
			await post(`/terminals/${encodeURIComponent(terminal)}/reprints/${asked}`, { by, accepted });
			reload();
		} catch (failure) {
			setError(failure.message);
		}
	};
	const words = text.reprints;
	return html`<section aria-live="polite">
		<h2>${words.title}</h2>
		<input type="text" class="find" maxlength="16" placeholder=${words.by} aria-label=${words.by}
			value=${by} onInput=${(event) => setBy(event.target.value)} />
		<ul class="plain">
			${requests.map(
				(request) => html`<li class="line" key=${request.asked}>
					<span>${word(text.document, request.document)} <span class="sub inline">#${request.subject}
						${" "}${fill(text.day.copy, { copy: request.copy })} ${request.by}: ${request.reason}</span></span>
					<span>
						<button type="button" disabled=${by.trim() === ""} onClick=${() => answer(request.asked, true)}>${words.allow}</button>
						<button type="button" class="quiet" disabled=${by.trim() === ""} onClick=${() => answer(request.asked, false)}>${words.refuse}</button>
					</span>
				</li>`,
			)}
		</ul>
		${error !== undefined && html`<p class="verdict bad">${error}</p>`}
	</section>`;
}
