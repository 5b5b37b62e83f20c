import { SERVICE_DIGITS } from "../../../protocol/limits.ts";
import type { Key, Screen, ScreenLine } from "../port.ts";
import { fill } from "../text/fill.ts";
import { ReleaseView } from "./release.ts";
import { backOrHome, drawEnded, type ServiceContext } from "./service-session.ts";
import { grouped, input, type Move, marked, plain, typed, type View } from "./view.ts";

/** Asks for the response to a challenge that the technician reads to the service desk. */
export class ServiceCodeView implements View<ServiceContext> {
	#digits = "";
	#isWrong = false;

	render({ text, language, service }: ServiceContext): Screen {
		const lockedMs = service.session.lockedMs();
		const cancel = { key: "cancel", label: text.keys.cancel } as const;
		const common = { name: "service-code", title: text.service.title, language };
		if (lockedMs > 0) {
			const minutes = Math.ceil(lockedMs / 60_000);
			const lines = [marked(fill(text.service.locked, { minutes }))];
			return { ...common, lines, softKeys: [cancel], tone: "alarm" };
		}
		const lines: ScreenLine[] = [
			plain(text.service.challenge),
			input(grouped(service.session.challenge())),
			plain(text.service.response),
			input(grouped(this.#digits) || "_"),
		];
		if (this.#isWrong) lines.push(marked(text.service.wrong));
		const softKeys: Screen["softKeys"] = [{ key: "ok", label: text.keys.ok }, cancel];
		return { ...common, lines, softKeys };
	}

	press({ service }: ServiceContext, key: Key): Move<ServiceContext> {
		if (key === "cancel") return "home";
		if (service.session.lockedMs() > 0) return "stay";
		if (key !== "ok") {
			this.#isWrong = false;
			this.#digits = typed(this.#digits, key, SERVICE_DIGITS) ?? this.#digits;
		} else if (this.#digits.length === SERVICE_DIGITS) {
			const answer = service.session.answer(this.#digits);
			this.#digits = "";
			if (answer === "right") return new ServiceMenuView();
			this.#isWrong = true;
		}
		return "stay";
	}
}

/** The technician's menu, while the session lasts. */
export class ServiceMenuView implements View<ServiceContext> {
	render(context: ServiceContext): Screen {
		const { text, language, service } = context;
		if (!service.session.isOpen) return drawEnded(context);
		const words = text.service;
		const { cable, pulledPercent, canPrint } = service;
		const lines: ScreenLine[] = [];
		if (canPrint) lines.push(plain(words.print));
		lines.push(plain(words.status));
		if (cable !== "none") lines.push(plain(fill(words.cable, { state: words[cable] })));
		if (canPrint) lines.push(plain(words.release));
		if (pulledPercent !== null) lines.push(plain(fill(words.pulling, { percent: pulledPercent })));
		if (!canPrint) lines.push(marked(words.safe));
		const softKeys: Screen["softKeys"] = [
			{ key: "cancel", label: words.leave },
			{ key: "language", label: text.keys.language },
		];
		return { name: "service-menu", title: words.title, lines, softKeys, language };
	}

	press({ service }: ServiceContext, key: Key): Move<ServiceContext> {
		const { session } = service;
		if (!session.isOpen) return "home";
		session.touch();
		if (key === "1" && service.canPrint) {
			service.printStatus();
			return new ServicePrintedView();
		}
		if (key === "2") return new ServiceStatusView();
		if (key === "3") service.switchCable();
		if (key === "4" && service.canPrint) return new ReleaseView();
		if (key !== "cancel") return "stay";
		session.leave();
		return "home";
	}
}

/** Says that the status slip is owed: it comes when the printer is free. */
class ServicePrintedView implements View<ServiceContext> {
	render(context: ServiceContext): Screen {
		const { text, language, service } = context;
		if (!service.session.isOpen) return drawEnded(context);
		const softKeys: Screen["softKeys"] = [{ key: "ok", label: text.keys.ok }];
		const { title, printing } = text.service;
		return { name: "service-printed", title, lines: [plain(printing)], softKeys, language };
	}

	press({ service }: ServiceContext, _key: Key): Move<ServiceContext> {
		return backOrHome(service);
	}
}

/** Everything that a technician asks first, on one screen. */
class ServiceStatusView implements View<ServiceContext> {
	render(context: ServiceContext): Screen {
		const { text, language, service } = context;
		if (!service.session.isOpen) return drawEnded(context);
		const { service: words, status: states } = text;
		const status = service.status();
		const { online, printerReady, gaps, boot } = status;
		const lines = [
			fill(states.terminal, { terminal: status.terminal, epoch: status.epoch }),
			fill(words.firmware, { firmware: status.firmware, boot: boot ?? "-" }),
			fill(words.records, { first: status.first, last: status.last }),
			fill(words.watermark, { watermark: status.watermark }),
			fill(words.media, {
				percent: status.usedPercent,
				used: status.segmentsUsed,
				total: status.segmentsTotal,
			}),
			fill(words.gaps, { gaps: gaps ?? words.counting }),
			fill(words.link, { state: online ? states.up : states.down }),
			fill(states.printer, { state: printerReady ? states.paperOk : words.printerNotReady }),
		].map(plain);
		const softKeys: Screen["softKeys"] = [{ key: "cancel", label: text.keys.cancel }];
		return { name: "service-status", title: words.title, lines, softKeys, language };
	}

	press({ service }: ServiceContext, key: Key): Move<ServiceContext> {
		if (key === "cancel" || key === "ok") return backOrHome(service);
		service.session.touch();
		return service.session.isOpen ? "stay" : "home";
	}
}
