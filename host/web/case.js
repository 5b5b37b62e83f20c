import { useState } from "preact/hooks";
import { post, sendFile } from "./api.js";
import { StateBadge } from "./cases.js";
import { dateText, fill, momentText, moneyText, word } from "./format.js";
import { Legs, RecordDialog } from "./legs.js";
import { Failure, Pending } from "./parts.js";
import { useAnswer, useShared } from "./state.js";
import { html } from "./view.js";

const STORED = "closeout-person";
/** What a person may do in each state; the host has the last word. */
const moves = {
	found: ["claimed", "resolved", "written-off"],
	claimed: ["answered", "resolved", "written-off"],
	answered: ["claimed", "resolved", "written-off"],
	resolved: ["claimed"],
	"written-off": ["claimed"],
};

/** One case: its rows, its deadline, and all that was done with it. */
export function CasePage({ id }) {
	const { text } = useShared();
	const path = `/cases/${encodeURIComponent(id)}`;
	const { data, error, reload } = useAnswer(path);
	const [record, setRecord] = useState(undefined);
	const back = html`<p><a href="#/cases">${text.cases.back}</a></p>`;
	if (data === undefined) return html`${back}<${Pending} error=${error} reload=${reload} />`;
	const { reason, atStake, state, present, steps } = data;
	return html`${back}
		<div class="head">
			<div>
				<h1>${word(text.reason, reason)} <${StateBadge} state=${state} /></h1>
				<p class="sub mono break">${id}</p>
			</div>
			<p class="stake"><span class="sub inline">${text.differences.atStake}</span> ${moneyText(atStake)}</p>
		</div>
		${!present && html`<p>${text.cases.gone}</p>`}
		<${Deadline} one=${data} />
		<p>${word(text.reasonHelp, reason)} <a href=${`/api${path}/evidence`} download>${text.cases.evidence}</a></p>
		<${Legs} difference=${data} onRecord=${setRecord} />
		<h2>${text.cases.history}</h2>
		<ol class="plain timeline">${steps.map((step) => html`<${Step} key=${step.number} step=${step} />`)}</ol>
		<${Deeds} key=${state} path=${path} state=${state} onDone=${reload} />
		<${Files} path=${path} files=${data.attachments} onDone=${reload} />
		${record && html`<${RecordDialog} place=${record} onClose=${() => setRecord(undefined)} />`}
	`;
}

function Deadline({ one }) {
	const { language, text } = useShared();
	const { deadline, deadlineRule, assignee } = one;
	const words = text.cases;
	const who = html`<p>${words.assignee}: ${assignee || words.nobody}</p>`;
	if (deadline === null) return html`<p>${words.noDeadline}</p>${who}`;
	const why = language === "en" ? deadlineRule?.en : deadlineRule?.zhCn;
	return html`<p><strong>${fill(words.until, { date: dateText(deadline.date) })}</strong> ${why}
		${deadlineRule && html` <span class="sub inline" lang="en">${fill(words.source, deadlineRule)}</span>`}</p>${who}`;
}

function Step({ step }) {
	const { text } = useShared();
	const words = text.cases;
	const by = step.by === "system" ? words.system : step.by;
	const about = step.about || words.nobody;
	const what = fill(words.steps[step.type], { by, about, state: words.states[step.state] });
	return html`<li class="line">
		<span><span class="mono sub inline">${momentText(step.atS)}</span> ${what}
			${step.text !== "" && html`<div>${step.text}</div>`}</span>
	</li>`;
}

/** What a person does with the case; who it was is kept with it. */
function Deeds({ path, state, onDone }) {
	const { text } = useShared();
	const words = text.cases;
	const [deed, setDeed] = useState("comment");
	const [failure, setFailure] = useState(undefined);
	const keep = async (event) => {
		event.preventDefault();
		const form = event.target;
		const { by, text: said, assignee = "" } = Object.fromEntries(new FormData(form));
		localStorage.setItem(STORED, by);
		setFailure(undefined);
		try {
			if (deed === "comment") await post(`${path}/comments`, { by, text: said });
			else if (deed === "assign") await post(`${path}/assignee`, { by, text: said, assignee });
			else await post(`${path}/state`, { by, text: said, state: deed });
			form.elements.text.value = "";
			onDone();
		} catch (error) {
			setFailure(error);
		}
	};
	return html`<form class="tools" onSubmit=${keep}>
		<label>${words.by} <input name="by" required maxlength="64" defaultValue=${localStorage.getItem(STORED) ?? ""} /></label>
		<label>${words.what}
			<select name="deed" value=${deed} onChange=${(event) => setDeed(event.target.value)}>
				${["comment", "assign", ...moves[state]].map((name) => html`<option value=${name}>${words.deeds[name]}</option>`)}
			</select>
		</label>
		${deed === "assign" && html`<label>${words.to} <input name="assignee" maxlength="64" /></label>`}
		<label>${words.text} <input name="text" required=${deed !== "assign"} maxlength="2000" /></label>
		<button type="submit" class="primary">${words.send}</button>
		${failure && html`<${Failure} error=${failure} />`}
	</form>`;
}

function Files({ path, files, onDone }) {
	const { text } = useShared();
	const words = text.cases;
	const [failure, setFailure] = useState(undefined);
	const send = async (event) => {
		const [file] = event.target.files;
		const by = localStorage.getItem(STORED) ?? "";
		if (file === undefined) return;
		setFailure(undefined);
		try {
			await sendFile(`${path}/attachments?${new URLSearchParams({ name: file.name, by })}`, file);
			onDone();
		} catch (error) {
			setFailure(error);
		}
	};
	return html`<h2>${words.files}</h2>
		${files.length === 0 && html`<p class="sub">${words.noFiles}</p>`}
		<ul class="plain">
			${files.map(
				(file) =>
					html`<li class="line"><a href=${`/api${path}/attachments/${file.number}`} download>${file.name}</a>
						<span class="sub inline">${file.by} · ${file.size}</span></li>`,
			)}
		</ul>
		<label class="tools">${words.file} <input type="file" onChange=${send} /></label>
		${failure && html`<${Failure} error=${failure} />`}`;
}
