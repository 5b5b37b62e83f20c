import { useState } from "preact/hooks";
import { post } from "./api.js";
import { dateText, fill, moneyText, word } from "./format.js";
import { Legs, RecordDialog } from "./legs.js";
import { MatchDialog } from "./match.js";
import { Failure, Pending } from "./parts.js";
import { useAnswer, useShared } from "./state.js";
import { html } from "./view.js";

/** What the books do not agree on, each with the rows that prove it beside each other. */
export function DifferencesPage({ query }) {
	const { text } = useShared();
	const date = query.get("date") ?? "";
	const terminal = query.get("terminal") ?? "";
	const search = new URLSearchParams(
		Object.entries({ date, terminal }).filter(([, value]) => value !== ""),
	).toString();
	const path = `/differences${search === "" ? "" : `?${search}`}`;
	const { data, error, reload } = useAnswer(path);
	const [record, setRecord] = useState(undefined);
	const [asked, setAsked] = useState(undefined);
	return html`
		<div class="head">
			<div><h1>${text.differences.title}</h1><p class="sub">${text.differences.lead}</p></div>
			<${Tools} date=${date} terminal=${terminal} path=${path} onCompared=${reload} />
		</div>
		${
			data === undefined
				? html`<${Pending} error=${error} reload=${reload} />`
				: html`<${Ask} onAsk=${setAsked} />
					<${List} differences=${data.differences} onRecord=${setRecord} onAsk=${setAsked} />`
		}
		${asked && html`<${MatchDialog} id=${asked} onClose=${() => setAsked(undefined)} />`}
		${record && html`<${RecordDialog} place=${record} onClose=${() => setRecord(undefined)} />`}
	`;
}

function Tools({ date, terminal, path, onCompared }) {
	const { text } = useShared();
	const { data } = useAnswer("/terminals");
	const [state, setState] = useState({ busy: false, said: "", error: undefined });
	const go = (next) => {
		const query = new URLSearchParams(Object.entries(next).filter(([, value]) => value !== ""));
		location.hash = `#/differences?${query}`;
	};
	const compare = async () => {
		setState({ busy: true, said: text.differences.comparing, error: undefined });
		try {
			const asked = { ...(date && { date }), ...(terminal && { terminal }) };
			const result = await post("/reconcile", asked);
			const { matched, waiting, differences } = result;
			const said = fill(text.differences.compared, { matched, waiting, count: differences.length });
			setState({ busy: false, said, error: undefined });
			onCompared();
		} catch (error) {
			setState({ busy: false, said: "", error });
		}
	};
	return html`<div class="tools">
		<label>${text.differences.date}
			<input type="date" value=${date} onChange=${(event) => go({ date: event.target.value, terminal })} />
		</label>
		<label>${text.differences.terminal}
			<select value=${terminal} onChange=${(event) => go({ date, terminal: event.target.value })}>
				<option value="">${text.differences.all}</option>
				${data?.terminals.map((item) => html`<option value=${item.terminal}>${item.name}</option>`)}
			</select>
		</label>
		<a class="button" href=${`/api${path.replace("/differences", "/differences.csv")}`} download>${text.differences.csv}</a>
		<button type="button" class="primary" disabled=${state.busy} onClick=${compare}>${text.differences.compare}</button>
		<span class="said" role="status">${state.said}</span>
		${state.error && html`<${Failure} error=${state.error} />`}
	</div>`;
}

/** Asks about any row: why is it matched, different or open? */
function Ask({ onAsk }) {
	const { text } = useShared();
	const ask = (event) => {
		event.preventDefault();
		const id = new FormData(event.target).get("id").trim();
		if (id !== "") onAsk(id);
	};
	return html`<form class="tools" onSubmit=${ask}>
		<label>${text.match.ask} <input name="id" placeholder=${text.match.hint} /></label>
		<button type="submit">${text.match.why}</button>
	</form>`;
}

function List({ differences, onRecord, onAsk }) {
	const { text } = useShared();
	if (differences.length === 0) return html`<p class="empty">${text.differences.none}</p>`;
	return html`<p class="sub">${fill(text.differences.total, { count: differences.length })}</p>
		${differences.map(
			(difference) =>
				html`<${DifferenceCard} key=${difference.id} difference=${difference} onRecord=${onRecord} onAsk=${onAsk} />`,
		)}`;
}

function DifferenceCard({ difference, onRecord, onAsk }) {
	const { text } = useShared();
	const { id, reason, also, terminal, businessDate, reference, batch, atStake, why } = difference;
	const place = [
		terminal,
		businessDate === null ? "" : dateText(businessDate),
		reference === "" ? "" : fill(text.differences.reference, { reference }),
		batch === null ? "" : fill(text.differences.batch, { batch }),
	].filter(Boolean);
	return html`<article class="card difference">
		<header class="difference-head">
			<h2 class="reason">${word(text.reason, reason)}</h2>
			<p class="sub">${place.join(" · ")}</p>
			<p class="stake"><span class="sub inline">${text.differences.atStake}</span> ${moneyText(atStake)}</p>
		</header>
		<p>${word(text.reasonHelp, reason)}
			${also.length > 0 && html` <span class="sub inline">${text.differences.also}${also.map((one) => word(text.reason, one)).join("、")}</span>`}</p>
		<${Legs} difference=${difference} onRecord=${onRecord} />
		<p class="sub"><strong>${text.differences.why}</strong> <span lang="en">${why}</span>
			<button type="button" class="quiet" onClick=${() => onAsk(id)}>${text.match.why}</button>
			<a href=${`#/cases/${encodeURIComponent(id)}`}>${text.cases.open}</a></p>
	</article>`;
}
