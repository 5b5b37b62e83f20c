import { useEffect, useState } from "preact/hooks";
import { get } from "./api.js";
import { amountText, dateText, fill, word } from "./format.js";
import { Dialog, Failure } from "./parts.js";
import { useShared } from "./state.js";
import { html } from "./view.js";

/** Why rows are matched, different or open: every decision of the comparison about them. */
export function MatchDialog({ id, onClose }) {
	const { text } = useShared();
	const [state, setState] = useState({});
	useEffect(() => {
		get(`/matches?id=${encodeURIComponent(id)}`).then(
			(told) => setState({ told }),
			(error) => setState({ error }),
		);
	}, [id]);
	const { told, error } = state;
	return html`<${Dialog} title=${fill(text.match.title, { id })} onClose=${onClose}>
		${error && html`<${Failure} error=${error} />`}
		${told === undefined && !error && html`<p>${text.loading}</p>`}
		${told?.decided.length === 0 && html`<p>${text.match.undecided}</p>`}
		${told?.manual.map(
			(one) => html`<p><strong>${text.match.decision[one.type]}</strong> ${one.by}: ${one.why}</p>`,
		)}
		${told?.decided.map((decided) => html`<${Decided} decided=${decided} />`)}
	<//>`;
}

function Decided({ decided }) {
	const { language, text } = useShared();
	const { type, name, why, whyZhCn, score, points, rows } = decided;
	const what = fill(text.match[type], {
		name:
			type === "different" ? word(text.reason, name) : type === "waiting" ? text.leg[name] : name,
		date: type === "waiting" ? dateText(Number(why)) : "",
	});
	const inChinese = language === "zh-CN" && whyZhCn !== "";
	return html`<section class="leg">
		<h3>${what}</h3>
		${type === "candidate" && html`<p>${text.match.leftOut[why]}</p>`}
		${(type === "matched" || type === "different") && html`<p lang=${inChinese ? "zh-CN" : "en"}>${inChinese ? whyZhCn : why}</p>`}
		${score !== null && html`<p class="sub">${fill(text.match.score, { score })} <span lang="en">${points.join(", ")}</span></p>`}
		${rows.map(
			(row) => html`<div class="row">
				<span class="strong">${text.leg[row.leg]}</span>
				<span class="mono strong">${amountText(row.amount)} ${row.currency}</span>
				<span>${word(text.rowStatus, row.status)}</span>
				<span class="mono">${row.reference}</span>
				<span class="sub">${fill(text.differences.source, row)}</span>
			</div>`,
		)}
	</section>`;
}
