import { type CloseoutError, isOthersFault } from "../../../protocol/error.ts";
import type { Core } from "../core.ts";
import { untilNextMinute } from "../day/ladder.ts";
import { Refusal } from "../day/refusal.ts";
import type { Search } from "../day/search.ts";
import type { Commands, Notice, Part, TrainingDoor } from "../part.ts";
import type { Display, Key, Keypad, Screen } from "../port.ts";
import type { Challenge } from "../service/challenge.ts";
import type { Service } from "../service/service.ts";
import type { State } from "../state/state.ts";
import { HomeView } from "./home.ts";
import { MessageView } from "./message.ts";
import {
	moved,
	type PinCheck,
	refusalText,
	type Standing,
	screenText,
	type View,
	type ViewContext,
} from "./view.ts";

export interface UiOptions {
	readonly core: Core;
	readonly commands: Commands;
	readonly keypad: Keypad;
	readonly display: Display;
	readonly notices: () => readonly Notice[];
	readonly standing: () => Standing;
	readonly checkPin: PinCheck;
	readonly findTrace: (trace: number) => number | undefined;
	readonly service: Service;
	readonly search: Search;
	readonly training: TrainingDoor;
	readonly copyCode: Challenge;
}

const KEYS_PER_STEP = 8;

/**
 * Takes keys and keeps the display up to date. Screens are data; one is made only when something it shows has
 * changed, which in a quiet minute is the clock.
 */
export class Ui implements Part {
	readonly #options: UiOptions;
	readonly #home: View = new HomeView();
	/** Screens opened over the resting one, the topmost last. */
	#open: readonly View[] = [];
	#shown: readonly unknown[] = [];
	/** Notices that a person has read, as text; forgotten when they no longer stand. */
	#dismissed: readonly string[] = [];

	constructor(options: UiOptions) {
		this.#options = options;
	}

	step(): number {
		let isPressed = false;
		for (let count = 0; count < KEYS_PER_STEP; count++) {
			const key = this.#options.keypad.read();
			if (key === undefined) break;
			this.#press(key);
			this.#shown = [];
			isPressed = true;
		}
		this.#show();
		// What a key has asked for begins at once, also where nothing is journalled yet.
		if (isPressed) return 0;
		// The clock on the screen changes with the minute.
		return untilNextMinute(this.#options.core.stamp().wallS);
	}

	#press(key: Key): void {
		const context = this.#context();
		const { core } = this.#options;
		try {
			if (key === "language") {
				const language = context.language === "en" ? "zh-CN" : "en";
				const version = core.state.configurationVersion + 1;
				core.record("configuration", {
					version,
					source: "operator",
					settings: [{ name: "language", value: language }],
				});
			} else {
				this.#open = moved(this.#open, this.#view().press(context, key));
			}
		} catch (error) {
			if (!isOthersFault(error)) throw error;
			this.#open = [
				new MessageView(
					"refused",
					context.text.refused.title,
					`! ${messageOf(error, context.language)}`,
				),
			];
		}
	}

	#view(): View {
		return this.#open.at(-1) ?? this.#home;
	}

	#show(): void {
		const context = this.#context();
		const view = this.#view();
		const { core, display, service, search, copyCode } = this.#options;
		const { online, frozen, pending, paper } = context.standing();
		const minute = Math.floor(core.stamp().wallS / 60);
		const seen: readonly (State | View | string | number | boolean)[] = [
			core.state,
			view,
			JSON.stringify(context.notices),
			minute,
			online,
			frozen,
			pending,
			paper,
			service.seen,
			search.seen,
			copyCode.seen,
		];
		if (seen.every((value, index) => value === this.#shown[index])) return;
		this.#shown = seen;
		display.write(view.render(context));
	}

	#unread(standing: readonly Notice[]): readonly Notice[] {
		if (this.#dismissed.length === 0) return standing;
		const texts = standing.map((notice) => JSON.stringify(notice));
		this.#dismissed = this.#dismissed.filter((text) => texts.includes(text));
		return standing.filter((_, index) => !this.#dismissed.includes(texts[index] ?? ""));
	}

	#context(): ViewContext {
		const { core, commands, notices, standing, checkPin, findTrace, service, search, copyCode } =
			this.#options;
		const { training } = this.#options;
		const language = core.configuration.language === "en" ? "en" : "zh-CN";
		return {
			core,
			commands,
			text: screenText(language),
			language,
			notices: this.#unread(notices()),
			dismiss: (notice) => {
				this.#dismissed = [...this.#dismissed, JSON.stringify(notice)];
			},
			standing,
			checkPin,
			findTrace,
			service,
			search,
			training,
			copyCode,
		};
	}
}

function messageOf(error: CloseoutError, language: Screen["language"]): string {
	if (error instanceof Refusal) return refusalText(language, error.key);
	return error.code === "MEDIA_FULL" ? refusalText(language, "journalFull") : error.message;
}
