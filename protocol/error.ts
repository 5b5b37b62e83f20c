/**
 * Every failure of the product has a code of this table; no plain `Error` is thrown.
 *
 * Families: `bug` is a broken assumption of ours, `use` is a wrong call or command, `outside` is trouble
 * with media, network, paper or data that somebody else made. Exit statuses follow sysexits.h.
 */
export type ErrorFamily = "bug" | "use" | "outside";

interface ErrorEntry {
	readonly family: ErrorFamily;
	/** HTTP status an API answers with. */
	readonly http: number;
	/** Exit status of a command, after sysexits.h. */
	readonly exit: number;
}

const bug = { family: "bug", http: 500, exit: 70 } as const satisfies ErrorEntry;
const use = { family: "use", http: 400, exit: 64 } as const satisfies ErrorEntry;
const badData = { family: "outside", http: 422, exit: 65 } as const satisfies ErrorEntry;
const notFound = { family: "use", http: 404, exit: 66 } as const satisfies ErrorEntry;
const unavailable = { family: "outside", http: 503, exit: 69 } as const satisfies ErrorEntry;
const inputOutput = { family: "outside", http: 500, exit: 74 } as const satisfies ErrorEntry;
const refused = { family: "use", http: 409, exit: 77 } as const satisfies ErrorEntry;

export const errorTable = {
	ASSERTION: bug,
	CLOSED: bug,
	USAGE: use,
	LIMIT: refused,
	REFUSED: refused,
	CARD_DATA: refused,
	NOT_FOUND: notFound,
	TERMINAL_UNKNOWN: notFound,
	CBOR_MALFORMED: badData,
	CBOR_NOT_CANONICAL: badData,
	CBOR_UNSUPPORTED: badData,
	SCHEMA: badData,
	MESSAGE_FORGED: badData,
	CHAIN_BROKEN: badData,
	STATEMENT_FORMAT: badData,
	STATEMENT_ROW: badData,
	STATEMENT_TOTAL: badData,
	MEDIA_FORMAT: badData,
	MEDIA_FULL: { family: "outside", http: 507, exit: 75 },
	STORAGE_READ: inputOutput,
	STORAGE_WRITE: inputOutput,
	STORAGE_ERASE: inputOutput,
	STORAGE_SYNC: inputOutput,
	STORE: unavailable,
	BROKER: unavailable,
	CONNECTION: unavailable,
	ENGINE: unavailable,
} as const satisfies Record<string, ErrorEntry>;

export type ErrorCode = keyof typeof errorTable;

/**
 * The one error class. `message` says what happened, to what, and what to do next.
 *
 * @example throw new CloseoutError("NOT_FOUND", "statement.xml: no such file; check the path");
 */
export class CloseoutError extends Error {
	// A field and no assignment: on a device the prototypes are frozen, and what they have cannot be assigned to.
	override readonly name = "CloseoutError";
	readonly code: ErrorCode;
	constructor(code: ErrorCode, message: string, options?: { cause?: unknown }) {
		super(message, options);
		this.code = code;
	}
	get family(): ErrorFamily {
		return errorTable[this.code].family;
	}
}

/** True for trouble of the media with what was being done, after which nobody knows what is durable. */
export function isStorageFailure(error: unknown): error is CloseoutError {
	return error instanceof CloseoutError && error.code.startsWith("STORAGE_");
}

/** True for what a caller or a sender did wrong: it is told and the work goes on. */
export function isOthersFault(error: unknown): error is CloseoutError {
	return error instanceof CloseoutError && error.family !== "bug" && !isStorageFailure(error);
}

/** Holds in production too: a broken assumption stops the step that broke it instead of spreading. */
export function assert(condition: boolean, message: string): asserts condition {
	if (!condition) throw new CloseoutError("ASSERTION", message);
}
