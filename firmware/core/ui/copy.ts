import { SERVICE_DIGITS } from "../../../protocol/limits.ts";
import { answerTo } from "../day/reprint.ts";
import type { Actor, ApprovalWay, DocumentType } from "../part.ts";
import type { Key, Screen, ScreenLine } from "../port.ts";
import { fill } from "../text/fill.ts";
import { PinView, ReasonView } from "./manager.ts";
import { MessageView } from "./message.ts";
import {
	grouped,
	input,
	type Move,
	marked,
	operatorOf,
	plain,
	typed,
	type View,
	type ViewContext,
} from "./view.ts";

/** What is to be printed again, and why. */
interface Wanted {
	readonly document: DocumentType;
	readonly subject: number;
	readonly copy: number;
	readonly reason: string;
}

/** Prints a copy at once where that needs nobody's approval, otherwise asks for a reason and the approval. */
export function reprint(
	context: ViewContext,
	document: DocumentType,
	subject: number | undefined,
): Move {
	const { text, commands } = context;
	if (subject === undefined)
		return new MessageView("reprint-nothing", text.reprint.title, text.reprint.nothing);
	const { copy, needsApproval } = commands.nextCopy(document, subject);
	if (!needsApproval) {
		commands.reprint(document, subject, operatorOf(context), text.reprint.reason);
		return told(context, copy);
	}
	return new ReasonView({
		screen: "reprint-reason",
		reasons: (words) => words.reprint.reasons,
		onReason: (_context, reason) => new ApprovalView({ document, subject, copy, reason }),
	});
}

const ways: readonly ApprovalWay[] = ["manager", "host", "code"];

/** Who allows the copy: a manager here, the office over the network, or the office on the telephone. */
class ApprovalView implements View {
	readonly #wanted: Wanted;

	constructor(wanted: Wanted) {
		this.#wanted = wanted;
	}

	render({ text, language }: ViewContext): Screen {
		const words = text.reprint;
		const lead = fill(words.approval, { copy: this.#wanted.copy });
		const lines = [plain(lead), ...words.ways.map(plain)];
		const softKeys: Screen["softKeys"] = [{ key: "cancel", label: text.keys.cancel }];
		return { name: "reprint-approval", title: words.title, lines, softKeys, language };
	}

	press(context: ViewContext, key: Key): Move {
		if (key === "cancel") return "back";
		const way = ways[Number(key) - 1];
		if (way === undefined) return "stay";
		const { document, subject, reason } = this.#wanted;
		const by: Actor = operatorOf(context);
		const asked = context.commands.askReprint(document, subject, by, { reason, way });
		if (way === "host") return new WaitView(asked);
		if (way === "code") return new CodeView(asked);
		return new PinView((inside, { name }) => allowed(inside, asked, { by: name, way }));
	}
}

/** Waits for the host's answer; leaving it takes nothing back, and an answer that comes later prints as well. */
class WaitView implements View {
	readonly #asked: number;

	constructor(asked: number) {
		this.#asked = asked;
	}

	render({ core, text, language, standing }: ViewContext): Screen {
		const words = text.reprint;
		const answer = answerTo(core, this.#asked);
		const lines: ScreenLine[] = [plain(fill(words.asked, { asked: this.#asked }))];
		if (answer !== undefined) {
			const line = answer.accepted ? words.allowed : words.refused;
			lines.push(marked(fill(line, { by: answer.by })));
		} else if (!standing().online) lines.push(marked(words.offline));
		else lines.push(plain(words.waiting));
		const softKeys: Screen["softKeys"] = [{ key: "ok", label: text.keys.ok }];
		return { name: "reprint-waiting", title: words.title, lines, softKeys, language };
	}

	press(_context: ViewContext, key: Key): Move {
		return key === "ok" || key === "cancel" ? "home" : "stay";
	}
}

/** Offline: the office reads out a code for the digits on this screen, good for this copy alone. */
class CodeView implements View {
	readonly #asked: number;
	#digits = "";
	#isWrong = false;

	constructor(asked: number) {
		this.#asked = asked;
	}

	render({ text, language, copyCode }: ViewContext): Screen {
		const words = text.reprint;
		const cancel = { key: "cancel", label: text.keys.cancel } as const;
		const common = { name: "reprint-code", title: words.title, language };
		const lockedMs = copyCode.lockedMs();
		if (lockedMs > 0) {
			const minutes = Math.ceil(lockedMs / 60_000);
			const lines = [marked(fill(text.service.locked, { minutes }))];
			return { ...common, lines, softKeys: [cancel], tone: "alarm" };
		}
		const lines: ScreenLine[] = [
			plain(words.challenge),
			input(grouped(copyCode.digits())),
			plain(words.code),
			input(grouped(this.#digits) || "_"),
		];
		if (this.#isWrong) lines.push(marked(words.wrongCode));
		return { ...common, lines, softKeys: [{ key: "ok", label: text.keys.ok }, cancel] };
	}

	press(context: ViewContext, key: Key): Move {
		const { copyCode, commands } = context;
		if (key === "cancel") return "home";
		if (copyCode.lockedMs() > 0) return "stay";
		if (key !== "ok") {
			this.#isWrong = false;
			this.#digits = typed(this.#digits, key, SERVICE_DIGITS) ?? this.#digits;
			return "stay";
		}
		if (this.#digits.length !== SERVICE_DIGITS) return "stay";
		const digits = this.#digits;
		const asked = this.#asked;
		this.#digits = "";
		const by = { by: "code", way: "code" } as const;
		const answer = copyCode.answer(digits, () => {
			commands.answerReprint(asked, { accepted: true, ...by });
		});
		if (answer === "locked") commands.answerReprint(asked, { accepted: false, ...by });
		this.#isWrong = answer !== "right";
		return answer === "right" ? printed(context) : "stay";
	}
}

function allowed(
	context: ViewContext,
	asked: number,
	answer: { readonly by: string; readonly way: ApprovalWay },
): Move {
	context.commands.answerReprint(asked, { accepted: true, ...answer });
	return printed(context);
}

/** The newest debt is the copy that was just allowed. */
function printed(context: ViewContext): View {
	return told(context, context.core.state.debts.at(-1)?.copy ?? 1);
}

function told({ text }: ViewContext, copy: number): View {
	return new MessageView("reprinted", text.reprint.title, fill(text.reprint.done, { copy }));
}
