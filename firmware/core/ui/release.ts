import type { ReleaseAnswer, ReleasePurpose } from "../part.ts";
import type { Key, Screen, ScreenLine } from "../port.ts";
import { fill } from "../text/fill.ts";
import { backOrHome, drawEnded, type ServiceContext } from "./service-session.ts";
import { type Move, marked, plain, type View } from "./view.ts";

const purposes: readonly ReleasePurpose[] = ["update", "wipe", "signOut"];

/** What a technician is about to do to the terminal, and whether anything would be lost with it. */
export class ReleaseView implements View<ServiceContext> {
	render(context: ServiceContext): Screen {
		const { text, language, service } = context;
		if (!service.session.isOpen) return drawEnded(context);
		const { title, ways } = text.release;
		const softKeys: Screen["softKeys"] = [{ key: "cancel", label: text.keys.cancel }];
		return { name: "release", title, lines: ways.map(plain), softKeys, language };
	}

	press({ service }: ServiceContext, key: Key): Move<ServiceContext> {
		if (key === "cancel") return backOrHome(service);
		const purpose = purposes[Number(key) - 1];
		service.session.touch();
		if (purpose === undefined) return "stay";
		const answer = service.askRelease(purpose);
		return answer === undefined ? "home" : new AnswerView(purpose, answer);
	}
}

class AnswerView implements View<ServiceContext> {
	readonly #purpose: ReleasePurpose;
	readonly #answer: ReleaseAnswer;

	constructor(purpose: ReleasePurpose, answer: ReleaseAnswer) {
		this.#purpose = purpose;
		this.#answer = answer;
	}

	render({ text, language }: ServiceContext): Screen {
		const { accepted, reasons } = this.#answer;
		const words = text.release;
		const what = words.purpose[this.#purpose];
		const lines: ScreenLine[] = [marked(fill(accepted ? words.accepted : words.refused, { what }))];
		for (const reason of reasons) lines.push(marked(`! ${words.reason[reason]}`));
		if (accepted && reasons.length > 0) lines.push(plain(words.pulled));
		if (!accepted) lines.push(plain(words.next));
		const softKeys: Screen["softKeys"] = [{ key: "ok", label: text.keys.ok }];
		const name = accepted ? "release-accepted" : "release-refused";
		return { name, title: words.title, lines, softKeys, language };
	}

	press({ service }: ServiceContext, _key: Key): Move<ServiceContext> {
		return backOrHome(service);
	}
}
