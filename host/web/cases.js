import { dateText, fill, moneyText, word } from "./format.js";
import { Badge, Pending, Table } from "./parts.js";
import { useAnswer, useShared } from "./state.js";
import { html } from "./view.js";

const states = ["found", "claimed", "answered", "resolved", "written-off"];
const tones = {
	found: "bad",
	claimed: "warn",
	answered: "warn",
	resolved: "good",
	"written-off": "quiet",
};

/** Where a case stands, in words. */
export function StateBadge({ state }) {
	const { text } = useShared();
	return html`<${Badge} tone=${tones[state] ?? "quiet"}>${word(text.cases.states, state)}<//>`;
}

/** Differences under work, those with the most at stake first. */
export function CasesPage({ query }) {
	const { text } = useShared();
	const words = text.cases;
	const asked = {
		state: query.get("state") ?? "open",
		terminal: query.get("terminal") ?? "",
		reason: query.get("reason") ?? "",
		dueBy: query.get("dueBy") ?? "",
	};
	const search = searchOf(asked);
	const { data, error, reload } = useAnswer(`/cases${search === "" ? "" : `?${search}`}`);
	return html`
		<div class="head">
			<div><h1>${words.title}</h1><p class="sub">${words.lead}</p></div>
			<${Filters} asked=${asked} />
		</div>
		${data === undefined ? html`<${Pending} error=${error} reload=${reload} />` : html`<${List} cases=${data.cases} />`}
	`;
}

function searchOf({ state, ...rest }) {
	const given = { ...rest, state: state === "any" ? "" : state };
	return new URLSearchParams(Object.entries(given).filter(([, value]) => value !== "")).toString();
}

function Filters({ asked }) {
	const { text } = useShared();
	const words = text.cases;
	const { data } = useAnswer("/terminals");
	const go = (name) => (event) => {
		const next = Object.entries({ ...asked, [name]: event.target.value });
		location.hash = `#/cases?${new URLSearchParams(next.filter(([, value]) => value !== ""))}`;
	};
	return html`<div class="tools">
		<label>${words.state}
			<select value=${asked.state} onChange=${go("state")}>
				<option value="open">${words.allOpen}</option>
				<option value="any">${words.anyState}</option>
				${states.map((state) => html`<option value=${state}>${words.states[state]}</option>`)}
			</select>
		</label>
		<label>${words.reason}
			<select value=${asked.reason} onChange=${go("reason")}>
				<option value="">${words.anyReason}</option>
				${Object.keys(text.reason).map((reason) => html`<option value=${reason}>${text.reason[reason]}</option>`)}
			</select>
		</label>
		<label>${text.differences.terminal}
			<select value=${asked.terminal} onChange=${go("terminal")}>
				<option value="">${text.differences.all}</option>
				${data?.terminals.map((item) => html`<option value=${item.terminal}>${item.name}</option>`)}
			</select>
		</label>
		<label>${words.dueBy}
			<input type="date" value=${asked.dueBy} onChange=${go("dueBy")} />
		</label>
	</div>`;
}

function List({ cases }) {
	const { text } = useShared();
	const words = text.cases;
	if (cases.length === 0) return html`<p class="empty">${words.none}</p>`;
	const head = [
		words.case,
		text.differences.terminal,
		text.differences.date,
		words.state,
		text.differences.atStake,
		words.deadline,
		words.assignee,
	];
	return html`<p class="sub">${fill(words.total, { count: cases.length })}</p>
		<${Table} label=${words.title} head=${head.map((title) => html`<th scope="col">${title}</th>`)}>
			${cases.map(
				(one) => html`<tr key=${one.id}>
					<td><a href=${`#/cases/${encodeURIComponent(one.id)}`}>${word(text.reason, one.reason)}</a>
						<div class="sub mono">${one.reference}</div></td>
					<td>${one.terminal ?? "–"}</td>
					<td>${one.businessDate === null ? "–" : dateText(one.businessDate)}</td>
					<td><${StateBadge} state=${one.state} /></td>
					<td class="mono">${moneyText(one.atStake)}</td>
					<td>${one.deadline === null ? "–" : dateText(one.deadline.date)}</td>
					<td>${one.assignee || "–"}</td>
				</tr>`,
			)}
		<//>`;
}
