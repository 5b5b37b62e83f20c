import { useState } from "preact/hooks";
import { html } from "./html.js";

const schemes = ["UNIONPAY", "WECHAT", "ALIPAY", "VISA", "MASTERCARD"];
const wallets = new Set(["WECHAT", "ALIPAY"]);
const quickAmounts = ["8.80", "28.00", "128.00", "999.00"];
const digits = ["1", "2", "3", "4", "5", "6", "7", "8", "9", ".", "0"];
const PAYMENTS_SHOWN = 8;
const busyCounts = [20, 200];

/** The payment application beside the terminal: amount, means of payment, and what was paid. */
export function Till({ words, terminal, payments, post, press }) {
	const [amount, setAmount] = useState("28.00");
	const [scheme, setScheme] = useState("UNIONPAY");
	const isWallet = wallets.has(scheme);
	const sell = () =>
		post("/payments", {
			method: isWallet ? "qr" : "card",
			amount,
			scheme,
			...(isWallet ? { order: `ORDER-${Date.now()}` } : { lastFour: randomFour() }),
		});
	const isAmount = /^\d{1,9}(\.\d{1,2})?$/.test(amount) && Number(amount) > 0;
	return html`
		<section class="card" aria-labelledby="till">
			<h2 id="till">${words.payment}</h2>
			<label class="amount">
				<span>${words.amount}</span>
				<input inputmode="decimal" value=${amount} maxlength="12"
					onInput=${(event) => setAmount(event.target.value)} />
			</label>
			<div class="chips">
				${quickAmounts.map(
					(quick) => html`
						<button type="button" key=${quick} onClick=${() => setAmount(quick)}>¥${quick}</button>
					`,
				)}
			</div>
			<div class="pad">
				${digits.map(
					(digit) => html`
						<button type="button" key=${digit} onClick=${() => setAmount(typed(amount, digit))}>
							${digit}
						</button>
					`,
				)}
				<button type="button" aria-label=${words.erase}
					onClick=${() => setAmount(amount.slice(0, -1))}>⌫</button>
			</div>
			<fieldset class="chips">
				<legend>${words.scheme}</legend>
				${schemes.map(
					(name) => html`
						<label key=${name} class="chip">
							<input type="radio" name="scheme" checked=${scheme === name}
								onChange=${() => setScheme(name)} />
							<span>${words.schemes[name]}</span>
						</label>
					`,
				)}
			</fieldset>
			<div class="row">
				<button type="button" class="primary" disabled=${!terminal.powered || !isAmount}
					onClick=${sell}>
					${isWallet ? words.qrSale : words.sale} ¥${amount || "0"}
				</button>
				<button type="button" title=${words.openShiftHint} disabled=${!terminal.powered}
					onClick=${() => press("menu", "1", "0", "1", "ok")}>${words.openShift}</button>
			</div>
			<${Busy} words=${words} terminal=${terminal} post=${post} />
			<${Payments} words=${words} terminal=${terminal} payments=${payments} post=${post} />
		</section>
	`;
}

function Busy({ words, terminal, post }) {
	const [said, setSaid] = useState("");
	const [isRunning, setRunning] = useState(false);
	const run = async (count) => {
		setRunning(true);
		setSaid(words.busyRunning);
		const tally = await post("/busy-morning", { count });
		setSaid(tally === undefined ? "" : words.busyDone(tally));
		setRunning(false);
	};
	return html`
		<div class="row">
			<span>${words.busy}</span>
			${busyCounts.map(
				(count) => html`
					<button type="button" key=${count} disabled=${!terminal.powered || isRunning}
						onClick=${() => run(count)}>${words.busyRun(count)}</button>
				`,
			)}
			<span role="status" class="said">${said}</span>
		</div>
	`;
}

function Payments({ words, terminal, payments, post }) {
	const shown = payments.slice(-PAYMENTS_SHOWN).reverse();
	if (shown.length === 0) return html`<p class="empty">${words.paymentsNone}</p>`;
	const back = (type, originalTrace) => () => post("/payments", { type, originalTrace });
	return html`
		<table>
			<caption>${words.payments}</caption>
			<tbody>
				${shown.map(
					({ request, trace, type, amountMinor, scheme, state, reason }) => html`
						<tr key=${request}>
							<th scope="row">
								${words.types[type]} <b>¥${(amountMinor / 100).toFixed(2)}</b>
								<small>${String(trace).padStart(6, "0")} · ${words.schemes[scheme] ?? scheme}</small>
							</th>
							<td class="state ${state}">
								<span aria-hidden="true">${signs[state]}</span> ${words.states[state]}
								${reason ? html`<small>${reason}</small>` : null}
							</td>
							<td>
								${
									state === "approved" && type === "sale"
										? ["void", "refund"].map(
												(type) => html`
													<button type="button" key=${type} disabled=${!terminal.powered}
														onClick=${back(type, trace)}>
														${type === "void" ? words.voidIt : words.refundIt}
													</button>
												`,
											)
										: null
								}
							</td>
						</tr>
					`,
				)}
			</tbody>
		</table>
	`;
}

const signs = {
	asking: "…",
	charging: "…",
	approved: "✓",
	declined: "✕",
	unknown: "?",
	refused: "⊘",
	forgotten: "⚡",
};

function typed(amount, digit) {
	const next = amount === "0" && digit !== "." ? digit : amount + digit;
	return /^\d{0,9}(\.\d{0,2})?$/.test(next) ? next : amount;
}

function randomFour() {
	return String(Math.floor(Math.random() * 10_000)).padStart(4, "0");
}
