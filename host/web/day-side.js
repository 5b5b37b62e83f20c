import { fill, moneyText, sixDigits, timeText, word } from "./format.js";
import { PaperCheck } from "./paper-check.js";
import { Badge } from "./parts.js";
import { Reprints } from "./reprints.js";
import { useShared } from "./state.js";
import { html } from "./view.js";

/** Beside the transactions of a day: settlements, prints, what happened, and gaps. */
export function DaySide({ day }) {
	return html`<div>
		<${Reprints} terminal=${day.terminal} />
		<${Settlements} day=${day} />
		<${Prints} day=${day} />
		<${Gaps} day=${day} />
		<${Timeline} day=${day} />
		<${PaperCheck} />
	</div>`;
}

const verdictTones = { agreed: "good", notAgreed: "bad", cannotConfirm: "warn" };

function Settlements({ day }) {
	const { text } = useShared();
	const { settlements } = day;
	return html`<section>
		<h2>${text.day.settlements}</h2>
		${settlements.length === 0 && html`<p class="empty">${text.day.noSettlements}</p>`}
		${settlements.map(
			(settlement) => html`<article class="card" key=${settlement.sequence}>
				<h3>${fill(text.day.batch, { batch: sixDigits(settlement.batch) })}${" "}
					<span class="sub inline">${timeText(settlement.atS, settlement.zoneMinutes)} · ${word(text.trigger, settlement.trigger)}</span>
				</h3>
				<ul class="plain">${settlement.groups.map((group) => html`<${GroupLine} settlement=${settlement} group=${group} />`)}</ul>
				<p class="sub">
					${fill(text.day.records, { from: settlement.firstSequence, to: settlement.lastSequence })}
					${settlement.uploadedCount > 0 && ` · ${fill(text.day.uploaded, { count: settlement.uploadedCount })}`}
					${!settlement.ended && html` · <strong>${text.day.notEnded}</strong>`}
				</p>
			</article>`,
		)}
	</section>`;
}

function GroupLine({ settlement, group }) {
	const { text } = useShared();
	const found = settlement.verdicts.find((other) => other.group === group.group);
	return html`<li class="line">
		<span>${word(text.group, group.group)}</span>
		<span class="mono">${moneyText(group.net)}</span>
		${
			found === undefined
				? html`<${Badge} tone="warn">${text.day.notEnded}<//>`
				: html`<${Badge} tone=${verdictTones[found.verdict] ?? "quiet"}>${word(text.verdict, found.verdict)}<//>`
		}
	</li>`;
}

const printTones = {
	confirmed: "good",
	waived: "quiet",
	due: "warn",
	sent: "warn",
	unknown: "bad",
};

/** Slips that are on paper are not worth a line each; everything else is. */
function Prints({ day }) {
	const { text } = useShared();
	const notable = day.prints.filter(
		({ document, state, copy }) => document !== "slip" || state !== "confirmed" || copy > 0,
	);
	return html`<section>
		<h2>${text.day.prints}</h2>
		${day.prints.length === 0 && html`<p class="empty">${text.day.noPrints}</p>`}
		<ul class="plain">
			${notable.map(
				(print) => html`<li class="line" key=${print.sequence}>
					<span>${word(text.document, print.document)} <span class="sub inline">#${print.subject}
						${print.copy > 0 && ` ${fill(text.day.copy, { copy: print.copy })}`}
						${print.reason !== null && ` ${print.reason}`}</span></span>
					<${Badge} tone=${printTones[print.state] ?? "quiet"}>${word(text.printState, print.state)}<//>
				</li>`,
			)}
			${notable.length < day.prints.length && html`<${PrintedSlips} count=${day.prints.length - notable.length} />`}
		</ul>
	</section>`;
}

function PrintedSlips({ count }) {
	const { text } = useShared();
	return html`<li class="line">
		<span>${text.document.slip} × ${count}</span>
		<${Badge} tone="good">${text.printState.confirmed}<//>
	</li>`;
}

function Gaps({ day }) {
	const { text } = useShared();
	return html`<section>
		<h2>${text.day.gaps}</h2>
		${
			day.gaps.length === 0
				? html`<p><${Badge} tone="good">${text.day.noGaps}<//></p>`
				: html`<ul>${day.gaps.map(
						({ from, to, reason }) =>
							html`<li>${fill(text.day.gap, { from, to, reason: word(text.gapReason, reason) })}</li>`,
					)}</ul>`
		}
	</section>`;
}

function Timeline({ day }) {
	const { text } = useShared();
	return html`<section>
		<h2>${text.day.timeline}</h2>
		${day.timeline.length === 0 && html`<p class="empty">${text.day.noTimeline}</p>`}
		<ol class="timeline">
			${day.timeline.map(
				(event) => html`<li key=${`${event.epoch}.${event.sequence}`}>
					<time>${timeText(event.atS, event.zoneMinutes)}</time>
					<span>${eventText(event, text)}</span>
				</li>`,
			)}
		</ol>
	</section>`;
}

function eventText({ kind, facts }, text) {
	const said = { ...facts };
	if ("blocker" in said) said.blocker = word(text.blocker, said.blocker);
	if ("reminder" in said) said.reminder = word(text.reminder, said.reminder);
	if ("fault" in said) said.fault = word(text.storageFault, said.fault);
	const actions = kind === "service" ? text.serviceAction : text.reminderAction;
	if ("action" in said) said.action = word(actions, said.action);
	if ("accepted" in said && kind === "reprintAnswer")
		said.accepted = word(text.approval, String(said.accepted));
	if ("answer" in said) said.answer = word(text.duplicateChoice, said.answer);
	if ("batch" in said) said.batch = sixDigits(said.batch);
	return fill(word(text.event, kind), said);
}
