import { deepEqual, isLike } from "./deep-equal.ts";

/** The part of AVA's error expectation that is used: each field given has to fit. */
interface Expectation {
	readonly instanceOf?: new (...values: never[]) => unknown;
	readonly is?: unknown;
	readonly message?: string | RegExp | ((message: string) => boolean);
	readonly name?: string;
	readonly code?: unknown;
	readonly any?: boolean;
}

class AssertionFailed extends Error {
	/** Defined, not set: where the built-in objects are in flash, what they have cannot be set over. */
	override readonly name = "AssertionFailed";
}

/** The `t` of one test, with what the runner needs to know about it. Assertions throw when they fail. */
export function makeContext(title: string) {
	const logs: string[] = [];
	const tearDowns: (() => unknown)[] = [];
	let count = 0;
	const check = (passed: boolean, what: () => string, message?: string): true => {
		count += 1;
		if (!passed)
			throw new AssertionFailed(message === undefined ? what() : `${message}: ${what()}`);
		return true;
	};
	const t = {
		title,
		context: {},
		log: (...values: unknown[]) => void logs.push(values.map(show).join(" ")),
		teardown: (action: () => unknown) => void tearDowns.unshift(action),
		timeout: () => {},
		plan: () => {},
		...valueAssertions(check),
		...errorAssertions(check),
	};
	return {
		t,
		logs,
		counted: () => count,
		async tearDown() {
			for (const action of tearDowns) await action();
		},
	};
}

type Check = (passed: boolean, what: () => string, message?: string) => true;

function valueAssertions(check: Check) {
	const compare =
		(same: (a: unknown, b: unknown) => boolean, wanted: boolean, word: string) =>
		(actual: unknown, expected: unknown, message?: string) =>
			check(
				same(actual, expected) === wanted,
				() => `${show(actual)} ${word} ${show(expected)}`,
				message,
			);
	const truth =
		(holds: (value: unknown) => boolean, word: string) => (actual: unknown, message?: string) =>
			check(holds(actual), () => `${show(actual)} is not ${word}`, message);
	return {
		pass: () => check(true, () => ""),
		fail: (message?: string) => check(false, () => "the test failed itself", message),
		is: compare(Object.is, true, "is not"),
		not: compare(Object.is, false, "is"),
		deepEqual: compare(deepEqual, true, "does not equal"),
		notDeepEqual: compare(deepEqual, false, "equals"),
		like: compare(isLike, true, "is not like"),
		true: truth((value) => value === true, "true"),
		false: truth((value) => value === false, "false"),
		truthy: truth(Boolean, "truthy"),
		falsy: truth((value) => !value, "falsy"),
		assert: truth(Boolean, "truthy"),
		regex: (text: string, pattern: RegExp, message?: string) =>
			check(pattern.test(text), () => `${show(text)} does not match ${pattern}`, message),
		notRegex: (text: string, pattern: RegExp, message?: string) =>
			check(!pattern.test(text), () => `${show(text)} matches ${pattern}`, message),
	};
}

function errorAssertions(check: Check) {
	const fits = (error: unknown, expected: Expectation, message?: string) => {
		const misfit = misfitOf(error, expected);
		check(misfit === undefined, () => `${misfit}; it was ${show(error)}`, message);
		return error;
	};
	const none = (message?: string) => check(false, () => "nothing was thrown", message);
	return {
		throws(action: () => unknown, expected: Expectation = {}, message?: string) {
			const caught = catchFrom(action);
			return caught === undefined ? none(message) : fits(caught.error, expected, message);
		},
		async throwsAsync(
			action: (() => unknown) | Promise<unknown>,
			expected: Expectation = {},
			message?: string,
		) {
			const caught = await catchFromAsync(action);
			return caught === undefined ? none(message) : fits(caught.error, expected, message);
		},
		notThrows(action: () => unknown, message?: string) {
			const caught = catchFrom(action);
			return check(caught === undefined, () => `thrown: ${show(caught?.error)}`, message);
		},
		async notThrowsAsync(action: (() => unknown) | Promise<unknown>, message?: string) {
			const caught = await catchFromAsync(action);
			return check(caught === undefined, () => `thrown: ${show(caught?.error)}`, message);
		},
	};
}

function catchFrom(action: () => unknown): { error: unknown } | undefined {
	try {
		action();
		return undefined;
	} catch (error) {
		return { error };
	}
}

async function catchFromAsync(
	action: (() => unknown) | Promise<unknown>,
): Promise<{ error: unknown } | undefined> {
	try {
		await (typeof action === "function" ? action() : action);
		return undefined;
	} catch (error) {
		return { error };
	}
}

function misfitOf(error: unknown, expected: Expectation): string | undefined {
	if (!(error instanceof Error)) return expected.any === true ? undefined : "no Error was thrown";
	if ("is" in expected && !Object.is(error, expected.is)) return "another object was thrown";
	if (expected.instanceOf !== undefined && !(error instanceof expected.instanceOf)) {
		return `it is not of class ${expected.instanceOf.name}`;
	}
	if (expected.name !== undefined && error.name !== expected.name) return "its name differs";
	const code: unknown = Reflect.get(error, "code");
	if (expected.code !== undefined && code !== expected.code) return `its code is ${show(code)}`;
	const { message } = expected;
	if (message === undefined) return undefined;
	const fits =
		typeof message === "string"
			? error.message === message
			: typeof message === "function"
				? message(error.message)
				: message.test(error.message);
	return fits ? undefined : `its message does not fit ${message}`;
}

/** A value in a message, short. */
function show(value: unknown): string {
	if (typeof value === "string") return JSON.stringify(value);
	if (value instanceof Uint8Array) return `bytes [${[...value.subarray(0, 64)].join(" ")}]`;
	if (value instanceof Error || typeof value !== "object" || value === null) return String(value);
	const text = JSON.stringify(value, (_, item: unknown) =>
		typeof item === "bigint" ? `${item}n` : item instanceof Map ? [...item] : item,
	);
	return text.slice(0, 1_000);
}
