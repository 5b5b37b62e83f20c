import { useState } from "preact/hooks";
import { get } from "./api.js";
import { amountText, fill, word } from "./format.js";
import { Dialog, Failure } from "./parts.js";
import { useShared } from "./state.js";
import { html } from "./view.js";

const legs = ["terminal", "acquirer", "bank", "shop"];

/** The rows that prove a difference, each book beside the others. */
export function Legs({ difference, onRecord }) {
	return html`<div class="legs">
		${legs.map((leg) => html`<${Leg} leg=${leg} difference=${difference} onRecord=${onRecord} />`)}
	</div>`;
}

/** One side; a side that has to be put right is marked, with or without a row. */
function Leg({ leg, difference, onRecord }) {
	const { text } = useShared();
	const rows = difference.evidence.filter((row) => row.leg === leg);
	const isWrong = difference.leg === leg;
	if (rows.length === 0 && !isWrong && (leg === "bank" || leg === "shop")) return null;
	return html`<section class=${isWrong ? "leg wrong" : "leg"}>
		<h3>${text.leg[leg]} ${isWrong && html`<span aria-hidden="true">✕</span>`}</h3>
		${rows.length === 0 && html`<p class="sub">${isWrong ? text.differences.absent : "–"}</p>`}
		${rows.map(
			(row) => html`<div class="row">
				<span class="mono strong">${amountText(row.amount.text)} ${row.amount.currency}</span>
				<span>${word(text.rowStatus, row.status)}</span>
				<span class="mono">${row.reference}</span>
				${
					row.record === null
						? html`<span class="sub">${fill(text.differences.source, row)}</span>`
						: html`<button type="button" class="quiet" onClick=${() => onRecord(row.record)}>
								${fill(text.differences.journalRecord, row.record)}
							</button>`
				}
			</div>`,
		)}
	</section>`;
}

/** The journal record behind a terminal's row, as the terminal wrote it. */
export function RecordDialog({ place, onClose }) {
	const { text } = useShared();
	const { terminal, epoch, sequence } = place;
	const [state, setState] = useState({});
	if (state.asked !== sequence) {
		setState({ asked: sequence });
		const path = `/terminals/${encodeURIComponent(terminal)}/records/${epoch}?from=${sequence}&to=${sequence + 1}`;
		get(path).then(
			({ records }) => setState({ asked: sequence, records }),
			(error) => setState({ asked: sequence, error }),
		);
	}
	return html`<${Dialog} title=${`${text.differences.record} ${terminal} ${epoch}.${sequence}`} onClose=${onClose}>
		${state.error && html`<${Failure} error=${state.error} />`}
		${state.records === undefined && !state.error && html`<p>${text.loading}</p>`}
		${state.records?.map(
			(record) => html`<h3 class="mono">${record.epoch}.${record.sequence} ${record.kind}</h3>
				<dl class="facts">
					${Object.entries(record.body ?? {}).map(
						([name, value]) =>
							html`<dt>${name}</dt><dd>${typeof value === "object" && value !== null ? JSON.stringify(value) : String(value ?? "–")}</dd>`,
					)}
					<dt>chain</dt><dd class="mono break">${record.chain}</dd>
				</dl>`,
		)}
	<//>`;
}
