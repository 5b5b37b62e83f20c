import { useState } from "preact/hooks";
import { post } from "./api.js";
import { fill, moneyText } from "./format.js";
import { useShared } from "./state.js";
import { html } from "./view.js";

const tones = { same: "good", differs: "bad", incomplete: "warn" };

/** Takes the text of a paper list's QR code, typed or from a scanner, and says whether it is this host's list. */
export function PaperCheck() {
	const { text } = useShared();
	const [given, setGiven] = useState("");
	const [found, setFound] = useState(undefined);
	const [error, setError] = useState(undefined);
	const check = async (event) => {
		event.preventDefault();
		setFound(undefined);
		setError(undefined);
		try {
			setFound(await post("/lists/check", { text: given }));
		} catch (failure) {
			setError(failure.code === "SCHEMA" ? text.paper.notAList : failure.message);
		}
	};
	return html`<section>
		<h2>${text.paper.title}</h2>
		<form class="line" onSubmit=${check}>
			<input type="text" class="find" placeholder=${text.paper.field} aria-label=${text.paper.field}
				value=${given} onInput=${(event) => setGiven(event.target.value)} />
			<button type="submit" disabled=${given.trim() === ""}>${text.paper.check}</button>
		</form>
		<div aria-live="polite">
			${error !== undefined && html`<p class="verdict bad">${error}</p>`}
			${found !== undefined && html`<${Found} found=${found} />`}
		</div>
	</section>`;
}

function Found({ found }) {
	const { text } = useShared();
	const { verdict, signature, head, paper, host, missing, notOnPaper } = found;
	const isDoubtful = signature === "wrong" || head === "differs";
	const tone = verdict === "same" && isDoubtful ? "bad" : tones[verdict];
	const figures = ({ rowCount, net }) =>
		fill(text.paper.figures, { count: rowCount, net: moneyText(net) });
	return html`<div class=${`verdict ${tone}`}>
		<p><strong>${text.paper.verdict[verdict]}</strong></p>
		<ul class="plain">
			<li>${fill(text.paper.onPaper, { figures: figures(paper) })}</li>
			<li>${fill(text.paper.here, { figures: figures(host) })}</li>
			${missing.map((range) => html`<li>${fill(text.paper.missing, range)}</li>`)}
			${notOnPaper !== null && html`<li>${fill(text.paper.notOnPaper, { sequence: notOnPaper })}</li>`}
			<li>${text.paper.signature[signature]}</li>
			${head === "differs" && html`<li>${text.paper.headDiffers}</li>`}
		</ul>
	</div>`;
}
