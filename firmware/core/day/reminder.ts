import {
	JOURNAL_FILLING_PERCENT,
	JOURNAL_NEARLY_FULL_PERCENT,
	JOURNAL_ROOMY_PERCENT,
	REMINDER_SNOOZES_MAX,
} from "../../../protocol/limits.ts";
import type { Core } from "../core.ts";
import type { Notice, Part, ReminderType } from "../part.ts";
import type { ReminderStanding } from "../state/state.ts";
import { daysLate, isUnsettled, oldestUnsettledS } from "./catch-up.ts";
import { nextTimeAt, shiftEndStep, unsettledStep, untilNextMinute } from "./ladder.ts";
import type { JournalFigures } from "./outside.ts";
import { refuseUnless } from "./refusal.ts";

export interface ReminderOptions {
	readonly core: Core;
	readonly figures: () => JournalFigures;
}

/** Whether the cause of a reminder still stands, and which step of its ladder is reached by now. */
interface Cause {
	readonly reminder: ReminderType;
	readonly stands: boolean;
	readonly step: number | null;
}

/**
 * Reminders as facts: each step is journalled when it is first shown and never again, each time it is put off,
 * and once more when what it asked for has been done. Wall time decides only while it is trusted.
 */
export class Reminder implements Part {
	readonly #core: Core;
	readonly #figures: () => JournalFigures;
	/** Monotonic time until which a reminder was put off. Forgotten at a restart: then it shows at once. */
	readonly #snoozedUntilMs = new Map<ReminderType, number>();

	constructor({ core, figures }: ReminderOptions) {
		this.#core = core;
		this.#figures = figures;
	}

	step(): number {
		for (const { reminder, stands, step } of this.#causes()) {
			const standing = this.#standing(reminder);
			if (!stands) {
				if (standing !== undefined) {
					this.#core.record("reminder", { reminder, step: standing.step, action: "obeyed" });
				}
			} else if (step !== null && step > (standing?.step ?? -1)) {
				this.#core.record("reminder", { reminder, step, action: "shown" });
				this.#snoozedUntilMs.delete(reminder);
			}
		}
		return untilNextMinute(this.#core.stamp().wallS);
	}

	/** Puts a reminder off for the snooze time. Throws `REFUSED` when it is not shown or was put off too often. */
	snooze(reminder: ReminderType): void {
		const standing = this.#standing(reminder);
		refuseUnless(standing !== undefined, "reminderUnknown");
		refuseUnless(standing.snoozes < REMINDER_SNOOZES_MAX, "snoozedOut");
		this.#core.record("reminder", { reminder, step: standing.step, action: "snoozed" });
		const { snoozeMinutes } = this.#core.configuration;
		const untilMs = this.#core.stamp().monotonicMs + snoozeMinutes * 60_000;
		this.#snoozedUntilMs.set(reminder, untilMs);
	}

	/** True while a person has put the reminder off. */
	isSnoozed(reminder: ReminderType): boolean {
		const untilMs = this.#snoozedUntilMs.get(reminder);
		return untilMs !== undefined && this.#core.stamp().monotonicMs < untilMs;
	}

	notices(): readonly Notice[] {
		return this.#core.state.reminders
			.filter(({ reminder }) => !this.isSnoozed(reminder))
			.map(({ reminder, step, snoozes }) => ({
				type: "reminder",
				reminder,
				step,
				snoozesLeft: Math.max(0, REMINDER_SNOOZES_MAX - snoozes),
			}));
	}

	#standing(reminder: ReminderType): ReminderStanding | undefined {
		return this.#core.state.reminders.find((other) => other.reminder === reminder);
	}

	#causes(): readonly Cause[] {
		const unsettled = isUnsettled(this.#core.state);
		const byState: readonly Cause[] = [
			{ reminder: "shiftEnd", stands: this.#core.state.shift !== null, step: this.#shiftEnd() },
			{ reminder: "unsettled", stands: unsettled, step: this.#unsettled() },
			this.#journalFilling(),
		];
		if (!this.#core.state.clockTrusted) return byState;
		const late = daysLate(this.#core.state, this.#core.configuration, this.#core.stamp());
		return [...byState, { reminder: "yesterday", stands: late > 0, step: late }];
	}

	/** Stands until there is clearly room again, so that it does not come and go with every acknowledgement. */
	#journalFilling(): Cause {
		const reminder = "journalFilling";
		const { heldPercent } = this.#figures();
		const isTold = this.#standing(reminder) !== undefined;
		const levels = [JOURNAL_NEARLY_FULL_PERCENT, JOURNAL_FILLING_PERCENT];
		const step = levels.find((level) => heldPercent >= level) ?? null;
		return {
			reminder,
			stands: step !== null || (isTold && heldPercent >= JOURNAL_ROOMY_PERCENT),
			step,
		};
	}

	#shiftEnd(): number | null {
		const { shift, clockTrusted } = this.#core.state;
		const { shiftEndMinute, reminderRepeatMinutes } = this.#core.configuration;
		if (shift === null || shiftEndMinute < 0 || !clockTrusted) return null;
		const { wallS, zoneMinutes } = this.#core.stamp();
		const endS = nextTimeAt(shiftEndMinute, shift.wallS, zoneMinutes);
		return shiftEndStep(endS, shift.wallS, wallS, reminderRepeatMinutes);
	}

	#unsettled(): number | null {
		const { state, configuration } = this.#core;
		const oldestS = oldestUnsettledS(state);
		if (oldestS === null || !state.clockTrusted) return null;
		const { wallS, zoneMinutes } = this.#core.stamp();
		const { shiftEndMinute } = configuration;
		const endS = shiftEndMinute < 0 ? null : nextTimeAt(shiftEndMinute, oldestS, zoneMinutes);
		return unsettledStep(oldestS, endS, wallS);
	}
}
