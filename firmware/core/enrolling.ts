import { refuseAll } from "./app-messages.ts";
import { type Credentials, Enrolment } from "./sync/enrolment.ts";
import type { TerminalOptions } from "./terminal-options.ts";
import { EnrolUi } from "./ui/enrol.ts";

/** A terminal that no host knows: it keeps no journal and asks for a one-time code. */
export class Enrolling {
	readonly #enrolment: Enrolment;
	readonly #ui: EnrolUi;
	readonly #ports: TerminalOptions["ports"];

	constructor({ ports, identity, firmware }: TerminalOptions) {
		const { link, vault, entropy, digest, clock, log, keypad, display } = ports;
		this.#ports = ports;
		this.#enrolment = new Enrolment({
			link,
			vault,
			entropy,
			digest,
			clock,
			log,
			identity,
			firmware,
		});
		this.#ui = new EnrolUi({
			keypad,
			display,
			terminal: identity.terminal,
			onCode: (code) => this.#enrolment.begin(code),
			waiting: () => this.#enrolment.begun,
		});
	}

	/** The credentials once the host has answered; the link is closed then, to be opened under them. */
	step(): Credentials | undefined {
		this.#ui.step();
		refuseAll(this.#ports, "notEnrolled");
		return this.#enrolment.step();
	}

	wait(): number {
		return this.#enrolment.wait();
	}
}
