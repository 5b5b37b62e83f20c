import type { SettingName, SettingValue } from "../../../protocol/configuration.ts";
import type { Core } from "../core.ts";
import type { Key, Screen } from "../port.ts";
import { type Move, operatorOf, plain, type View, type ViewContext } from "./view.ts";

/** True until somebody has opened the first shift: the terminal was just put up. */
export function isFirstUse({ state }: Core): boolean {
	return state.lastShift === 0;
}

/** First use, step by step: the language, the width of the paper, and a test slip that proves it. */
export class SetupView implements View {
	render({ text, language }: ViewContext): Screen {
		const { title, language: prompt, languages } = text.setup;
		const lines = [prompt, ...languages].map(plain);
		const softKeys: Screen["softKeys"] = [{ key: "cancel", label: text.keys.cancel }];
		return { name: "setup-language", title, lines, softKeys, language };
	}

	press({ core }: ViewContext, key: Key): Move {
		if (key === "cancel") return "home";
		if (key !== "1" && key !== "2") return "stay";
		set(core, "language", key === "1" ? "zh-CN" : "en");
		return new PaperView();
	}
}

class PaperView implements View {
	render({ text, language }: ViewContext): Screen {
		const { title, paper, papers } = text.setup;
		const softKeys: Screen["softKeys"] = [{ key: "cancel", label: text.keys.cancel }];
		return { name: "setup-paper", title, lines: [paper, ...papers].map(plain), softKeys, language };
	}

	press(context: ViewContext, key: Key): Move {
		if (key === "cancel") return "back";
		if (key !== "1" && key !== "2") return "stay";
		set(context.core, "paperColumns", key === "1" ? 32 : 48);
		context.commands.printTest(operatorOf(context));
		return new TestView();
	}
}

/** The person looks at the test slip: it is right, or another width is tried. */
class TestView implements View {
	render({ text, language }: ViewContext): Screen {
		const { title, printing, whole } = text.setup;
		const softKeys: Screen["softKeys"] = [
			{ key: "ok", label: text.keys.yes },
			{ key: "cancel", label: text.keys.no },
		];
		return { name: "setup-test", title, lines: [printing, whole].map(plain), softKeys, language };
	}

	press(_context: ViewContext, key: Key): Move {
		if (key === "cancel") return "back";
		return key === "ok" ? new DoneView() : "stay";
	}
}

class DoneView implements View {
	render({ text, language }: ViewContext): Screen {
		const { title, done, next, help } = text.setup;
		const softKeys: Screen["softKeys"] = [{ key: "ok", label: text.keys.ok }];
		return { name: "setup-done", title, lines: [done, next, help].map(plain), softKeys, language };
	}

	press(): Move {
		return "home";
	}
}

/** A setting that stays as it is leaves no record. */
function set(core: Core, name: SettingName, value: SettingValue): void {
	if (core.configuration[name] === value) return;
	const version = core.state.configurationVersion + 1;
	core.record("configuration", { version, source: "operator", settings: [{ name, value }] });
}
