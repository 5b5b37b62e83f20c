import type { Link, PaymentApp, Printer } from "../core/port.ts";

/** Stand-ins for parts that a terminal does not have or that are not set up: always there, never ready. */
export const absentPrinter: Printer = {
	write: () => 0,
	status: () => ({ online: false, paper: "unknown", drained: "unknown" }),
	reset: () => {},
};

export const absentLink: Link = {
	open: () => {},
	write: () => false,
	read: () => undefined,
	status: () => "down",
	close: () => {},
};

export const absentPaymentApp: PaymentApp = {
	read: () => undefined,
	write: () => {},
};
