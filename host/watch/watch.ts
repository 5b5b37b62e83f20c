import { createHash } from "node:crypto";
import { CloseoutError } from "../../protocol/error.ts";
import { businessDateAt, formatDate, minuteOfDay } from "../../protocol/time.ts";
import type { AlertMessage, Channel } from "../alert/channel.ts";
import type { DeadlineTable } from "../core/deadline.ts";
import { dueSteps, type QuietHours } from "../core/ladder.ts";
import { severities, watchTerminal } from "../core/watch.ts";
import type { Log } from "../log.ts";
import { fill } from "../report/text.ts";
import type { Alert, AlertStep } from "../store/alert.ts";
import type { Store } from "../store/store.ts";
import { factsOf } from "./facts.ts";
import type { WatchSettings } from "./settings.ts";
import { findingText, titleOf, watchText } from "./text.ts";

export interface WatchOptions {
	readonly store: Store;
	readonly tenant: string;
	readonly settings: WatchSettings;
	readonly channels: ReadonlyMap<string, Channel>;
	readonly deadlines: DeadlineTable;
	readonly nowS: () => number;
	readonly log: Log;
}

/** What one look came to. */
export interface Looked {
	/** Alerts that are open, the oldest first. */
	readonly open: readonly Alert[];
	readonly sent: number;
	/** Why messages could not be sent; they are tried again. */
	readonly failures: readonly string[];
}

/** Alerts with the step of the ladder that each of them has reached on one channel. */
interface Telling {
	readonly place: AlertStep;
	readonly alert: Alert;
}

/** Findings that stand in one message. */
const FINDINGS_MAX = 30;
/** Under this name the daily digest is kept among the steps; no rule can be called so. */
const DIGEST = "(digest)";

/**
 * Looks once: takes facts, keeps what the rules find, and tells those whose step of the ladder is due. Each step is
 * told once on each channel, by one host; see `beginStep`. What cannot be sent is tried again at a later look.
 */
export async function lookOnce(options: WatchOptions): Promise<Looked> {
	const { store, tenant, settings, nowS } = options;
	const { zoneMinutes, rules } = settings;
	const looking = { nowS: nowS(), zoneMinutes };
	const facts = await factsOf({ ...options, ...looking });
	const findings = facts.flatMap((one) => watchTerminal(rules, one, looking));
	const open = await store.takeFindings({ tenant, findings });
	const outcomes = [...(await climb(options, open)), ...(await digest(options, open))];
	const failures = outcomes.filter((outcome) => outcome !== "");
	return { open, sent: outcomes.length - failures.length, failures };
}

/** Tells every due step, all alerts of one channel and one step in one message. Gives why each failed, "" if not. */
async function climb(options: WatchOptions, open: readonly Alert[]): Promise<readonly string[]> {
	const { settings, tenant, nowS } = options;
	const { ladder, zoneMinutes } = settings;
	const when = { nowS: nowS(), zoneMinutes, quiet: quietOf(settings) };
	const due: Telling[] = open.flatMap((alert) => {
		const { id, episode, severity, firstS, endedS, acknowledgedS } = alert;
		const standing = { isEnded: endedS !== null, isAcknowledged: acknowledgedS !== null };
		const steps = dueSteps(ladder, { severity, firstS, ...standing }, when);
		return steps.flatMap((step) =>
			(ladder[step]?.channels ?? []).map((channel) => {
				const place = { tenant, id, episode, step, channel };
				return { place, alert };
			}),
		);
	});
	const outcomes: string[] = [];
	for (const group of Map.groupBy(due, keyOf).values()) {
		for (let from = 0; from < group.length; from += FINDINGS_MAX)
			outcomes.push(...(await tell(options, group.slice(from, from + FINDINGS_MAX))));
	}
	return outcomes;
}

function keyOf({ place, alert }: Telling): string {
	return `${place.channel} ${place.step} ${alert.severity}`;
}

async function tell(options: WatchOptions, group: readonly Telling[]): Promise<readonly string[]> {
	const { store, settings } = options;
	const mine: Telling[] = [];
	for (const telling of group) {
		if (await store.beginStep(telling.place)) mine.push(telling);
	}
	const [first] = mine;
	if (first === undefined) return [];
	const { language, zoneMinutes } = settings;
	const findings = mine.map(({ alert }) => alert.finding);
	const { severity } = first.alert;
	const message: AlertMessage = {
		id: messageId(mine.map(({ place }) => place)),
		severity,
		title: titleOf(severity, findings, language),
		text: findings.map((one) => findingText(one, language, zoneMinutes)).join("\n"),
		findings,
	};
	const detail = await send(options, first.place.channel, message);
	for (const { place } of mine) await store.endStep({ ...place, detail });
	return [detail];
}

/** The same for the same steps, so that a try again after a crash is known for what it is. */
function messageId(places: readonly AlertStep[]): string {
	const told = places.map(({ tenant, id, episode, step, channel }) => [
		...[tenant, id, episode, step, channel],
	]);
	return `closeout-${createHash("sha256").update(JSON.stringify(told)).digest("hex").slice(0, 32)}`;
}

/** Why it could not be sent, "" when it was. */
async function send(
	{ channels, log }: WatchOptions,
	name: string,
	message: AlertMessage,
): Promise<string> {
	try {
		const channel = channels.get(name);
		if (channel === undefined) throw new CloseoutError("USAGE", `there is no channel ${name}`);
		await channel.send(message);
		return "";
	} catch (error) {
		const told = error instanceof Error ? error.message : String(error);
		log.warn({ channel: name, error }, "an alert could not be sent; it is tried again");
		return told || "failed";
	}
}

/** Once a day everything that is open, acknowledged or not; also when nothing is. */
async function digest(options: WatchOptions, open: readonly Alert[]): Promise<readonly string[]> {
	const { store, tenant, settings, nowS } = options;
	const { digest: wanted, zoneMinutes, language } = settings;
	if (wanted === undefined) return [];
	if (minuteOfDay(nowS(), zoneMinutes) < minuteOf(wanted.at)) return [];
	const date = businessDateAt(nowS(), zoneMinutes, 0);
	const text = watchText(language);
	const findings = open.map(({ finding }) => finding);
	const lines = findings.map((one) => findingText(one, language, zoneMinutes));
	const worst = severities.findLast((one) => open.some(({ severity }) => severity === one));
	const outcomes: string[] = [];
	for (const channel of wanted.channels) {
		const place = { tenant, id: DIGEST, episode: date, step: 0, channel };
		if (!(await store.beginStep(place))) continue;
		const message: AlertMessage = {
			id: messageId([place]),
			severity: worst ?? "notice",
			title: fill(text.digestTitle, { date: formatDate(date), count: open.length }),
			text: lines.length === 0 ? text.nothing : lines.join("\n"),
			findings,
		};
		const detail = await send(options, channel, message);
		await store.endStep({ ...place, detail });
		outcomes.push(detail);
	}
	return outcomes;
}

function quietOf({ quiet }: WatchSettings): QuietHours | undefined {
	if (quiet === undefined) return undefined;
	const { from, until, except } = quiet;
	return { fromMinute: minuteOf(from), untilMinute: minuteOf(until), except };
}

/** `08:30` as minutes of the day. */
function minuteOf(time: string): number {
	const [hours = 0, minutes = 0] = time.split(":").map(Number);
	return hours * 60 + minutes;
}

/** Sends a message that says that it is a test. Throws `CONNECTION` with what the other side said. */
export async function testChannel(
	channel: Channel,
	{
		name,
		language,
		nowS,
	}: { readonly name: string; readonly language: WatchSettings["language"]; readonly nowS: number },
): Promise<void> {
	const text = watchText(language);
	await channel.send({
		id: `closeout-test-${nowS}`,
		severity: "notice",
		title: text.testTitle,
		text: fill(text.test, { channel: name }),
		findings: [],
	});
}
