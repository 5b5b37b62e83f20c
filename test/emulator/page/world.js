import { useState } from "preact/hooks";
import { html } from "./html.js";

const CUT_BYTES = 24;
const speeds = [1, 10, 60];
const LATE_MS = 20_000;

const paymentPlans = ["decline", "timeout", "loseAnswer", "late"];
const settlementPlans = ["disagree", "cannotConfirm", "timeout", "loseAnswer"];

/** Everything around the terminal that can go wrong, and the time. */
export function Surroundings(props) {
	return html`
		<${Time} ...${props} />
		<${Power} ...${props} />
		<${Network} ...${props} />
		<${Printer} ...${props} />
		<${Acquirer} ...${props} />
		<${Bank} ...${props} />
	`;
}

function Card({ title, children }) {
	return html`<section class="card small-card"><h2>${title}</h2>${children}</section>`;
}

function Button({ label, onClick, disabled = false, pressed }) {
	return html`
		<button type="button" disabled=${disabled} onClick=${onClick}
			...${pressed === undefined ? {} : { "aria-pressed": String(pressed) }}>${label}</button>
	`;
}

function Time({ words, clock, world }) {
	const advance = (body) => () => world("POST", "/clock/advance", body);
	return html`
		<${Card} title=${words.clock}>
			<p class="time"><time>${timeText(clock.wallMs)}</time></p>
			<div class="row">
				<${Button} label=${words.tenMinutes} onClick=${advance({ ms: 600_000 })} />
				<${Button} label=${words.hour} onClick=${advance({ ms: 3_600_000 })} />
				<${Button} label=${words.closing} onClick=${advance({ to: "22:00" })} />
				<${Button} label=${words.nextDay} onClick=${advance({ to: "09:00" })} />
			</div>
			<div class="row" role="group" aria-label=${words.speed}>
				<span>${words.speed}</span>
				${speeds.map(
					(speed) => html`
						<${Button} key=${speed} label=${`×${speed}`} pressed=${clock.speed === speed}
							onClick=${() => world("PUT", "/clock", { mode: "real", speed })} />
					`,
				)}
			</div>
		<//>
	`;
}

/** Wall time of the world as a shop in China reads it. */
function timeText(wallMs) {
	return new Date(wallMs + 28_800_000).toISOString().slice(0, 19).replace("T", " ");
}

function Power({ words, terminal, post, put }) {
	const [isArmed, setArmed] = useState(false);
	const arm = async () => {
		setArmed((await post("/power/cut", { afterBytes: CUT_BYTES })) !== undefined);
	};
	const turn = (on) => () => {
		setArmed(false);
		return put("/power", { on });
	};
	return html`
		<${Card} title=${words.power}>
			<div class="row">
				<${Button} label=${words.plugIn} disabled=${terminal.powered} onClick=${turn(true)} />
				<${Button} label=${words.plugOut} disabled=${!terminal.powered} onClick=${turn(false)} />
				<${Button} label=${`⚡ ${words.cut}`} disabled=${!terminal.powered} onClick=${arm} />
			</div>
			<p class="hint">${isArmed && terminal.powered ? `⚡ ${words.cutArmed}` : words.cutHint}</p>
		<//>
	`;
}

function Network({ words, terminal, put }) {
	const { state } = terminal.network;
	const set = (network) => () => put("/link", { network });
	return html`
		<${Card} title=${words.network}>
			<div class="row">
				<${Button} label=${words.networkUp} pressed=${state === "up"} onClick=${set("up")} />
				<${Button} label=${words.networkLossy} pressed=${state === "lossy"} onClick=${set("lossy")} />
				<${Button} label=${words.networkCut} pressed=${state === "down"} onClick=${set("down")} />
			</div>
		<//>
	`;
}

function Printer({ words, terminal, put }) {
	const { online } = terminal.printer;
	return html`
		<${Card} title=${words.printer}>
			<div class="row">
				<${Button} label=${words.paperOutNow} onClick=${() => put("/printer", { paper: "out" })} />
				<${Button} label=${words.paperOutSoon}
					onClick=${() => put("/printer", { paper: "out", afterLines: 5 })} />
				<${Button} label=${words.paperIn} onClick=${() => put("/printer", { paper: "in" })} />
				<${Button} label=${online ? words.printerOff : words.printerOn}
					onClick=${() => put("/printer", { online: !online })} />
			</div>
		<//>
	`;
}

function Acquirer({ words, terminal, plans: all, world }) {
	const plans = all.filter((made) => (made.terminal ?? terminal.id) === terminal.id);
	const plan = (operation, behaviour) => () =>
		world("POST", "/acquirer/plans", {
			operation,
			behaviour,
			terminal: terminal.id,
			...(behaviour === "late" ? { delayMs: LATE_MS } : {}),
		});
	const nameOf = ({ operation, behaviour }) =>
		(operation === "settle" ? words.settleBehaviours[behaviour] : undefined) ??
		words.behaviours[behaviour];
	return html`
		<${Card} title=${words.acquirer}>
			<div class="row" role="group" aria-label=${words.acquirerPayment}>
				<span>${words.acquirerPayment}</span>
				${paymentPlans.map(
					(behaviour) => html`
						<${Button} key=${behaviour} label=${words.behaviours[behaviour]}
							onClick=${plan("authorise", behaviour)} />
					`,
				)}
			</div>
			<div class="row" role="group" aria-label=${words.acquirerSettlement}>
				<span>${words.acquirerSettlement}</span>
				${settlementPlans.map(
					(behaviour) => html`
						<${Button} key=${behaviour} label=${nameOf({ operation: "settle", behaviour })}
							onClick=${plan("settle", behaviour)} />
					`,
				)}
			</div>
			${
				plans.length === 0
					? null
					: html`
						<p class="hint" role="status">
							${words.planned}: ${plans.map((made) => `${made.operation === "settle" ? words.acquirerSettlement : words.acquirerPayment} – ${nameOf(made)}${made.times > 1 ? ` ×${made.times}` : ""}`).join("; ")}${" "}
							<${Button} label=${words.normal} onClick=${() => world("DELETE", "/acquirer/plans")} />
						</p>
					`
			}
		<//>
	`;
}

function Bank({ words, terminal, bookings, world }) {
	const [trace, setTrace] = useState("");
	const fail = (fault) => () => {
		const amountMinor = bookings.findLast(
			(booking) => booking.terminal === terminal.id && booking.trace === Number(trace),
		)?.amountMinor;
		const changed = fault === "change" ? { amountMinor: (amountMinor ?? 200) - 100 } : {};
		return world("POST", "/bank/faults", {
			fault,
			trace: Number(trace),
			terminal: terminal.id,
			...changed,
		});
	};
	const isTrace = /^\d{1,6}$/.test(trace) && Number(trace) > 0;
	return html`
		<${Card} title=${words.bank}>
			<div class="row">
				<label>
					<span>${words.trace}</span>${" "}
					<input class="short" inputmode="numeric" maxlength="6" value=${trace}
						onInput=${(event) => setTrace(event.target.value)} />
				</label>
				<${Button} label=${words.bankForget} disabled=${!isTrace} onClick=${fail("forget")} />
				<${Button} label=${words.bankDouble} disabled=${!isTrace} onClick=${fail("double")} />
				<${Button} label=${words.bankChange} disabled=${!isTrace} onClick=${fail("change")} />
			</div>
			<p class="hint">${words.bankHint}</p>
		<//>
	`;
}
